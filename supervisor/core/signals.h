/* SPDX-License-Identifier: MIT */
/*
 * signals.h - exit signals: what a process does that gets one (table 6-1 of
 * "Process Error Handling", erlang:exit/2).
 *
 *	reason           does not trap            traps
 *	normal           nothing                  MESSAGE_EXIT
 *	any other        ends with it             MESSAGE_EXIT
 *	kill, of exit/2  is killed                is killed
 *
 * A supervisor traps, and ignores all that is not for it to handle.
 */
#ifndef SIGNALS_H
#define SIGNALS_H

#include "layout.h"

/* May n be linked to: does it run, and nothing ends it already? */
bool
signals_reach(const struct tree *t, uint32_t n);

/* An exit signal to n from the child `from`, which is linked to it; NO_NODE:
   from a process outside, pid (0: unknown). */
void
signals_send(struct tree *t, uint32_t n, uint32_t from, int32_t pid,
	     const struct reason *reason);

/* The same because of a link that there cannot be: noproc of `from`. */
void
signals_noproc(struct tree *t, uint32_t n, uint32_t from);

/* erlang:exit/2 */
void
signals_exit(struct tree *t, uint32_t n, uint32_t from, int32_t pid,
	     const struct reason *reason);

#endif
