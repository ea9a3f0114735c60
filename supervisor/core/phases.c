/* SPDX-License-Identifier: MIT */
/*
 * phases.c - a supervisor's phases, each a function that goes one step further
 * and says whether there is more to do before something happens.
 */
#include "phases.h"

#include "backoff.h"
#include "call.h"
#include "child.h"
#include "mailbox.h"
#include "node.h"
#include "restart.h"
#include "supervisor.h"

static bool
step_down(struct tree *t, uint32_t s)
{
	(void)t;
	(void)s;
	return false;
}

static bool
step_idle(struct tree *t, uint32_t s)
{
	struct letter letter;
	uint32_t cell;

	if (node_at(t, s)->ending) {
		supervisor_terminate(t, s);
		return true;
	}
	cell = mailbox_take(t, s);
	if (!cell)
		return false;
	letter = pool_at(t, cell)->u.letter;
	if (letter.type == LETTER_CALL) {
		call_handle(t, s, cell);
		return true;
	}
	mailbox_free(t, cell);
	switch ((enum letter_type)letter.type) {
	case LETTER_VOID:
	case LETTER_CALL:
		break;
	case LETTER_EXIT:
		restart_ended(t, s, letter.node);
		break;
	case LETTER_RETRY:
		if (node_is(t, letter.node, letter.generation))
			restart_again(t, s, letter.node, letter.counted);
		break;
	case LETTER_STOP:
		supervisor_terminate(t, s);
		break;
	}
	return true;
}

/* Is somebody's start or stop not over yet? */
static bool
is_awaited(const struct tree *t, uint32_t n)
{
	const struct node *c;

	if (n == NO_NODE)
		return false;
	c = node_at(t, n);
	return c->ordered || c->state == STARTING;
}

/* A start in INIT or START_GROUP has failed; false: that was the last. */
static bool
start_failed(struct tree *t, uint32_t s, uint32_t n)
{
	struct node *sup = node_edit(t, s), *c = node_edit(t, n);

	c->failed = false;
	if (sup->phase == PHASE_INIT && sup->on_limit == LIMIT_SHUTDOWN) {
		sup->pending = c->ended;
		supervisor_exit_status(t, s, 1);
		supervisor_terminate(t, s);
		return false;
	}
	if (c->restart == TEMPORARY) {
		child_drop(t, n);
		return true;
	}
	child_back_off(t, n, 0);
	mailbox_put_retry(t, n, false);
	if (sup->phase == PHASE_INIT)
		return true;
	supervisor_finish(t, s);
	return false;
}

static uint32_t
next_to_start(const struct tree *t, uint32_t n)
{
	for (; n != NO_NODE; n = node_at(t, n)->next) {
		const struct node *c = node_at(t, n);

		if (c->listed && !child_is_active(c) &&
		    (c->autostart || c->wanted))
			break;
	}
	return n;
}

/* supervisor:start_children/2 */
static bool
step_start(struct tree *t, uint32_t s)
{
	struct node *sup = node_edit(t, s);
	uint32_t n = sup->cursor, next = sup->from;

	if (is_awaited(t, n))
		return false;
	if (sup->ending) {
		supervisor_finish(t, s);
		return true;
	}
	if (n != NO_NODE) {
		next = node_at(t, n)->next;
		if (node_at(t, n)->failed && !start_failed(t, s, n))
			return true;
	}
	sup->cursor = next_to_start(t, next);
	if (sup->cursor != NO_NODE) {
		child_start(t, sup->cursor);
		return true;
	}
	if (sup->phase == PHASE_INIT)
		child_started(t, s);
	supervisor_finish(t, s);
	return true;
}

static bool
step_start_one(struct tree *t, uint32_t s)
{
	const struct node *sup = node_at(t, s);
	uint32_t n = sup->cursor;

	if (is_awaited(t, n))
		return false;
	if (node_at(t, n)->failed && sup->restarting) {
		child_back_off(t, n, 0);
		mailbox_put_retry(t, n, false);
	}
	supervisor_finish(t, s);
	return true;
}

static bool
step_stop_one(struct tree *t, uint32_t s)
{
	if (is_awaited(t, node_at(t, s)->cursor))
		return false;
	supervisor_enter(t, s, PHASE_IDLE, NO_NODE);
	call_stop_done(t, s);
	return true;
}

/* Who is to be stopped before, going back from n. */
static uint32_t
next_to_stop(const struct tree *t, uint32_t n, uint32_t end)
{
	while (n != NO_NODE && n != end && !child_is_active(node_at(t, n)))
		n = node_at(t, n)->prev;
	return n == end ? NO_NODE : n;
}

/* The group is down: supervisor:restart_multiple_children/3, after
   terminate_children. */
static void
group_stopped(struct tree *t, uint32_t s)
{
	const struct node *sup = node_at(t, s);
	uint32_t n = sup->subject;

	if (sup->delayed) {
		child_back_off(t, n, backoff_next(t, n));
		supervisor_finish(t, s);
		return;
	}
	supervisor_start_group(t, s,
			       sup->strategy == ONE_FOR_ALL ? sup->first : n);
}

/* supervisor:terminate_children/2 of those that will be started again */
static bool
step_stop_group(struct tree *t, uint32_t s)
{
	struct node *sup = node_edit(t, s);
	uint32_t n = sup->cursor, prev = sup->last;
	uint32_t end = sup->strategy == REST_FOR_ONE ? sup->subject : NO_NODE;

	if (is_awaited(t, n))
		return false;
	if (sup->ending) {
		supervisor_finish(t, s);
		return true;
	}
	if (n != NO_NODE) {
		prev = node_at(t, n)->prev;
		if (node_at(t, n)->restart == TEMPORARY)
			child_drop(t, n);
	}
	sup->cursor = next_to_stop(t, prev, end);
	if (sup->cursor != NO_NODE)
		child_stop(t, sup->cursor);
	else
		group_stopped(t, s);
	return true;
}

/* supervisor:terminate_children/2 */
static bool
step_terminate(struct tree *t, uint32_t s)
{
	struct node *sup = node_edit(t, s);
	uint32_t n = sup->cursor;

	if (is_awaited(t, n))
		return false;
	n = n == NO_NODE ? sup->last : node_at(t, n)->prev;
	sup->cursor = next_to_stop(t, n, NO_NODE);
	if (sup->cursor != NO_NODE)
		child_stop(t, sup->cursor);
	else
		supervisor_down(t, s);
	return true;
}

static bool
step_end_all(struct tree *t, uint32_t s)
{
	if (node_at(t, s)->alive > 0)
		return false;
	supervisor_down(t, s);
	return true;
}

static bool (*const steps[])(struct tree *t, uint32_t s) = {
	[PHASE_DOWN] = step_down,         [PHASE_IDLE] = step_idle,
	[PHASE_INIT] = step_start,        [PHASE_START_ONE] = step_start_one,
	[PHASE_STOP_ONE] = step_stop_one, [PHASE_STOP_GROUP] = step_stop_group,
	[PHASE_START_GROUP] = step_start, [PHASE_TERMINATE] = step_terminate,
	[PHASE_END_ALL] = step_end_all,
};

void
phases_advance(struct tree *t, uint32_t s)
{
	while (steps[node_at(t, s)->phase](t, s))
		;
}
