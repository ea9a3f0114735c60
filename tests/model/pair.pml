/* SPDX-License-Identifier: MIT */
/*
 * pair.pml - the proof: whatever is killed, whenever, no unit of the output is
 * lost, repeated or out of order, no two processes may write at once, and each
 * death is handled exactly once.
 *
 * A primary writes lines, each of several units, to a sink; a standby waits for
 * its place; a keeper records deaths; a supervisor handles them, and makes new
 * processes.  Each of them but the keeper may be killed between any two of its
 * steps, KILLS times in all (the keeper's death ends all the others: nothing of
 * this is then left to go wrong).
 *
 * Why it holds, in words:
 *
 *  1 The sink knows.  Before the one write(2) of a line, its text is saved,
 *    with the sink's position.  Whoever comes next compares that position with
 *    the one at which the writer's death has left the sink, and writes what is
 *    missing of that same text: all, the rest of a torn line, or nothing.  What
 *    was saved is always the line that is being written, or has just been.
 *
 *  2 The position is not lost.  A file has a size.  For anything else the
 *    kernel counts the bytes of each process; the keeper reads the count from
 *    the dead process before it reaps it, so it reads it for sure.  The count
 *    is kept with the name of the process that it belongs to, and so is the
 *    saved position: a successor that dies before it has saved anything has
 *    changed neither, and its own count must not take the place of the other.
 *
 *  3 One writer.  A process is told that it is the primary only when the one
 *    before it has been reaped and its descendants are gone; or (EARLY) when
 *    the last thread of the one before is seen past all system calls, and it
 *    has no descendants: its count is the last one, too.
 *
 *  4 No death is lost.  The kernel writes the pid of a new process into the
 *    shared memory in the same step that makes it, so the keeper always knows
 *    whose death it sees; it records before it reaps, and wakes afterwards.
 *
 *  5 No death is handled twice.  To forget the dead process and to tell the
 *    core of its end is one transaction of the undo journal: a supervisor that
 *    is killed in it has not begun, as soon as its successor has rolled back.
 *    A death that was told early leaves its slot REPLACED until the keeper's
 *    record is there, which then tells nobody anything.
 *
 *  6 Nothing waits for ever.  What a supervisor has decided and not done lies
 *    in the shared memory, and its successor begins with it; all that it can
 *    wait for wakes it.
 *
 * What is proved is said at the end, in promises; README.md says which line of
 * the model stands for which code, and what is assumed.
 *
 * Variants that must be refuted (-D): INTENT_AFTER_WRITE, CHECKPOINT_ALONE,
 * LAST_COUNT_ALONE, REAP_BEFORE_RECORD, WAKE_BEFORE_RECORD,
 * PROMOTE_BEFORE_DEATH, PROMOTE_BEFORE_FENCE, TID_BY_SUPERVISOR,
 * NO_TRANSACTION; with EARLY: BY_LOCK, WITH_DESCENDANTS, REUSE_AT_ONCE,
 * AND_AGAIN, SAVES_ALL.
 */

#ifndef LINES
#define LINES 3
#endif
#ifndef UNITS
#define UNITS 2 /* of a line: where it can be torn */
#endif
#ifndef KILLS
#define KILLS 3 /* and failing starts, in all */
#endif

#include "kernel.pml"
#include "shared.pml"
#include "worker.pml"
#include "keeper.pml"
#include "journal.pml"
#include "exits.pml"
#include "supervisor.pml"

/* SIGKILL to anybody, at any time; or, from some time on, to nobody. */
proctype killer()
{
	do
	:: atomic {
		kills > 0 && LIVING + (supervisor_life == RUNS) > 0 ->
		kills--;
		if
		:: process[0].life == RUNS -> kill!0
		:: process[1].life == RUNS -> kill!1
		:: process[2].life == RUNS -> kill!2
		:: supervisor_life == RUNS -> kill_supervisor!0
		fi
	   }
	:: kills > 0 -> kills = 0
	od
}

/*
 * The promises.  While anything happens (assertions where it happens):
 *
 *	write_unit()      the output is a prefix of the lines, unit by unit
 *	become_primary()  nobody else can write
 *	clone(), handled(), exits_early()
 *	                  a death is handled once, and before the next birth
 *	bury_replaced()   what was counted early is what is counted at last
 *	publish()         the ring of deaths does not overflow
 *
 * and when nothing more can happen, or (PROGRESS) from some time on for ever:
 * all is written, all deaths are handled, a primary and a standby live.
 */
#define ALL_WELL (out == LINES * UNITS && unhandled[0] && unhandled[1] && \
		  PRIMARIES == 1 && LIVING == CHILDREN && !journal)

proctype end_of_all()
{
	timeout;
	assert(ALL_WELL)
}

init {
	atomic {
		run worker(0);
		run worker(1);
		run worker(2);
		run keeper();
		run supervisor();
		run killer();
#ifndef PROGRESS
		run end_of_all()
#endif
	}
}

#ifdef PROGRESS
ltl progress { <> [] ALL_WELL }
#endif
