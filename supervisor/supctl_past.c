/* SPDX-License-Identifier: MIT */
/*
 * supctl_past.c - the verbs that tell of the past: events and why.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "core/reason.h"
#include "log.h"
#include "supctl_print.h"
#include "supctl_show.h"
#include "supctl_table.h"
#include "supctl_verbs.h"
#include "supctl_wire.h"

static void
print_time(int64_t ms, bool has_date)
{
	time_t seconds = (time_t)(ms / 1000);
	char text[64];
	struct tm tm;

	localtime_r(&seconds, &tm);
	if (has_date)
		strftime(text, sizeof(text), "%Y-%m-%d %H:%M:%S", &tm);
	else
		strftime(text, sizeof(text), "%H:%M:%S", &tm);
	printf("%s.%03d", text, (int)(ms % 1000));
}

static void
print_event(const json_t *event)
{
	char text[1024];

	print_time(show_int(event, "time"), true);
	printf(" %s\n",
	       log_escape(text, sizeof(text), show_string(event, "text")));
}

/* The reply's events that are newer than *seen. */
static void
print_events(const struct supctl *s, int64_t *seen)
{
	const json_t *event;
	size_t i;

	if (show_int(s->reply, "lost") > 0)
		supctl_say("%" PRId64 " events were overwritten before they"
			   " could be read",
			   show_int(s->reply, "lost"));
	json_array_foreach (json_object_get(s->reply, "events"), i, event) {
		int64_t number = show_int(event, "number");

		if (number <= *seen)
			continue;
		*seen = number;
		if (s->json) {
			json_dumpf(event, stdout, JSON_COMPACT);
			putchar('\n');
		} else {
			print_event(event);
		}
	}
	fflush(stdout);
}

/* Without -n: the last ten and what follows, or all there are. */
static enum supctl_exit
call_events(struct supctl *s, bool is_again)
{
	struct emit *out = wire_begin(s, "Events");

	if (s->count >= 0 && !is_again)
		emit_int(out, "count", s->count);
	else if (s->follow && !is_again)
		emit_int(out, "count", 10);
	emit_bool(out, "follow", s->follow);
	return wire_call(s, WIRE_MORE | WIRE_REPEAT);
}

/* A follower stays when the supervisor is replaced, and ends with supd. */
enum supctl_exit
verb_events(struct supctl *s, int argc, char **argv)
{
	int64_t seen = 0;
	enum supctl_exit r = call_events(s, false);

	(void)argc;
	(void)argv;
	while (r == SUPCTL_DONE) {
		print_events(s, &seen);
		if (!wire_continues(s))
			return SUPCTL_DONE;
		r = wire_next(s);
		if (r != SUPCTL_FAILED || !s->follow)
			continue;
		if (!wire_is_answered(s))
			return SUPCTL_DONE;
		r = call_events(s, true);
	}
	return r;
}

/* What the events are in words. */
static const struct event_word {
	const char *event, *words;
} event_words[] = {
	{ "starting", "is being started" },
	{ "started", "runs" },
	{ "start_failed", "could not be started" },
	{ "noexec", "could not be executed" },
	{ "exited", "ended by itself" },
	{ "stopping", "is being stopped" },
	{ "stopped", "was stopped" },
	{ "restart", "is restarted" },
	{ "backoff", "waits before its next start" },
	{ "removed", "restarted too often: taken off the list" },
	{ "gave_up", "gave up: too many restarts" },
	{ "auto_shutdown", "shut itself down" },
	{ "watchdog", "gave no sign of life" },
	{ "standby_started", "has a standby" },
	{ "standby_exited", "lost its standby" },
	{ "standby_gave_up", "has no standby for a while" },
	{ "promoted", "goes on with its standby" },
	{ "timeout", "did not do it in time: killed" },
	{ "added", "was added" },
	{ "deleted", "was deleted" },
	{ "linked", "was linked" },
	{ "unlinked", "was unlinked" },
	{ "exit_signal", "got an exit signal" },
	{ "mailbox_full", "does not read its mailbox: messages are lost" },
	{ "mailbox_closed", "has no mailbox any more" },
	{ "reset", "was reset" },
	{ "shutdown", "shuts down" },
};

static const char *
words_of(const char *event, size_t length)
{
	for (size_t i = 0; i < sizeof(event_words) / sizeof(*event_words); i++)
		if (strlen(event_words[i].event) == length &&
		    strncmp(event_words[i].event, event, length) == 0)
			return event_words[i].words;
	return NULL;
}

/* "event=NAME child=ID rest": "12:00:00.123  ID words (rest)". */
static void
tell(const json_t *event)
{
	char text[1024];
	const char *name, *id, *rest, *words;
	char *prose;

	log_escape(text, sizeof(text), show_string(event, "text"));
	name = strncmp(text, "event=", 6) == 0 ? text + 6 : text;
	rest = name + strcspn(name, " ");
	words = words_of(name, (size_t)(rest - name));
	fputs("  ", stdout);
	print_time(show_int(event, "time"), false);
	if (!words || (strncmp(rest, " child=", 7) != 0 &&
		       strncmp(rest, " supervisor=", 12) != 0)) {
		printf("  %s\n", text);
		return;
	}
	id = strchr(rest, '=') + 1;
	rest = id + strcspn(id, " ");
	prose = strstr(rest, " text=");
	if (prose)
		*prose = '\0';
	printf("  %.*s %s", (int)(rest - id), id, words);
	if (*rest)
		printf(" (%s)", rest + 1);
	putchar('\n');
}

/* What it waits for in BACKOFF. */
static void
advise_waiting(const char *reason)
{
	struct reason r;

	if (reason_parse(reason, &r) && reason_is_shortage(&r))
		printf("What to do: see what uses up processes, memory or"
		       " descriptors (%s); it is tried again by itself.\n",
		       reason);
	else
		printf("What to do: find out why it ends (%s); it is tried"
		       " again by itself.\n",
		       reason);
}

static void
advise(const json_t *child)
{
	const char *id = show_string(child, "id");
	const char *state = show_string(child, "state");
	const char *reason = show_string(child, "reason");
	bool is_fatal = strcmp(state, "FATAL") == 0;
	bool is_at_rest = strcmp(state, "STOPPED") == 0 ||
			  strcmp(state, "EXITED") == 0;

	if (strcmp(state, "BACKOFF") == 0)
		advise_waiting(reason);
	else if ((is_fatal || is_at_rest) && strncmp(reason, "noexec:", 7) == 0)
		printf("What to do: see whether the file named above is there"
		       " and may be used so, then `supctl start %s`.\n",
		       id);
	else if (is_fatal)
		printf("What to do: find out why it ends (%s), then `supctl"
		       " reset %s` and `supctl start %s`.\n",
		       reason, id, id);
	else if (is_at_rest)
		printf("What to do: nothing, or `supctl start %s`.\n", id);
	else if (strcmp(state, "STARTING") == 0)
		puts("What to do: wait until it says that it is ready.");
	else
		puts("What to do: nothing.");
}

/* Of one that does not read what it is sent. */
static void
explain_mailbox(const json_t *mailbox)
{
	int64_t waiting = show_int(mailbox, "waiting");
	int64_t lost = show_int(mailbox, "lost");

	if (waiting)
		printf("  messages that it has not read yet: %" PRId64 "\n",
		       waiting);
	if (lost)
		printf("  messages that found no room: %" PRId64 "\n", lost);
}

static void
explain_child(const json_t *child)
{
	char age[24], period[24], reason[128], status[512];

	log_escape(reason, sizeof(reason), show_string(child, "reason"));
	printf("%s is %s for %s", show_string(child, "id"),
	       show_string(child, "state"),
	       show_duration(show_int(child, "age"), age));
	if (*reason)
		printf("; its last end: %s", reason);
	printf("; %" PRId64 " restarts in %s (%" PRId64 " allowed)\n",
	       show_int(child, "restarts"),
	       show_duration(show_int(child, "period"), period),
	       show_int(child, "limit"));
	log_escape(status, sizeof(status), show_string(child, "status"));
	if (*status)
		printf("  it said last: %s\n", status);
	explain_mailbox(json_object_get(child, "mailbox"));
}

enum supctl_exit
verb_why(struct supctl *s, int argc, char **argv)
{
	const json_t *child, *event;
	enum supctl_exit r;
	size_t i;

	(void)argc;
	emit_string(wire_begin(s, "Why"), "id", argv[1]);
	r = wire_call(s, WIRE_REPEAT);
	if (r != SUPCTL_DONE)
		return r;
	if (s->json) {
		print_reply(s);
		return r;
	}
	child = json_object_get(s->reply, "child");
	explain_child(child);
	json_array_foreach (json_object_get(s->reply, "events"), i, event)
		tell(event);
	advise(child);
	return SUPCTL_DONE;
}
