/* SPDX-License-Identifier: MIT */
/*
 * status.c - what the control socket tells of a child.
 */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "core/reason.h"
#include "emit.h"
#include "shell.h"
#include "standby.h"
#include "status.h"
#include "watchdog.h"

#define LINKS_TOLD 6u /* in a line */

static const char *const state_names[] = {
	[STOPPED] = "STOPPED", [STARTING] = "STARTING", [RUNNING] = "RUNNING",
	[BACKOFF] = "BACKOFF", [STOPPING] = "STOPPING", [EXITED] = "EXITED",
	[FATAL] = "FATAL",
};

static const char *const restart_names[] = {
	[PERMANENT] = "permanent",
	[TRANSIENT] = "transient",
	[TEMPORARY] = "temporary",
};

static const char *const strategy_names[] = {
	[ONE_FOR_ONE] = "one_for_one",
	[ONE_FOR_ALL] = "one_for_all",
	[REST_FOR_ONE] = "rest_for_one",
	[SIMPLE_ONE_FOR_ONE] = "simple_one_for_one",
};

static bool
is_alive(const struct node *node)
{
	return node->state == STARTING || node->state == RUNNING ||
	       node->state == STOPPING;
}

enum child_state
status_state(const struct node *node)
{
	bool runs = node->state == STARTING || node->state == RUNNING;

	if (!node->is_supervisor && runs && node->pending.kind != REASON_NONE)
		return STOPPING;
	return (enum child_state)node->state;
}

const char *
status_word(const struct node *node)
{
	return state_names[status_state(node)];
}

int32_t
status_pid(const struct supd *d, uint32_t n)
{
	const struct node *node = tree_node(d->tree, n);

	if (!node || !is_alive(node))
		return 0;
	if (node->is_supervisor)
		return getpid();
	return node->has_process ? process_of_primary(d->state, n)->tid : 0;
}

/* -1: it has none. */
static int64_t
uptime_of(const struct node *node, int64_t now)
{
	return status_state(node) == RUNNING && node->started ?
		       now - node->started :
		       -1;
}

static int
depth_of(const struct supd *d, const struct node *node)
{
	int depth = 0;

	while (node->parent != NO_NODE) {
		node = tree_node(d->tree, node->parent);
		depth++;
	}
	return depth;
}

/* What only a supervisor has. */
static void
emit_supervisor(struct emit *out, const struct node *node)
{
	emit_string(out, "strategy", strategy_names[node->strategy]);
	emit_string(out, "on_limit",
		    node->on_limit == LIMIT_REMOVE ? "remove" : "shutdown");
}

static void
emit_mailbox(struct emit *out, const struct mail *mail)
{
	emit_open(out, "mailbox", '{');
	emit_int(out, "waiting", mail->waiting);
	emit_int(out, "lost", mail->lost);
	emit_close(out, '}');
}

/* What only a child with a process has. */
static void
emit_worker(struct emit *out, const struct supd *d, uint32_t n,
	    const struct node *node)
{
	const struct process *p = process_of_primary(d->state, n);
	const char *text = supd_status_text(d, n);

	if (node->has_process && p->tid)
		emit_int(out, "pid", p->tid);
	if (standby_pid(d, n))
		emit_int(out, "standby", standby_pid(d, n));
	emit_int(out, "incarnation", (int64_t)d->state->child[n].incarnation);
	emit_int(out, "exits", (int64_t)d->state->child[n].exits);
	if (*text)
		emit_string(out, "status", text);
	if (p->watchdog)
		emit_int(out, "watchdog", p->watchdog);
	if (watchdog_is_watched(d, n))
		emit_int(out, "silent", watchdog_silence(d, n));
	if (p->tid && p->mail.fd >= 0)
		emit_mailbox(out, &p->mail);
	if (node->has_process && node->traps)
		emit_bool(out, "traps", true);
	if (node->is_template)
		emit_bool(out, "template", true);
}

static void
emit_links(struct emit *out, const struct supd *d, uint32_t n,
	   const struct node *node)
{
	uint32_t at = 0, other;

	if (node->watched)
		emit_int(out, "monitors", node->watched);
	if (!node->links)
		return;
	emit_open(out, "links", '[');
	while ((other = tree_next_link(d->tree, n, &at)) != NO_NODE)
		emit_string(out, NULL, tree_node(d->tree, other)->id);
	emit_close(out, ']');
}

void
status_child(struct emit *out, const char *key, const struct supd *d,
	     uint32_t n)
{
	const struct node *node = tree_node(d->tree, n);
	char reason[REASON_SIZE];
	int64_t now = clock_ms(), period = 0;
	uint32_t limit = 0, restarts;

	restarts = tree_restarts(d->tree, n, now, &limit, &period);
	emit_open(out, key, '{');
	emit_string(out, "id", node->id);
	if (node->parent != NO_NODE)
		emit_string(out, "supervisor",
			    tree_node(d->tree, node->parent)->id);
	emit_int(out, "depth", depth_of(d, node));
	emit_string(out, "type", node->is_supervisor ? "supervisor" : "worker");
	emit_string(out, "state", status_word(node));
	emit_string(out, "restart", restart_names[node->restart]);
	emit_int(out, "restarts", restarts);
	emit_int(out, "limit", limit);
	emit_int(out, "period", period);
	emit_int(out, "total", (int64_t)node->restarts);
	emit_int(out, "age", now - node->since);
	if (uptime_of(node, now) >= 0)
		emit_int(out, "uptime", uptime_of(node, now));
	if (node->ended.kind != REASON_NONE)
		emit_string(out, "reason",
			    reason_format(&node->ended, reason,
					  sizeof(reason)));
	if (node->is_supervisor)
		emit_supervisor(out, node);
	else
		emit_worker(out, d, n, node);
	emit_links(out, d, n, node);
	emit_close(out, '}');
}

static const char *
kind_of(const struct node *node)
{
	return node->is_supervisor ? strategy_names[node->strategy] :
	       node->is_template   ? "template" :
				     "worker";
}

static void
emit_word(struct emit *out, const char *word)
{
	emit_part(out, word);
	emit_bytes(out, " ", 1);
}

static void
emit_number(struct emit *out, int64_t number)
{
	emit_digits(out, number);
	emit_bytes(out, " ", 1);
}

/* The first few that it is linked to, and how many there are beside. */
static void
line_links(struct emit *out, const struct supd *d, uint32_t n, uint32_t count)
{
	uint32_t at = 0, told = 0, other;
	char more[24];

	while (told < LINKS_TOLD &&
	       (other = tree_next_link(d->tree, n, &at)) != NO_NODE) {
		emit_part(out, told++ ? ", " : "\t");
		emit_part(out, tree_node(d->tree, other)->id);
	}
	snprintf(more, sizeof(more), ", +%u", count - told);
	if (told < count)
		emit_part(out, more);
}

void
status_line(struct emit *out, const char *key, const struct supd *d, uint32_t n)
{
	const struct node *node = tree_node(d->tree, n);
	const char *text = supd_status_text(d, n);
	char reason[REASON_SIZE];
	int64_t now = clock_ms(), period = 0;
	uint32_t limit = 0, restarts;

	restarts = tree_restarts(d->tree, n, now, &limit, &period);
	emit_begin(out, key);
	emit_word(out, node->id);
	emit_number(out, depth_of(d, node));
	emit_word(out, status_word(node));
	emit_number(out, node->is_supervisor ? 0 : status_pid(d, n));
	emit_number(out, uptime_of(node, now));
	emit_number(out, restarts);
	emit_number(out, limit);
	emit_number(out, node->is_supervisor ? 0 : standby_pid(d, n));
	emit_part(out, kind_of(node));
	if (*text) {
		emit_part(out, " ");
		emit_part(out, text);
	}
	if (node->ended.kind != REASON_NONE || node->links) {
		emit_part(out, "\t");
		emit_part(out,
			  reason_format(&node->ended, reason, sizeof(reason)));
	}
	if (node->links)
		line_links(out, d, n, node->links);
	emit_end(out);
}
