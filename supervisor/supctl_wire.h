/* SPDX-License-Identifier: MIT */
/*
 * supctl_wire.h - calls to supd and their replies, with a deadline.
 */
#ifndef SUPCTL_WIRE_H
#define SUPCTL_WIRE_H

#include <stdbool.h>

#include "supctl.h"

enum {
	WIRE_MORE = 1,  /* a stream of replies: wire_next() */
	WIRE_REPEAT = 2 /* may be done twice: is repeated when the supervisor
			    is replaced in the middle of it */
};

/* Begins a call of org.supd.Supervisor.METHOD; its parameters are emitted into
   what is returned. */
struct emit *
wire_begin(struct supctl *s, const char *method);

/* Sends it and takes the first reply: s->reply.  An error is said, and its
   exit code returned. */
enum supctl_exit
wire_call(struct supctl *s, int flags);

/* The same for a method without parameters. */
enum supctl_exit
wire_simple(struct supctl *s, const char *method, int flags);

/* Does a further reply follow the last one? */
bool
wire_continues(const struct supctl *s);

/* Takes it. SUPCTL_FAILED: the connection was lost, nothing was said. */
enum supctl_exit
wire_next(struct supctl *s);

/* Does somebody still listen on the socket that was used before?  Connects. */
bool
wire_is_answered(struct supctl *s);

/* Waits until the other side closes. SUPCTL_DONE or SUPCTL_TIMEOUT. */
enum supctl_exit
wire_wait_end(struct supctl *s);

void
wire_close(struct supctl *s);

#endif
