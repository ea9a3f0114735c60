/* SPDX-License-Identifier: MIT */
/*
 * queue.h - the actions that were decided and not yet performed.
 */
#ifndef QUEUE_H
#define QUEUE_H

#include "core.h"
#include "layout.h"

/* DO_START, DO_STOP, DO_KILL, DO_TIMER, DO_FREE. */
void
queue_do(struct tree *t, enum action_type type, uint32_t n);

/* DO_REPLY; nothing if token is 0. */
void
queue_reply(struct tree *t, uint64_t token, enum result result, uint32_t n,
	    const struct reason *reason);

/* DO_REPORT with n's last reason. */
void
queue_report(struct tree *t, enum report report, uint32_t n, uint32_t other,
	     int64_t value);

/* DO_REPORT of an exit signal to n; pid: if from is NO_NODE. */
void
queue_signal(struct tree *t, uint32_t n, uint32_t from, int32_t pid,
	     const struct reason *reason);

/* DO_MESSAGE to n about other, which runs or has just ended. */
void
queue_message(struct tree *t, uint32_t n, enum message message, uint32_t other,
	      int64_t value, const struct reason *reason);

/* The same about one that does not run: its reason is noproc. */
void
queue_noproc(struct tree *t, uint32_t n, enum message message, uint32_t other,
	     int64_t value);

/* DO_EXIT with t->exit_status. */
void
queue_exit(struct tree *t);

/* Removes the head. */
void
queue_drop(struct tree *t);

#endif
