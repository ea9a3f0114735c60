/* SPDX-License-Identifier: MIT */
/*
 * state.h - the memory that keeper and supervisor share, and that outlives
 * every supervisor.
 *
 * One sparse memfd, mapped once by the keeper before it makes the first
 * supervisor.  Supervisors are forks of the keeper that do not execute and
 * that share its descriptor table (clone3 with CLONE_FILES, without CLONE_VM):
 * whatever descriptor a supervisor opens stays open when it dies, and its
 * successor finds the numbers here, so listening sockets, pidfds and pipes are
 * handed over by doing nothing.  What is not recorded here is closed by the
 * keeper before it makes the successor (state_sweep_fds()).
 *
 * Who writes what is said at each field.  Fields that keeper and supervisor
 * both look at are read and written with __atomic builtins; everything that
 * only supervisors write is changed under the journal.
 */
#ifndef STATE_H
#define STATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "../core/core.h"

struct journal;
struct heap;
struct tree;

#define STATE_LAYOUT 4u /* raised with each change of this file or core's */
#define PID_MAX 4194304u
#define EVENTS_MAX 4096u /* of the flight recorder */
#define EVENT_SIZE 256u
#define WRITTEN_KEPT 12u /* counts of a child: written.h */
#define SLOTS_MAX (2 * NODES_MAX)

/*
 * Descriptor numbers 64 to 127 are reserved: what a child is to inherit is
 * put there for the time of the clone.  The child unshares its table with
 * close_range(FD_LIMIT, ~0, CLOSE_RANGE_UNSHARE), which copies the numbers
 * below FD_LIMIT alone.  FD_NULL is /dev/null for good.
 */
#define FD_RESERVED 64
#define FD_LIMIT 128
#define FD_NULL FD_RESERVED

/* The descriptors that outlive a supervisor; -1 where there is none. */
enum state_fd {
	FD_STATE,   /* the memfd itself */
	FD_WAKE,    /* eventfd: keeper -> supervisor */
	FD_KEEPER,  /* eventfd: supervisor -> keeper */
	FD_DEADMAN, /* timerfd: armed while the supervisor is awake */
	FD_SIGNALS, /* the keeper's signalfd */
	FD_LOCK,    /* the instance's lock file */
	FD_PIDFILE,
	FD_CONTROL, /* listening control socket */
	FD_NOTIFY,  /* datagram socket of the children's NOTIFY_SOCKET */
	FD_LOG,
	FD_CGROUP,     /* directory of our own cgroup subtree */
	FD_READY,      /* `supd -d`: the waiting parent's pipe */
	FD_EVENTS,     /* the keeper's epoll: all of its own, and the pidfd of
			 each child (its data: the slot) */
	FD_OUTER,      /* the keeper's socket to the outer NOTIFY_SOCKET */
	FD_SUPERVISOR, /* the keeper's pidfd of the supervisor */
	STATE_FDS
};

/* What the keeper's signals ask the supervisor for: counters. */
enum ask { ASK_STOP, ASK_HURRY, ASK_RELOAD, ASK_REOPEN, ASK_DUMP, ASKS };

enum process_phase {
	PROCESS_EMPTY,    /* no process */
	PROCESS_SPAWNING, /* intent: a clone may have happened: tid says */
	PROCESS_ALIVE,
	PROCESS_DEAD,    /* it has ended; its descendants are being ended */
	PROCESS_REPLACED /* it is ending, alone; its exit was told already, and
			    the keeper's record is only awaited */
};

/* The mailbox of a process (mail.h); by the supervisor alone, under the
   journal. */
struct mail {
	int32_t fd;           /* our end; -1: it has none */
	uint32_t waiting;     /* messages that could not be sent yet, */
	int32_t bytes;        /* their bytes, */
	uint64_t first, last; /* and heap blocks */
	uint64_t number;      /* of the last message */
	uint64_t heard;       /* the last request that was answered */
	uint32_t untold;      /* messages lost since the last LOST */
	uint32_t lost;        /* in all */
};

/*
 * A node has two slots for processes, node and node + NODES_MAX: its primary's,
 * and its standby's, which is used if it has one.  child[node].primary says
 * which is which; they change places at a promotion.  What is about processes
 * and not about decisions (os/, the keeper, deaths) speaks of slots.
 */
struct process {
	/* by the kernel, at the clone */
	int32_t tid;   /* 0: no process */
	int32_t pidfd; /* valid if tid != 0; -1 once closed */
	/* by the child, before it executes; 0: executed (or not yet) */
	int32_t exec_error;  /* errno */
	uint32_t exec_stage; /* enum spawn_stage */
	uint32_t unshared;   /* 1: it has a descriptor table of its own */
	/* by the keeper, in this order, before it reaps */
	int32_t code;     /* siginfo si_code: CLD_EXITED, CLD_KILLED, ... */
	int32_t status;   /* si_status */
	uint64_t written; /* wchar of /proc/PID/io; UINT64_MAX: unknown */
	int64_t ended;    /* ms, monotonic */
	uint32_t exited;  /* 1: the four above are valid */
	uint32_t queued;  /* 1: the slot is in exits[]; the supervisor takes it
			     out and then looks at `exited` */
	/* by the supervisor */
	uint32_t phase; /* enum process_phase */
	uint32_t incarnation;
	int32_t stop_signal;    /* for the keeper, should it have to end all */
	int64_t grace;          /* ms; SHUTDOWN_INFINITY, SHUTDOWN_BRUTAL */
	uint32_t kill_mode;     /* enum kill_mode */
	int32_t ready_fd;       /* our end of ready = fd:N; -1: none */
	int32_t standby_fd;     /* our end of a standby's: standby.h; -1: it
				   never was one */
	uint32_t retired;       /* 1: a standby that is being killed */
	uint32_t cgroup_killed; /* cgroup.kill was written: see launch.c */
	int64_t started;        /* ms, monotonic */
	struct mail mail;
	char exit_reason[REASON_TEXT]; /* EXIT_REASON= that it has given */
	/* its watchdog (watchdog.h); times in ms, monotonic */
	int32_t beat_fd;   /* memfd of the page that it beats into; -1: none */
	int64_t watchdog;  /* ms that it may be silent; 0: for ever */
	int64_t fed;       /* its last sign of life; 0: not watched yet */
	int64_t looked;    /* when the page was last read, */
	int64_t beat_seen; /* and what it was then: ns */
};

enum kill_mode { KILL_ALL, KILL_GROUP, KILL_PROCESS };

/* Each of the incarnations first to last has written so much. */
struct written {
	uint32_t first, last; /* 0: none */
	uint64_t bytes;       /* UINT64_MAX: unknown */
};

/* What the shell keeps of node i beside the tree, under the journal. */
struct child {
	uint64_t spec;         /* heap block: its keys, as text (spec.h) */
	uint64_t status_text;  /* heap block: STATUS= of sd_notify */
	uint64_t incarnation;  /* processes made so far */
	uint64_t last_written; /* by the last process; UINT64_MAX: unknown */
	uint64_t lineage;      /* random: tells one series of incarnations from
				  any other */
	struct written written[WRITTEN_KEPT]; /* newest first (written.c) */
	uint64_t exits;
	int32_t last_pid;
	uint32_t primary; /* 0 or 1: which slot is the primary's */
	uint32_t standby; /* enum standby_kind (spec.h), since the start */
	uint32_t standby_exits; /* in the window that began at standby_since */
	int64_t standby_since;
	int32_t lock_fd; /* hot: the memfd with the primary's lock; 0: none */
};

/* One line of the flight recorder (`supctl events`, `why`). */
struct event_record {
	uint64_t number;  /* 1, 2, ...; 0: empty */
	int64_t realtime; /* ms since 1970 */
	uint32_t node;
	int32_t level;              /* of the log */
	char text[EVENT_SIZE - 24]; /* key=value ..., NUL-terminated */
};

struct state {
	uint64_t magic;
	uint32_t layout;
	uint32_t verbose;

	/* by the keeper */
	int32_t keeper;       /* pid */
	int32_t supervisor;   /* pid */
	uint32_t supervisors; /* started so far: 1 is the first */
	uint32_t orphans;     /* processes reaped that were no child's main
				 process: descendants that had to end */
	uint32_t asked[ASKS];
	uint32_t exits_head; /* exits[] written so far */
	uint32_t reaps;      /* raised before and after each: odd meanwhile */
	bool tireless;       /* replaces supervisors without limit (tests) */
	int64_t deadman_ms;  /* DEADMAN_MS */
	uint64_t ignored;    /* signals that we ignore: bit (signal - 1) */
	uint64_t nofile_soft, nofile_hard; /* RLIMIT_NOFILE as we found it */
	uint64_t watchdog_usec; /* WATCHDOG_USEC, if it is for us; 0: none */

	/* by supervisors */
	uint32_t answered[ASKS];
	uint32_t exits_tail;  /* exits[] taken so far (journal) */
	uint32_t spawning;    /* the slot that a clone is being made for */
	uint32_t laid_out;    /* the slot that the reserved descriptors were
				 filled for (spawn.c) */
	uint32_t process_end; /* no slot >= this ever had a process, up to
				 NODES_MAX; */
	uint32_t standby_end; /* the same from there on */
	uint32_t booted;      /* 1: configuration read, tree built */
	uint32_t taken_over;  /* `supervisors` as of the last one that had
				 nothing left to do: it has come up */
	uint32_t ready;       /* 1: the tree is up: READY=1, supd -d returns */
	uint32_t stopping;    /* 1: STOPPING=1 */
	uint32_t beats;       /* systemd's watchdog: the keeper pings when
				 this has changed */
	uint32_t done;        /* 1: the end is wanted; exit_status is valid */
	int32_t exit_status;
	int32_t fds[STATE_FDS];
	int64_t mail_bytes;    /* of the messages that wait (journal) */
	uint64_t events;       /* records written to the flight recorder */
	uint64_t logged;       /* the log has been told of so many of them */
	int64_t booted_at;     /* ms, monotonic */
	char status_text[128]; /* STATUS= for systemd */

	/* each a pointer into this same mapping, set by state_create() */
	struct journal *journal;
	struct tree *tree;
	struct heap *heap;
	struct process *process;    /* SLOTS_MAX */
	struct child *child;        /* NODES_MAX */
	uint32_t *exits;            /* SLOTS_MAX, a ring: slots whose process
					has ended, in order of their deaths.
					Cannot overflow: a slot is in it once */
	uint32_t *slot_of_pid;      /* PID_MAX + 1 */
	struct event_record *event; /* EVENTS_MAX, a ring */

	/* configuration that every supervisor needs; written once at boot */
	uint64_t settings; /* heap block: text (settings of [supd]) */
	char config[4096]; /* absolute path */
};

/*
 * Makes and maps the state, locks what is touched into memory if it may
 * (mlock2 MLOCK_ONFAULT), opens the descriptors FD_STATE, FD_WAKE, FD_KEEPER,
 * FD_DEADMAN and the reserved numbers, and raises RLIMIT_NOFILE.  journal and
 * heap are ready; tree is zeroed memory for tree_init(). *ret on success.
 * -errno.
 */
int
state_create(struct state **ret);

/*
 * Closes every descriptor above 2 that is neither reserved nor recorded in the
 * state.  By the keeper between two supervisors: only then is there nobody who
 * has opened one and not yet recorded it.
 */
void
state_sweep_fds(const struct state *s);

/* Opens nothing, moves fd to a number >= FD_LIMIT with CLOEXEC and records it.
   Takes fd.  What was recorded there before is not closed.  -errno. */
int
state_keep_fd(struct state *s, enum state_fd which, int fd);

/* Forgets a descriptor that is recorded in the state and closes it, in this
   order: what a predecessor has closed is somebody else's by now. */
void
state_close_fd(int32_t *recorded);

/* The slot whose process pid is, not yet recorded as ended; NO_NODE. */
uint32_t
state_slot_of(const struct state *s, pid_t pid);

/* Watches a slot's process for the keeper; again is fine. */
void
state_watch_process(struct state *s, uint32_t slot);

/* The first slot from this one on that may ever have had a process; SLOTS_MAX:
   there is none. */
uint32_t
state_next_slot(const struct state *s, uint32_t slot);

static inline uint32_t
slot_node(uint32_t slot)
{
	return slot % NODES_MAX;
}

static inline uint32_t
slot_of_primary(const struct state *s, uint32_t node)
{
	return node + s->child[node].primary * NODES_MAX;
}

static inline uint32_t
slot_of_standby(const struct state *s, uint32_t node)
{
	return node + (1 - s->child[node].primary) * NODES_MAX;
}

static inline struct process *
process_of_primary(const struct state *s, uint32_t node)
{
	return &s->process[slot_of_primary(s, node)];
}

static inline struct process *
process_of_standby(const struct state *s, uint32_t node)
{
	return &s->process[slot_of_standby(s, node)];
}

static inline bool
slot_is_standby(const struct state *s, uint32_t slot)
{
	return slot == slot_of_standby(s, slot_node(slot));
}

/* Milliseconds of CLOCK_MONOTONIC. */
int64_t
clock_ms(void);

#endif
