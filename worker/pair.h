/* SPDX-License-Identifier: MIT */
/*
 * pair.h - a counter and its backup, without a supervisor: process pairs.
 *
 * Two loops and a spawn between them: pair_watch(), pair_create_backup(), and
 * counter's own, which beats.  All but pair_watch() do nothing in a process
 * that is no half of a pair.
 */
#ifndef PAIR_H
#define PAIR_H

#include <signal.h>
#include <stdbool.h>
#include <stdint.h>

#include "counter_options.h"

/*
 * The backup's loop.  Watches the primary, if there is one, until it is dead;
 * one that misses its beats is killed.  -1: this process is now the primary;
 * else the exit code: all was said.  argv makes a backup; *stop asks both
 * loops to end.
 */
int
pair_watch(const struct options *o, char *const *argv,
	   const volatile sig_atomic_t *stop);

/* Creates a backup, but not more than PAIR_LIMIT in PAIR_LIMIT_MS. */
void
pair_create_backup(void);

/* The primary is alive.  Sees to it that it has a backup, a few times a
   second. */
void
pair_beat(void);

/* The longest pause between two beats, in ns; 0: none are needed. */
int64_t
pair_period(void);

/* Beats until standard output takes something: who waits for his terminal does
   not hang. */
void
pair_wait_for_output(void);

/* Another process has the checkpoint open: is that what is left of a primary
   which is dying?  Waits a moment, and says no after two seconds. */
bool
pair_is_early(void);

/* The primary ends in order, so the backup is to end as well. */
void
pair_end(void);

#endif
