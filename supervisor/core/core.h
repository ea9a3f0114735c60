/* SPDX-License-Identifier: MIT */
/*
 * core.h - the words that the core speaks: reasons, specs, events, actions.
 *
 * The core decides and does nothing else: no I/O, no clock, no heap, no log.
 * An event goes in (tree_step()), actions come out (tree_next()).  Its memory
 * is one region that the caller gives it, in which everything refers to
 * everything else by index; the region may be shared between processes and
 * survives each of them (journal.h says how a step is made atomic).
 *
 * Times are ticks of a monotonic clock, given with each event: milliseconds
 * in the daemon, whole seconds in the comparison with Erlang.
 */
#ifndef CORE_H
#define CORE_H

#include <stdbool.h>
#include <stdint.h>

#define ID_SIZE 48      /* an id of 32, '@', an instance number, NUL */
#define REASON_TEXT 48  /* a reason given as text, with its NUL */
#define NODES_MAX 65536 /* children and supervisors of one tree */
#define NO_NODE 0u      /* index 0 is nobody; ROOT is 1 */
#define ROOT 1u

/* Why a child ended (DESIGN: "What happens when a child ends"). */
enum reason_kind {
	REASON_NONE,      /* has not ended yet */
	REASON_NORMAL,    /* an exit code or signal among success_codes */
	REASON_EXIT,      /* value: the exit code */
	REASON_SIGNAL,    /* value: the signal */
	REASON_SHUTDOWN,  /* stopped by supd, or a supervisor that ended so */
	REASON_KILLED,    /* killed by supd */
	REASON_NOEXEC,    /* value: errno; the program could not be executed */
	REASON_TIMEOUT,   /* start timeout, watchdog */
	REASON_TEXT_GIVEN /* text: exit/1, exit/2 */
};

struct reason {
	uint8_t kind; /* enum reason_kind */
	bool dumped;  /* REASON_SIGNAL: a core was dumped */
	int32_t value;
	char text[REASON_TEXT];
};

enum restart_type { PERMANENT, TRANSIENT, TEMPORARY };
enum strategy { ONE_FOR_ONE, ONE_FOR_ALL, REST_FOR_ONE, SIMPLE_ONE_FOR_ONE };
enum on_limit { LIMIT_REMOVE, LIMIT_SHUTDOWN };
enum auto_shutdown { AUTO_NEVER, AUTO_ANY, AUTO_ALL };
enum child_type { TYPE_WORKER, TYPE_SUPERVISOR };

#define SHUTDOWN_INFINITY INT64_MAX
#define SHUTDOWN_BRUTAL (-1)

/*
 * What the core must know of a child (supervisor:child_spec()) and, of a
 * nested supervisor, its flags (supervisor:sup_flags()).  How a process is
 * made is the shell's business.
 */
struct child_spec {
	char id[ID_SIZE];
	enum restart_type restart;
	enum child_type type; /* what which_children says */
	int64_t shutdown;     /* ticks, SHUTDOWN_INFINITY, SHUTDOWN_BRUTAL */
	bool significant;
	bool autostart;        /* false: waits for CALL_START */
	bool dynamic;          /* came by a call: gone when deleted or when its
				 supervisor is restarted */
	bool acknowledges;     /* started only at ON_READY, not at ON_STARTED */
	bool trap_exit;        /* process_flag(trap_exit, true) */
	int64_t start_timeout; /* ticks until ON_READY; 0: no limit */
	int64_t backoff_min;   /* ticks; 0: restarts at once */
	int64_t backoff_max;
	int64_t backoff_reset; /* ticks of health that reset the backoff */

	bool is_supervisor; /* a nested supervisor: no process of its own */
	enum strategy strategy;
	enum on_limit on_limit;
	enum auto_shutdown auto_shutdown;
	uint32_t intensity;
	int64_t period; /* ticks */
};

/* As status prints them. */
enum child_state {
	STOPPED,  /* not started yet, or stopped by hand */
	STARTING, /* has a process (or children) but is not ready */
	RUNNING,
	BACKOFF, /* will be started again: {restarting, _} */
	STOPPING,
	EXITED, /* ended by itself and stays so */
	FATAL   /* taken off the list by the limit */
};

/* What people and OTP's functions ask of a supervisor. */
enum call_type {
	CALL_START,         /* for people: fine if it runs already */
	CALL_STOP,          /* terminate_child/2: fine if it does not run */
	CALL_RESTART,       /* stop, then start; counts as nothing */
	CALL_START_CHILD,   /* start_child/2 of a node that tree_add() made */
	CALL_RESTART_CHILD, /* restart_child/2 */
	CALL_STOP_CHILD,    /* terminate_child/2, then delete_child/2 */
	CALL_DELETE_CHILD,  /* delete_child/2 */
	CALL_EXIT, /* exit/2: reason, from; not a gen_server call, at once */
	CALL_SYNC  /* node is a supervisor: which_children, count_children;
			 answered in its turn */
};

/* The atoms of OTP's answers. */
enum result {
	RESULT_OK,
	RESULT_ALREADY_STARTED,
	RESULT_ALREADY_PRESENT,
	RESULT_RUNNING,
	RESULT_RESTARTING,
	RESULT_NOT_FOUND,
	RESULT_SIMPLE,  /* simple_one_for_one */
	RESULT_FAILED,  /* the start failed: action.reason */
	RESULT_STOPPED, /* the start was ended by a stop, or the supervisor
			    went down before the call's turn came */
	RESULT_NOPROC,  /* link/1: one of the two does not run */
	RESULT_FULL     /* no room: too many children or calls */
};

enum event_type {
	ON_BOOT,    /* start the root supervisor */
	ON_STARTED, /* node: DO_START made a process, and it was executed */
	ON_START_FAILED, /* node: DO_START did not: reason (REASON_NOEXEC) */
	ON_READY,        /* node says that it is ready (acknowledges) */
	ON_EXIT,         /* node's process and all its descendants are gone */
	ON_DEADLINE,     /* node's deadline (the last DO_TIMER) has passed */
	ON_TIMEOUT,  /* node missed its watchdog: ends with REASON_TIMEOUT */
	ON_CALL,     /* call, token, node, reason */
	ON_SHUTDOWN, /* end everything in order: init:stop/0 */
	ON_HURRY     /* do not wait for anybody's grace any longer */
};

struct event {
	enum event_type type;
	uint32_t node;
	enum call_type call;
	uint64_t token; /* comes back in DO_REPLY; 0: nobody waits */
	struct reason reason;
	uint32_t from; /* CALL_EXIT: the child that sends it; NO_NODE: somebody
			  else, whose process is pid (0: unknown) */
	int32_t pid;
};

enum action_type {
	DO_START,   /* node: make its process; answer with ON_STARTED or
		     ON_START_FAILED (the same call of tree_step() that is
		     given the answer removes this action) */
	DO_STOP,    /* node: exit(Pid, shutdown): its stop signal */
	DO_KILL,    /* node: exit(Pid, kill): SIGKILL to everything it has */
	DO_TIMER,   /* node: its deadline is now tree_node(node)->deadline */
	DO_MESSAGE, /* node: message for its mailbox, about other and reason */
	DO_REPLY,   /* token: result, reason; node if it is still there */
	DO_REPORT,  /* something people want to know: report, node, other,
		      reason */
	DO_FREE,    /* node is deleted: forget what you keep about it.  Its
		     index is used again only after this was taken */
	DO_EXIT     /* the root is down: value is supd's exit status */
};

/* The events of `supctl events`: event=NAME. */
enum report {
	REPORT_STARTING,     /* DO_START follows */
	REPORT_STARTED,      /* runs, and is ready if it acknowledges */
	REPORT_START_FAILED, /* reason: start_error */
	REPORT_EXITED,       /* ended by itself: reason: child_terminated */
	REPORT_STOPPING,     /* DO_STOP or DO_KILL follows */
	REPORT_STOPPED,      /* ended because it was stopped: reason */
	REPORT_RESTART,      /* counted; its restart begins. value: restarts
				in the window */
	REPORT_BACKOFF,      /* value: ticks until the next try */
	REPORT_REMOVED,      /* on_limit = remove: taken off the list */
	REPORT_GAVE_UP, /* supervisor node: reached_max_restart_intensity */
	REPORT_AUTO_SHUTDOWN, /* supervisor node, because of child other */
	REPORT_TIMEOUT,       /* a start timeout, a grace or a watchdog passed;
				the kill follows */
	REPORT_ADDED,         /* start_child/2 */
	REPORT_DELETED,       /* delete_child/2, or a temporary child's end */
	REPORT_LINKED,        /* node and other */
	REPORT_UNLINKED,      /* node and other */
	REPORT_EXIT_SIGNAL /* other (NO_NODE: a process outside, value) has sent
			      node the reason, which it does not ignore */
};

enum message {
	MESSAGE_EXIT, /* {'EXIT', other, reason}; other NO_NODE: from outside,
			 value is the pid */
	MESSAGE_DOWN  /* {'DOWN', value, process, other, reason} */
};

struct action {
	enum action_type type;
	uint32_t node;
	uint32_t other;
	enum report report;
	enum message message;
	enum result result; /* of a DO_MESSAGE: RESULT_NOPROC if other does not
			       run; else its process, or the last it had */
	int64_t value;
	uint64_t token;
	struct reason reason;
};

#endif
