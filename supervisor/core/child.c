/* SPDX-License-Identifier: MIT */
/*
 * child.c - one child's life; the only writer of its state.
 */
#include "child.h"

#include <assert.h>

#include "backoff.h"
#include "links.h"
#include "mailbox.h"
#include "node.h"
#include "queue.h"
#include "supervisor.h"

static bool
is_active(enum child_state state)
{
	return state == STARTING || state == RUNNING || state == BACKOFF ||
	       state == STOPPING;
}

bool
child_is_unsettled(const struct node *c)
{
	bool is_doomed = !c->is_supervisor && c->pending.kind != REASON_NONE;

	return c->state == STARTING || c->state == BACKOFF ||
	       c->state == STOPPING || (c->state == RUNNING && is_doomed);
}

bool
child_is_active(const struct node *c)
{
	return is_active((enum child_state)c->state);
}

bool
child_has_pid(const struct node *c)
{
	return child_is_active(c) && c->state != BACKOFF;
}

bool
child_is_alive(const struct node *c)
{
	return child_has_pid(c) && !c->letter;
}

void
child_set(struct tree *t, uint32_t n, enum child_state state)
{
	struct node *c = node_edit(t, n);
	enum child_state old = (enum child_state)c->state;

	if (old == state)
		return;
	t->unsettled -= child_is_unsettled(c);
	c->state = (uint8_t)state;
	c->since = t->now;
	t->unsettled += child_is_unsettled(c);
	if (!c->significant || c->parent == NO_NODE ||
	    is_active(old) == is_active(state))
		return;
	if (is_active(state))
		node_edit(t, c->parent)->significant_active++;
	else
		node_edit(t, c->parent)->significant_active--;
}

/* deadline: absolute ticks; 0: none */
static void
set_deadline(struct tree *t, uint32_t n, int64_t deadline)
{
	if (node_at(t, n)->deadline == deadline)
		return;
	node_edit(t, n)->deadline = deadline;
	queue_do(t, DO_TIMER, n);
}

/* grace: ticks */
static void
set_grace(struct tree *t, uint32_t n, int64_t grace)
{
	int64_t deadline = 0;

	if (grace < SHUTDOWN_INFINITY - t->now) {
		deadline = t->now + grace;
		if (deadline == 0)
			deadline = 1;
	}
	set_deadline(t, n, deadline);
}

void
child_start(struct tree *t, uint32_t n)
{
	struct node *c = node_edit(t, n);

	assert(!child_has_pid(c) && !c->letter);
	set_deadline(t, n, 0);
	c->pending = (struct reason){ .kind = REASON_NONE };
	c->failed = false;
	c->traps = c->trap_exit;
	if (c->parent != NO_NODE)
		node_edit(t, c->parent)->alive++;
	child_set(t, n, STARTING);
	if (c->is_supervisor) {
		supervisor_init(t, n);
		return;
	}
	queue_report(t, REPORT_STARTING, n, NO_NODE, 0);
	queue_do(t, DO_START, n);
	links_starting(t, n);
	if (c->pending.kind == REASON_NONE && c->acknowledges &&
	    c->start_timeout > 0)
		set_grace(t, n, c->start_timeout);
}

void
child_started(struct tree *t, uint32_t n)
{
	struct node *c = node_edit(t, n);

	child_set(t, n, RUNNING);
	c->started = t->now;
	if (c->is_supervisor)
		links_started(t, n);
	if (c->pending.kind == REASON_NONE)
		set_deadline(t, n, 0);
	queue_report(t, REPORT_STARTED, n, NO_NODE, 0);
}

void
child_doom(struct tree *t, uint32_t n, const struct reason *reason)
{
	struct node *c = node_edit(t, n);

	t->unsettled -= child_is_unsettled(c);
	c->pending = *reason;
	t->unsettled += child_is_unsettled(c);
}

void
child_kill(struct tree *t, uint32_t n, enum reason_kind reason)
{
	struct node *c = node_edit(t, n);

	set_deadline(t, n, 0);
	if (c->killed)
		return;
	if (c->pending.kind == REASON_NONE ||
	    (c->ordered && c->pending.kind == REASON_SHUTDOWN))
		child_doom(t, n, &(struct reason){ .kind = (uint8_t)reason });
	if (c->is_supervisor) {
		supervisor_kill(t, n);
		return;
	}
	c->killed = true;
	queue_do(t, DO_KILL, n);
}

/* exit(Pid, shutdown) to a supervisor, or the same at once if it must not
   wait behind the start of a child. */
static void
stop_supervisor(struct tree *t, uint32_t n, bool starting)
{
	const struct node *c = node_at(t, n);

	if (c->shutdown == SHUTDOWN_BRUTAL) {
		child_kill(t, n, REASON_KILLED);
		return;
	}
	set_grace(t, n, c->shutdown);
	if (starting || t->stopping)
		supervisor_abort(t, n);
	else
		supervisor_stop(t, n);
}

void
child_end(struct tree *t, uint32_t n, const struct reason *reason)
{
	struct node *c = node_edit(t, n);

	child_doom(t, n, reason);
	if (c->shutdown == SHUTDOWN_BRUTAL || t->hurry) {
		child_kill(t, n, REASON_KILLED);
		return;
	}
	queue_do(t, DO_STOP, n);
	set_grace(t, n, c->shutdown);
}

/* Of what ends already because of an exit signal, that is the reason. */
static void
stop_process(struct tree *t, uint32_t n)
{
	const struct reason shutdown = { .kind = REASON_SHUTDOWN };

	if (node_at(t, n)->pending.kind == REASON_NONE)
		child_end(t, n, &shutdown);
	else if (t->hurry)
		child_kill(t, n, REASON_KILLED);
}

void
child_stop(struct tree *t, uint32_t n)
{
	struct node *c = node_edit(t, n);
	bool starting = c->state == STARTING;

	if (!child_is_alive(c)) {
		mailbox_drop_exit(t, n);
		set_deadline(t, n, 0);
		child_set(t, n, STOPPED);
		return;
	}
	if (c->ordered)
		return;
	c->ordered = true;
	child_set(t, n, STOPPING);
	queue_report(t, REPORT_STOPPING, n, NO_NODE, 0);
	if (c->is_supervisor)
		stop_supervisor(t, n, starting);
	else
		stop_process(t, n);
}

static void
root_down(struct tree *t, enum report report)
{
	queue_report(t, report, ROOT, NO_NODE, 0);
	t->done = true;
	queue_exit(t);
}

void
child_down(struct tree *t, uint32_t n, const struct reason *reason)
{
	struct node *c = node_edit(t, n);
	enum report report = REPORT_EXITED;

	c->ended = c->pending.kind == REASON_NONE ? *reason : c->pending;
	child_doom(t, n, &(struct reason){ .kind = REASON_NONE });
	c->has_process = false;
	c->killed = false;
	c->traps = false;
	set_deadline(t, n, 0);
	backoff_ended(t, n);
	if (c->parent != NO_NODE)
		node_edit(t, c->parent)->alive--;
	if (c->ordered) {
		report = REPORT_STOPPED;
		c->ordered = false;
		child_set(t, n, STOPPED);
	} else if (c->state == STARTING) {
		report = REPORT_START_FAILED;
		c->failed = true;
		child_set(t, n, EXITED);
	} else if (c->parent == NO_NODE) {
		child_set(t, n, EXITED);
	}
	if (c->parent == NO_NODE) {
		root_down(t, report);
		return;
	}
	queue_report(t, report, n, NO_NODE, 0);
	links_ended(t, n);
	if (report == REPORT_EXITED)
		mailbox_put_exit(t, n);
}

void
child_back_off(struct tree *t, uint32_t n, int64_t delay)
{
	node_edit(t, n)->failed = false;
	child_set(t, n, BACKOFF);
	if (delay == 0) {
		set_deadline(t, n, 0);
		return;
	}
	set_grace(t, n, delay);
	queue_report(t, REPORT_BACKOFF, n, NO_NODE, delay);
}

void
child_deadline(struct tree *t, uint32_t n)
{
	const struct node *c = node_at(t, n);

	set_deadline(t, n, 0);
	if (c->state == BACKOFF) {
		mailbox_put_retry(t, n, true);
		return;
	}
	queue_report(t, REPORT_TIMEOUT, n, NO_NODE, 0);
	child_kill(t, n, c->ordered ? REASON_KILLED : REASON_TIMEOUT);
}

void
child_timeout(struct tree *t, uint32_t n)
{
	const struct node *c = node_at(t, n);

	if (!c->has_process || c->ordered || c->killed)
		return;
	queue_report(t, REPORT_TIMEOUT, n, NO_NODE, 0);
	child_kill(t, n, REASON_TIMEOUT);
}

void
child_drop(struct tree *t, uint32_t n)
{
	if (!node_at(t, n)->dynamic) {
		node_list(t, n, false);
		return;
	}
	queue_report(t, REPORT_DELETED, n, NO_NODE, 0);
	node_delete(t, n);
}
