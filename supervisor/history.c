/* SPDX-License-Identifier: MIT */
/*
 * history.c - Events and Why.
 */
#include <stdio.h>
#include <string.h>

#include "events.h"
#include "history.h"
#include "request.h"
#include "shell.h"
#include "status.h"

#define PORTION 64 /* records told at once */
#define WHY_MAX 20 /* records behind a state */

static void
emit_record(struct emit *out, const struct event_record *e)
{
	emit_open(out, NULL, '{');
	emit_int(out, "number", (int64_t)e->number);
	emit_int(out, "time", e->realtime);
	emit_string(out, "text", e->text);
	emit_close(out, '}');
}

/* The number of the oldest record that is still there. */
static uint64_t
oldest(const struct state *s)
{
	return s->events < EVENTS_MAX ? 1 : s->events - EVENTS_MAX + 1;
}

void
history_begin_events(struct request *r)
{
	const struct state *s = r->d->state;
	uint64_t first = oldest(s);
	int64_t count = request_int(r, "count", EVENTS_MAX);

	if (count < 0) {
		request_invalid(r, "count");
		return;
	}
	if (request_bool(r, "follow") && !r->call.more) {
		request_invalid(r, "follow");
		return;
	}
	r->event = first;
	if ((uint64_t)count < s->events - first + 1)
		r->event = s->events - (uint64_t)count + 1;
	if (!r->call.more)
		emit_open(request_reply(r), "events", '[');
	history_produce_events(r);
}

/* Up to PORTION records; how many were lost before them. */
static uint64_t
emit_records(struct request *r)
{
	const struct state *s = r->d->state;
	uint64_t first = oldest(s), lost = 0, end;

	if (r->event < first) {
		lost = first - r->event;
		r->event = first;
	}
	end = r->event + PORTION;
	for (; r->event < end && r->event <= s->events; r->event++) {
		const struct event_record *e = events_get(s, r->event);

		if (e)
			emit_record(request_out(r), e);
	}
	return lost;
}

void
history_produce_events(struct request *r)
{
	const struct state *s = r->d->state;
	bool follows = request_bool(r, "follow");
	uint64_t lost;

	if (follows && r->event > s->events)
		return;
	if (r->call.more)
		emit_open(request_reply(r), "events", '[');
	lost = emit_records(r);
	if (!r->call.more && r->event <= s->events)
		return;
	emit_close(request_out(r), ']');
	if (lost)
		emit_int(request_out(r), "lost", (int64_t)lost);
	request_end(r, follows || r->event <= s->events);
}

static bool
begins_with(const char *text, const char *what)
{
	return strncmp(text, what, strlen(what)) == 0;
}

/* Is id the value of one of text's words? */
static bool
names(const char *text, const char *id)
{
	size_t length = strlen(id);

	for (const char *at = text; (at = strchr(at, '=')) != NULL;) {
		at++;
		if (strncmp(at, id, length) == 0 &&
		    (at[length] == ' ' || at[length] == '\0'))
			return true;
	}
	return false;
}

/* Is e about `node` itself (and not about another that had its index)?  That it
   is being started is left out: what came of it follows. */
static bool
is_about(const struct event_record *e, uint32_t n, const struct node *node)
{
	return e->node == n && !begins_with(e->text, "event=starting ") &&
	       names(e->text, node->id);
}

/* What a supervisor did that may be why its child is as it is. */
static bool
is_supervisors_act(const struct event_record *e)
{
	return begins_with(e->text, "event=gave_up ") ||
	       begins_with(e->text, "event=auto_shutdown ") ||
	       begins_with(e->text, "event=shutdown ") ||
	       begins_with(e->text, "event=stopping ") ||
	       begins_with(e->text, "event=removed ");
}

/* Does e stand in the chain of events behind n's state? */
static bool
is_reason(const struct supd *d, const struct event_record *e, uint32_t n)
{
	const struct node *node = tree_node(d->tree, n), *other, *parent;

	if (is_about(e, n, node))
		return true;
	parent = tree_node(d->tree, node->parent);
	other = tree_node(d->tree, e->node);
	if (parent && other && other->parent == node->parent &&
	    (parent->strategy == ONE_FOR_ALL ||
	     parent->strategy == REST_FOR_ONE))
		return begins_with(e->text, "event=exited ") ||
		       begins_with(e->text, "event=restart ");
	for (uint32_t up = node->parent; up != NO_NODE; up = parent->parent) {
		parent = tree_node(d->tree, up);
		if (e->node == up)
			return is_supervisors_act(e);
	}
	return false;
}

/* The newest records of the chain, oldest first. */
static size_t
find_reasons(const struct supd *d, uint32_t n, uint64_t *numbers)
{
	const struct state *s = d->state;
	size_t at = WHY_MAX;

	for (uint64_t i = s->events; i >= oldest(s) && at > 0; i--) {
		const struct event_record *e = events_get(s, i);

		if (e && is_reason(d, e, n))
			numbers[--at] = i;
	}
	return at;
}

void
history_begin_why(struct request *r)
{
	struct supd *d = r->d;
	uint64_t numbers[WHY_MAX];
	struct emit *out;

	if (!request_items(r))
		return;
	out = request_reply(r);
	status_child(out, "child", d, r->items[0].node);
	emit_open(out, "events", '[');
	for (size_t i = find_reasons(d, r->items[0].node, numbers); i < WHY_MAX;
	     i++)
		emit_record(out, events_get(d->state, numbers[i]));
	emit_close(out, ']');
	request_end(r, false);
}
