/* SPDX-License-Identifier: MIT */
/*
 * memory_lib.h - a tree's memory as supervisors share it, and what a crash in
 * the middle of a step leaves of it.
 */
#ifndef MEMORY_LIB_H
#define MEMORY_LIB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/journal.h"
#include "core/tree.h"

#define MEMORY_NODES 1024 /* no tree here has more */

struct memory {
	struct journal *journal;
	void *tree;
	size_t size; /* of all */
};

void
memory_new(struct memory *m);

void
memory_free(struct memory *m);

/*
 * Does the step and undoes it, and then lets it die in the middle (percent:
 * after how much of its journal) and undoes that: true if the memory is as it
 * was, byte for byte, both times.
 */
bool
memory_survives(struct memory *m, const struct event *event, int64_t now,
		unsigned percent);

#endif
