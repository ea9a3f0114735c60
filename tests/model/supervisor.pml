/* SPDX-License-Identifier: MIT */
/*
 * supervisor.pml - does what the core has decided, then takes what has
 * happened; may die anywhere.
 */

/* --- launch.c, os/spawn.c: DO_START --- */

#define IS_USED(i) (i == saved_identity || i == child[1 - n].identity || \
	i == process[0].identity || i == process[1].identity || \
	i == process[2].identity)

/* The lowest that means nobody else any more. */
inline new_identity()
{
	child[n].identity = 1;
	do
	:: IS_USED(child[n].identity) -> child[n].identity++
	:: else -> break
	od;
	process[p].identity = child[n].identity
}

/* With STARTS_FAIL it may fail to execute, which is one of the KILLS. */
inline clone()
{
	free_pid(p);
	assert(!unhandled[n]);
	unhandled[n] = true;
	new_identity();
	process[p].node = n;
	if
#ifdef STARTS_FAIL
	:: kills > 0 ->
		kills--;
		child[n].exec_error = true;
		process[p].life = ZOMBIE
#endif
	:: process[p].life = RUNS;
		if
		:: primary == n -> become_primary(p)
		:: else
		fi
	fi
}

inline launch()
{
	if
	:: child[n].phase == REPLACED -> bury_replaced()
	:: child[n].phase != REPLACED
	fi;
	if
	:: d_step {
		child[n].tid == 0 ->
		child[n].phase = SPAWNING;
		child[n].exited = false;
		spawning = n
	   }
	   atomic {
		clone();
#ifdef TID_BY_SUPERVISOR
	   }
	   d_step {
#endif
		child[n].tid = p + 1;
		p = 0
	   }
	:: child[n].tid != 0
	fi;
	node_of_pid[child[n].tid - 1] = n;
	spawning = NOBODY;
	child[n].phase = ALIVE;
	if
	:: child[n].exec_error -> bury_unborn()
	:: !child[n].exec_error -> start[n] = false
	fi
}

/* --- the standby's promotion: a message, and done again it does no harm --- */

#define IS_THE_PROCESS_OF(n, p) \
	(process[p].life == RUNS && process[p].identity == child[n].identity)

inline tell_standby()
{
	d_step {
		promote != NOBODY ->
		p = child[promote].tid - 1;
		if
		:: IS_THE_PROCESS_OF(promote, p) &&
		   !process[p].is_primary -> become_primary(p)
		:: else
		fi;
		p = 0
	}
	promote = NOBODY
}

/* --- shell.c: first what was decided; then, idle, what has happened --- */

/* Broken: beats are missed, and the standby takes over at once. */
inline promote_before_death()
{
	atomic {
		kills > 0 && child[1 - primary].phase == ALIVE ->
		kills--;
		primary = 1 - primary;
		promote = primary
	}
}

/* The next standby waits until the slot is free (standby_look()); a primary's
   start waits in the launch. */
#define IS_DUE(i) \
	(start[i] && (child[i].phase != REPLACED || primary == i))
#define IS_BUSY (promote != NOBODY || IS_DUE(0) || IS_DUE(1))
#define HAS_FENCES (child[0].phase == DEAD || child[1].phase == DEAD)

proctype supervisor()
{
	byte n, p, count;

	do
	:: {
		supervisor_life == RUNS;
		journal_rollback();
		recover_replaced();
		do
		:: tell_standby()
		:: atomic {
			promote == NOBODY && IS_BUSY -> n = (IS_DUE(0) -> 0 : 1)
		   }
		   launch();
		   n = 0
		:: atomic {
			!IS_BUSY && HAS_FENCES ->
			n = (child[0].phase == DEAD -> 0 : 1)
		   }
#ifdef PROMOTE_BEFORE_FENCE
		   tell_core();
		   fence();
#else
		   fence();
		   tell_core();
#endif
		   n = 0
		:: atomic {
			!IS_BUSY && !HAS_FENCES && head != tail ->
			n = ring[tail % RING]
		   }
		   take();
		   n = 0
#ifdef EARLY
		:: atomic {
			!IS_BUSY && child[primary].tid != 0 &&
			IS_ENDING(primary) ->
			n = primary;
			count = process[child[n].tid - 1].wchar
		   }
		   exits_early();
		   n = 0;
		   count = 0
#endif
		:: !IS_BUSY && !HAS_FENCES && head == tail ->
			if
			:: wake -> wake = false
#ifdef PROMOTE_BEFORE_DEATH
			:: promote_before_death()
#endif
			fi
		od
	   } unless {
		atomic {
			kill_supervisor?_;
			supervisor_life = ZOMBIE;
			n = 0;
			p = 0;
			count = 0
		}
	   }
	od
}
