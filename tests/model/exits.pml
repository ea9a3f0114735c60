/* SPDX-License-Identifier: MIT */
/*
 * exits.pml - takes the deaths that were recorded, ends what is left of the
 * dead, tells the core; or tells it early (exits.c).
 */

/* By the death, or by the answer that it could not be executed. */
inline handled()
{
	assert(unhandled[n]);
	unhandled[n] = false;
	child[n].identity = 0;
	child[n].written = 0
}

inline forget_process()
{
	d_step {
		if
		:: node_of_pid[child[n].tid - 1] == n ->
			node_of_pid[child[n].tid - 1] = NOBODY
		:: else
		fi
	}
	child[n].tid = 0;
	child[n].exited = false;
	d_step {
		child[n].exec_error = false;
		child[n].phase = EMPTY
	}
}

/* exits_bury() of what could not be executed; the core then starts it anew. */
inline bury_unborn()
{
	child[n].exited;
	journal_begin();
	forget_process();
	atomic {
		handled();
		journal_commit()
	}
}

/* exits_bury() of one whose exit was told: what the keeper has counted at last
   is what was counted then. */
inline bury_replaced()
{
#ifndef REUSE_AT_ONCE
	child[n].exited;
	assert(saved_identity != child[n].identity ||
	       written[saved_identity] == child[n].written);
#endif
	journal_begin();
	forget_process();
	atomic {
		child[n].identity = 0;
		child[n].written = 0;
		journal_commit()
	}
}

inline fence()
{
	descendants[n] = false
}

/* The core's ON_EXIT: the standby, if there is one, takes the place. */
inline tree_step()
{
	d_step {
		if
		:: primary == n && child[1 - n].phase == ALIVE ->
			primary = 1 - n;
			promote = 1 - n
		:: else
		fi;
		start[n] = true
	}
}

inline keep_count(units)
{
	d_step {
#ifdef LAST_COUNT_ALONE
		last_written = units
#else
		written[child[n].identity] =
			(child[n].identity == saved_identity ->
				units : 0)
#endif
	}
}

inline tell_core()
{
	journal_begin();
	keep_count(child[n].written);
	forget_process();
	tree_step();
	atomic {
		handled();
		journal_commit()
	}
}

inline take()
{
	atomic {
		journal_begin();
		tail = (tail + 1) % (2 * RING);
		child[n].queued = false
	}
	if
	:: child[n].exited && child[n].phase == REPLACED ->
		journal_commit();
#ifdef AND_AGAIN
		tell_core()
#else
		bury_replaced()
#endif
	:: child[n].exited && child[n].phase != DEAD &&
	   child[n].phase != EMPTY && child[n].phase != REPLACED ->
		atomic {
			child[n].phase = DEAD;
			journal_commit()
		}
	:: !child[n].exited || child[n].phase == DEAD ||
	   child[n].phase == EMPTY ->
		journal_commit()
	fi
}

/* --- one that is seen ending: its exit is told, its record awaited --- */

#define IS_RECORDED(i) (child[i].phase == REPLACED && child[i].exited)

/* exits_recover(): what a predecessor had taken and not forgotten. */
inline recover_replaced()
{
	do
	:: atomic {
		IS_RECORDED(0) || IS_RECORDED(1) ->
		n = (IS_RECORDED(0) -> 0 : 1)
	   }
	   bury_replaced();
	   n = 0
	:: !IS_RECORDED(0) && !IS_RECORDED(1) -> break
	od
}

/* process_is_ending() */
#ifdef BY_LOCK
#define IS_PAST_WRITING(p) (process[p].life != RUNS)
#else
#define IS_PAST_WRITING(p) \
	(process[p].life == ENDING || process[p].life == ZOMBIE)
#endif
#ifdef WITH_DESCENDANTS
#define IS_ALONE(n) true
#else
#define IS_ALONE(n) (!descendants[n])
#endif
#define IS_ENDING(n) (child[n].phase == ALIVE && !child[n].exited && \
	IS_PAST_WRITING(child[n].tid - 1) && IS_ALONE(n))

/* count is what the process had written when it was seen ending. */
inline exits_early()
{
	atomic {
		journal_begin();
		child[n].phase = REPLACED;
		keep_count(count);
		tree_step()
	}
	atomic {
		assert(unhandled[n]);
		unhandled[n] = false;
		journal_commit()
	}
}
