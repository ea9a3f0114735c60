/* SPDX-License-Identifier: MIT */
/*
 * links.h - links and monitors: who hears of whose end.
 *
 * Each is of two processes, and ends with the first of them; in the memory it
 * is a bond with two ends, a cell in the list of either node.  What outlives
 * processes, `links` of the file, is the wish for one.
 */
#ifndef LINKS_H
#define LINKS_H

#include "layout.h"

enum bond_type {
	BOND_LINK,
	BOND_WATCHED,  /* the other monitors this one, */
	BOND_WATCHES,  /* and its end */
	BOND_WISH,     /* is to be linked whenever both run */
	BOND_SPAWNLINK /* at this one's next start; no end at the other */
};

/* link/1; false: noproc. */
bool
links_link(struct tree *t, uint32_t a, uint32_t b);

void
links_unlink(struct tree *t, uint32_t a, uint32_t b);

void
links_wish(struct tree *t, uint32_t a, uint32_t b);

void
links_spawn_link(struct tree *t, uint32_t n, uint32_t to);

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
