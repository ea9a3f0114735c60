/* SPDX-License-Identifier: MIT */
/*
 * supctl_add.c - `supctl start-child`.
 */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/core.h"
#include "supctl_monitor.h"
#include "supctl_print.h"
#include "supctl_show.h"
#include "supctl_verbs.h"
#include "supctl_wire.h"

/* What its options say; settings are "key=value". */
struct request_words {
	const char *id, *supervisor;
	char **settings;
	int count;
	char restart[64], shutdown[64];
	const char *link;
	bool monitor;
	bool is_child; /* an option that only a child of its own has, or "--":
			  no template */
};

static bool
read_option(struct request_words *w, int option, char *value)
{
	if (option != 'l' && option != 'm')
		w->is_child = true;
	switch (option) {
	case 'i':
		w->id = value;
		return true;
	case 'u':
		w->supervisor = value;
		return true;
	case 'r':
		snprintf(w->restart, sizeof(w->restart), "restart=%s", value);
		w->settings[w->count++] = w->restart;
		return true;
	case 'h':
		snprintf(w->shutdown, sizeof(w->shutdown), "shutdown=%s",
			 value);
		w->settings[w->count++] = w->shutdown;
		return true;
	case 'e':
		w->settings[w->count++] = value;
		return true;
	case 'l':
		w->link = value;
		return true;
	case 'm':
		w->monitor = true;
		return true;
	default:
		return false;
	}
}

/* The number of words that are options; -1: one of them is wrong. */
static int
read_options(struct request_words *w, int argc, char **argv)
{
	static const struct option options[] = {
		{ "id", required_argument, NULL, 'i' },
		{ "supervisor", required_argument, NULL, 'u' },
		{ "restart", required_argument, NULL, 'r' },
		{ "shutdown", required_argument, NULL, 'h' },
		{ "set", required_argument, NULL, 'e' },
		{ "link", required_argument, NULL, 'l' },
		{ "monitor", no_argument, NULL, 'm' },
		{ NULL, 0, NULL, 0 },
	};
	int option;

	optind = 0;
	while ((option = getopt_long(argc, argv, "+", options, NULL)) != -1)
		if (!read_option(w, option, optarg))
			return -1;
	if (strcmp(argv[optind - 1], "--") == 0)
		w->is_child = true;
	return optind;
}

/* Without --id: the program's name. */
static void
default_id(const char *program, char id[ID_SIZE])
{
	const char *slash = strrchr(program, '/');

	snprintf(id, ID_SIZE, "%.32s", slash ? slash + 1 : program);
}

static enum supctl_exit
call(struct supctl *s, const struct request_words *w, int argc, char **argv)
{
	char id[ID_SIZE];
	struct emit *out;

	if (!w->is_child) {
		out = wire_begin(s, "StartInstance");
		emit_string(out, "template", argv[0]);
		print_words(out, "arguments", argc - 1, argv + 1);
	} else {
		default_id(argc > 0 ? argv[0] : "child", id);
		out = wire_begin(s, "StartChild");
		emit_string(out, "id", w->id ? w->id : id);
		if (w->supervisor)
			emit_string(out, "supervisor", w->supervisor);
		print_words(out, "settings", w->count, w->settings);
		if (argc > 0)
			print_words(out, "command", argc, argv);
	}
	if (w->link)
		emit_string(out, "link", w->link);
	if (w->monitor)
		emit_bool(out, "monitor", true);
	return wire_call(s, w->monitor ? WIRE_MORE : 0);
}

/* What was started is to be told at once, its end when it comes. */
static enum supctl_exit
follow(struct supctl *s)
{
	char *id = strdup(show_string(s->reply, "id"));
	struct monitored m = {
		.id = id,
		.ref = show_int(s->reply, "ref"),
		.current_ref = show_int(s->reply, "ref"),
		.incarnation = show_int(s->reply, "incarnation"),
	};
	enum supctl_exit r = SUPCTL_FAILED;

	if (!s->json)
		print_started(s);
	fflush(stdout);
	if (id)
		r = monitor_follow(s, &m, 1);
	free(id);
	return r;
}

enum supctl_exit
verb_start_child(struct supctl *s, int argc, char **argv)
{
	struct request_words w = { .id = NULL };
	enum supctl_exit r = SUPCTL_USAGE;
	int used = -1;

	w.settings = calloc((size_t)argc, sizeof(*w.settings));
	if (w.settings)
		used = read_options(&w, argc, argv);
	if (used >= 0 && used == argc && w.count == 0)
		supctl_say("start-child: which program, or which template?");
	else if (used >= 0)
		r = call(s, &w, argc - used, argv + used);
	free(w.settings);
	if (r == SUPCTL_DONE && w.monitor)
		return follow(s);
	if (r == SUPCTL_DONE && s->json)
		print_reply(s);
	else if (r == SUPCTL_DONE)
		print_started(s);
	return r;
}
