/* SPDX-License-Identifier: MIT */
/*
 * hunt_lib.h - the ways in which exactly_once.c kills a worker.
 */
#ifndef HUNT_LIB_H
#define HUNT_LIB_H

#include <stdbool.h>
#include <stdint.h>

#include "service_lib.h"
#include "stalker_lib.h"
#include "verdict_lib.h"

struct hunt {
	struct service service;
	struct stalker stalker;
	struct life life;
	struct verdict verdict;
	unsigned kills, torn;    /* torn: lines */
	uint64_t last_torn;      /* the number of such a line */
	uint64_t mark;           /* numbers */
	unsigned stride, offset; /* between instructions */
};

/* kill() ends the life in hand, and some that follow, in the i-th of its
   places; false: there are no such places any more. */
struct way {
	const char *name;
	bool (*kill)(struct hunt *h, unsigned i);
	unsigned tries, all; /* all: with FAULT_FULL */
	enum { EACH, FILES, FIRST } sinks;
};

#define WAYS 11
extern const struct way ways[WAYS];

/* The next life.  Its predecessor is gone, so what that wrote has arrived and
   goes to the verdict. */
bool
hunt_next_life(struct hunt *h);

/* Lets the life in hand print one line, and ends it. */
void
hunt_print_line(struct hunt *h);

#endif
