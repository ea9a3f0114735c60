/* SPDX-License-Identifier: MIT */
/*
 * answer_lib.c - answers as supervisor.erl gives them.
 */
#include <string.h>

#include "answer_lib.h"
#include "world_lib.h"

static const char *const results[] = {
	[RESULT_OK] = "ok",
	[RESULT_ALREADY_STARTED] = "already_started",
	[RESULT_ALREADY_PRESENT] = "already_present",
	[RESULT_RUNNING] = "running",
	[RESULT_RESTARTING] = "restarting",
	[RESULT_NOT_FOUND] = "not_found",
	[RESULT_SIMPLE] = "simple_one_for_one",
	[RESULT_FAILED] = "failed",
	[RESULT_STOPPED] = "stopped",
	[RESULT_FULL] = "full",
};

static const char *
pid_word(const struct node *n)
{
	switch ((enum child_state)n->state) {
	case STARTING:
	case RUNNING:
	case STOPPING:
		return "running";
	case BACKOFF:
		return "restarting";
	case STOPPED:
	case EXITED:
	case FATAL:
		break;
	}
	return "undefined";
}

static const char *
type_word(const struct node *n)
{
	return n->type == TYPE_SUPERVISOR ? "supervisor" : "worker";
}

/* which_children/1, in start order. */
static void
which(const struct tree *t, uint32_t supervisor, char *buf, size_t size)
{
	uint32_t n = tree_node(t, supervisor)->first;
	const struct node *child;
	size_t used = 0;

	snprintf(buf, size, "none");
	for (; n != NO_NODE && used < size; n = child->next) {
		child = tree_node(t, n);
		if (!child->listed || child->is_template)
			continue;
		used += (size_t)snprintf(buf + used, size - used, "%s%s %s %s",
					 used ? ", " : "", child->id,
					 pid_word(child), type_word(child));
	}
}

/* count_children/1 */
static void
count(const struct tree *t, uint32_t supervisor, char *buf, size_t size)
{
	const struct node *s = tree_node(t, supervisor), *child;
	unsigned specs = 0, active = 0, supervisors = 0;

	for (uint32_t n = s->first; n != NO_NODE; n = child->next) {
		child = tree_node(t, n);
		if (!child->listed || child->is_template)
			continue;
		specs++;
		active += strcmp(pid_word(child), "running") == 0;
		supervisors += child->type == TYPE_SUPERVISOR;
	}
	snprintf(buf, size, "specs=%u active=%u supervisors=%u workers=%u",
		 s->strategy == SIMPLE_ONE_FOR_ONE ? 1 : specs, active,
		 supervisors, specs - supervisors);
}

void
answer_refused(struct world *w, const char *verb, const char *subject,
	       enum result result)
{
	trace_line(&w->trace, "= %s %s %s", verb, subject, results[result]);
}

void
answer_trace(struct world *w, const struct action *a)
{
	const char *verb, *subject;
	char buf[TRACE_LINE - 128];

	if (a->token == 0)
		return;
	verb = w->calls[a->token - 1].verb;
	subject = w->calls[a->token - 1].subject;
	snprintf(buf, sizeof(buf), "%s", results[a->result]);
	if (a->result == RESULT_OK && w->calls[a->token - 1].unknown)
		snprintf(buf, sizeof(buf), "%s", results[RESULT_NOT_FOUND]);
	if (a->result == RESULT_OK && strcmp(verb, "which_children") == 0)
		which(w->tree, tree_find(w->tree, subject), buf, sizeof(buf));
	if (a->result == RESULT_OK && strcmp(verb, "count_children") == 0)
		count(w->tree, tree_find(w->tree, subject), buf, sizeof(buf));
	trace_line(&w->trace, "= %s %s %s", verb, subject, buf);
}
