/* SPDX-License-Identifier: MIT */
/*
 * events.c - the flight recorder.
 *
 * A record is written before it is counted: a supervisor that dies between
 * the two has its record overwritten by its successor's next one, and a line
 * is never half there.
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <syslog.h>
#include <time.h>

#include "control.h"
#include "core/reason.h"
#include "events.h"
#include "log.h"
#include "shell.h"

static const struct report_text {
	const char *name;
	int level;
} report_texts[] = {
	[REPORT_STARTING] = { "starting", LOG_DEBUG },
	[REPORT_STARTED] = { "started", LOG_INFO },
	[REPORT_START_FAILED] = { "start_failed", LOG_ERR },
	[REPORT_EXITED] = { "exited", LOG_WARNING },
	[REPORT_STOPPING] = { "stopping", LOG_INFO },
	[REPORT_STOPPED] = { "stopped", LOG_INFO },
	[REPORT_RESTART] = { "restart", LOG_INFO },
	[REPORT_BACKOFF] = { "backoff", LOG_NOTICE },
	[REPORT_REMOVED] = { "removed", LOG_ERR },
	[REPORT_GAVE_UP] = { "gave_up", LOG_ERR },
	[REPORT_AUTO_SHUTDOWN] = { "auto_shutdown", LOG_NOTICE },
	[REPORT_TIMEOUT] = { "timeout", LOG_WARNING },
	[REPORT_ADDED] = { "added", LOG_INFO },
	[REPORT_DELETED] = { "deleted", LOG_INFO },
	[REPORT_LINKED] = { "linked", LOG_INFO },
	[REPORT_UNLINKED] = { "unlinked", LOG_INFO },
	[REPORT_EXIT_SIGNAL] = { "exit_signal", LOG_NOTICE },
};

static void
log_line(int level, const char *text)
{
	switch (level) {
	case LOG_ERR:
		log_err("%s", text);
		break;
	case LOG_WARNING:
		log_warn("%s", text);
		break;
	case LOG_NOTICE:
		log_notice("%s", text);
		break;
	case LOG_DEBUG:
		log_debug("%s", text);
		break;
	default:
		log_info("%s", text);
	}
}

static void
record(struct supd *d, uint32_t node, int level, const char *text)
{
	struct state *s = d->state;
	struct event_record *r = &s->event[s->events % EVENTS_MAX];
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	r->number = 0;
	r->realtime = now.tv_sec * 1000 + now.tv_nsec / 1000000;
	r->node = node;
	snprintf(r->text, sizeof(r->text), "%s", text);
	__atomic_signal_fence(__ATOMIC_SEQ_CST);
	r->number = s->events + 1;
	__atomic_signal_fence(__ATOMIC_SEQ_CST);
	s->events++;
	log_line(level, text);
	if (d->control)
		control_event(d, r);
}

static const char *
id_of(const struct supd *d, uint32_t n)
{
	const struct node *node = tree_node(d->tree, n);

	return node ? node->id : "?";
}

/* From whom an exit signal is: a child, or a process outside. */
static void
signal_tail(const struct supd *d, const struct action *a, char *buf,
	    size_t size)
{
	const struct node *node = tree_node(d->tree, a->node);
	char from[ID_SIZE + 16], reason[REASON_SIZE];

	if (a->other != NO_NODE)
		snprintf(from, sizeof(from), "from=%s", id_of(d, a->other));
	else
		snprintf(from, sizeof(from), "from_pid=%lld",
			 (long long)a->value);
	snprintf(buf, size, " %s reason=%s%s", from,
		 reason_format(&a->reason, reason, sizeof(reason)),
		 node && node->traps && !node->killed ? " trapped=1" : "");
}

/* A line's end: what only this report has to say. */
static void
report_tail(const struct supd *d, const struct action *a, char *buf,
	    size_t size)
{
	const struct process *p = process_of_primary(d->state, a->node);
	char reason[REASON_TEXT + 16];
	uint32_t limit = 0;
	int64_t period = 0;

	buf[0] = '\0';
	switch (a->report) {
	case REPORT_STARTED:
		if (p->tid)
			snprintf(buf, size, " pid=%d incarnation=%u", p->tid,
				 p->incarnation);
		break;
	case REPORT_RESTART:
		tree_restarts(d->tree, a->node, clock_ms(), &limit, &period);
		snprintf(buf, size, " restarts=%lld/%u period=%llds",
			 (long long)a->value, limit,
			 (long long)(period / 1000));
		break;
	case REPORT_BACKOFF:
		snprintf(buf, size, " delay=%lldms", (long long)a->value);
		break;
	case REPORT_AUTO_SHUTDOWN:
		snprintf(buf, size, " child=%s", id_of(d, a->other));
		break;
	case REPORT_GAVE_UP:
		snprintf(buf, size, " reason=intensity");
		break;
	case REPORT_REMOVED:
		tree_restarts(d->tree, a->node, clock_ms(), &limit, &period);
		snprintf(buf, size,
			 " reason=%s limit=%u period=%llds"
			 " text=\"restarted too often: taken off the list\"",
			 reason_format(&a->reason, reason, sizeof(reason)),
			 limit, (long long)(period / 1000));
		break;
	case REPORT_START_FAILED:
	case REPORT_EXITED:
	case REPORT_STOPPED:
		snprintf(buf, size, " reason=%s",
			 reason_format(&a->reason, reason, sizeof(reason)));
		break;
	case REPORT_LINKED:
	case REPORT_UNLINKED:
		snprintf(buf, size, " with=%s", id_of(d, a->other));
		break;
	case REPORT_EXIT_SIGNAL:
		signal_tail(d, a, buf, size);
		break;
	case REPORT_STARTING:
	case REPORT_STOPPING:
	case REPORT_TIMEOUT:
	case REPORT_ADDED:
	case REPORT_DELETED:
		break;
	}
}

/* An end that was expected is no warning. */
static int
report_level(const struct action *a)
{
	bool is_quiet = a->report == REPORT_EXITED &&
			reason_is_quiet(&a->reason);

	return is_quiet ? LOG_INFO : report_texts[a->report].level;
}

void
events_report(struct supd *d, const struct action *a)
{
	const struct node *node = tree_node(d->tree, a->node);
	char text[EVENT_SIZE], tail[EVENT_SIZE - 96];

	report_tail(d, a, tail, sizeof(tail));
	snprintf(text, sizeof(text), "event=%s %s=%s%s",
		 report_texts[a->report].name,
		 node && node->is_supervisor ? "supervisor" : "child",
		 id_of(d, a->node), tail);
	record(d, a->node, report_level(a), text);
}

void
events_say(struct supd *d, uint32_t node, const char *format, ...)
{
	char text[EVENT_SIZE];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	record(d, node, LOG_NOTICE, text);
}

const struct event_record *
events_get(const struct state *s, uint64_t n)
{
	const struct event_record *r;

	if (n == 0)
		return NULL;
	r = &s->event[(n - 1) % EVENTS_MAX];
	return r->number == n ? r : NULL;
}
