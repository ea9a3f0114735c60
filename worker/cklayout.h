/* SPDX-License-Identifier: MIT */
/*
 * cklayout.h - the bytes of a checkpoint file, version 1.
 *
 *      0  struct layout_header    written once, when the file is made
 *     64  struct layout_progress  written at each start and first save
 *   4096  LAYOUT_SLOTS slots of slot_size bytes, one generation each:
 *         struct layout_slot, then the payload
 *
 * Integers are the machine's own; `order` tells a file of another machine.
 * slot_size is a multiple of 4096, so that no two generations share a block of
 * the disk: a torn write harms one generation.
 *
 * A slot is valid if its sequence is neither 0 (empty, or being written) nor
 * the largest, its length fits, kind and reserved are 0 and its crc is right.  The newest generation is
 * the valid one with the highest sequence.
 */
#ifndef CKLAYOUT_H
#define CKLAYOUT_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#define LAYOUT_MAGIC "SUPCKPT\n"
#define LAYOUT_VERSION 1u
#define LAYOUT_ORDER 0x01020304u
#define LAYOUT_SLOTS 4u
#define LAYOUT_BLOCK 4096u /* of the headers, and what slots are aligned to */

struct layout_header {
	char magic[8];
	uint32_t version;
	uint32_t order;
	uint32_t slots;
	uint32_t slots_offset;
	uint64_t slot_size;
	uint64_t payload_max;
	unsigned char reserved[20]; /* 0 */
	uint32_t crc;               /* of the 60 bytes before */
};

struct layout_progress {
	uint32_t owner;    /* pid that opened the file last */
	uint32_t attempts; /* starts since the last save */
	uint32_t used;     /* not 0: something has been saved, so a file without
			      a valid generation is damaged, and not new */
	uint32_t reserved; /* 0 */
};

struct layout_slot {
	uint64_t sequence; /* 1, 2, ...; 0: empty */
	uint64_t length;   /* of the payload */
	uint64_t kind;     /* 0: the payload is the program's state */
	uint32_t crc;      /* of the 24 bytes before and the payload */
	uint32_t reserved; /* 0 */
};

#define LAYOUT_PROGRESS_OFFSET 64

_Static_assert(sizeof(struct layout_header) == 64, "no padding");
_Static_assert(offsetof(struct layout_header, crc) == 60, "no padding");
_Static_assert(sizeof(struct layout_progress) == 16, "no padding");
_Static_assert(sizeof(struct layout_slot) == 32, "no padding");
_Static_assert(offsetof(struct layout_slot, crc) == 24, "no padding");

static inline off_t
layout_offset(const struct layout_header *h, unsigned slot)
{
	return (off_t)(h->slots_offset + slot * h->slot_size);
}

/* Of the whole file. */
static inline off_t
layout_size(const struct layout_header *h)
{
	return layout_offset(h, LAYOUT_SLOTS);
}

#endif
