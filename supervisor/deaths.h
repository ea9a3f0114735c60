/* SPDX-License-Identifier: MIT */
/*
 * deaths.h - what the keeper does with the dead: it records each, then reaps
 * it, then publishes it.
 */
#ifndef DEATHS_H
#define DEATHS_H

#include <sys/types.h>

struct state;

enum death {
	DEATH_NONE,  /* pid is not dead, or not ours */
	DEATH_CHILD, /* a node's main process: the next of state.exits */
	DEATH_ORPHAN /* one of somebody's descendants: state.orphans */
};

/* Any but the supervisor.  The caller wakes the supervisor. */
enum death
deaths_take(struct state *s, pid_t pid);

/* Somebody who is dead and not reaped, 0 if there is nobody.  Looks through all
   children: O(n). */
pid_t
deaths_find(void);

/*
 * Ends every process that the keeper still has, children and orphans, without
 * asking, and reaps them: for the end of a supd without supervisor.
 */
void
deaths_for_all(struct state *s);

#endif
