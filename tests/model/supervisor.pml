/* SPDX-License-Identifier: MIT */
/*
 * supervisor.pml - does what the core has decided, takes the deaths that were
 * recorded, ends what is left of the dead, tells the core; may die anywhere.
 *
 * n is the node in hand.  Steps in one d_step are stores that nobody else looks
 * at and that may be done again, or that the journal undoes.
 */

/* --- core/journal.c --- */

inline journal_begin()
{
	d_step {
		old_node = n;
		old_tail = tail;
		old_phase = child[n].phase;
		old_tid = child[n].tid;
		old_exited = child[n].exited;
		old_error = child[n].exec_error;
		old_start = start[n];
		old_primary = primary;
		old_promote = promote;
#ifndef NO_TRANSACTION
		journal = true
#endif
	}
}

/* The rest makes equal what differs in nothing that is still looked at. */
inline journal_commit()
{
	d_step {
		journal = false;
		old_node = 0; old_tail = 0; old_phase = EMPTY; old_tid = 0;
		old_exited = 0; old_error = 0; old_start = 0;
		old_primary = 0; old_promote = 0;
		if
		:: head == tail ->
			head = 0; tail = 0;
			ring[0] = 0; ring[1] = 0; ring[2] = 0; ring[3] = 0
		:: else
		fi
	}
}

/* While the keeper goes on. */
inline journal_rollback()
{
	if
	:: journal ->
		child[old_node].tid = old_tid;
		child[old_node].exited = old_exited;
		d_step {
			child[old_node].exec_error = old_error;
			child[old_node].phase = old_phase;
			tail = old_tail
		}
		d_step {
			start[old_node] = old_start;
			primary = old_primary;
			promote = old_promote
		}
		journal_commit()
	:: !journal
	fi
}

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

/* exits_bury_unborn(); the core then starts it anew. */
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

inline launch()
{
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

/* --- exits.c --- */

inline take()
{
	if
	:: child[n].exited && child[n].phase != DEAD &&
	   child[n].phase != EMPTY ->
		journal_begin();
		tail = (tail + 1) % (2 * RING);
		child[n].phase = DEAD;
		journal_commit()
	:: else -> tail = (tail + 1) % (2 * RING)
	fi
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

inline keep_count()
{
	d_step {
#ifdef LAST_COUNT_ALONE
		last_written = child[n].written
#else
		written[child[n].identity] =
			(child[n].identity == saved_identity ->
				child[n].written : 0)
#endif
	}
}

inline tell_core()
{
	journal_begin();
	keep_count();
	forget_process();
	tree_step();
	atomic {
		handled();
		journal_commit()
	}
}

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

/* --- shell.c: first what was decided; then, idle, what has happened --- */

#define IS_BUSY (promote != NOBODY || start[0] || start[1])
#define HAS_FENCES (child[0].phase == DEAD || child[1].phase == DEAD)

proctype supervisor()
{
	byte n, p;

	do
	:: {
		supervisor_life == RUNS;
		journal_rollback();
		do
		:: tell_standby()
		:: atomic {
			promote == NOBODY && IS_BUSY -> n = (start[0] -> 0 : 1)
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
			p = 0
		}
	   }
	od
}
