/* SPDX-License-Identifier: MIT */
/*
 * heap.c - blocks of powers of two, a free list for each size.
 *
 * A block that was freed in the transaction that is still open is not given
 * out again before its end: its bytes are not in the journal, and a rollback
 * must find them as they were.
 */
#include "heap.h"

#include <assert.h>
#include <stdbool.h>
#include <string.h>

#include "journal.h"

#define BLOCK_MIN 64u

/* In front of every block. */
struct block {
	uint32_t class;
	uint32_t used;
	uint64_t next;  /* on the free list */
	uint64_t freed; /* journal's step when it was freed */
	uint64_t unused;
};

static uint64_t
step_of(const struct journal *j)
{
	return j ? j->step : 0;
}

static void
save(struct journal *j, const void *where, size_t size)
{
	if (j)
		journal_save(j, where, size);
}

static struct block *
header(struct heap *h, uint64_t block)
{
	return (struct block *)(void *)(h->bytes + block -
					sizeof(struct block));
}

void
heap_init(struct heap *h, size_t capacity)
{
	memset(h, 0, sizeof(*h));
	h->capacity = capacity;
}

static uint32_t
class_of(size_t size)
{
	uint32_t class = 0;

	while ((size_t)BLOCK_MIN << class < size)
		class ++;
	return class;
}

/* A block that was never used. */
static uint64_t
carve(struct heap *h, struct journal *j, uint32_t class)
{
	uint64_t size = sizeof(struct block) + ((uint64_t)BLOCK_MIN << class);
	uint64_t block = h->top + sizeof(struct block);

	if (size > h->capacity - h->top)
		return 0;
	save(j, &h->top, sizeof(h->top));
	h->top += size;
	return block;
}

uint64_t
heap_alloc(struct heap *h, struct journal *j, size_t size)
{
	uint32_t class;
	uint64_t block;
	bool reuse;

	if (size > HEAP_BLOCK_MAX)
		return 0;
	class = class_of(size);
	block = h->free[class];
	reuse = block && (!j || header(h, block)->freed != step_of(j));
	if (reuse) {
		save(j, &h->free[class], sizeof(h->free[class]));
		h->free[class] = header(h, block)->next;
	} else {
		block = carve(h, j, class);
		if (!block)
			return 0;
	}
	save(j, header(h, block), sizeof(struct block));
	*header(h, block) = (struct block){ .class = class, .used = 1 };
	return block;
}

void
heap_free(struct heap *h, struct journal *j, uint64_t block)
{
	struct block *b;

	if (!block)
		return;
	b = header(h, block);
	assert(b->used && b->class < HEAP_CLASSES);
	save(j, b, sizeof(*b));
	save(j, &h->free[b->class], sizeof(h->free[b->class]));
	b->used = 0;
	b->next = h->free[b->class];
	b->freed = step_of(j);
	h->free[b->class] = block;
}

void *
heap_at(struct heap *h, uint64_t block)
{
	return h->bytes + block;
}
