/* SPDX-License-Identifier: MIT */
/*
 * events.h - the flight recorder: every decision is one line, kept in a ring
 * that survives a crash, logged, and sent to those who follow.
 */
#ifndef EVENTS_H
#define EVENTS_H

#include <stdint.h>

struct action;
struct event_record;
struct state;
struct supd;

/* Records and logs a DO_REPORT: "event=exited child=a reason=exit:1 ...". */
void
events_report(struct supd *d, const struct action *a);

/* Records and logs a line of the shell's own; node may be NO_NODE. */
__attribute__((format(printf, 3, 4))) void
events_say(struct supd *d, uint32_t node, const char *format, ...);

/* Tells the log what it has not been told, be it a predecessor's.  While the
   shell is at work that waits for its end: a restart does not wait for whoever
   reads the log. */
void
events_log(struct supd *d);

/* Record number n (1 is the first ever), NULL if the ring has lost it or it
   does not exist yet.  The newest is state->events. */
const struct event_record *
events_get(const struct state *s, uint64_t n);

#endif
