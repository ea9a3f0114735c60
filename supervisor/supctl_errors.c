/* SPDX-License-Identifier: MIT */
/*
 * supctl_errors.c - what the errors of the control socket mean.
 */
#include <stdio.h>
#include <string.h>

#include "log.h"
#include "supctl_errors.h"
#include "varlink.h"

static const struct error_text {
	const char *error;
	enum supctl_exit code;
	const char *word;
	const char *detail; /* the parameter that says more */
} error_texts[] = {
	{ VARLINK_SUPD "PermissionDenied", SUPCTL_NOT_PERMITTED,
	  "not permitted: only root and the user that supd runs as may do"
	  " this",
	  NULL },
	{ VARLINK_SUPD "NotFound", SUPCTL_NOT_FOUND, "not_found: no such child",
	  NULL },
	{ VARLINK_SUPD "NotSupervisor", SUPCTL_FAILED, "it is no supervisor",
	  NULL },
	{ VARLINK_SUPD "AlreadyStarted", SUPCTL_FAILED,
	  "already_started: it runs, as `supctl status` shows", NULL },
	{ VARLINK_SUPD "AlreadyPresent", SUPCTL_FAILED,
	  "already_present: `supctl start` starts it, `supctl delete-child`"
	  " makes room for another",
	  NULL },
	{ VARLINK_SUPD "Running", SUPCTL_FAILED,
	  "running: only what is stopped, for instance by `supctl stop`",
	  NULL },
	{ VARLINK_SUPD "Restarting", SUPCTL_FAILED,
	  "restarting: it waits for its restart, which `supctl stop` ends",
	  NULL },
	{ VARLINK_SUPD "SimpleOneForOne", SUPCTL_FAILED,
	  "simple_one_for_one: its children are started by `supctl start-child"
	  " TEMPLATE [ARG...]` and ended by `supctl stop-child ID`",
	  NULL },
	{ VARLINK_SUPD "StartFailed", SUPCTL_FAILED, "failed", "reason" },
	{ VARLINK_SUPD "Stopped", SUPCTL_FAILED,
	  "stopped: it, or its supervisor, was stopped meanwhile", NULL },
	{ VARLINK_SUPD "NotRunning", SUPCTL_FAILED, "it has no process", NULL },
	{ VARLINK_SUPD "NoProc", SUPCTL_FAILED, "noproc: it does not run",
	  NULL },
	{ VARLINK_SUPD "NoMailbox", SUPCTL_FAILED,
	  "it has no mailbox (mailbox = yes), or has closed it", NULL },
	{ VARLINK_SUPD "NoStandby", SUPCTL_FAILED, "it has no standby", NULL },
	{ VARLINK_SUPD "NoTemplate", SUPCTL_FAILED,
	  "it is no child of a simple_one_for_one supervisor", NULL },
	{ VARLINK_SUPD "InvalidChild", SUPCTL_USAGE, "not a valid child",
	  "message" },
	{ VARLINK_SUPD "Full", SUPCTL_FAILED, "supd has no room for more",
	  NULL },
	{ VARLINK_SERVICE "InvalidParameter", SUPCTL_USAGE,
	  "supd does not take this", "parameter" },
	{ VARLINK_SERVICE "MethodNotFound", SUPCTL_FAILED,
	  "this supd cannot do that", "method" },
};

static const char *
parameter(const struct supctl *s, const char *name)
{
	return json_string_value(json_object_get(s->reply, name));
}

/* What OTP's calls do not find, and `supctl status` shows. */
static void
say_off_the_list(const char *id, const char *state)
{
	supctl_say("%s: not_found: it is %s, off its supervisor's list; `supctl"
		   " start %s` puts it back",
		   id, state, id);
}

enum supctl_exit
errors_explain(const struct supctl *s, const char *error)
{
	const struct error_text *found = NULL;
	char detail[512] = "";
	const char *id = parameter(s, "id"), *more = NULL;

	if (s->json) {
		json_dumpf(s->message, stdout, JSON_COMPACT);
		putchar('\n');
	}
	for (size_t i = 0; i < sizeof(error_texts) / sizeof(*error_texts); i++)
		if (strcmp(error_texts[i].error, error) == 0)
			found = &error_texts[i];
	if (found && found->code == SUPCTL_NOT_FOUND && id &&
	    parameter(s, "state")) {
		say_off_the_list(id, parameter(s, "state"));
		return SUPCTL_NOT_FOUND;
	}
	if (found && found->detail)
		more = parameter(s, found->detail);
	if (more)
		log_escape(detail, sizeof(detail), more);
	supctl_say("%s%s%s%s%s", id ? id : "", id ? ": " : "",
		   found ? found->word : error, *detail ? ": " : "", detail);
	return found ? found->code : SUPCTL_FAILED;
}
