/* SPDX-License-Identifier: MIT */
/*
 * partner.h - the keeper's other half: makes supervisors, wakes them, and finds
 * out when one hangs or dies.
 */
#ifndef PARTNER_H
#define PARTNER_H

#include <stdbool.h>
#include <stdint.h>

#include "keeper.h"

struct state;

struct partner {
	struct state *s;
	int (*supervisor)(struct state *s);
	uint64_t key;     /* of its pidfd in FD_EVENTS */
	bool is_done;     /* the last one ended as s->done announced */
	int gave_up;      /* with which exit status; 0: it has not */
	bool has_hung;    /* it was us who killed it */
	int64_t retry_at; /* deadline to try to make one again; 0: none */
	int64_t retry_delay;
	int64_t crashes[SUPERVISOR_INTENSITY]; /* when: a ring */
	uint32_t crash_count;
	uint32_t stillborn; /* ended before they had come up, in a row */
};

/* A new supervisor, now, or later by retry_at, or gave_up where none can be made
   at all.  What the last one has opened and not recorded is closed. */
void
partner_start(struct partner *p);

/* It has something to do: FD_WAKE, under the dead-man's timer. */
void
partner_wake(struct partner *p);

/* Takes its death, if it is dead: is_done, gave_up, or a new one runs. */
void
partner_take(struct partner *p);

/* The dead-man's timer has expired. */
void
partner_end_hanging(struct partner *p);

#endif
