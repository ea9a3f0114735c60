/* SPDX-License-Identifier: MIT */
/*
 * request.c - one call of a client at work.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "request.h"
#include "shell.h"

void
request_start(struct request *r, const struct method *method,
	      struct varlink_call *call)
{
	r->method = method;
	r->call = *call;
	*call = (struct varlink_call){ .message = NULL };
	if (r->call.oneway)
		r->discarded.limit = r->out->limit;
	method->begin(r);
}

void
request_done(struct request *r)
{
	varlink_done(&r->call);
	free(r->items);
	free(r->spec);
	free(r->text);
	free(r->nodes);
	emit_done(&r->discarded);
	*r = (struct request){ .d = r->d, .out = r->out, .pid = r->pid };
}

void
request_answered(struct request *r, const struct action *a)
{
	size_t i = a->token - r->token;
	struct item *item;

	if (i >= r->count || r->items[i].is_answered)
		return;
	item = &r->items[i];
	item->is_answered = true;
	item->node = a->node;
	item->result = a->result;
	item->reason = a->reason;
	r->answered++;
	r->method->answered(r, a);
}

void
request_ended(struct request *r, const struct action *a)
{
	if (r->method->ended)
		r->method->ended(r, a);
}

const char *
request_string(const struct request *r, const char *name)
{
	return json_string_value(json_object_get(r->call.parameters, name));
}

int64_t
request_int(const struct request *r, const char *name, int64_t dflt)
{
	json_t *value = json_object_get(r->call.parameters, name);

	return json_is_integer(value) ? json_integer_value(value) : dflt;
}

bool
request_bool(const struct request *r, const char *name)
{
	return json_is_true(json_object_get(r->call.parameters, name));
}

json_t *
request_list(const struct request *r, const char *name)
{
	json_t *value = json_object_get(r->call.parameters, name);

	return json_is_array(value) ? value : NULL;
}

static bool
add_item(struct request *r, const char *id)
{
	struct item *item = &r->items[r->count];
	uint32_t node = tree_find(r->d->tree, id);

	if (node == NO_NODE && !r->may_be_gone) {
		request_error(r, "NotFound", "id", id);
		return false;
	}
	snprintf(item->id, sizeof(item->id), "%s", id);
	item->node = node;
	r->count++;
	return true;
}

/* For so many, zeroed. */
static bool
make_items(struct request *r, size_t count)
{
	r->items = calloc(count, sizeof(*r->items));
	if (!r->items)
		request_no_memory(r);
	return r->items != NULL;
}

bool
request_item(struct request *r, const char *id)
{
	return make_items(r, 1) && add_item(r, id);
}

bool
request_pair(struct request *r, const char *a, const char *b)
{
	return make_items(r, 2) && add_item(r, a) && add_item(r, b);
}

bool
request_items(struct request *r)
{
	json_t *ids = request_list(r, "ids");
	size_t count = json_array_size(ids);

	if (!ids)
		return request_item(r, request_string(r, "id"));
	if (count > ITEMS_MAX) {
		request_error(r, "Full", NULL, NULL);
		return false;
	}
	if (!make_items(r, count + 1))
		return false;
	for (size_t i = 0; i < count; i++)
		if (!add_item(r, json_string_value(json_array_get(ids, i))))
			return false;
	return true;
}

struct emit *
request_out(struct request *r)
{
	return r->call.oneway ? &r->discarded : r->out;
}

struct emit *
request_reply(struct request *r)
{
	struct emit *out = request_out(r);

	varlink_begin(out);
	return out;
}

void
request_end(struct request *r, bool continues)
{
	varlink_end(request_out(r), continues);
	if (!continues)
		request_done(r);
}

struct emit *
request_error_begin(struct request *r, const char *error)
{
	struct emit *out = request_out(r);
	char name[80];

	snprintf(name, sizeof(name), VARLINK_SUPD "%s", error);
	varlink_begin_error(out, name);
	return out;
}

void
request_error(struct request *r, const char *error, const char *key,
	      const char *value)
{
	struct emit *out = request_error_begin(r, error);

	if (key)
		emit_string(out, key, value);
	request_end(r, false);
}

void
request_invalid(struct request *r, const char *parameter)
{
	varlink_begin_error(request_out(r), VARLINK_SERVICE "InvalidParameter");
	emit_string(request_out(r), "parameter", parameter);
	request_end(r, false);
}

void
request_no_memory(struct request *r)
{
	request_error(r, "Full", NULL, NULL);
}
