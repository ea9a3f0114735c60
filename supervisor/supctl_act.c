/* SPDX-License-Identifier: MIT */
/*
 * supctl_act.c - the verbs that change something.
 */
#include <ctype.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "log.h"
#include "supctl_print.h"
#include "supctl_show.h"
#include "supctl_verbs.h"
#include "supctl_wire.h"

/* One child's result of Start, Stop, Restart. */
static enum supctl_exit
print_result(const json_t *result, const char *done, bool is_silent)
{
	const char *id = show_string(result, "id");
	const char *word = show_string(result, "result");
	const char *reason = show_string(result, "reason");
	int64_t pid = show_int(result, "pid");
	char text[256];

	if (strcmp(word, "ok") != 0) {
		log_escape(text, sizeof(text), reason);
		supctl_say("%s: %s%s%s", id, word, *reason ? ": " : "", text);
		return strcmp(word, "not_found") == 0 ? SUPCTL_NOT_FOUND :
							SUPCTL_FAILED;
	}
	if (is_silent)
		return SUPCTL_DONE;
	printf("%s: %s", id, done);
	if (pid)
		printf(" (pid %" PRId64 ")", pid);
	putchar('\n');
	return SUPCTL_DONE;
}

static enum supctl_exit
act_on_many(struct supctl *s, const char *method, const char *done, int flags,
	    int argc, char **argv)
{
	const json_t *result;
	enum supctl_exit r, worst = SUPCTL_DONE;
	size_t i;

	print_words(wire_begin(s, method), "ids", argc - 1, argv + 1);
	r = wire_call(s, flags);
	if (r != SUPCTL_DONE)
		return r;
	if (s->json)
		print_reply(s);
	json_array_foreach (json_object_get(s->reply, "results"), i, result) {
		r = print_result(result, done, s->json);
		if (r > worst)
			worst = r;
	}
	return worst;
}

enum supctl_exit
verb_start(struct supctl *s, int argc, char **argv)
{
	return act_on_many(s, "Start", "started", WIRE_REPEAT, argc, argv);
}

enum supctl_exit
verb_stop(struct supctl *s, int argc, char **argv)
{
	if (argc == 1)
		return verb_shutdown(s, argc, argv);
	return act_on_many(s, "Stop", "stopped", WIRE_REPEAT, argc, argv);
}

/* Twice would be one restart too many: not repeated. */
enum supctl_exit
verb_restart(struct supctl *s, int argc, char **argv)
{
	return act_on_many(s, "Restart", "restarted", 0, argc, argv);
}

/* HUP, SIGHUP, 1; 0: it is none. */
static int
parse_signal(const char *text)
{
	char *end;
	long number = strtol(text, &end, 10);

	if (isdigit((unsigned char)*text))
		return *end || number > SIGRTMAX ? 0 : (int)number;
	if (strncasecmp(text, "SIG", 3) == 0)
		text += 3;
	for (int sig = 1; sig < NSIG; sig++) {
		const char *name = sigabbrev_np(sig);

		if (name && strcasecmp(name, text) == 0)
			return sig;
	}
	return 0;
}

enum supctl_exit
verb_signal(struct supctl *s, int argc, char **argv)
{
	int sig = parse_signal(argv[1]);
	struct emit *out;
	enum supctl_exit r;

	if (sig == 0) {
		supctl_say("signal: there is no signal %s", argv[1]);
		return SUPCTL_USAGE;
	}
	out = wire_begin(s, "Signal");
	print_words(out, "ids", argc - 2, argv + 2);
	emit_int(out, "signal", sig);
	r = wire_call(s, 0);
	if (r == SUPCTL_DONE && s->json)
		print_reply(s);
	return r;
}

/* A method of two strings: an id, and what it is about. */
static enum supctl_exit
act_with(struct supctl *s, const char *method, const char *what, int flags,
	 char **argv)
{
	struct emit *out = wire_begin(s, method);
	enum supctl_exit r;

	emit_string(out, "id", argv[1]);
	emit_string(out, what, argv[2]);
	r = wire_call(s, flags);
	if (r == SUPCTL_DONE && s->json)
		print_reply(s);
	return r;
}

enum supctl_exit
verb_exit(struct supctl *s, int argc, char **argv)
{
	(void)argc;
	return act_with(s, "Exit", "reason", 0, argv);
}

enum supctl_exit
verb_link(struct supctl *s, int argc, char **argv)
{
	(void)argc;
	return act_with(s, "Link", "with", WIRE_REPEAT, argv);
}

enum supctl_exit
verb_unlink(struct supctl *s, int argc, char **argv)
{
	(void)argc;
	return act_with(s, "Unlink", "with", WIRE_REPEAT, argv);
}

/* Twice would be two messages. */
enum supctl_exit
verb_send(struct supctl *s, int argc, char **argv)
{
	(void)argc;
	return act_with(s, "Send", "text", 0, argv);
}

enum supctl_exit
verb_reset(struct supctl *s, int argc, char **argv)
{
	enum supctl_exit r;

	print_words(wire_begin(s, "Reset"), "ids", argc - 1, argv + 1);
	r = wire_call(s, WIRE_REPEAT);
	if (r == SUPCTL_DONE && s->json)
		print_reply(s);
	return r;
}

/*
 * It is gone when the connection closes and nobody listens any more, or another
 * one does; if the same one does, its supervisor was replaced in the middle.
 */
enum supctl_exit
verb_shutdown(struct supctl *s, int argc, char **argv)
{
	int64_t keeper = 0;
	enum supctl_exit r;

	(void)argc;
	(void)argv;
	do {
		r = wire_simple(s, "GetVersion", WIRE_REPEAT);
		if (r == SUPCTL_NO_DAEMON && keeper)
			return SUPCTL_DONE;
		if (r != SUPCTL_DONE)
			return r;
		if (keeper && show_int(s->reply, "keeper") != keeper)
			return SUPCTL_DONE;
		keeper = show_int(s->reply, "keeper");
		r = wire_simple(s, "Shutdown", WIRE_REPEAT);
		if (r == SUPCTL_NO_DAEMON)
			return SUPCTL_DONE;
		if (r != SUPCTL_DONE)
			return r;
		if (s->json)
			print_reply(s);
		r = wire_wait_end(s);
	} while (r == SUPCTL_DONE && wire_is_answered(s));
	return r;
}

static enum supctl_exit
act_on_each(struct supctl *s, const char *method, int argc, char **argv)
{
	enum supctl_exit r, worst = SUPCTL_DONE;

	for (int i = 1; i < argc; i++) {
		emit_string(wire_begin(s, method), "id", argv[i]);
		r = wire_call(s, 0);
		if (r == SUPCTL_DONE && s->json)
			print_reply(s);
		else if (r == SUPCTL_DONE)
			print_started(s);
		if (r > worst)
			worst = r;
		if (r == SUPCTL_NO_DAEMON || r == SUPCTL_TIMEOUT)
			break;
	}
	return worst;
}

enum supctl_exit
verb_stop_child(struct supctl *s, int argc, char **argv)
{
	return act_on_each(s, "StopChild", argc, argv);
}

enum supctl_exit
verb_delete_child(struct supctl *s, int argc, char **argv)
{
	return act_on_each(s, "DeleteChild", argc, argv);
}

enum supctl_exit
verb_takeover(struct supctl *s, int argc, char **argv)
{
	return act_on_each(s, "Takeover", argc, argv);
}

enum supctl_exit
verb_restart_child(struct supctl *s, int argc, char **argv)
{
	return act_on_each(s, "RestartChild", argc, argv);
}
