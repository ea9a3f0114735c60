/* SPDX-License-Identifier: MIT */
/*
 * varlink.c - Varlink messages.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "emit.h"
#include "varlink.h"

/* The members of a call: nothing else is allowed. */
static int
read_members(struct varlink_call *c, char *err, size_t err_size)
{
	const char *key, *wrong = NULL;
	json_t *value;

	json_object_foreach (c->message, key, value) {
		bool is_right = false;

		if (strcmp(key, "method") == 0) {
			is_right = json_is_string(value);
			c->method = json_string_value(value);
		} else if (strcmp(key, "parameters") == 0) {
			is_right = json_is_object(value) || json_is_null(value);
			c->parameters = json_is_object(value) ? value : NULL;
		} else if (strcmp(key, "more") == 0) {
			is_right = json_is_boolean(value);
			c->more = json_is_true(value);
		} else if (strcmp(key, "oneway") == 0) {
			is_right = json_is_boolean(value);
			c->oneway = json_is_true(value);
		}
		if (!is_right)
			wrong = key;
	}
	if (wrong)
		snprintf(err, err_size, "member \"%.40s\" is wrong", wrong);
	else if (!c->method)
		snprintf(err, err_size, "member \"method\" is missing");
	else if (c->more && c->oneway)
		snprintf(err, err_size, "\"more\" and \"oneway\" at once");
	else
		return 0;
	return -EINVAL;
}

int
varlink_parse(const char *text, size_t length, struct varlink_call *ret,
	      char *err, size_t err_size)
{
	struct varlink_call c = { .message = NULL };
	json_error_t error;
	int r = -EINVAL;

	c.message = json_loadb(text, length, JSON_REJECT_DUPLICATES, &error);
	if (!c.message)
		snprintf(err, err_size, "%.100s", error.text);
	else if (!json_is_object(c.message))
		snprintf(err, err_size, "not an object");
	else
		r = read_members(&c, err, err_size);
	if (r == 0)
		*ret = c;
	else
		json_decref(c.message);
	return r;
}

void
varlink_done(struct varlink_call *call)
{
	json_decref(call->message);
	*call = (struct varlink_call){ .message = NULL };
}

static bool
is_of_type(const json_t *value, enum argument_type type)
{
	const json_t *element;
	size_t i;

	switch (type) {
	case ARGUMENT_STRING:
		return json_is_string(value);
	case ARGUMENT_INT:
		return json_is_integer(value);
	case ARGUMENT_BOOL:
		return json_is_boolean(value);
	case ARGUMENT_INTS:
	case ARGUMENT_STRINGS:
		if (!json_is_array(value))
			return false;
		json_array_foreach (value, i, element)
			if (json_typeof(element) != (type == ARGUMENT_INTS ?
							     JSON_INTEGER :
							     JSON_STRING))
				return false;
		return true;
	}
	return false;
}

static const struct argument *
find_argument(const struct argument *a, const char *name)
{
	for (; a->name; a++)
		if (strcmp(a->name, name) == 0)
			return a;
	return NULL;
}

const char *
varlink_check(const json_t *parameters, const struct argument *arguments)
{
	/* jansson's iterators want a json_t that may be written. */
	union {
		const json_t *in;
		json_t *out;
	} u = { .in = parameters };
	const char *key;
	json_t *value;

	json_object_foreach (u.out, key, value) {
		const struct argument *a = find_argument(arguments, key);

		if (!a || (!json_is_null(value) && !is_of_type(value, a->type)))
			return key;
	}
	for (const struct argument *a = arguments; a->name; a++) {
		value = json_object_get(parameters, a->name);
		if (a->required && (!value || json_is_null(value)))
			return a->name;
	}
	return NULL;
}

void
varlink_begin(struct emit *out)
{
	emit_open(out, NULL, '{');
	emit_open(out, "parameters", '{');
}

void
varlink_end(struct emit *out, bool continues)
{
	emit_close(out, '}');
	if (continues)
		emit_bool(out, "continues", true);
	emit_close(out, '}');
	emit_bytes(out, "", 1);
}

void
varlink_begin_error(struct emit *out, const char *error)
{
	emit_open(out, NULL, '{');
	emit_string(out, "error", error);
	emit_open(out, "parameters", '{');
}
