/* SPDX-License-Identifier: MIT */
/*
 * methods.c - the table of all methods of the control socket.
 */
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/pidfd.h>
#include <unistd.h>

#include "addition.h"
#include "calls.h"
#include "events.h"
#include "history.h"
#include "interface.h"
#include "linking.h"
#include "methods.h"
#include "monitors.h"
#include "request.h"
#include "settings.h"
#include "shell.h"
#include "status_list.h"
#include "version.h"
#include "waiting.h"

static void
ping(struct request *r)
{
	request_reply(r);
	request_end(r, false);
}

static void
get_version(struct request *r)
{
	const struct state *s = r->d->state;
	struct emit *out = request_reply(r);

	emit_string(out, "version", SUPD_VERSION);
	emit_string(out, "name", r->d->settings->name);
	emit_string(out, "configuration", s->config);
	emit_int(out, "keeper", s->keeper);
	emit_int(out, "supervisor", getpid());
	emit_int(out, "number", s->supervisors);
	emit_int(out, "uptime", clock_ms() - s->booted_at);
	emit_bool(out, "ready", s->ready);
	emit_bool(out, "stopping", s->stopping);
	request_end(r, false);
}

/* By pidfd: never to another process that has got its pid. */
static bool
signal_one(struct request *r, const struct item *item, int sig)
{
	const struct process *p = process_of_primary(r->d->state, item->node);
	const struct node *node = tree_node(r->d->tree, item->node);

	if (node->has_process && p->tid && p->pidfd >= 0 &&
	    pidfd_send_signal(p->pidfd, sig, NULL, 0) == 0)
		return true;
	request_error(r, "NotRunning", "id", item->id);
	return false;
}

static void
send_signal(struct request *r)
{
	int64_t sig = request_int(r, "signal", 0);

	if (sig < 1 || sig > SIGRTMAX) {
		request_invalid(r, "signal");
		return;
	}
	if (!request_items(r))
		return;
	for (size_t i = 0; i < r->count; i++)
		if (!signal_one(r, &r->items[i], (int)sig))
			return;
	request_reply(r);
	request_end(r, false);
}

static void
reset(struct request *r)
{
	if (!request_items(r))
		return;
	for (size_t i = 0; i < r->count; i++) {
		tree_reset(r->d->tree, r->items[i].node);
		events_say(r->d, r->items[i].node, "event=reset child=%s",
			   r->items[i].id);
	}
	request_reply(r);
	request_end(r, false);
	supd_work(r->d);
}

/* The same way as SIGTERM.  Once only: a second one would hurry. */
static void
shut_down(struct request *r)
{
	struct state *s = r->d->state;

	if (!s->stopping &&
	    !__atomic_load_n(&s->asked[ASK_STOP], __ATOMIC_ACQUIRE) &&
	    kill(s->keeper, SIGTERM) < 0) {
		emit_int(request_error_begin(r, "SystemError"), "errno", errno);
		request_end(r, false);
		return;
	}
	request_reply(r);
	request_end(r, false);
}

static void
get_info(struct request *r)
{
	struct emit *out = request_reply(r);

	emit_string(out, "vendor", "the supd authors");
	emit_string(out, "product", "supd");
	emit_string(out, "version", SUPD_VERSION);
	emit_string(out, "url", "");
	emit_open(out, "interfaces", '[');
	emit_string(out, NULL, "org.varlink.service");
	emit_string(out, NULL, "org.supd.Supervisor");
	emit_close(out, ']');
	request_end(r, false);
}

static const char service_text[] =
	"interface org.varlink.service\n\n"
	"method GetInfo() -> (vendor: string, product: string,"
	" version: string, url: string, interfaces: []string)\n"
	"method GetInterfaceDescription(interface: string) ->"
	" (description: string)\n\n"
	"error InterfaceNotFound (interface: string)\n"
	"error MethodNotFound (method: string)\n"
	"error MethodNotImplemented (method: string)\n"
	"error InvalidParameter (parameter: string)\n";

static void
describe(struct request *r)
{
	const char *name = request_string(r, "interface");
	const char *text = NULL;

	if (strcmp(name, "org.supd.Supervisor") == 0)
		text = interface_text;
	else if (strcmp(name, "org.varlink.service") == 0)
		text = service_text;
	if (!text) {
		varlink_begin_error(request_out(r), VARLINK_SERVICE "InterfaceN"
								    "otFound");
		emit_string(request_out(r), "interface", name);
		request_end(r, false);
		return;
	}
	emit_string(request_reply(r), "description", text);
	request_end(r, false);
}

#define REQUIRED(argument, kind)                                     \
	{                                                            \
		.name = (argument), .type = (kind), .required = true \
	}
#define OPTIONAL(argument, kind)                   \
	{                                          \
		.name = (argument), .type = (kind) \
	}
#define END                  \
	{                    \
		.name = NULL \
	}

static const struct argument takes_nothing[] = { END };
static const struct argument takes_id[] = {
	REQUIRED("id", ARGUMENT_STRING),
	END,
};
static const struct argument takes_ids[] = {
	REQUIRED("ids", ARGUMENT_STRINGS),
	END,
};
static const struct argument may_take_ids[] = {
	OPTIONAL("ids", ARGUMENT_STRINGS),
	END,
};
static const struct argument may_take_supervisor[] = {
	OPTIONAL("supervisor", ARGUMENT_STRING),
	END,
};
static const struct argument takes_interface[] = {
	REQUIRED("interface", ARGUMENT_STRING),
	END,
};
static const struct argument of_signal[] = {
	REQUIRED("ids", ARGUMENT_STRINGS),
	REQUIRED("signal", ARGUMENT_INT),
	END,
};
static const struct argument of_exit[] = {
	REQUIRED("id", ARGUMENT_STRING),
	REQUIRED("reason", ARGUMENT_STRING),
	END,
};
static const struct argument of_start_child[] = {
	REQUIRED("id", ARGUMENT_STRING),
	OPTIONAL("supervisor", ARGUMENT_STRING),
	OPTIONAL("settings", ARGUMENT_STRINGS),
	OPTIONAL("command", ARGUMENT_STRINGS),
	OPTIONAL("link", ARGUMENT_STRING),
	OPTIONAL("monitor", ARGUMENT_BOOL),
	END,
};
static const struct argument of_start_instance[] = {
	REQUIRED("template", ARGUMENT_STRING),
	OPTIONAL("arguments", ARGUMENT_STRINGS),
	OPTIONAL("link", ARGUMENT_STRING),
	OPTIONAL("monitor", ARGUMENT_BOOL),
	END,
};
static const struct argument of_link[] = {
	REQUIRED("id", ARGUMENT_STRING),
	REQUIRED("with", ARGUMENT_STRING),
	END,
};
static const struct argument of_send[] = {
	REQUIRED("id", ARGUMENT_STRING),
	REQUIRED("text", ARGUMENT_STRING),
	END,
};
static const struct argument of_monitor[] = {
	REQUIRED("ids", ARGUMENT_STRINGS),
	OPTIONAL("incarnations", ARGUMENT_INTS),
	END,
};
static const struct argument of_events[] = {
	OPTIONAL("count", ARGUMENT_INT),
	OPTIONAL("follow", ARGUMENT_BOOL),
	END,
};
static const struct argument of_wait[] = {
	OPTIONAL("ids", ARGUMENT_STRINGS),
	OPTIONAL("ready", ARGUMENT_BOOL),
	END,
};

static const struct method methods[] = {
	{ .name = VARLINK_SERVICE "GetInfo",
	  .arguments = takes_nothing,
	  .begin = get_info },
	{ .name = VARLINK_SERVICE "GetInterfaceDescription",
	  .arguments = takes_interface,
	  .begin = describe },
	{ .name = VARLINK_SUPD "Ping",
	  .arguments = takes_nothing,
	  .begin = ping },
	{ .name = VARLINK_SUPD "GetVersion",
	  .arguments = takes_nothing,
	  .begin = get_version },
	{ .name = VARLINK_SUPD "Status",
	  .arguments = may_take_ids,
	  .begin = status_begin,
	  .produce = status_produce },
	{ .name = VARLINK_SUPD "Table",
	  .arguments = may_take_ids,
	  .begin = status_begin_table,
	  .produce = status_produce_table },
	{ .name = VARLINK_SUPD "Start",
	  .arguments = takes_ids,
	  .changes = true,
	  .begin = calls_begin_start,
	  .answered = calls_answered_many,
	  .look = calls_issue },
	{ .name = VARLINK_SUPD "Stop",
	  .arguments = takes_ids,
	  .changes = true,
	  .begin = calls_begin_stop,
	  .answered = calls_answered_many,
	  .look = calls_issue },
	{ .name = VARLINK_SUPD "Restart",
	  .arguments = takes_ids,
	  .changes = true,
	  .begin = calls_begin_restart,
	  .answered = calls_answered_many,
	  .look = calls_issue },
	{ .name = VARLINK_SUPD "Takeover",
	  .arguments = takes_id,
	  .changes = true,
	  .begin = calls_begin_takeover,
	  .answered = calls_answered_one,
	  .look = calls_issue },
	{ .name = VARLINK_SUPD "Signal",
	  .arguments = of_signal,
	  .changes = true,
	  .begin = send_signal },
	{ .name = VARLINK_SUPD "Exit",
	  .arguments = of_exit,
	  .changes = true,
	  .begin = calls_begin_exit,
	  .answered = calls_answered_one,
	  .look = calls_issue },
	{ .name = VARLINK_SUPD "Link",
	  .arguments = of_link,
	  .changes = true,
	  .begin = linking_begin_pair,
	  .look = linking_link },
	{ .name = VARLINK_SUPD "Unlink",
	  .arguments = of_link,
	  .changes = true,
	  .begin = linking_begin_pair,
	  .look = linking_unlink },
	{ .name = VARLINK_SUPD "Send",
	  .arguments = of_send,
	  .changes = true,
	  .begin = linking_begin_send,
	  .look = linking_send },
	{ .name = VARLINK_SUPD "Monitor",
	  .arguments = of_monitor,
	  .begin = monitors_begin,
	  .ended = monitors_ended,
	  .look = monitors_look },
	{ .name = VARLINK_SUPD "Reset",
	  .arguments = takes_ids,
	  .changes = true,
	  .begin = reset },
	{ .name = VARLINK_SUPD "StartChild",
	  .arguments = of_start_child,
	  .changes = true,
	  .begin = addition_begin_child,
	  .answered = calls_answered_one,
	  .ended = monitors_ended,
	  .look = addition_look },
	{ .name = VARLINK_SUPD "StartInstance",
	  .arguments = of_start_instance,
	  .changes = true,
	  .begin = addition_begin_instance,
	  .answered = calls_answered_one,
	  .ended = monitors_ended,
	  .look = addition_look },
	{ .name = VARLINK_SUPD "StopChild",
	  .arguments = takes_id,
	  .changes = true,
	  .begin = calls_begin_stop_child,
	  .answered = calls_answered_one,
	  .look = calls_issue },
	{ .name = VARLINK_SUPD "DeleteChild",
	  .arguments = takes_id,
	  .changes = true,
	  .begin = calls_begin_delete_child,
	  .answered = calls_answered_one,
	  .look = calls_issue },
	{ .name = VARLINK_SUPD "RestartChild",
	  .arguments = takes_id,
	  .changes = true,
	  .begin = calls_begin_restart_child,
	  .answered = calls_answered_one,
	  .look = calls_issue },
	{ .name = VARLINK_SUPD "WhichChildren",
	  .arguments = may_take_supervisor,
	  .begin = calls_begin_sync,
	  .answered = calls_answered_which,
	  .look = calls_issue },
	{ .name = VARLINK_SUPD "CountChildren",
	  .arguments = may_take_supervisor,
	  .begin = calls_begin_sync,
	  .answered = calls_answered_count,
	  .look = calls_issue },
	{ .name = VARLINK_SUPD "Events",
	  .arguments = of_events,
	  .begin = history_begin_events,
	  .produce = history_produce_events },
	{ .name = VARLINK_SUPD "Why",
	  .arguments = takes_id,
	  .begin = history_begin_why },
	{ .name = VARLINK_SUPD "Wait",
	  .arguments = of_wait,
	  .begin = waiting_begin,
	  .look = waiting_look },
	{ .name = VARLINK_SUPD "Shutdown",
	  .arguments = takes_nothing,
	  .changes = true,
	  .begin = shut_down },
};

const struct method *
method_find(const char *name)
{
	for (size_t i = 0; i < sizeof(methods) / sizeof(*methods); i++)
		if (strcmp(methods[i].name, name) == 0)
			return &methods[i];
	return NULL;
}
