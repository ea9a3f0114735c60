/* SPDX-License-Identifier: MIT */
/*
 * tree.h - the tree of supervisors: one event in, its actions out.
 *
 * Use:
 *	tree_init(), tree_add()...            or tree_attach() after a crash
 *	tree_step(t, &event, now);
 *	while (tree_next(t, &action)) { perform it; tree_done(t); }
 *
 * Every action is to be performed before the next event is given.  DO_START
 * alone is not removed by tree_done() but by the step with its answer, so that
 * "performed" and "answered" are one: whoever finds a DO_START at the head
 * after a crash looks whether the process exists before making it.
 */
#ifndef TREE_H
#define TREE_H

#include <stddef.h>

#include "core.h"

struct journal;

/* Stamps of restarts, oldest first (intensity.h). */
struct window {
	uint32_t first, last; /* cells */
	uint32_t count;
	uint32_t skip; /* stamps of the first cell that are gone */
};

/*
 * One child or supervisor.  Read-only for everybody outside core/; inside,
 * only what node_edit() returns may be written.
 */
struct node {
	char id[ID_SIZE];
	bool in_use;
	bool is_supervisor;
	bool is_template; /* the child of a simple_one_for_one: never runs */
	bool listed;      /* OTP's child list has it; status shows also those
			      that are off it (EXITED, FATAL) */
	bool dynamic;
	bool autostart;
	bool significant;
	bool acknowledges;
	bool trap_exit;   /* what `traps` is at its start */
	bool traps;       /* its process traps exits */
	uint8_t state;    /* enum child_state */
	uint8_t restart;  /* enum restart_type */
	uint8_t type;     /* enum child_type */
	uint8_t strategy; /* of a supervisor, as the next two */
	uint8_t on_limit;
	uint8_t auto_shutdown;
	bool has_process; /* between ON_STARTED and ON_EXIT */
	bool killed;      /* DO_KILL was given to this process */

	/* core's own, of a child */
	bool deleted;   /* out of the tree: buried, or DO_FREE is on its way */
	bool is_buried; /* may come back: node_remove() */
	bool hidden;    /* buried, and nobody has to be told any more */
	bool fresh;     /* tree_add() after the boot: waits for its call */
	bool wanted;    /* autostart = no, but started by hand */
	bool ordered;   /* its supervisor has told it to stop */
	bool failed;    /* its start has failed: its supervisor's turn */

	/* core's own, of a supervisor */
	uint8_t phase;   /* enum phase (supervisor.h) */
	bool ending;     /* is to terminate as soon as it can */
	bool restarting; /* PHASE_START_ONE: a restart, not a call */
	bool delayed;    /* PHASE_STOP_GROUP: a backoff follows */

	uint32_t parent;
	uint32_t prev, next;    /* siblings, in start order */
	uint32_t first, last;   /* children */
	uint32_t order, orders; /* place in start order; next to be given */
	uint32_t buried;        /* children that come back with the next life
				  of this supervisor; by hash_next */
	uint32_t count;         /* children in the list */
	uint32_t hash_next;
	uint32_t generation; /* of the index: raised with each use */
	uint32_t instances;  /* simple_one_for_one: numbers given so far */

	int64_t shutdown;
	int64_t start_timeout;
	int64_t backoff_min, backoff_max, backoff_reset;
	int64_t period;
	uint32_t intensity;

	uint32_t bonds_first, bonds_last; /* links and monitors: bonds.h */
	uint32_t bonds;                   /* how many, */
	uint32_t links;                   /* of them, links */
	uint32_t watched, watches;        /* monitors on it, and its own */

	uint32_t letter;   /* its LETTER_EXIT in its supervisor's mailbox */
	int64_t deadline;  /* absolute ticks; 0: none */
	int64_t since;     /* when `state` was entered */
	int64_t started;   /* when the last start succeeded; 0: never */
	int64_t backoff;   /* the last delay; 0: none */
	uint64_t restarts; /* restarts counted in its life, never reset */
	struct window as_child;      /* on_limit = remove counts here, */
	struct window as_supervisor; /* on_limit = shutdown here */
	struct reason ended;   /* why, the last time; REASON_NONE: never did */
	struct reason pending; /* the reason to report at the coming end */

	/* core's own, of a supervisor */
	uint32_t mail_first, mail_last; /* letters */
	uint32_t cursor;                /* the child awaited */
	uint32_t subject; /* the child that the operation is for */
	uint32_t from;    /* PHASE_START_GROUP: begins here */
	uint32_t serving; /* the call being served: a letter */
	uint32_t alive;   /* children whose end would have to be awaited */
	uint32_t significant_active;
	uint64_t saved; /* journal's step in which it was saved */
};

struct tree;

/* Bytes that a tree of NODES_MAX nodes needs (sparse: pages are touched only
   when used). */
size_t
tree_size(void);

/* Bytes of journal that the largest step can need (sparse as well). */
size_t
tree_journal_size(void);

/* Makes an empty tree with a root supervisor of the given flags in zeroed
   memory.  seed: for the jitter of backoffs.  j: may be NULL (tests). */
struct tree *
tree_init(void *memory, const struct child_spec *root, uint64_t seed,
	  struct journal *j);

/* Takes a tree over in the memory of a process that died.  The journal has
   been rolled back before (journal_rollback()), so the tree is as it was
   between two steps. */
struct tree *
tree_attach(void *memory, struct journal *j);

/*
 * Adds a child in last place below parent.  Before ON_BOOT: it is started with
 * its supervisor.  After: it is not in the list until CALL_START_CHILD has its
 * turn (which removes it again if the start fails).  A node of the same id
 * that is off the list (EXITED, FATAL) is replaced.
 * 0 and *ret the index, or the enum result (> 0) that says why not:
 * RESULT_ALREADY_STARTED, RESULT_ALREADY_PRESENT, RESULT_FULL, RESULT_NOT_FOUND
 * (no such parent).
 * Below a simple_one_for_one the first child is its template, later ones are
 * instances of it.
 */
int
tree_add(struct tree *t, uint32_t parent, const struct child_spec *spec,
	 uint32_t *ret);

/*
 * link/1 between a's process and b's, either of which may be a supervisor; once
 * is enough.  RESULT_OK; RESULT_NOPROC: one of them does not run, or is ending;
 * RESULT_FULL: there are too many links and monitors.
 */
int
tree_link(struct tree *t, uint32_t a, uint32_t b);

/* Would it be RESULT_OK for n's sake? */
bool
tree_can_link(const struct tree *t, uint32_t n);

/* link/1 as n's own process calls it: one that traps gets a MESSAGE_EXIT with
   noproc instead of that result. */
int
tree_link_by(struct tree *t, uint32_t n, uint32_t other);

/* unlink/1; fine if there is no link. */
void
tree_unlink(struct tree *t, uint32_t a, uint32_t b);

/* `links` of the file: from now on a and b are linked whenever both run.  false:
   there are too many of them. */
bool
tree_link_always(struct tree *t, uint32_t a, uint32_t b);

/* spawn_link/3: n, which tree_add() has just made, will be linked to `to`
   before its first process is made. */
void
tree_link_at_start(struct tree *t, uint32_t n, uint32_t to);

/* The next that n is linked to, behind *at (0: the first); NO_NODE: no more. */
uint32_t
tree_next_link(const struct tree *t, uint32_t n, uint32_t *at);

/* monitor/2 by watcher's process: the reference that its MESSAGE_DOWN will
   have; 0: watcher does not run, or there are too many.  If n does not run, that comes at once. */
uint64_t
tree_monitor(struct tree *t, uint32_t watcher, uint32_t n);

/* demonitor/1; fine if there is none of that reference. */
void
tree_demonitor(struct tree *t, uint32_t watcher, uint64_t ref);

/* make_ref/0 for a monitor that the caller keeps itself. */
uint64_t
tree_ref(struct tree *t);

/* process_flag(trap_exit, on) of n's process, if it has one; the old value. */
bool
tree_trap(struct tree *t, uint32_t n, bool on);

/* Decides.  now never runs backwards. */
void
tree_step(struct tree *t, const struct event *event, int64_t now);

/* The action at the head of the queue; false: none. */
bool
tree_next(const struct tree *t, struct action *ret);

/* Removes the head (any but DO_START). */
void
tree_done(struct tree *t);

/* NO_NODE if there is none of that id. O(1). */
uint32_t
tree_find(const struct tree *t, const char *id);

/* NULL if the index is not in use. */
const struct node *
tree_node(const struct tree *t, uint32_t n);

/* One more than the highest index ever used: to walk all nodes. */
uint32_t
tree_end(const struct tree *t);

/* Restarts of n (or of its supervisor, if that one counts: *limit, *period
   say against what) in the window that ends now. */
uint32_t
tree_restarts(const struct tree *t, uint32_t n, int64_t now, uint32_t *limit,
	      int64_t *period);

/* `supctl reset`: empties n's window and backoff; a FATAL child may then be
   started again. */
void
tree_reset(struct tree *t, uint32_t n);

/* Has n a process (of a supervisor: children) that may still end? */
bool
tree_runs(const struct tree *t, uint32_t n);

/* Has the root started its children, each or in vain, and nothing to do at this
   moment?  What `supd -d` and READY=1 wait for: one that backs off does not
   hold up the others. */
bool
tree_has_started(const struct tree *t);

/* Is every child that should run up (RUNNING, or at rest on purpose)?
   What `supctl wait --ready` waits for. */
bool
tree_is_up(const struct tree *t);

/* The invariants: NULL, or the name of the one that is broken.  The tests ask
   after each step. */
const char *
tree_check(const struct tree *t);

#endif
