/* SPDX-License-Identifier: MIT */
/*
 * tree.c - the tree of supervisors: one event in, its actions out.
 */
#include "tree.h"

#include <assert.h>
#include <string.h>

#include "call.h"
#include "child.h"
#include "intensity.h"
#include "layout.h"
#include "links.h"
#include "node.h"
#include "queue.h"
#include "signals.h"
#include "supervisor.h"

struct tree *
tree_init(void *memory, const struct child_spec *root, uint64_t seed,
	  struct journal *j)
{
	struct tree *t = memory;
	struct child_spec spec = *root;
	uint32_t n;

	t->random = seed ? seed : 1;
	t->node_end = 1;
	t->cell_end = 1;
	spec.is_supervisor = true;
	spec.type = TYPE_SUPERVISOR;
	spec.shutdown = SHUTDOWN_INFINITY;
	n = node_new(t, NO_NODE, &spec);
	assert(n == ROOT);
	t->nodes[n].listed = true;
	t->journal = j;
	return t;
}

struct tree *
tree_attach(void *memory, struct journal *j)
{
	struct tree *t = memory;

	t->journal = j;
	return t;
}

uint32_t
tree_find(const struct tree *t, const char *id)
{
	return node_find(t, id);
}

const struct node *
tree_node(const struct tree *t, uint32_t n)
{
	if (n == NO_NODE || n >= t->node_end || !t->nodes[n].in_use ||
	    t->nodes[n].hidden)
		return NULL;
	return &t->nodes[n];
}

uint32_t
tree_end(const struct tree *t)
{
	return t->node_end;
}

/* An id that is taken: may the new one replace it?  0 or an enum result. */
static int
replace(struct tree *t, uint32_t n)
{
	const struct node *c = node_at(t, n);

	if (c->fresh || child_has_pid(c))
		return RESULT_ALREADY_STARTED;
	if (c->listed || c->is_template || n == ROOT)
		return RESULT_ALREADY_PRESENT;
	node_remove(t, n);
	node_hide(t, n);
	return 0;
}

static int
add(struct tree *t, uint32_t parent, const struct child_spec *spec,
    uint32_t *ret)
{
	const struct node *p = tree_node(t, parent);
	bool simple;
	struct node *c;
	uint32_t n;
	int r;

	if (!p || p->deleted || !p->is_supervisor)
		return RESULT_NOT_FOUND;
	n = node_find(t, spec->id);
	r = n == NO_NODE ? 0 : replace(t, n);
	if (r != 0)
		return r;
	simple = p->strategy == SIMPLE_ONE_FOR_ONE;
	n = node_new(t, parent, spec);
	if (n == NO_NODE)
		return RESULT_FULL;
	c = node_edit(t, n);
	if (simple && p->first == n) {
		c->is_template = true;
	} else if (t->booted) {
		c->fresh = true;
		c->dynamic = c->dynamic || simple;
	} else {
		node_list(t, n, true);
	}
	if (simple && !c->is_template)
		node_edit(t, parent)->instances++;
	*ret = n;
	return 0;
}

int
tree_add(struct tree *t, uint32_t parent, const struct child_spec *spec,
	 uint32_t *ret)
{
	int r;

	layout_begin(t);
	r = add(t, parent, spec, ret);
	layout_commit(t);
	return r;
}

/* Removes the DO_START of n, if that is the head. */
static bool
answers_start(struct tree *t, uint32_t n)
{
	struct action a;

	if (!tree_next(t, &a) || a.type != DO_START || a.node != n)
		return false;
	queue_drop(t);
	return true;
}

static void
on_started(struct tree *t, uint32_t n)
{
	struct node *c = node_edit(t, n);

	if (!answers_start(t, n))
		return;
	c->has_process = true;
	links_started(t, n);
	if (c->state == STARTING && !c->acknowledges)
		child_started(t, n);
	supervisor_settle(t, c->parent);
}

static void
on_ready(struct tree *t, uint32_t n)
{
	const struct node *c = node_at(t, n);

	if (c->state != STARTING || !c->has_process || c->killed ||
	    c->pending.kind != REASON_NONE)
		return;
	child_started(t, n);
	supervisor_settle(t, c->parent);
}

/* The process is gone, or could not be made. */
static void
on_gone(struct tree *t, const struct event *e)
{
	const struct node *c = node_at(t, e->node);
	bool answers = e->type == ON_START_FAILED && answers_start(t, e->node);

	if (!answers && !c->has_process)
		return;
	child_down(t, e->node, &e->reason);
	supervisor_settle(t, c->parent);
}

static void
on_deadline(struct tree *t, uint32_t n)
{
	const struct node *c = node_at(t, n);

	if (c->deadline == 0 || t->now < c->deadline)
		return;
	child_deadline(t, n);
	supervisor_settle(t, c->parent);
}

static void
on_boot(struct tree *t)
{
	if (t->booted)
		return;
	t->booted = true;
	child_start(t, ROOT);
}

/* init:stop/0 */
static void
on_shutdown(struct tree *t)
{
	if (t->stopping || t->done)
		return;
	t->stopping = true;
	supervisor_exit_status(t, ROOT, 0);
	if (!t->booted) {
		t->booted = true;
		t->done = true;
		queue_exit(t);
		return;
	}
	child_stop(t, ROOT);
}

static void
on_hurry(struct tree *t)
{
	uint32_t n;

	t->hurry = true;
	for (n = ROOT; n < t->node_end; n++) {
		const struct node *c = &t->nodes[n];

		if (c->in_use && !c->is_supervisor && !c->killed &&
		    child_is_alive(c) && c->pending.kind != REASON_NONE)
			child_kill(t, n, REASON_KILLED);
	}
}

static void
decide_for_node(struct tree *t, const struct event *e)
{
	const struct node *c = tree_node(t, e->node);

	if (!c || c->deleted)
		return;
	switch (e->type) {
	case ON_STARTED:
		on_started(t, e->node);
		break;
	case ON_READY:
		on_ready(t, e->node);
		break;
	case ON_START_FAILED:
	case ON_EXIT:
		on_gone(t, e);
		break;
	case ON_DEADLINE:
		on_deadline(t, e->node);
		break;
	case ON_TIMEOUT:
		child_timeout(t, e->node);
		break;
	case ON_BOOT:
	case ON_CALL:
	case ON_SHUTDOWN:
	case ON_HURRY:
		break;
	}
}

static void
on_call(struct tree *t, const struct event *e)
{
	const struct node *c = tree_node(t, e->node);

	if (e->call != CALL_EXIT || !c || c->deleted) {
		call_receive(t, e);
		return;
	}
	signals_exit(t, e->node, e->from, e->pid, &e->reason);
	queue_reply(t, e->token, RESULT_OK, e->node, NULL);
	supervisor_settle(t, c->parent);
}

static void
decide(struct tree *t, const struct event *e)
{
	switch (e->type) {
	case ON_BOOT:
		on_boot(t);
		break;
	case ON_CALL:
		on_call(t, e);
		break;
	case ON_SHUTDOWN:
		on_shutdown(t);
		break;
	case ON_HURRY:
		on_hurry(t);
		break;
	case ON_STARTED:
	case ON_START_FAILED:
	case ON_READY:
	case ON_EXIT:
	case ON_DEADLINE:
	case ON_TIMEOUT:
		decide_for_node(t, e);
		break;
	}
}

void
tree_step(struct tree *t, const struct event *event, int64_t now)
{
	layout_begin(t);
	t->now = now;
	decide(t, event);
	layout_commit(t);
}

void
tree_done(struct tree *t)
{
	struct action a;

	layout_begin(t);
	if (tree_next(t, &a) && a.type != DO_START) {
		queue_drop(t);
		if (a.type == DO_FREE)
			node_release(t, a.node);
		else if (a.type == DO_REPORT && a.report == REPORT_DELETED)
			node_hide(t, a.node);
	}
	layout_commit(t);
}

uint32_t
tree_restarts(const struct tree *t, uint32_t n, int64_t now, uint32_t *limit,
	      int64_t *period)
{
	const struct node *c = node_at(t, n);
	const struct node *s = n == ROOT ? c : node_at(t, c->parent);
	const struct window *w = &c->as_child;

	if (s->on_limit == LIMIT_SHUTDOWN)
		w = &s->as_supervisor;
	*limit = s->intensity;
	*period = s->period;
	return intensity_count(t, w, s->period, now);
}

void
tree_reset(struct tree *t, uint32_t n)
{
	struct node *c;

	layout_begin(t);
	c = node_edit(t, n);
	intensity_clear(t, &c->as_child);
	intensity_clear(t, &c->as_supervisor);
	c->backoff = 0;
	layout_commit(t);
}

bool
tree_runs(const struct tree *t, uint32_t n)
{
	return child_is_alive(node_at(t, n));
}

bool
tree_has_started(const struct tree *t)
{
	const struct node *root = &t->nodes[ROOT];

	return root->state == RUNNING && root->phase == PHASE_IDLE;
}

bool
tree_is_up(const struct tree *t)
{
	return t->nodes[ROOT].state == RUNNING && t->unsettled == 0;
}
