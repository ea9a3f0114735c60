/* SPDX-License-Identifier: MIT */
/*
 * supctl_look.c - the verbs that only look.
 */
#include <inttypes.h>
#include <langinfo.h>
#include <locale.h>
#include <stdio.h>
#include <string.h>

#include "config.h"
#include "supctl_line.h"
#include "supctl_print.h"
#include "supctl_show.h"
#include "supctl_table.h"
#include "supctl_verbs.h"
#include "supctl_wire.h"
#include "version.h"

/* Shown without being asked for: no root, no template. */
static bool
is_shown(const struct line *child)
{
	return child->depth > 0 && strcmp(child->kind, "template") != 0;
}

/* What `status` finds out while it goes through the children. */
struct sight {
	struct table table;
	size_t shown, running;
	bool is_named;
};

static enum supctl_exit
say_unknown(void)
{
	supctl_say("supd speaks another language: is it of this version?"
		   " (`supctl version`)");
	return SUPCTL_FAILED;
}

static enum supctl_exit
see(struct sight *sight, const json_t *lines)
{
	const json_t *text;
	struct line child;
	size_t i;

	json_array_foreach (lines, i, text) {
		if (!json_is_string(text) ||
		    !line_parse(json_string_value(text), &child))
			return say_unknown();
		if (!sight->is_named && !is_shown(&child))
			continue;
		show_child(&sight->table, &child, "");
		sight->shown++;
		sight->running += strcmp(child.state, "RUNNING") == 0;
	}
	return SUPCTL_DONE;
}

/* All named run; or of all, at least one. */
static enum supctl_exit
judge(const struct sight *sight)
{
	size_t wanted = sight->is_named ? sight->shown : sight->shown > 0;

	return sight->running < wanted ? SUPCTL_NOT_RUNNING : SUPCTL_DONE;
}

/* Portion by portion: the first of them is there. */
static enum supctl_exit
see_all(struct supctl *s, struct sight *sight)
{
	enum supctl_exit r;

	for (;;) {
		r = see(sight, json_object_get(s->reply, "lines"));
		if (r != SUPCTL_DONE || !wire_continues(s))
			return r;
		r = wire_next(s);
		if (r != SUPCTL_DONE)
			return r;
	}
}

static enum supctl_exit
print_status(struct supctl *s, bool is_named)
{
	struct sight sight = { .is_named = is_named };
	enum supctl_exit r;

	table_init(&sight.table, SHOW_COLUMNS, true);
	show_titles(&sight.table);
	r = see_all(s, &sight);
	if (r == SUPCTL_DONE && sight.shown > 0)
		table_print(&sight.table, stdout, show_in_colour());
	table_done(&sight.table);
	return r == SUPCTL_DONE ? judge(&sight) : r;
}

/* As the table is judged. */
static enum supctl_exit
judge_reply(const struct supctl *s, bool is_named)
{
	struct sight sight = { .is_named = is_named };
	const json_t *child;
	size_t i;

	json_array_foreach (json_object_get(s->reply, "children"), i, child) {
		if (!is_named && (show_int(child, "depth") == 0 ||
				  json_is_true(json_object_get(child, "templat"
								      "e"))))
			continue;
		sight.shown++;
		sight.running += strcmp(show_string(child, "state"), "RUNNIN"
								     "G") == 0;
	}
	return judge(&sight);
}

enum supctl_exit
verb_status(struct supctl *s, int argc, char **argv)
{
	bool is_named = argc > 1;
	struct emit *out = wire_begin(s, s->json ? "Status" : "Table");
	enum supctl_exit r;

	if (is_named)
		print_words(out, "ids", argc - 1, argv + 1);
	r = wire_call(s, WIRE_REPEAT | (s->json ? 0 : WIRE_MORE));
	if (r != SUPCTL_DONE)
		return r;
	if (!s->json)
		return print_status(s, is_named);
	print_reply(s);
	return judge_reply(s, is_named);
}

static enum supctl_exit
print_tree(const json_t *lines, const char *title)
{
	bool is_plain, are_lines;
	struct table t;

	setlocale(LC_CTYPE, "");
	is_plain = strcmp(nl_langinfo(CODESET), "UTF-8") != 0;
	table_init(&t, SHOW_COLUMNS, false);
	are_lines = show_tree(&t, lines, is_plain);
	if (are_lines) {
		puts(title);
		table_print(&t, stdout, show_in_colour());
	}
	table_done(&t);
	return are_lines ? SUPCTL_DONE : say_unknown();
}

enum supctl_exit
verb_tree(struct supctl *s, int argc, char **argv)
{
	char title[256];
	enum supctl_exit r;

	(void)argc;
	(void)argv;
	r = wire_simple(s, "GetVersion", WIRE_REPEAT);
	if (r != SUPCTL_DONE)
		return r;
	snprintf(title, sizeof(title),
		 "%s (supd %" PRId64 ", supervisor %" PRId64 ")",
		 show_string(s->reply, "name"), show_int(s->reply, "keeper"),
		 show_int(s->reply, "supervisor"));
	r = wire_simple(s, s->json ? "Status" : "Table", WIRE_REPEAT);
	if (r != SUPCTL_DONE)
		return r;
	if (!s->json)
		return print_tree(json_object_get(s->reply, "lines"), title);
	print_reply(s);
	return SUPCTL_DONE;
}

/* The one optional supervisor. */
static enum supctl_exit
ask_supervisor(struct supctl *s, const char *method, int argc, char **argv)
{
	struct emit *out = wire_begin(s, method);

	if (argc > 1)
		emit_string(out, "supervisor", argv[1]);
	return wire_call(s, WIRE_REPEAT);
}

enum supctl_exit
verb_which_children(struct supctl *s, int argc, char **argv)
{
	enum supctl_exit r = ask_supervisor(s, "WhichChildren", argc, argv);
	const json_t *child;
	size_t i;

	if (r != SUPCTL_DONE)
		return r;
	if (s->json) {
		json_dumpf(json_object_get(s->reply, "children"), stdout,
			   JSON_COMPACT);
		putchar('\n');
		return SUPCTL_DONE;
	}
	json_array_foreach (json_object_get(s->reply, "children"), i, child) {
		const json_t *pid = json_object_get(child, "pid");

		printf("%s ", show_string(child, "id"));
		if (json_is_integer(pid))
			printf("%" PRId64, (int64_t)json_integer_value(pid));
		else
			fputs(json_is_string(pid) ? json_string_value(pid) :
						    "undefined",
			      stdout);
		printf(" %s\n", show_string(child, "type"));
	}
	return SUPCTL_DONE;
}

enum supctl_exit
verb_count_children(struct supctl *s, int argc, char **argv)
{
	static const char *const names[] = { "specs", "active", "supervisors",
					     "workers" };
	enum supctl_exit r = ask_supervisor(s, "CountChildren", argc, argv);

	if (r != SUPCTL_DONE)
		return r;
	if (s->json) {
		print_reply(s);
		return SUPCTL_DONE;
	}
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		printf("%s %" PRId64 "\n", names[i],
		       show_int(s->reply, names[i]));
	return SUPCTL_DONE;
}

enum supctl_exit
verb_pid(struct supctl *s, int argc, char **argv)
{
	enum supctl_exit r;
	const json_t *child;
	size_t i;

	if (argc == 1) {
		r = wire_simple(s, "GetVersion", WIRE_REPEAT);
		if (r == SUPCTL_DONE && s->json)
			print_reply(s);
		else if (r == SUPCTL_DONE)
			printf("%" PRId64 "\n", show_int(s->reply, "keeper"));
		return r;
	}
	print_words(wire_begin(s, "Status"), "ids", argc - 1, argv + 1);
	r = wire_call(s, WIRE_REPEAT);
	if (r != SUPCTL_DONE)
		return r;
	if (s->json)
		print_reply(s);
	json_array_foreach (json_object_get(s->reply, "children"), i, child) {
		int64_t pid = show_int(child, "pid");

		if (pid == 0) {
			supctl_say("%s does not run", show_string(child, "id"));
			r = SUPCTL_NOT_RUNNING;
		} else if (!s->json) {
			printf("%" PRId64 "\n", pid);
		}
	}
	return r;
}

enum supctl_exit
verb_version(struct supctl *s, int argc, char **argv)
{
	enum supctl_exit r;

	(void)argc;
	(void)argv;
	if (!s->json)
		printf("supctl %s\n", SUPD_VERSION);
	fflush(stdout);
	r = wire_simple(s, "GetVersion", WIRE_REPEAT);
	if (r != SUPCTL_DONE)
		return r;
	if (s->json)
		print_reply(s);
	else
		printf("supd %s (%s, pid %" PRId64 ")\n",
		       show_string(s->reply, "version"),
		       show_string(s->reply, "name"),
		       show_int(s->reply, "keeper"));
	return SUPCTL_DONE;
}

enum supctl_exit
verb_ping(struct supctl *s, int argc, char **argv)
{
	enum supctl_exit r = wire_simple(s, "Ping", WIRE_REPEAT);

	(void)argc;
	(void)argv;
	if (r == SUPCTL_DONE && s->json)
		print_reply(s);
	return r;
}

static void
say_error(void *arg, const char *line)
{
	(void)arg;
	fprintf(stderr, "%s\n", line);
}

static enum supctl_exit
check_file(const char *file)
{
	struct config_errors errors = { .say = say_error };
	bool is_missing;
	struct config *c = config_load(file, &errors, &is_missing);

	if (!c) {
		if (!is_missing)
			supctl_say("%s: %u error%s", file, errors.count,
				   errors.count == 1 ? "" : "s");
		return SUPCTL_BAD_CONFIG;
	}
	printf("%s: no errors (children and supervisors: %zu)\n", file,
	       c->count);
	config_free(c);
	return SUPCTL_DONE;
}

enum supctl_exit
verb_check(struct supctl *s, int argc, char **argv)
{
	const char *file = argc > 1 ? argv[1] : s->config;
	enum supctl_exit r;

	if (file)
		return check_file(file);
	r = wire_simple(s, "GetVersion", WIRE_REPEAT);
	if (r != SUPCTL_DONE)
		return r;
	return check_file(show_string(s->reply, "configuration"));
}

enum supctl_exit
verb_wait(struct supctl *s, int argc, char **argv)
{
	struct emit *out;
	enum supctl_exit r;

	if (argc == 1 && !s->ready) {
		supctl_say("wait: for the end of which child? (`wait --ready`"
			   " waits until the whole tree is up)");
		return SUPCTL_USAGE;
	}
	out = wire_begin(s, "Wait");
	if (argc > 1)
		print_words(out, "ids", argc - 1, argv + 1);
	emit_bool(out, "ready", s->ready);
	r = wire_call(s, WIRE_REPEAT);
	if (r == SUPCTL_DONE && s->json)
		print_reply(s);
	return r;
}
