/* SPDX-License-Identifier: MIT */
/*
 * kernel.pml - what is assumed of the kernel: processes, their pids and
 * counts, and SIGKILL.
 */

#define CHILDREN 2 /* a primary and a standby: the nodes 0 and 1 */
#define PIDS 3     /* so that a new process can be made while a corpse lies */
#define NOBODY 255

/* DYING: a thread of it has ended, others may still write.  ENDING: the last
   one is past all system calls; but it is no zombie yet, so nobody is told. */
mtype:life = { FREE, RUNS, DYING, ENDING, ZOMBIE };

typedef kernel_process {
	mtype:life life = FREE;
	byte identity; /* what a pidfd holds on to; a pid is used again */
	byte node;     /* by cgroup, or SUPD_CHILD in its environment */
	byte wchar;    /* units written */
	bool is_primary; /* it has been told so */
}

kernel_process process[PIDS];
bool descendants[CHILDREN]; /* of the node's process: they may outlive it */
mtype:life supervisor_life = RUNS;
byte kills = KILLS;

/* Handed over by rendezvous: who is killed takes no further step. */
chan kill = [0] of { byte };
chan kill_supervisor = [0] of { bit };

#define IS_PRIMARY(p) \
	(process[p].life == RUNS && process[p].is_primary)
#define MAY_WRITE(p) ((process[p].life == RUNS || \
	process[p].life == DYING) && process[p].is_primary)
#define PRIMARIES (IS_PRIMARY(0) + IS_PRIMARY(1) + IS_PRIMARY(2))
#define CAN_WRITE (MAY_WRITE(0) + MAY_WRITE(1) + MAY_WRITE(2) + \
		   descendants[0] + descendants[1])
#define LIVING ((process[0].life == RUNS) + (process[1].life == RUNS) + \
		(process[2].life == RUNS))

inline become_primary(p)
{
	assert(CAN_WRITE == 0);
	process[p].is_primary = true
}

inline reap(p)
{
	d_step {
		process[p].life = FREE;
		process[p].identity = 0;
		process[p].node = 0;
		process[p].wchar = 0;
		process[p].is_primary = false
	}
}

inline free_pid(p)
{
	if
	:: process[0].life == FREE -> p = 0
	:: else ->
		if
		:: process[1].life == FREE -> p = 1
		:: else -> process[2].life == FREE; p = 2
		fi
	fi
}
