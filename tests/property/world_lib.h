/* SPDX-License-Identifier: MIT */
/*
 * world_lib.h - a world for the core to rule: processes that start, fail to,
 * get ready, exit, ignore signals; people who call; time; and crashes.
 *
 * A string of random operations is run on a random tree.  What an operation
 * does depends on the moment alone (the third process that runs exits), so a
 * string from which some are taken out is a string again: failures shrink.
 */
#ifndef WORLD_LIB_H
#define WORLD_LIB_H

#include <stddef.h>
#include <stdint.h>

#include "op_lib.h"

/* Runs ops on the tree that seed makes.  NULL, or what was wrong. */
const char *
world_run(uint64_t seed, const struct op *ops, size_t count);

/* Events that all strings together have given to the core so far. */
uint64_t
world_events(void);

#endif
