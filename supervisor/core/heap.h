/* SPDX-License-Identifier: MIT */
/*
 * heap.h - blocks of bytes in shared memory, for the children's specs.
 *
 * Powers of two from 64 bytes to 1 MiB, a free list each; allocated and freed
 * under the journal, so that a block is never lost or given twice.  A block is
 * named by its offset, 0 is none.
 */
#ifndef HEAP_H
#define HEAP_H

#include <stddef.h>
#include <stdint.h>

#define HEAP_BLOCK_MAX (1u << 20)
#define HEAP_CLASSES 15

struct journal;

struct heap {
	uint64_t capacity; /* bytes behind this struct */
	uint64_t top;      /* never used above */
	uint64_t free[HEAP_CLASSES];
	unsigned char bytes[];
};

void
heap_init(struct heap *h, size_t capacity);

/* 0 if there is no room or size > HEAP_BLOCK_MAX.  A transaction must be
   open. */
uint64_t
heap_alloc(struct heap *h, struct journal *j, size_t size);

/* block 0 is fine. */
void
heap_free(struct heap *h, struct journal *j, uint64_t block);

void *
heap_at(struct heap *h, uint64_t block);

#endif
