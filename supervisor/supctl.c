/* SPDX-License-Identifier: MIT */
/*
 * supctl.c - the control tool: its command line, and the table of its verbs.
 */
#include <getopt.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "os/state.h"
#include "supctl.h"
#include "supctl_meant.h"
#include "supctl_verbs.h"
#include "supctl_wire.h"
#include "version.h"

enum { TAKES_FOLLOW = 1, TAKES_COUNT = 2, TAKES_READY = 4, OWN_OPTIONS = 8 };

static const struct verb {
	const char *name, *words, *help;
	verb_function *run;
	int min, max; /* words */
	int options;
} verbs[] = {
	{ .name = "status",
	  .words = "[ID...]",
	  .run = verb_status,
	  .max = INT_MAX,
	  .help = "how the children are" },
	{ .name = "tree",
	  .words = "",
	  .run = verb_tree,
	  .help = "the same as a tree" },
	{ .name = "start",
	  .words = "ID...",
	  .run = verb_start,
	  .min = 1,
	  .max = INT_MAX,
	  .help = "start children" },
	{ .name = "stop",
	  .words = "[ID...]",
	  .run = verb_stop,
	  .max = INT_MAX,
	  .help = "stop children; without ids, supd" },
	{ .name = "restart",
	  .words = "ID...",
	  .run = verb_restart,
	  .min = 1,
	  .max = INT_MAX,
	  .help = "stop and start children" },
	{ .name = "takeover",
	  .words = "ID...",
	  .run = verb_takeover,
	  .min = 1,
	  .max = INT_MAX,
	  .help = "promote the standbys of children" },
	{ .name = "signal",
	  .words = "SIGNAL ID...",
	  .run = verb_signal,
	  .min = 2,
	  .max = INT_MAX,
	  .help = "send a signal" },
	{ .name = "exit",
	  .words = "ID REASON",
	  .run = verb_exit,
	  .min = 2,
	  .max = 2,
	  .help = "exit/2: end a child with a reason" },
	{ .name = "link",
	  .words = "ID ID",
	  .run = verb_link,
	  .min = 2,
	  .max = 2,
	  .help = "link/1: if one ends, so does the other" },
	{ .name = "unlink",
	  .words = "ID ID",
	  .run = verb_unlink,
	  .min = 2,
	  .max = 2,
	  .help = "unlink/1" },
	{ .name = "monitor",
	  .words = "ID...",
	  .run = verb_monitor,
	  .min = 1,
	  .max = INT_MAX,
	  .help = "monitor/2: tell when they end, and why" },
	{ .name = "send",
	  .words = "ID TEXT",
	  .run = verb_send,
	  .min = 2,
	  .max = 2,
	  .help = "a message for a child with a mailbox" },
	{ .name = "reset",
	  .words = "ID...",
	  .run = verb_reset,
	  .min = 1,
	  .max = INT_MAX,
	  .help = "forget a child's restarts" },
	{ .name = "wait",
	  .words = "[--ready] [ID...]",
	  .run = verb_wait,
	  .max = INT_MAX,
	  .options = TAKES_READY,
	  .help = "until they have ended, or are ready" },
	{ .name = "why",
	  .words = "ID",
	  .run = verb_why,
	  .min = 1,
	  .max = 1,
	  .help = "the events behind a child's state" },
	{ .name = "events",
	  .words = "[-f] [-n N]",
	  .run = verb_events,
	  .options = TAKES_FOLLOW | TAKES_COUNT,
	  .help = "what supd has decided" },
	{ .name = "start-child",
	  .run = verb_start_child,
	  .words = "[OPTION...] -- COMMAND... | TEMPLATE [ARG...]",
	  .max = INT_MAX,
	  .options = OWN_OPTIONS,
	  .help = "start_child/2: add a child" },
	{ .name = "stop-child",
	  .words = "ID...",
	  .run = verb_stop_child,
	  .min = 1,
	  .max = INT_MAX,
	  .help = "terminate_child/2 and delete_child/2" },
	{ .name = "delete-child",
	  .words = "ID...",
	  .run = verb_delete_child,
	  .min = 1,
	  .max = INT_MAX,
	  .help = "delete_child/2" },
	{ .name = "restart-child",
	  .words = "ID...",
	  .run = verb_restart_child,
	  .min = 1,
	  .max = INT_MAX,
	  .help = "restart_child/2" },
	{ .name = "which-children",
	  .words = "[SUPERVISOR]",
	  .run = verb_which_children,
	  .max = 1,
	  .help = "which_children/1" },
	{ .name = "count-children",
	  .words = "[SUPERVISOR]",
	  .run = verb_count_children,
	  .max = 1,
	  .help = "count_children/1" },
	{ .name = "check",
	  .words = "[FILE]",
	  .run = verb_check,
	  .max = 1,
	  .help = "check the configuration file" },
	{ .name = "ping",
	  .words = "",
	  .run = verb_ping,
	  .help = "does supd answer?" },
	{ .name = "pid",
	  .words = "[ID...]",
	  .run = verb_pid,
	  .max = INT_MAX,
	  .help = "process ids: supd's, or children's" },
	{ .name = "version",
	  .words = "",
	  .run = verb_version,
	  .help = "of supctl and of supd" },
	{ .name = "shutdown",
	  .words = "",
	  .run = verb_shutdown,
	  .help = "end supd in order" },
};

#define VERBS (sizeof(verbs) / sizeof(*verbs))

static void
print_usage(FILE *to)
{
	fputs("usage: supctl [-c FILE | -s SOCKET] [-j] [--timeout SEC] VERB"
	      " ...\n\n",
	      to);
	for (size_t i = 0; i < VERBS; i++) {
		char head[80];

		snprintf(head, sizeof(head), "%s %s", verbs[i].name,
			 verbs[i].words);
		if (strlen(head) > 28)
			fprintf(to, "  %s\n  %-28s", head, "");
		else
			fprintf(to, "  %-28s", head);
		fprintf(to, "  %s\n", verbs[i].help);
	}
	fputs("\nstart-child: --id ID, --supervisor ID, --restart TYPE,"
	      " --shutdown TIME,\n--set KEY=VALUE, --link ID, --monitor.  See"
	      " supctl(1).\n",
	      to);
}

static const struct verb *
find_verb(const char *name)
{
	for (size_t i = 0; i < VERBS; i++)
		if (strcmp(verbs[i].name, name) == 0)
			return &verbs[i];
	return NULL;
}

static bool
parse_number(const char *text, double max, double *ret)
{
	char *end;

	*ret = strtod(text, &end);
	return end != text && *end == '\0' && *ret >= 0 && *ret <= max;
}

static bool
read_option(struct supctl *s, int option, const char *value, int allowed)
{
	double number = 0;

	switch (option) {
	case 'c':
		s->config = value;
		return true;
	case 's':
		s->socket = value;
		return true;
	case 'j':
		s->json = true;
		return true;
	case 't':
		if (!parse_number(value, 1e9, &number))
			break;
		s->deadline = clock_ms() + (int64_t)(number * 1000);
		return true;
	case 'f':
		s->follow = true;
		return allowed & TAKES_FOLLOW;
	case 'r':
		s->ready = true;
		return allowed & TAKES_READY;
	case 'n':
		if (!parse_number(value, 1e9, &number))
			break;
		s->count = (int64_t)number;
		return allowed & TAKES_COUNT;
	case 'h':
		print_usage(stdout);
		exit(SUPCTL_DONE);
	case 'V':
		printf("supctl %s\n", SUPD_VERSION);
		exit(SUPCTL_DONE);
	default:
		return false;
	}
	supctl_say("%s: not a number", value);
	return false;
}

/* Before the verb: up to the first word.  Behind it: wherever they stand. */
static bool
read_options(struct supctl *s, int argc, char **argv, const struct verb *verb)
{
	static const struct option options[] = {
		{ "config", required_argument, NULL, 'c' },
		{ "socket", required_argument, NULL, 's' },
		{ "json", no_argument, NULL, 'j' },
		{ "timeout", required_argument, NULL, 't' },
		{ "follow", no_argument, NULL, 'f' },
		{ "ready", no_argument, NULL, 'r' },
		{ "help", no_argument, NULL, 'h' },
		{ "version", no_argument, NULL, 'V' },
		{ NULL, 0, NULL, 0 },
	};
	int option;

	optind = 0;
	while ((option = getopt_long(argc, argv,
				     verb ? "c:s:jfn:hV" : "+c:s:jhV", options,
				     NULL)) != -1)
		if (!read_option(s, option, optarg, verb ? verb->options : 0))
			return false;
	return true;
}

static enum supctl_exit
refuse_words(const struct verb *verb)
{
	supctl_say("usage: supctl %s%s%s", verb->name, *verb->words ? " " : "",
		   verb->words);
	return SUPCTL_USAGE;
}

static enum supctl_exit
refuse_verb(const char *name)
{
	const char *names[VERBS], *meant;

	for (size_t i = 0; i < VERBS; i++)
		names[i] = verbs[i].name;
	meant = meant_word(name, names, VERBS);

	if (meant)
		supctl_say("unknown verb '%s' (did you mean '%s'?)", name,
			   meant);
	else
		supctl_say("unknown verb '%s' (`supctl --help` lists them)",
			   name);
	return SUPCTL_USAGE;
}

static enum supctl_exit
run(struct supctl *s, int argc, char **argv)
{
	const struct verb *verb = find_verb(argv[0]);
	int words = argc - 1;

	if (!verb)
		return refuse_verb(argv[0]);
	if (!(verb->options & OWN_OPTIONS)) {
		if (!read_options(s, argc, argv, verb))
			return refuse_words(verb);
		words = argc - optind;
		argv[optind - 1] = argv[0];
		argv += optind - 1;
	}
	if (words < verb->min || words > verb->max)
		return refuse_words(verb);
	return verb->run(s, words + 1, argv);
}

int
main(int argc, char **argv)
{
	struct supctl s = { .fd = -1, .count = -1 };
	enum supctl_exit r;

	if (!read_options(&s, argc, argv, NULL) || optind == argc) {
		print_usage(stderr);
		return SUPCTL_USAGE;
	}
	if (s.config && s.socket) {
		supctl_say("-c and -s exclude each other");
		return SUPCTL_USAGE;
	}
	r = run(&s, argc - optind, argv + optind);
	wire_close(&s);
	emit_done(&s.out);
	free(s.in);
	if (fflush(stdout) != 0 && r == SUPCTL_DONE)
		r = SUPCTL_FAILED;
	return (int)r;
}
