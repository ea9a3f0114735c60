/* SPDX-License-Identifier: MIT */
/*
 * small_lib.h - a small supervisor that restarts its children for ever and
 * keeps its books under the journal, as the real one does.
 *
 * Each child writes its node and the number of its life to FD_LINES and exits
 * with a status that belongs to both.
 */
#ifndef SMALL_LIB_H
#define SMALL_LIB_H

#include <stdint.h>

#include "os/state.h"

#define FIRST 2u /* nodes FIRST to LAST are the children */
#define LAST 5u
#define LIVES_MAX 100000u
#define FD_LINES FD_LOG /* where the state keeps the pipe */

/* In shared memory, which the test makes. */
struct books {
	uint8_t ended[LAST + 1][LIVES_MAX];
	uint32_t wrong;   /* statuses */
	uint32_t failed;  /* spawns */
	uint32_t is_over; /* by the test: start nobody any more */
};
extern struct books *books;

/* For keeper_run(): until books->is_over and nobody lives. */
int
small_supervise(struct state *s);

#endif
