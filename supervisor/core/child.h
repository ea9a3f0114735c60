/* SPDX-License-Identifier: MIT */
/*
 * child.h - one child's life; the only writer of its state.
 *
 *	STOPPED, EXITED --start--> STARTING --started--> RUNNING
 *	STARTING --down--> EXITED and `failed`: its supervisor says what next
 *	RUNNING  --down--> RUNNING with a letter to its supervisor: OTP's pid of
 *	                   a process that is dead already
 *	STARTING, RUNNING --stop--> STOPPING and `ordered` --down--> STOPPED
 *
 * A nested supervisor lives the same life; what a process does is done by its
 * phases (supervisor.h).  One that terminates by itself is STOPPING without
 * having been ordered to.
 *
 * None of these lets a supervisor go on: supervisor_settle() does.
 */
#ifndef CHILD_H
#define CHILD_H

#include "layout.h"

/* Enters a state, and keeps the counts that depend on it. */
void
child_set(struct tree *t, uint32_t n, enum child_state state);

/* is_pid(Child#child.pid) */
bool
child_has_pid(const struct node *c);

/* Child#child.pid =/= undefined: has one, or is restarting. */
bool
child_is_active(const struct node *c);

/* Is there anything that ends only later? */
bool
child_is_alive(const struct node *c);

/* supervisor:do_start_child/2, its first half */
void
child_start(struct tree *t, uint32_t n);

/* Its second: n is up. */
void
child_started(struct tree *t, uint32_t n);

/* supervisor:shutdown/1: n, which is active, is no longer so afterwards, or
   has `ordered` until it is. */
void
child_stop(struct tree *t, uint32_t n);

/* Has it work before it: a start, an end? */
bool
child_is_unsettled(const struct node *c);

/* The reason of n's coming end; REASON_NONE: it will have its own. */
void
child_doom(struct tree *t, uint32_t n, const struct reason *reason);

/* n's process is told to end, and will have ended with this reason: its stop
   signal, after its grace SIGKILL. */
void
child_end(struct tree *t, uint32_t n, const struct reason *reason);

/* SIGKILL, once; reason is what it will have died of, unless that was said
   before. */
void
child_kill(struct tree *t, uint32_t n, enum reason_kind reason);

/* n's process and all it had, or the supervisor n, is gone. */
void
child_down(struct tree *t, uint32_t n, const struct reason *reason);

/* {restarting, _} until ticks have passed; 0: until its retry has its turn. */
void
child_back_off(struct tree *t, uint32_t n, int64_t delay);

/* n's deadline has passed. */
void
child_deadline(struct tree *t, uint32_t n);

/* The watchdog. */
void
child_timeout(struct tree *t, uint32_t n);

/* supervisor:del_child/2 of what is not to stay: dynamic ones are deleted, of
   others the node remains, off the list. */
void
child_drop(struct tree *t, uint32_t n);

#endif
