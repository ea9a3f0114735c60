/* SPDX-License-Identifier: MIT */
/*
 * status_list.c - which children are told of, and in which portions.
 */
#include <stdlib.h>

#include "core/core.h"
#include "request.h"
#include "shell.h"
#include "status.h"
#include "status_list.h"

#define PORTION 256 /* children told at once */

/* The next of the tree in the order in which it is drawn. */
static uint32_t
next_in_tree(const struct supd *d, uint32_t n)
{
	const struct node *node = tree_node(d->tree, n);

	if (node->first != NO_NODE)
		return node->first;
	while (node->next == NO_NODE) {
		if (node->parent == NO_NODE)
			return NO_NODE;
		node = tree_node(d->tree, node->parent);
	}
	return node->next;
}

static bool
list_all(struct request *r)
{
	r->nodes = malloc(tree_end(r->d->tree) * sizeof(*r->nodes));
	if (!r->nodes)
		return false;
	for (uint32_t n = ROOT; n != NO_NODE; n = next_in_tree(r->d, n))
		r->nodes[r->node_count++] = n;
	return true;
}

static bool
list_items(struct request *r)
{
	r->nodes = malloc((r->count + 1) * sizeof(*r->nodes));
	if (!r->nodes)
		return false;
	for (size_t i = 0; i < r->count; i++)
		r->nodes[r->node_count++] = r->items[i].node;
	return true;
}

/* A way to tell of children: what the list is called, and one of them. */
struct telling {
	const char *list;
	void (*tell)(struct emit *out, const char *key, const struct supd *d,
		     uint32_t node);
};

static const struct telling in_full = { "children", status_child };
static const struct telling in_lines = { "lines", status_line };

static void
produce(struct request *r, const struct telling *how)
{
	size_t end = r->node_next + PORTION;
	struct emit *out = request_out(r);
	bool is_last;

	if (r->call.more)
		emit_open(request_reply(r), how->list, '[');
	if (end > r->node_count)
		end = r->node_count;
	for (; r->node_next < end; r->node_next++)
		if (tree_node(r->d->tree, r->nodes[r->node_next]))
			how->tell(out, NULL, r->d, r->nodes[r->node_next]);
	is_last = r->node_next == r->node_count;
	if (!is_last && !r->call.more)
		return;
	emit_close(out, ']');
	request_end(r, !is_last);
}

static void
begin(struct request *r, const struct telling *how)
{
	bool is_all = json_array_size(request_list(r, "ids")) == 0;

	if (!is_all && !request_items(r))
		return;
	if (!(is_all ? list_all(r) : list_items(r))) {
		request_no_memory(r);
		return;
	}
	if (!r->call.more)
		emit_open(request_reply(r), how->list, '[');
	produce(r, how);
}

void
status_begin(struct request *r)
{
	begin(r, &in_full);
}

void
status_produce(struct request *r)
{
	produce(r, &in_full);
}

void
status_begin_table(struct request *r)
{
	begin(r, &in_lines);
}

void
status_produce_table(struct request *r)
{
	produce(r, &in_lines);
}
