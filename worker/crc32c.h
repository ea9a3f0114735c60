/* SPDX-License-Identifier: MIT */
/*
 * crc32c.h - CRC-32C (Castagnoli, RFC 3720), by the processor where it can.
 */
#ifndef CRC32C_H
#define CRC32C_H

#include <stddef.h>
#include <stdint.h>

/* Goes on with crc, which is 0 at the start:
   sup_crc32c(sup_crc32c(0, a), b) is the CRC of a followed by b. */
uint32_t
sup_crc32c(uint32_t crc, const void *data, size_t length);

/* The same by table: what sup_crc32c() does without SSE 4.2. */
uint32_t
sup_crc32c_table(uint32_t crc, const void *data, size_t length);

#endif
