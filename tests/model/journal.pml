/* SPDX-License-Identifier: MIT */
/*
 * journal.pml - the undo journal (core/journal.c).
 *
 * n is the node in hand.  Steps in one d_step are stores that nobody else looks
 * at and that may be done again, or that the journal undoes.
 */

inline journal_begin()
{
	d_step {
		old_node = n;
		old_tail = tail;
		old_phase = child[n].phase;
		old_tid = child[n].tid;
		old_exited = child[n].exited;
		old_queued = child[n].queued;
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
		old_exited = 0; old_queued = 0; old_error = 0; old_start = 0;
		old_primary = 0; old_promote = 0;
		if
		:: head == tail ->
			head = 0; tail = 0;
			ring[0] = 0; ring[1] = 0; ring[2] = 0; ring[3] = 0
		:: else
		fi
	}
}

/* While the keeper goes on.  Before the death was recorded only exits_early()
   has begun, which saves of the process no more than the phase. */
inline journal_rollback()
{
	if
	:: journal ->
		if
#ifndef SAVES_ALL
		:: !old_exited
#endif
		:: else ->
			child[old_node].queued = old_queued;
			child[old_node].tid = old_tid;
			child[old_node].exited = old_exited
		fi;
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
