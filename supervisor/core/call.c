/* SPDX-License-Identifier: MIT */
/*
 * call.c - supervisor:handle_call/3: what people and programs ask for.
 */
#include "call.h"

#include <assert.h>

#include "child.h"
#include "intensity.h"
#include "mailbox.h"
#include "node.h"
#include "queue.h"
#include "restart.h"
#include "supervisor.h"

#define CALLS_MAX 16384u /* that wait in all mailboxes */

static bool
is_simple(const struct tree *t, uint32_t s)
{
	return node_at(t, s)->strategy == SIMPLE_ONE_FOR_ONE;
}

/* Answers the letter and frees it. */
static void
answer(struct tree *t, uint32_t cell, enum result result)
{
	struct letter letter = pool_at(t, cell)->u.letter;
	bool there = node_is(t, letter.node, letter.generation);
	const struct reason *reason = NULL;

	if (result == RESULT_FAILED)
		reason = &node_at(t, letter.node)->ended;
	queue_reply(t, letter.token, result, there ? letter.node : NO_NODE,
		    reason);
	mailbox_free(t, cell);
}

/* A node that was made for this call alone goes with it. */
static void
discard(struct tree *t, const struct letter *letter)
{
	const struct node *c;

	if (letter->call != CALL_START_CHILD ||
	    !node_is(t, letter->node, letter->generation))
		return;
	c = node_at(t, letter->node);
	if (!c->fresh)
		return;
	if (child_is_alive(c))
		node_edit(t, letter->node)->fresh = false;
	else
		node_delete(t, letter->node);
}

void
call_refuse(struct tree *t, uint32_t cell)
{
	struct letter letter = pool_at(t, cell)->u.letter;
	enum result result = RESULT_STOPPED;

	discard(t, &letter);
	if (letter.call == CALL_STOP)
		result = RESULT_OK;
	else if (!node_is(t, letter.node, letter.generation) &&
		 letter.call != CALL_START_CHILD)
		result = letter.interrupts ? RESULT_OK : RESULT_NOT_FOUND;
	answer(t, cell, result);
}

static void
serve_start(struct tree *t, uint32_t s, uint32_t cell)
{
	uint32_t n = pool_at(t, cell)->u.letter.node;
	struct node *c = node_edit(t, n);

	node_edit(t, s)->serving = cell;
	c->wanted = true;
	if (c->state == FATAL)
		intensity_clear(t, &c->as_child);
	if (!c->fresh)
		node_list(t, n, true);
	supervisor_start_one(t, s, n, false);
}

static void
serve_stop(struct tree *t, uint32_t s, uint32_t cell)
{
	node_edit(t, s)->serving = cell;
	supervisor_stop_one(t, s, pool_at(t, cell)->u.letter.node);
}

/* Tries the restart that it waits for now. */
static void
serve_retry(struct tree *t, uint32_t s, uint32_t cell)
{
	uint32_t n = pool_at(t, cell)->u.letter.node;

	node_edit(t, s)->serving = cell;
	child_back_off(t, n, 0);
	restart_again(t, s, n, true);
}

static void
handle_start(struct tree *t, uint32_t s, uint32_t cell)
{
	const struct node *c = node_at(t, pool_at(t, cell)->u.letter.node);

	if (child_has_pid(c))
		answer(t, cell, RESULT_OK);
	else if (c->state == BACKOFF)
		serve_retry(t, s, cell);
	else
		serve_start(t, s, cell);
}

static void
handle_restart(struct tree *t, uint32_t s, uint32_t cell)
{
	if (child_has_pid(node_at(t, pool_at(t, cell)->u.letter.node)))
		serve_stop(t, s, cell);
	else
		handle_start(t, s, cell);
}

/* Those that terminate_child/2 deletes. */
static bool
goes_when_stopped(const struct tree *t, uint32_t s, uint32_t n)
{
	return is_simple(t, s) || node_at(t, n)->restart == TEMPORARY;
}

static void
handle_stop(struct tree *t, uint32_t s, uint32_t cell)
{
	uint32_t n = pool_at(t, cell)->u.letter.node;
	const struct node *c = node_at(t, n);

	if (c->fresh)
		answer(t, cell, RESULT_OK);
	else if (child_is_active(c))
		serve_stop(t, s, cell);
	else if (pool_at(t, cell)->u.letter.interrupts) {
		node_edit(t, s)->serving = cell;
		call_stop_done(t, s);
	} else {
		node_edit(t, n)->wanted = false;
		answer(t, cell, RESULT_OK);
	}
}

static void
delete_and_answer(struct tree *t, uint32_t cell)
{
	uint32_t n = pool_at(t, cell)->u.letter.node;
	const struct node *c = node_at(t, n);

	if (!c->listed && !c->dynamic) {
		answer(t, cell, RESULT_NOT_FOUND);
		return;
	}
	queue_report(t, REPORT_DELETED, n, NO_NODE, 0);
	node_remove(t, n);
	answer(t, cell, RESULT_OK);
}

static void
handle_delete_child(struct tree *t, uint32_t s, uint32_t cell)
{
	const struct node *c = node_at(t, pool_at(t, cell)->u.letter.node);

	if (is_simple(t, s))
		answer(t, cell, RESULT_SIMPLE);
	else if (c->fresh)
		answer(t, cell, RESULT_NOT_FOUND);
	else if (child_has_pid(c))
		answer(t, cell, RESULT_RUNNING);
	else if (c->state == BACKOFF)
		answer(t, cell, RESULT_RESTARTING);
	else
		delete_and_answer(t, cell);
}

static void
handle_stop_child(struct tree *t, uint32_t s, uint32_t cell)
{
	const struct node *c = node_at(t, pool_at(t, cell)->u.letter.node);

	if (c->fresh)
		answer(t, cell, RESULT_NOT_FOUND);
	else if (child_is_active(c))
		serve_stop(t, s, cell);
	else
		delete_and_answer(t, cell);
}

static void
handle_restart_child(struct tree *t, uint32_t s, uint32_t cell)
{
	const struct node *c = node_at(t, pool_at(t, cell)->u.letter.node);

	if (is_simple(t, s))
		answer(t, cell, RESULT_SIMPLE);
	else if (!c->listed)
		answer(t, cell, RESULT_NOT_FOUND);
	else if (child_has_pid(c))
		answer(t, cell, RESULT_RUNNING);
	else if (c->state == BACKOFF)
		answer(t, cell, RESULT_RESTARTING);
	else
		serve_start(t, s, cell);
}

/* supervisor:handle_start_child/2 */
static void
handle_start_child(struct tree *t, uint32_t s, uint32_t cell)
{
	const struct node *c = node_at(t, pool_at(t, cell)->u.letter.node);

	if (c->fresh)
		serve_start(t, s, cell);
	else if (child_has_pid(c))
		answer(t, cell, RESULT_ALREADY_STARTED);
	else
		answer(t, cell, RESULT_ALREADY_PRESENT);
}

static void
handle_sync(struct tree *t, uint32_t s, uint32_t cell)
{
	(void)s;
	answer(t, cell, RESULT_OK);
}

static void (*const handlers[])(struct tree *t, uint32_t s, uint32_t cell) = {
	[CALL_START] = handle_start,
	[CALL_STOP] = handle_stop,
	[CALL_RESTART] = handle_restart,
	[CALL_START_CHILD] = handle_start_child,
	[CALL_RESTART_CHILD] = handle_restart_child,
	[CALL_STOP_CHILD] = handle_stop_child,
	[CALL_DELETE_CHILD] = handle_delete_child,
	[CALL_EXIT] = handle_sync, /* never waits in a mailbox */
	[CALL_SYNC] = handle_sync,
};

void
call_handle(struct tree *t, uint32_t s, uint32_t cell)
{
	const struct letter *letter = &pool_at(t, cell)->u.letter;

	if (!node_is(t, letter->node, letter->generation))
		answer(t, cell,
		       letter->interrupts ? RESULT_OK : RESULT_NOT_FOUND);
	else if (node_at(t, letter->node)->is_template)
		answer(t, cell, RESULT_SIMPLE);
	else
		handlers[letter->call](t, s, cell);
}

/* start_child/2 has worked: save_child/2 */
static void
add_started(struct tree *t, uint32_t n)
{
	node_edit(t, n)->fresh = false;
	node_list(t, n, true);
	queue_report(t, REPORT_ADDED, n, NO_NODE, 0);
}

static enum result
start_result(const struct node *c)
{
	switch ((enum child_state)c->state) {
	case STARTING:
	case RUNNING:
	case STOPPING:
		return RESULT_OK;
	case BACKOFF:
	case EXITED:
	case FATAL:
		return RESULT_FAILED;
	case STOPPED:
		break;
	}
	return RESULT_STOPPED;
}

void
call_start_done(struct tree *t, uint32_t s)
{
	uint32_t cell = node_at(t, s)->serving;
	struct letter letter = pool_at(t, cell)->u.letter;
	struct node *c = node_edit(t, letter.node);
	enum result result = start_result(c);

	node_edit(t, s)->serving = 0;
	if (c->state != BACKOFF)
		c->failed = false;
	if (result == RESULT_OK && c->fresh)
		add_started(t, letter.node);
	else if (result != RESULT_OK && c->fresh)
		discard(t, &letter);
	else if (result != RESULT_OK && c->restart == TEMPORARY)
		child_drop(t, letter.node);
	answer(t, cell, result);
}

void
call_stop_done(struct tree *t, uint32_t s)
{
	uint32_t cell = node_at(t, s)->serving;
	struct letter letter = pool_at(t, cell)->u.letter;

	node_edit(t, s)->serving = 0;
	if (letter.call == CALL_RESTART) {
		if (node_at(t, s)->ending)
			answer(t, cell, RESULT_STOPPED);
		else
			serve_start(t, s, cell);
		return;
	}
	node_edit(t, letter.node)->wanted = false;
	if (letter.call == CALL_STOP_CHILD) {
		queue_report(t, REPORT_DELETED, letter.node, NO_NODE, 0);
		node_remove(t, letter.node);
	} else if (goes_when_stopped(t, s, letter.node)) {
		child_drop(t, letter.node);
	}
	answer(t, cell, RESULT_OK);
}

/* Whose matter is it?  NO_NODE: nobody's. */
static uint32_t
supervisor_for(const struct tree *t, const struct event *event)
{
	const struct node *c = tree_node(t, event->node);

	if (!c || c->deleted)
		return NO_NODE;
	if (event->call == CALL_SYNC)
		return c->is_supervisor ? event->node : NO_NODE;
	return c->parent;
}

/* A stop of the very child whose start its supervisor awaits ends that start;
   the call itself then finds nothing that runs. */
static bool
interrupts(const struct tree *t, uint32_t s, const struct event *event)
{
	return (event->call == CALL_STOP || event->call == CALL_STOP_CHILD ||
		event->call == CALL_RESTART) &&
	       node_at(t, s)->cursor == event->node &&
	       node_at(t, event->node)->state == STARTING;
}

void
call_receive(struct tree *t, const struct event *event)
{
	uint32_t s = supervisor_for(t, event);
	struct letter letter = {
		.type = LETTER_CALL,
		.call = (uint8_t)event->call,
		.node = event->node,
		.token = event->token,
	};

	if (s == NO_NODE) {
		queue_reply(t, event->token, RESULT_NOT_FOUND, NO_NODE, NULL);
		return;
	}
	letter.generation = node_at(t, event->node)->generation;
	if (t->calls >= CALLS_MAX) {
		discard(t, &letter);
		queue_reply(t, event->token, RESULT_FULL, NO_NODE, NULL);
		return;
	}
	letter.interrupts = interrupts(t, s, event);
	mailbox_put(t, s, &letter);
	if (node_at(t, s)->phase == PHASE_DOWN) {
		call_refuse(t, mailbox_take(t, s));
		return;
	}
	if (letter.interrupts)
		child_stop(t, event->node);
	supervisor_settle(t, s);
}
