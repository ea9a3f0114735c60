/* SPDX-License-Identifier: MIT */
/*
 * shell.h - the supervisor process between the pure core and Linux: what its
 * parts (supervisor, perform, exits, notify, control, events) share.
 */
#ifndef SHELL_H
#define SHELL_H

#include <stdint.h>

#include "core/tree.h"
#include "os/state.h"

struct control;
struct loop;
struct settings;
struct watches;

struct supd {
	struct state *state; /* shared; everything below is lost with us */
	struct tree *tree;
	struct loop *loop;
	struct settings *settings;
	struct watches *watches; /* per child: pidfd, deadline (watches.c) */
	struct control *control; /* clients: they reconnect (control.c) */
	bool busy;               /* supd_event() is at work */
};

/*
 * Gives the core an event, performs what it decides, and so on until nothing
 * is left to do (or, after a bounded time, leaves the rest to the next turn).
 * Events given from within are taken in order.
 */
void
supd_event(struct supd *d, const struct event *e);

/* ON_CALL. token 0: no answer wanted. */
void
supd_call(struct supd *d, enum call_type call, uint32_t node,
	  const struct reason *reason, uint64_t token);

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

#endif
