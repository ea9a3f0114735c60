/* SPDX-License-Identifier: MIT */
/*
 * supervisor.h - one supervisor: what OTP's supervisor process does between
 * two messages, cut into phases where that process would wait.
 *
 *	DOWN --init--> INIT --> IDLE        init/1, start_children/2
 *	IDLE --exit, retry, call--> START_ONE, STOP_ONE, STOP_GROUP --> IDLE
 *	STOP_GROUP --> START_GROUP --> IDLE restart_multiple_children/3
 *	INIT, IDLE --> TERMINATE --> DOWN   terminate/2
 *	any --kill--> END_ALL --> DOWN      exit(Pid, kill), and
 *	                                    terminate_dynamic_children/1
 *
 * In each phase at most one child is awaited, the cursor; END_ALL awaits all
 * that are alive.  Messages that arrive meanwhile wait in the mailbox; they
 * are taken in IDLE alone.
 */
#ifndef SUPERVISOR_H
#define SUPERVISOR_H

#include "layout.h"

enum phase {
	PHASE_DOWN,
	PHASE_IDLE,
	PHASE_INIT,
	PHASE_START_ONE,
	PHASE_STOP_ONE,
	PHASE_STOP_GROUP,
	PHASE_START_GROUP,
	PHASE_TERMINATE,
	PHASE_END_ALL
};

/* supervisor:init/1 */
void
supervisor_init(struct tree *t, uint32_t s);

/* exit(Supervisor, shutdown) of its parent: has its turn in the mailbox. */
void
supervisor_stop(struct tree *t, uint32_t s);

/* The same without waiting for anybody's start: a start in progress is ended,
   the mailbox is left alone. */
void
supervisor_abort(struct tree *t, uint32_t s);

/* exit(Supervisor, kill): all below dies with it, at once. */
void
supervisor_kill(struct tree *t, uint32_t s);

/* stop with reason shutdown: terminate/2 */
void
supervisor_terminate(struct tree *t, uint32_t s);

/* Starts n and awaits it; restarting: a failure is tried again. */
void
supervisor_start_one(struct tree *t, uint32_t s, uint32_t n, bool restarting);

/* Stops n and awaits it, for the call that is being served. */
void
supervisor_stop_one(struct tree *t, uint32_t s, uint32_t n);

/* restart_multiple_children/3 for n; delayed: n backs off in between. */
void
supervisor_restart_group(struct tree *t, uint32_t s, uint32_t n, bool delayed);

/* Its second half, from child n on. */
void
supervisor_start_group(struct tree *t, uint32_t s, uint32_t n);

/* For phases.c: the next phase; cursor is the child awaited in it. */
void
supervisor_enter(struct tree *t, uint32_t s, enum phase phase, uint32_t cursor);

/* For phases.c: nothing is alive any more; the dynamic children are lost, s
   itself ends (gen_server:terminate). */
void
supervisor_down(struct tree *t, uint32_t s);

/* Back to the mailbox; answers the call that was served. */
void
supervisor_finish(struct tree *t, uint32_t s);

/* The root's end will be supd's exit status, unless one was said before. */
void
supervisor_exit_status(struct tree *t, uint32_t s, int status);

/* s and those above it go on as far as they can. */
void
supervisor_settle(struct tree *t, uint32_t s);

#endif
