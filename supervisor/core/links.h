/* SPDX-License-Identifier: MIT */
/*
 * links.h - links and monitors: who hears of whose end.
 *
 * Each is of two processes, and ends with the first of them.  What outlives
 * processes, `links` of the file, is the wish for one.
 */
#ifndef LINKS_H
#define LINKS_H

#include "layout.h"

/* link/1: RESULT_OK, RESULT_NOPROC or RESULT_FULL. */
enum result
links_link(struct tree *t, uint32_t a, uint32_t b);

void
links_unlink(struct tree *t, uint32_t a, uint32_t b);

/* false: there are too many. */
bool
links_wish(struct tree *t, uint32_t a, uint32_t b);

void
links_spawn_link(struct tree *t, uint32_t n, uint32_t to);

/* 0: watcher has no process, or too many. */
uint64_t
links_monitor(struct tree *t, uint32_t watcher, uint32_t n);

void
links_demonitor(struct tree *t, uint32_t watcher, uint64_t ref);

/* n is being started: spawn_link/3. */
void
links_starting(struct tree *t, uint32_t n);

/* n's process is there: the links that it is to have. */
void
links_started(struct tree *t, uint32_t n);

/* n's process has ended: exit signals to all linked, DOWN to all monitors, in
   the order in which these were made. */
void
links_ended(struct tree *t, uint32_t n);

/* n is leaving the tree for good. */
void
links_forget(struct tree *t, uint32_t n);

#endif
