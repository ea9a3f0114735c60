/* SPDX-License-Identifier: MIT */
/*
 * exits.h - the deaths that the keeper recorded: taken in their order, fenced
 * (nothing of the dead may be left), and then told to the core.
 */
#ifndef EXITS_H
#define EXITS_H

#include <stdbool.h>
#include <stdint.h>

struct supd;

/* Allocates (sparse) room for the fences of all children. false: no memory. */
bool
exits_open(struct supd *d);

/* Takes what the keeper has recorded since; looks again at those whose remains
   were being ended.  Does nothing while the shell is at work. */
void
exits_take(struct supd *d);

/* A new supervisor goes on with the fences of its predecessor. */
void
exits_recover(struct supd *d);

/* The core has changed its mind about n (DO_KILL): do not wait for what is left
   of it any longer. */
void
exits_hurry(struct supd *d, uint32_t node);

/* Waits for the corpse of a process that could not execute, and forgets it. */
void
exits_bury_unborn(struct supd *d, uint32_t node);

#endif
