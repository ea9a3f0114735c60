/* SPDX-License-Identifier: MIT */
/*
 * exits.h - the deaths that the keeper recorded: taken in their order, fenced
 * (nothing of the dead may be left), and then told to the core.
 */
#ifndef EXITS_H
#define EXITS_H

#include <stdbool.h>
#include <stdint.h>

#include "core/core.h"

struct supd;

/* Allocates (sparse) room for the fences of all children. false: no memory. */
bool
exits_open(struct supd *d);

/* Takes what the keeper has recorded since; looks again at those whose remains
   were being ended.  Does nothing while the shell is at work. */
void
exits_take(struct supd *d);

/* That slot's process has ended, but the keeper may not have recorded it.  With
   a standby its exit is told in any case (exits_early()); else waits for the
   record, for a bounded time, and takes it. */
void
exits_await(struct supd *d, uint32_t slot);

/* A new supervisor goes on with the fences of its predecessor. */
void
exits_recover(struct supd *d);

/* The core has changed its mind about n (DO_KILL): do not wait for what is left
   of it any longer. */
void
exits_hurry(struct supd *d, uint32_t node);

/*
 * node's primary is said to be ending.  If it is, runs no more of its program,
 * and has nothing left that would have to be ended, its exit is told before the
 * kernel has freed its memory; else nothing is done.
 */
void
exits_early(struct supd *d, uint32_t node);

/* Waits for the corpse of a process whose exit is not told (again), and forgets
   it. */
void
exits_bury(struct supd *d, uint32_t slot);

/* Why the process of that slot, which was recorded, has ended. */
struct reason
exits_reason(struct supd *d, uint32_t slot);

/* It and all it had are gone: the slot is empty.  In a transaction. */
void
exits_forget(struct supd *d, uint32_t slot);

#endif
