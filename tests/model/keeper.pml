/* SPDX-License-Identifier: MIT */
/*
 * keeper.pml - records each death, reaps, publishes it and wakes the
 * supervisor; replaces the supervisor (supervisor/keeper.c, deaths.c).
 */

#define IS_PROCESS_OF(n, p) (child[n].tid == p + 1 && !child[n].exited)

/* state_node_of(): node, or NOBODY */
inline find_node()
{
	atomic {
		node = spawning;
		if
		:: node != NOBODY && IS_PROCESS_OF(node, p)
		:: else -> node = NOBODY
		fi
	}
	atomic {
		if
		:: node != NOBODY
		:: node == NOBODY ->
			node = node_of_pid[p];
			if
			:: node != NOBODY && IS_PROCESS_OF(node, p)
			:: else -> node = NOBODY
			fi
		fi
	}
}

inline record_death()
{
	find_node();
	if
	:: d_step {
		node != NOBODY ->
		child[node].written = process[p].wchar;
		child[node].exited = true
	   }
	:: node == NOBODY
	fi
}

inline publish()
{
	if
	:: d_step {
		node != NOBODY && !child[node].queued ->
		child[node].queued = true;
		assert(RING_USED < RING);
		ring[head % RING] = node;
		head = (head + 1) % (2 * RING)
	   }
	:: node == NOBODY || child[node].queued
	fi
}

proctype keeper()
{
	byte p, node;

	do
	:: atomic {
		if
		:: process[0].life == ZOMBIE -> p = 0
		:: process[1].life == ZOMBIE -> p = 1
		:: process[2].life == ZOMBIE -> p = 2
		fi
	   }
#ifdef WAKE_BEFORE_RECORD
	   wake = true;
#endif
#ifdef REAP_BEFORE_RECORD
	   reap(p);
	   record_death();
#else
	   record_death();
	   reap(p);
#endif
	   publish();
	   d_step {
#ifndef WAKE_BEFORE_RECORD
		wake = true;
#endif
		p = 0;
		node = 0
	   }
	:: supervisor_life == ZOMBIE -> supervisor_life = RUNS
	od
}
