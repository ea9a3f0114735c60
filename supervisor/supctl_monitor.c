/* SPDX-License-Identifier: MIT */
/*
 * supctl_monitor.c - `supctl monitor`: prints who ends and why.
 *
 * A monitor is a connection's.  When the supervisor is replaced, those that
 * have not fired are asked for again, each with the incarnation that it is of.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "log.h"
#include "supctl_monitor.h"
#include "supctl_print.h"
#include "supctl_show.h"
#include "supctl_verbs.h"
#include "supctl_wire.h"

static void
print_down(const struct monitored *m, int64_t pid, const char *reason)
{
	char why[256];

	log_escape(why, sizeof(why), reason);
	if (pid)
		printf("DOWN %" PRId64 " %s %" PRId64 " %s\n", m->ref, m->id,
		       pid, why);
	else
		printf("DOWN %" PRId64 " %s - %s\n", m->ref, m->id, why);
	fflush(stdout);
}

static int
compare(const void *key, const void *element)
{
	const int64_t *ref = key;
	const struct monitored *m = element;

	return *ref < m->current_ref ? -1 : *ref > m->current_ref;
}

/* References are given in the order of the list. */
static struct monitored *
find(struct monitored *list, int count, int64_t ref)
{
	return bsearch(&ref, list, (size_t)count, sizeof(*list), compare);
}

/* How many there were. */
static int
take_downs(const struct supctl *s, struct monitored *list, int count)
{
	const json_t *down;
	int n = 0;
	size_t i;

	json_array_foreach (json_object_get(s->reply, "down"), i, down) {
		struct monitored *m = find(list, count, show_int(down, "ref"));

		if (!m || m->is_down)
			continue;
		m->is_down = true;
		n++;
		if (!s->json)
			print_down(m, show_int(down, "pid"),
				   show_string(down, "reason"));
	}
	if (s->json)
		print_reply(s);
	return n;
}

/* Forgets those that have fired; how many are left. */
static int
drop_downs(struct monitored *list, int count)
{
	int left = 0;

	for (int i = 0; i < count; i++)
		if (!list[i].is_down)
			list[left++] = list[i];
	return left;
}

/* The references and incarnations of those that were asked for. */
static void
take_refs(const struct supctl *s, struct monitored *list, int count)
{
	const json_t *refs = json_object_get(s->reply, "refs");
	const json_t *incarnations = json_object_get(s->reply, "incarnations");

	for (int i = 0; i < count; i++) {
		struct monitored *m = &list[i];
		size_t at = (size_t)i;

		m->current_ref = json_integer_value(json_array_get(refs, at));
		if (m->ref)
			continue;
		m->ref = m->current_ref;
		m->incarnation =
			json_integer_value(json_array_get(incarnations, at));
	}
}

/* None of them has fired. */
static enum supctl_exit
ask(struct supctl *s, struct monitored *list, int count, bool is_again)
{
	struct emit *out = wire_begin(s, "Monitor");
	enum supctl_exit r;

	emit_open(out, "ids", '[');
	for (int i = 0; i < count; i++)
		emit_string(out, NULL, list[i].id);
	emit_close(out, ']');
	if (is_again) {
		emit_open(out, "incarnations", '[');
		for (int i = 0; i < count; i++)
			emit_int(out, NULL, list[i].incarnation);
		emit_close(out, ']');
	}
	r = wire_call(s, WIRE_MORE | WIRE_REPEAT);
	if (r == SUPCTL_DONE)
		take_refs(s, list, count);
	return r;
}

/* supd itself is gone, as a node may be. */
static void
lose_all(const struct supctl *s, struct monitored *list, int count)
{
	for (int i = 0; i < count; i++)
		if (!list[i].is_down && !s->json)
			print_down(&list[i], 0, "noconnection");
}

enum supctl_exit
monitor_follow(struct supctl *s, struct monitored *list, int count)
{
	enum supctl_exit r = SUPCTL_DONE;
	int left = count;

	while (r == SUPCTL_DONE) {
		left -= take_downs(s, list, count);
		if (left == 0)
			return SUPCTL_DONE;
		r = wire_next(s);
		if (r != SUPCTL_FAILED)
			continue;
		if (!wire_is_answered(s)) {
			lose_all(s, list, count);
			return SUPCTL_NO_DAEMON;
		}
		count = drop_downs(list, count);
		r = ask(s, list, count, true);
	}
	return r;
}

enum supctl_exit
verb_monitor(struct supctl *s, int argc, char **argv)
{
	int count = argc - 1;
	struct monitored *list = calloc((size_t)count, sizeof(*list));
	enum supctl_exit r;

	if (!list)
		return SUPCTL_FAILED;
	for (int i = 0; i < count; i++)
		list[i].id = argv[i + 1];
	r = ask(s, list, count, false);
	if (r == SUPCTL_DONE)
		r = monitor_follow(s, list, count);
	free(list);
	return r;
}
