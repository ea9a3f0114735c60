/* SPDX-License-Identifier: MIT */
/*
 * shell.h - the supervisor process between the pure core and Linux: what its
 * parts (supervisor, perform, exits, notify, control, events) share.
 */
#ifndef SHELL_H
#define SHELL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/tree.h"
#include "os/state.h"

struct control;
struct loop;
struct settings;
struct tally;
struct timer;
struct watch;
struct watches;

struct supd {
	struct state *state; /* shared; everything below is lost with us */
	struct tree *tree;
	struct loop *loop;
	struct settings *settings;
	struct watches *watches; /* per child: pidfd, deadline (watches.c) */
	struct control *control; /* clients: they reconnect (control.c) */
	struct watch *wake;      /* FD_WAKE */
	struct watch *notify;    /* FD_NOTIFY */
	struct timer *more;      /* work left over from the last turn */
	struct timer *beat;      /* systemd's watchdog */
	struct tally *tally;     /* NULL: nobody is to be told (tally.c) */
	struct event *backlog;   /* events that came while at work: only such
				    as their senders repeat (control clients)
				    or as can be derived again (deadlines) */
	size_t backlog_first, backlog_count, backlog_room;
	struct timer *standby; /* looks after those that were given up */
	int64_t standby_due;
	struct timer *next_standby; /* of `promoted`: out of its way */
	uint32_t promoted;          /* has just been; NO_NODE */
	uint32_t takeover; /* its stop is for its standby's sake; NO_NODE */
	uint32_t *fences;  /* slots in PROCESS_DEAD (exits.c) */
	size_t fence_count;
	bool exits_wait; /* there are more than the last turn could take */
	bool busy;       /* supd_event() is at work */
	bool ended;      /* DO_EXIT was performed */
};

/*
 * Gives the core an event, performs what it decides, and so on until nothing
 * is left to do (or, after a bounded time, leaves the rest to the next turn).
 * Events given meanwhile are taken afterwards, in order.
 */
void
supd_event(struct supd *d, const struct event *e);

/* Performs what a predecessor had decided and not done, or what is left of the
   last turn. */
void
supd_work(struct supd *d);

/* Nothing is left to do: only then may a new event be taken from where it would
   be lost with us (deaths, datagrams, signals). */
bool
supd_is_idle(const struct supd *d);

/* Has this turn of the loop taken long enough?  What is left is then done in the
   next one, which comes at once, behind what others want. */
bool
supd_turn_is_over(struct supd *d);

/*
 * tree_add() with the child's text, in one transaction.  0 and *ret the node,
 * or an enum result.
 */
int
supd_add(struct supd *d, uint32_t parent, const struct child_spec *spec,
	 const char *text, uint32_t *ret);

/* A child's keys (spec.h); "" for what has none. */
const char *
supd_text(const struct supd *d, uint32_t node);

/* Its STATUS= or "". */
const char *
supd_status_text(const struct supd *d, uint32_t node);

/* Has the keeper look at what we want of it (READY=1, ...). */
void
supd_poke_keeper(const struct supd *d);

#endif
