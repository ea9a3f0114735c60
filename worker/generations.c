/* SPDX-License-Identifier: MIT */
/*
 * generations.c - what a checkpoint file's slots hold.
 */
#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "crc32c.h"
#include "generations.h"

#define CHUNK 16384

bool
sup_read_at(int fd, void *buf, size_t length, off_t offset)
{
	char *to = buf;

	while (length) {
		ssize_t n = pread(fd, to, length, offset);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return false;
		to += n;
		length -= (size_t)n;
		offset += n;
	}
	return true;
}

uint32_t
sup_slot_crc(const struct layout_slot *head, const void *payload)
{
	uint32_t crc = sup_crc32c(0, head, offsetof(struct layout_slot, crc));

	return sup_crc32c(crc, payload, head->length);
}

static int
compare_newest_first(const void *a, const void *b)
{
	const struct generation *x = a, *y = b;

	if (x->head.sequence != y->head.sequence)
		return x->head.sequence > y->head.sequence ? -1 : 1;
	return x->slot < y->slot ? -1 : 1;
}

void
sup_generations_read(int fd, const struct layout_header *h,
		     struct generations *g)
{
	g->chosen = NULL;
	for (unsigned i = 0; i < LAYOUT_SLOTS; i++) {
		struct generation *new = &g->list[i];

		*new = (struct generation){ .slot = i };
		if (!sup_read_at(fd, &new->head, sizeof(new->head),
				 layout_offset(h, i)))
			new->state = GENERATION_DAMAGED;
		else if (new->head.sequence)
			new->state = GENERATION_UNREAD;
	}
	qsort(g->list, LAYOUT_SLOTS, sizeof(g->list[0]), compare_newest_first);
}

/* The payload's bytes, by way of a buffer on the stack if nobody wants them. */
static bool
payload_is_right(int fd, const struct layout_header *h,
		 const struct generation *g, void *buf)
{
	off_t offset = layout_offset(h, g->slot) + (off_t)sizeof(g->head);
	uint32_t crc =
		sup_crc32c(0, &g->head, offsetof(struct layout_slot, crc));
	size_t left = g->head.length;
	unsigned char chunk[CHUNK];
	unsigned char *to = buf;

	while (left) {
		size_t n = left < CHUNK ? left : CHUNK;
		unsigned char *at = chunk;

		if (to)
			at = to;
		if (!sup_read_at(fd, at, n, offset))
			return false;
		crc = sup_crc32c(crc, at, n);
		if (to)
			to += n;
		offset += (off_t)n;
		left -= n;
	}
	return crc == g->head.crc;
}

enum generation_state
sup_generation_check(int fd, const struct layout_header *h,
		     struct generation *g, void *buf)
{
	if (g->state == GENERATION_EMPTY)
		return g->state;
	if (g->head.sequence && g->head.sequence != UINT64_MAX &&
	    g->head.length && g->head.length <= h->payload_max &&
	    !g->head.kind && !g->head.reserved &&
	    payload_is_right(fd, h, g, buf))
		g->state = GENERATION_VALID;
	else
		g->state = GENERATION_DAMAGED;
	return g->state;
}

void
sup_generations_choose(int fd, const struct layout_header *h,
		       struct generations *g, unsigned refused)
{
	for (unsigned i = 0; i < LAYOUT_SLOTS; i++) {
		struct generation *new = &g->list[i];

		if (sup_generation_check(fd, h, new, NULL) != GENERATION_VALID)
			continue;
		if (!refused) {
			g->chosen = new;
			return;
		}
		refused--;
		new->state = GENERATION_REFUSED;
	}
}

unsigned
sup_generations_count(const struct generations *g, enum generation_state state)
{
	unsigned count = 0;

	for (unsigned i = 0; i < LAYOUT_SLOTS; i++)
		count += g->list[i].state == state;
	return count;
}
