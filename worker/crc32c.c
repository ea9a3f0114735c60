/* SPDX-License-Identifier: MIT */
/*
 * crc32c.c - CRC-32C (Castagnoli), by the processor where it can.
 */
#include <string.h>
#ifdef __x86_64__
#include <nmmintrin.h>
#endif

#include "crc32c.h"

/* The CRC of each half byte, reflected polynomial 0x82f63b78. */
static const uint32_t half_bytes[16] = {
	0x00000000, 0x105ec76f, 0x20bd8ede, 0x30e349b1, 0x417b1dbc, 0x5125dad3,
	0x61c69362, 0x7198540d, 0x82f63b78, 0x92a8fc17, 0xa24bb5a6, 0xb21572c9,
	0xc38d26c4, 0xd3d3e1ab, 0xe330a81a, 0xf36e6f75,
};

uint32_t
sup_crc32c_table(uint32_t crc, const void *data, size_t length)
{
	const unsigned char *p = data;

	crc = ~crc;
	while (length--) {
		crc ^= *p++;
		crc = crc >> 4 ^ half_bytes[crc & 15];
		crc = crc >> 4 ^ half_bytes[crc & 15];
	}
	return ~crc;
}

#ifdef __x86_64__
__attribute__((target("sse4.2"))) static uint32_t
crc32c_sse(uint32_t crc, const void *data, size_t length)
{
	const unsigned char *p = data;
	uint64_t wide = ~crc;
	uint64_t word;

	for (; length >= sizeof(word); length -= sizeof(word)) {
		memcpy(&word, p, sizeof(word));
		wide = _mm_crc32_u64(wide, word);
		p += sizeof(word);
	}
	crc = (uint32_t)wide;
	while (length--)
		crc = _mm_crc32_u8(crc, *p++);
	return ~crc;
}
#endif

uint32_t
sup_crc32c(uint32_t crc, const void *data, size_t length)
{
#ifdef __x86_64__
	if (__builtin_cpu_supports("sse4.2"))
		return crc32c_sse(crc, data, length);
#endif
	return sup_crc32c_table(crc, data, length);
}
