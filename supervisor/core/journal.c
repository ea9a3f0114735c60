/* SPDX-License-Identifier: MIT */
/*
 * journal.c - an undo journal: old bytes first, then the change.
 *
 * An entry is the old bytes followed by a trailer that says where they belong,
 * so that the journal is undone from its end.  The entry counts once `length`
 * covers it; until then nothing has been overwritten.
 */
#include "journal.h"

#include <assert.h>
#include <string.h>

struct trailer {
	int64_t offset; /* from the journal itself */
	uint64_t size;
};

/* What was written before is written before what follows. */
static inline void
barrier(void)
{
	__asm__ volatile("" ::: "memory");
}

static uint64_t
round_up(uint64_t size)
{
	return (size + 7) & ~(uint64_t)7;
}

void
journal_init(struct journal *j, size_t capacity)
{
	memset(j, 0, sizeof(*j));
	j->capacity = capacity;
}

void
journal_begin(struct journal *j)
{
	if (j->depth == 0) {
		assert(j->length == 0);
		j->step++;
		barrier();
	}
	j->depth++;
}

void
journal_save(struct journal *j, const void *where, size_t size)
{
	struct trailer trailer = {
		.offset = (const char *)where - (const char *)j,
		.size = size,
	};
	uint64_t length = j->length, next;

	assert(j->depth > 0);
	next = length + round_up(size) + sizeof(trailer);
	assert(next <= j->capacity);
	memcpy(j->entries + length, where, size);
	memcpy(j->entries + next - sizeof(trailer), &trailer, sizeof(trailer));
	barrier();
	j->length = next;
	barrier();
}

void
journal_commit(struct journal *j)
{
	assert(j->depth > 0);
	if (j->depth == 1) {
		barrier();
		j->length = 0;
		barrier();
	}
	j->depth--;
}

int
journal_rollback(struct journal *j)
{
	int undone = j->length != 0;

	while (j->length > 0) {
		struct trailer trailer;
		uint64_t start = j->length - sizeof(trailer);

		memcpy(&trailer, j->entries + start, sizeof(trailer));
		start -= round_up(trailer.size);
		memcpy((char *)j + trailer.offset, j->entries + start,
		       trailer.size);
		barrier();
		j->length = start;
		barrier();
	}
	j->depth = 0;
	return undone;
}
