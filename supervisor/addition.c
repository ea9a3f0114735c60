/* SPDX-License-Identifier: MIT */
/*
 * addition.c - start_child/2.
 *
 * The node is made and the core is called in one transaction: there is no
 * moment at which a supervisor's death leaves a node that nobody asked for.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "addition.h"
#include "calls.h"
#include "core/journal.h"
#include "linking.h"
#include "request.h"
#include "shell.h"
#include "spec.h"

/* The strings of an array, ended by NULL; free() it. NULL: no memory. */
static const char **
strings(const struct request *r, const char *name, size_t *count)
{
	json_t *array = request_list(r, name);
	const char **list;

	*count = json_array_size(array);
	list = calloc(*count + 1, sizeof(*list));
	for (size_t i = 0; list && i < *count; i++)
		list[i] = json_string_value(json_array_get(array, i));
	return list;
}

/* supd_add() and ON_CALL; what the core decides is performed afterwards. */
static int
add_and_call(struct request *r)
{
	struct supd *d = r->d;
	struct event call = { .type = ON_CALL,
			      .call = CALL_START_CHILD,
			      .token = r->token };
	int result;

	journal_begin(d->state->journal);
	result = supd_add(d, r->parent, r->spec, r->text, &call.node);
	if (result == RESULT_OK) {
		linking_apply(d, call.node);
		if (r->link != NO_NODE)
			tree_link_at_start(d->tree, call.node, r->link);
		tree_step(d->tree, &call, clock_ms());
	}
	journal_commit(d->state->journal);
	return result;
}

/* spawn_link/3 by another child, which must be there; false: it has answered
   with an error. */
static bool
find_link(struct request *r)
{
	const char *id = request_string(r, "link");
	struct tree *t = r->d->tree;

	r->link = id ? tree_find(t, id) : NO_NODE;
	if (!id || (r->link != NO_NODE && tree_can_link(t, r->link)))
		return true;
	request_error(r, r->link == NO_NODE ? "NotFound" : "NoProc", "id", id);
	return false;
}

void
addition_look(struct request *r)
{
	struct supd *d = r->d;
	struct action refused = { .type = DO_REPLY };

	if (r->issued == r->count || !supd_is_idle(d) || !find_link(r))
		return;
	r->issued++;
	refused.result = (enum result)add_and_call(r);
	if (refused.result == RESULT_OK) {
		supd_work(d);
		return;
	}
	refused.node = tree_find(d->tree, r->spec->id);
	calls_error(r, r->spec->id, &refused);
}

/* Its item, by hand: the id is not in the tree yet. */
static void
begin(struct request *r)
{
	char id[ID_SIZE], err[128];

	if (request_bool(r, "monitor") && !r->call.more) {
		request_invalid(r, "monitor");
		return;
	}
	if (!linking_check(r->d, r->text, id)) {
		snprintf(err, sizeof(err),
			 "links: there is no child %s that it could be linked"
			 " to",
			 id);
		request_error(r, "InvalidChild", "message", err);
		return;
	}
	r->items = calloc(1, sizeof(*r->items));
	if (!r->items) {
		request_no_memory(r);
		return;
	}
	snprintf(r->items[0].id, sizeof(r->items[0].id), "%s", r->spec->id);
	r->count = 1;
	r->core_call = CALL_START_CHILD;
	addition_look(r);
}

static bool
find_parent(struct request *r)
{
	const char *id = request_string(r, "supervisor");
	const struct node *node;

	r->parent = tree_find(r->d->tree, id ? id : "root");
	node = tree_node(r->d->tree, r->parent);
	if (!node || !node->is_supervisor) {
		request_error(r, node ? "NotSupervisor" : "NotFound", "id", id);
		return false;
	}
	if (node->strategy == SIMPLE_ONE_FOR_ONE) {
		request_error(r, "SimpleOneForOne", "id", node->id);
		return false;
	}
	return true;
}

void
addition_begin_child(struct request *r)
{
	size_t argc, count;
	const char **argv, **settings;
	char err[512] = "no memory";
	int result = -1;

	if (!find_parent(r))
		return;
	argv = strings(r, "command", &argc);
	settings = strings(r, "settings", &count);
	r->spec = calloc(1, sizeof(*r->spec));
	if (argv && settings && r->spec)
		result = spec_build(request_string(r, "id"), settings, count,
				    argc ? argv : NULL, argc, r->spec, &r->text,
				    err, sizeof(err));
	free(argv);
	free(settings);
	if (result < 0) {
		request_error(r, "InvalidChild", "message", err);
		return;
	}
	r->spec->dynamic = true;
	begin(r);
}

/* An instance has its template's properties; only its command is its own. */
static void
copy_template(const struct node *from, struct child_spec *to)
{
	to->restart = (enum restart_type)from->restart;
	to->type = (enum child_type)from->type;
	to->shutdown = from->shutdown;
	to->significant = from->significant;
	to->trap_exit = from->trap_exit;
	to->autostart = true;
	to->dynamic = true;
	to->acknowledges = from->acknowledges;
	to->start_timeout = from->start_timeout;
	to->backoff_min = from->backoff_min;
	to->backoff_max = from->backoff_max;
	to->backoff_reset = from->backoff_reset;
}

/* The template that an id means: its own, or that of its supervisor. */
static uint32_t
find_template(const struct supd *d, const char *id)
{
	uint32_t n = tree_find(d->tree, id);
	const struct node *node = tree_node(d->tree, n);

	if (node && node->is_supervisor &&
	    node->strategy == SIMPLE_ONE_FOR_ONE) {
		n = node->first;
		node = tree_node(d->tree, n);
	}
	return node && node->is_template ? n : NO_NODE;
}

static bool
make_instance(struct request *r, uint32_t template)
{
	const struct node *node = tree_node(r->d->tree, template);
	unsigned number = tree_node(r->d->tree, node->parent)->instances + 1;
	size_t argc;
	const char **args = strings(r, "arguments", &argc);

	r->parent = node->parent;
	r->spec = calloc(1, sizeof(*r->spec));
	if (r->spec && args) {
		copy_template(node, r->spec);
		snprintf(r->spec->id, sizeof(r->spec->id), "%.36s@%u", node->id,
			 number);
		r->text = spec_instance(supd_text(r->d, template), r->spec->id,
					number, args, argc);
	}
	free(args);
	return r->text != NULL;
}

void
addition_begin_instance(struct request *r)
{
	const char *id = request_string(r, "template");
	uint32_t template = find_template(r->d, id);

	if (template == NO_NODE)
		request_error(r,
			      tree_find(r->d->tree, id) ? "NoTemplate" :
							  "NotFound",
			      "id", id);
	else if (!make_instance(r, template))
		request_no_memory(r);
	else
		begin(r);
}
