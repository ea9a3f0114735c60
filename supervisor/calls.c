/* SPDX-License-Identifier: MIT */
/*
 * calls.c - the methods that ask something of the core.
 */
#include <string.h>

#include "calls.h"
#include "core/reason.h"
#include "monitors.h"
#include "request.h"
#include "shell.h"
#include "standby.h"
#include "status.h"

static const struct result_text {
	const char *word;  /* OTP's atom */
	const char *error; /* of the interface */
} result_texts[] = {
	[RESULT_OK] = { "ok", NULL },
	[RESULT_ALREADY_STARTED] = { "already_started", "AlreadyStarted" },
	[RESULT_ALREADY_PRESENT] = { "already_present", "AlreadyPresent" },
	[RESULT_RUNNING] = { "running", "Running" },
	[RESULT_RESTARTING] = { "restarting", "Restarting" },
	[RESULT_NOT_FOUND] = { "not_found", "NotFound" },
	[RESULT_SIMPLE] = { "simple_one_for_one", "SimpleOneForOne" },
	[RESULT_FAILED] = { "failed", "StartFailed" },
	[RESULT_STOPPED] = { "stopped", "Stopped" },
	[RESULT_NOPROC] = { "noproc", "NoProc" },
	[RESULT_FULL] = { "full", "Full" },
};

void
calls_error(struct request *r, const char *id, const struct action *a)
{
	struct emit *out =
		request_error_begin(r, result_texts[a->result].error);
	char reason[REASON_SIZE];
	int32_t pid = status_pid(r->d, a->node);
	const struct node *node =
		tree_node(r->d->tree, tree_find(r->d->tree, id));

	emit_string(out, "id", id);
	if (a->result == RESULT_NOT_FOUND && node)
		emit_string(out, "state", status_state(node));
	if (a->result == RESULT_FAILED)
		emit_string(out, "reason",
			    reason_format(&a->reason, reason, sizeof(reason)));
	if (a->result == RESULT_ALREADY_STARTED && pid)
		emit_int(out, "pid", pid);
	request_end(r, false);
}

/* The request may be over when supd_event() comes back. */
void
calls_issue(struct request *r)
{
	struct supd *d = r->d;

	while (r->issued < r->count && supd_is_idle(d)) {
		const struct item *item = &r->items[r->issued++];
		uint32_t node = tree_find(d->tree, item->id);
		uint64_t token = r->token + (uint64_t)(item - r->items);
		struct action gone = { .type = DO_REPLY,
				       .token = token,
				       .result = RESULT_NOT_FOUND };

		if (node == NO_NODE)
			request_answered(r, &gone);
		else
			supd_event(d, &(struct event){ .type = ON_CALL,
						       .call = r->core_call,
						       .node = node,
						       .reason = r->reason,
						       .pid = r->pid,
						       .token = token });
	}
}

static void
begin_many(struct request *r, enum call_type call)
{
	r->core_call = call;
	if (!request_items(r))
		return;
	if (r->count == 0) {
		emit_open(request_reply(r), "results", '[');
		emit_close(request_out(r), ']');
		request_end(r, false);
		return;
	}
	calls_issue(r);
}

void
calls_begin_start(struct request *r)
{
	begin_many(r, CALL_START);
}

void
calls_begin_stop(struct request *r)
{
	begin_many(r, CALL_STOP);
}

void
calls_begin_restart(struct request *r)
{
	begin_many(r, CALL_RESTART);
}

static void
emit_result(struct emit *out, const struct supd *d, const struct item *item)
{
	char reason[REASON_SIZE];
	int32_t pid = status_pid(d, tree_find(d->tree, item->id));

	emit_open(out, NULL, '{');
	emit_string(out, "id", item->id);
	emit_string(out, "result", result_texts[item->result].word);
	if (item->result == RESULT_FAILED)
		emit_string(out, "reason",
			    reason_format(&item->reason, reason,
					  sizeof(reason)));
	if (pid)
		emit_int(out, "pid", pid);
	emit_close(out, '}');
}

void
calls_answered_many(struct request *r, const struct action *a)
{
	struct emit *out;

	(void)a;
	if (r->answered < r->count)
		return;
	out = request_reply(r);
	emit_open(out, "results", '[');
	for (size_t i = 0; i < r->count; i++)
		emit_result(out, r->d, &r->items[i]);
	emit_close(out, ']');
	request_end(r, false);
}

static void
begin_one(struct request *r, enum call_type call)
{
	r->core_call = call;
	if (request_items(r))
		calls_issue(r);
}

void
calls_begin_restart_child(struct request *r)
{
	begin_one(r, CALL_RESTART_CHILD);
}

void
calls_begin_stop_child(struct request *r)
{
	begin_one(r, CALL_STOP_CHILD);
}

void
calls_begin_delete_child(struct request *r)
{
	begin_one(r, CALL_DELETE_CHILD);
}

void
calls_begin_exit(struct request *r)
{
	if (!reason_parse(request_string(r, "reason"), &r->reason)) {
		request_invalid(r, "reason");
		return;
	}
	begin_one(r, CALL_EXIT);
}

/* A stop that spares the standby: the start that follows promotes it. */
void
calls_begin_takeover(struct request *r)
{
	uint32_t node;

	r->core_call = CALL_RESTART;
	if (!request_items(r))
		return;
	node = r->items[0].node;
	if (!standby_pid(r->d, node)) {
		request_error(r, "NoStandby", "id", r->items[0].id);
		return;
	}
	r->d->takeover = node;
	calls_issue(r);
}

static bool
is_start(enum call_type call)
{
	return call == CALL_START_CHILD || call == CALL_RESTART_CHILD ||
	       call == CALL_RESTART;
}

/* spawn_monitor/3: its end cannot have been told before it was started. */
static void
emit_monitor(struct request *r)
{
	uint32_t n = r->items[0].node;

	emit_int(request_out(r), "ref", monitors_arm(r, 0));
	emit_int(request_out(r), "incarnation",
		 (int64_t)r->d->state->child[n].incarnation);
}

void
calls_answered_one(struct request *r, const struct action *a)
{
	const struct item *item = &r->items[0];
	const struct node *node = tree_node(r->d->tree, a->node);
	int32_t pid = status_pid(r->d, a->node);

	if (a->result != RESULT_OK) {
		calls_error(r, item->id, a);
		return;
	}
	request_reply(r);
	if (is_start(r->core_call))
		emit_string(request_out(r), "id", item->id);
	/* What was started may have ended meanwhile. */
	if (!pid && node && !node->is_supervisor)
		pid = r->d->state->child[a->node].last_pid;
	if (is_start(r->core_call) && pid)
		emit_int(request_out(r), "pid", pid);
	if (request_bool(r, "monitor"))
		emit_monitor(r);
	request_end(r, r->armed > 0);
}

void
calls_begin_sync(struct request *r)
{
	const char *id = request_string(r, "supervisor");
	uint32_t node = tree_find(r->d->tree, id ? id : "root");
	const struct node *supervisor = tree_node(r->d->tree, node);

	if (!supervisor || !supervisor->is_supervisor) {
		request_error(r, supervisor ? "NotSupervisor" : "NotFound",
			      "id", id);
		return;
	}
	r->core_call = CALL_SYNC;
	if (request_item(r, supervisor->id))
		calls_issue(r);
}

static void
emit_which(struct emit *out, const struct supd *d, uint32_t n)
{
	const struct node *node = tree_node(d->tree, n);
	int32_t pid = status_pid(d, n);

	emit_open(out, NULL, '{');
	emit_string(out, "id", node->id);
	if (node->state == BACKOFF)
		emit_string(out, "pid", "restarting");
	else if (pid)
		emit_int(out, "pid", pid);
	else
		emit_null(out, "pid");
	emit_string(out, "type",
		    node->type == TYPE_SUPERVISOR ? "supervisor" : "worker");
	emit_close(out, '}');
}

/* The supervisor that was asked; NULL: it has answered with an error. */
static const struct node *
asked_supervisor(struct request *r, const struct action *a)
{
	const struct node *node =
		tree_node(r->d->tree, tree_find(r->d->tree, r->items[0].id));

	if (a->result == RESULT_OK && node)
		return node;
	calls_error(r, r->items[0].id, a);
	return NULL;
}

void
calls_answered_which(struct request *r, const struct action *a)
{
	const struct node *s = asked_supervisor(r, a), *child;
	struct emit *out;

	if (!s)
		return;
	out = request_reply(r);
	emit_open(out, "children", '[');
	for (uint32_t n = s->first; n != NO_NODE; n = child->next) {
		child = tree_node(r->d->tree, n);
		if (child->listed)
			emit_which(out, r->d, n);
	}
	emit_close(out, ']');
	request_end(r, false);
}

/* count_children/1 */
void
calls_answered_count(struct request *r, const struct action *a)
{
	const struct node *s = asked_supervisor(r, a), *child;
	int64_t active = 0, supervisors = 0, workers = 0;
	struct emit *out;

	if (!s)
		return;
	for (uint32_t n = s->first; n != NO_NODE; n = child->next) {
		child = tree_node(r->d->tree, n);
		if (!child->listed)
			continue;
		active += status_pid(r->d, n) != 0;
		supervisors += child->type == TYPE_SUPERVISOR;
		workers += child->type == TYPE_WORKER;
	}
	out = request_reply(r);
	emit_int(out, "specs",
		 s->strategy == SIMPLE_ONE_FOR_ONE ? 1 : supervisors + workers);
	emit_int(out, "active", active);
	emit_int(out, "supervisors", supervisors);
	emit_int(out, "workers", workers);
	request_end(r, false);
}
