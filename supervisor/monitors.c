/* SPDX-License-Identifier: MIT */
/*
 * monitors.c - monitor/2 for clients of the control socket.
 */
#include <stdlib.h>
#include <unistd.h>

#include "core/reason.h"
#include "monitors.h"
#include "request.h"
#include "shell.h"

int64_t
monitors_arm(struct request *r, size_t item)
{
	r->items[item].ref = tree_ref(r->d->tree);
	r->armed++;
	return (int64_t)r->items[item].ref;
}

/* Its last process, or of a supervisor the one that does its work; 0: none. */
static int32_t
pid_of(const struct supd *d, uint32_t n)
{
	return tree_node(d->tree, n)->is_supervisor ?
		       getpid() :
		       d->state->child[n].last_pid;
}

/* Tells an item's end.  The request is over with its last. */
static void
fire(struct request *r, size_t i, int32_t pid, const struct reason *reason)
{
	struct item *item = &r->items[i];
	struct emit *out = request_reply(r);
	char why[REASON_SIZE];

	emit_open(out, "down", '[');
	emit_open(out, NULL, '{');
	emit_int(out, "ref", (int64_t)item->ref);
	emit_string(out, "id", item->id);
	if (pid)
		emit_int(out, "pid", pid);
	emit_string(out, "reason", reason_format(reason, why, sizeof(why)));
	emit_close(out, '}');
	emit_close(out, ']');
	item->ref = 0;
	r->armed--;
	request_end(r, r->armed > 0);
}

static int
compare(const void *a, const void *b, void *of)
{
	const struct item *items = of;
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	if (items[x].node != items[y].node)
		return items[x].node < items[y].node ? -1 : 1;
	return x < y ? -1 : x > y;
}

/* r->nodes: the items in the order of their nodes; false: no memory. */
static bool
sort(struct request *r)
{
	r->nodes = calloc(r->count, sizeof(*r->nodes));
	if (!r->nodes)
		return false;
	for (size_t i = 0; i < r->count; i++)
		r->nodes[i] = (uint32_t)i;
	qsort_r(r->nodes, r->count, sizeof(*r->nodes), compare, r->items);
	return true;
}

/* In that order; StartChild has one alone. */
static size_t
nth(const struct request *r, size_t i)
{
	return r->nodes ? r->nodes[i] : i;
}

/* The first that is n's, or would be behind it. */
static size_t
find_first(const struct request *r, uint32_t n)
{
	size_t low = 0, high = r->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (r->items[nth(r, middle)].node < n)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

void
monitors_ended(struct request *r, const struct action *a)
{
	/* One that could not be executed has not been there. */
	bool has_run = a->reason.kind != REASON_NOEXEC;
	size_t at = find_first(r, a->node);

	for (; at < r->count && r->items[nth(r, at)].node == a->node; at++)
		if (r->items[nth(r, at)].ref)
			fire(r, nth(r, at), has_run ? pid_of(r->d, a->node) : 0,
			     &a->reason);
}

/* The incarnation that an item is to have; 0: whichever there is. */
static uint64_t
wanted(const struct request *r, size_t i)
{
	const json_t *list = request_list(r, "incarnations");

	return (uint64_t)json_integer_value(json_array_get(list, i));
}

/* Does the process run that is to be monitored?  If not, DOWN. */
static void
check(struct request *r, size_t i)
{
	const struct supd *d = r->d;
	uint32_t n = r->items[i].node;
	uint64_t now = d->state->child[n].incarnation, then = wanted(r, i);
	bool runs = n != NO_NODE && tree_runs(d->tree, n);

	if (runs && (then == 0 || then == now))
		return;
	/* Is its end the last one that there was? */
	if (n != NO_NODE && then != 0 && then + (runs ? 1 : 0) == now)
		fire(r, i, runs ? 0 : pid_of(d, n),
		     &tree_node(d->tree, n)->ended);
	else
		fire(r, i, 0, &reason_noproc);
}

void
monitors_look(struct request *r)
{
	struct emit *out;
	size_t count = r->count;

	if (r->issued > 0 || !supd_is_idle(r->d))
		return;
	if (!sort(r)) {
		request_no_memory(r);
		return;
	}
	r->issued = count;
	out = request_reply(r);
	emit_open(out, "refs", '[');
	for (size_t i = 0; i < count; i++)
		emit_int(out, NULL, monitors_arm(r, i));
	emit_close(out, ']');
	emit_open(out, "incarnations", '[');
	for (size_t i = 0; i < count; i++) {
		uint32_t n = r->items[i].node;

		emit_int(out, NULL, (int64_t)r->d->state->child[n].incarnation);
	}
	emit_close(out, ']');
	request_end(r, true);
	for (size_t i = 0; i < count && r->armed > 0; i++)
		check(r, i);
}

void
monitors_begin(struct request *r)
{
	r->may_be_gone = request_list(r, "incarnations") != NULL;
	if (!r->call.more)
		request_invalid(r, "more");
	else if (json_array_size(request_list(r, "ids")) == 0)
		request_invalid(r, "ids");
	else if (request_items(r))
		monitors_look(r);
}
