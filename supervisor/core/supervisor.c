/* SPDX-License-Identifier: MIT */
/*
 * supervisor.c - one supervisor: how it enters each phase and how it ends.
 */
#include "supervisor.h"

#include <assert.h>

#include "call.h"
#include "child.h"
#include "intensity.h"
#include "mailbox.h"
#include "node.h"
#include "phases.h"

static bool
is_busy(enum phase phase)
{
	return phase != PHASE_DOWN && phase != PHASE_IDLE;
}

void
supervisor_enter(struct tree *t, uint32_t s, enum phase phase, uint32_t cursor)
{
	struct node *sup = node_edit(t, s);

	if (is_busy((enum phase)sup->phase))
		t->unsettled--;
	if (is_busy(phase))
		t->unsettled++;
	sup->phase = (uint8_t)phase;
	sup->cursor = cursor;
}

void
supervisor_exit_status(struct tree *t, uint32_t s, int status)
{
	if (s != ROOT || t->decided)
		return;
	t->decided = true;
	t->exit_status = status;
}

static bool
is_as_new(const struct node *c)
{
	return c->listed && c->state == STOPPED && c->as_child.count == 0 &&
	       c->backoff == 0 && !c->wanted && !c->failed;
}

/* As the file has it: whatever was stopped, ended or removed is back.  Writes
   only where it must: each node written costs the journal a copy. */
static void
init_children(struct tree *t, uint32_t s)
{
	uint32_t n;

	node_resurrect(t, s);
	for (n = node_at(t, s)->first; n != NO_NODE; n = node_at(t, n)->next) {
		const struct node *old = node_at(t, n);
		struct node *c;

		if (old->is_template || old->fresh || is_as_new(old))
			continue;
		c = node_edit(t, n);
		node_list(t, n, true);
		child_set(t, n, STOPPED);
		intensity_clear(t, &c->as_child);
		c->backoff = 0;
		c->wanted = false;
		c->failed = false;
	}
}

void
supervisor_init(struct tree *t, uint32_t s)
{
	struct node *sup = node_edit(t, s);

	assert(sup->phase == PHASE_DOWN);
	init_children(t, s);
	intensity_clear(t, &sup->as_supervisor);
	sup->ending = false;
	sup->from = sup->first;
	supervisor_enter(t, s, PHASE_INIT, NO_NODE);
	phases_advance(t, s);
}

void
supervisor_start_one(struct tree *t, uint32_t s, uint32_t n, bool restarting)
{
	node_edit(t, s)->restarting = restarting;
	supervisor_enter(t, s, PHASE_START_ONE, n);
	child_start(t, n);
}

void
supervisor_stop_one(struct tree *t, uint32_t s, uint32_t n)
{
	supervisor_enter(t, s, PHASE_STOP_ONE, n);
	child_stop(t, n);
}

void
supervisor_restart_group(struct tree *t, uint32_t s, uint32_t n, bool delayed)
{
	struct node *sup = node_edit(t, s);

	sup->subject = n;
	sup->delayed = delayed;
	supervisor_enter(t, s, PHASE_STOP_GROUP, NO_NODE);
}

void
supervisor_start_group(struct tree *t, uint32_t s, uint32_t n)
{
	node_edit(t, s)->from = n;
	supervisor_enter(t, s, PHASE_START_GROUP, NO_NODE);
}

void
supervisor_finish(struct tree *t, uint32_t s)
{
	supervisor_enter(t, s, PHASE_IDLE, NO_NODE);
	if (node_at(t, s)->serving)
		call_start_done(t, s);
}

/* supervisor:terminate_dynamic_children/1 */
static void
stop_all(struct tree *t, uint32_t s)
{
	uint32_t n = node_at(t, s)->first;

	supervisor_enter(t, s, PHASE_END_ALL, NO_NODE);
	for (; n != NO_NODE; n = node_at(t, n)->next)
		if (child_is_active(node_at(t, n)))
			child_stop(t, n);
}

void
supervisor_terminate(struct tree *t, uint32_t s)
{
	if (node_at(t, s)->state == RUNNING)
		child_set(t, s, STOPPING);
	if (node_at(t, s)->strategy == SIMPLE_ONE_FOR_ONE)
		stop_all(t, s);
	else
		supervisor_enter(t, s, PHASE_TERMINATE, NO_NODE);
}

void
supervisor_stop(struct tree *t, uint32_t s)
{
	mailbox_put(t, s, &(struct letter){ .type = LETTER_STOP });
	phases_advance(t, s);
}

static void
abort_child(struct tree *t, uint32_t n)
{
	const struct node *c = node_at(t, n);

	if (c->ordered && c->is_supervisor)
		supervisor_abort(t, n);
	else if (c->state == STARTING)
		child_stop(t, n);
}

void
supervisor_abort(struct tree *t, uint32_t s)
{
	struct node *sup = node_edit(t, s);
	uint32_t n;

	sup->ending = true;
	if (sup->cursor)
		abort_child(t, sup->cursor);
	if (sup->phase == PHASE_END_ALL)
		for (n = sup->first; n != NO_NODE; n = node_at(t, n)->next)
			abort_child(t, n);
	phases_advance(t, s);
}

void
supervisor_kill(struct tree *t, uint32_t s)
{
	struct node *sup = node_edit(t, s);
	uint32_t n;

	if (sup->serving)
		call_refuse(t, sup->serving);
	sup->serving = 0;
	supervisor_enter(t, s, PHASE_END_ALL, NO_NODE);
	supervisor_exit_status(t, s, 1);
	for (n = sup->first; n != NO_NODE; n = node_at(t, n)->next) {
		struct node *c = node_edit(t, n);

		if (!child_is_active(c))
			continue;
		if (!child_is_alive(c)) {
			child_stop(t, n);
			continue;
		}
		c->ordered = true;
		child_set(t, n, STOPPING);
		child_kill(t, n, REASON_KILLED);
	}
	phases_advance(t, s);
}

static void
flush_mailbox(struct tree *t, uint32_t s)
{
	uint32_t cell;

	while ((cell = mailbox_take(t, s)) != 0) {
		if (pool_at(t, cell)->u.letter.type == LETTER_CALL)
			call_refuse(t, cell);
		else
			mailbox_free(t, cell);
	}
}

void
supervisor_down(struct tree *t, uint32_t s)
{
	const struct reason shutdown = { .kind = REASON_SHUTDOWN };
	uint32_t n, next;

	assert(node_at(t, s)->alive == 0);
	flush_mailbox(t, s);
	for (n = node_at(t, s)->first; n != NO_NODE; n = next) {
		const struct node *c = node_at(t, n);

		next = c->next;
		if (child_is_active(c))
			child_stop(t, n);
		if (c->dynamic && !c->fresh)
			child_drop(t, n);
	}
	node_edit(t, s)->ending = false;
	supervisor_enter(t, s, PHASE_DOWN, NO_NODE);
	child_down(t, s, &shutdown);
}

void
supervisor_settle(struct tree *t, uint32_t s)
{
	for (; s != NO_NODE; s = node_at(t, s)->parent)
		phases_advance(t, s);
}
