/* SPDX-License-Identifier: MIT */
/*
 * generations.h - what a checkpoint file's slots hold, and which of them to go
 * on from.
 *
 * Slots are read with pread, never through a mapping: a file that somebody
 * truncates meanwhile, or a bad sector, is a damaged generation and not a
 * SIGBUS.
 */
#ifndef GENERATIONS_H
#define GENERATIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "cklayout.h"

enum generation_state {
	GENERATION_EMPTY,  /* never written, or its writing was cut short */
	GENERATION_UNREAD, /* not judged yet */
	GENERATION_VALID,
	GENERATION_DAMAGED,
	GENERATION_REFUSED, /* valid, but starts from it died */
};

struct generation {
	struct layout_slot head;
	unsigned slot;
	enum generation_state state;
};

/* All of a file, newest first, empty ones last. */
struct generations {
	struct generation list[LAYOUT_SLOTS];
	struct generation *chosen; /* NULL: none is to be used */
};

/* Reads the slots' heads, and judges no payload yet. */
void
sup_generations_read(int fd, const struct layout_header *h,
		     struct generations *g);

/* Reads and judges one generation.  buf (NULL, or head.length bytes) gets its
   payload, which is good if the result is GENERATION_VALID. */
enum generation_state
sup_generation_check(int fd, const struct layout_header *h,
		     struct generation *g, void *buf);

/* Chooses the newest valid generation after `refused` valid ones, judging no
   more than it needs to. */
void
sup_generations_choose(int fd, const struct layout_header *h,
		       struct generations *g, unsigned refused);

/* How many are in this state. */
unsigned
sup_generations_count(const struct generations *g, enum generation_state state);

/* The crc that a slot with this head and payload must have. */
uint32_t
sup_slot_crc(const struct layout_slot *head, const void *payload);

/* Reads exactly length bytes. */
bool
sup_read_at(int fd, void *buf, size_t length, off_t offset);

#endif
