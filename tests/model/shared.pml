/* SPDX-License-Identifier: MIT */
/*
 * shared.pml - what outlives the processes: the memory that keeper and
 * supervisor share (supervisor/os/state.h), the checkpoint file, the sink.
 */

mtype:phase = { EMPTY, SPAWNING, ALIVE, DEAD, REPLACED };

typedef struct_process {
	mtype:phase phase = EMPTY;
	byte tid; /* pid + 1; 0: none */
	byte identity;
	bool exec_error;
	byte written; /* by the keeper, before `exited` */
	bool exited;
	bool queued; /* it is in the ring, or the supervisor takes it out */
}

/* struct state */
struct_process child[CHILDREN];
byte spawning = NOBODY;
byte node_of_pid[PIDS] = NOBODY;
bool wake; /* FD_WAKE */

/* The ring of deaths.  A node is in it once; once more if the supervisor was
   killed while it took the death, or forgot the process. */
#define RING 4
byte ring[RING];
byte head, tail; /* modulo 2 * RING */
#define RING_USED ((head + 2 * RING - tail) % (2 * RING))

/* What the core has decided and the shell has not done (DO_START, ...), and
   who is the primary. */
bool start[CHILDREN] = true;
byte promote = NOBODY;
byte primary = 0;

/* The undo journal: is there anything to undo, and what. */
bool journal;
byte old_node, old_tail, old_tid, old_primary, old_promote;
mtype:phase old_phase = EMPTY;
bool old_exited, old_queued, old_error, old_start;

/* Units written by processes that have ended, by identity. */
#define IDENTITIES 6
byte written[IDENTITIES];
#ifdef LAST_COUNT_ALONE
byte last_written;
#endif

/* The newest generation of the checkpoint. */
byte saved_line;     /* 0: none yet */
byte saved_text;
byte saved_done;     /* units of it that had been written before */
byte saved_position; /* the writer's own count */
byte saved_identity; /* whose count that is */

/* The sink. */
byte out;      /* units received */
byte out_text; /* of the line that is not complete */

/* No part of supd: a process of this node was born, and its end is not yet
   handled. */
bool unhandled[CHILDREN];
