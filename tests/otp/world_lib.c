/* SPDX-License-Identifier: MIT */
/*
 * world_lib.c - performs the core's actions on actors instead of processes.
 */
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "answer_lib.h"
#include "core/reason.h"
#include "world_lib.h"

struct actor *
world_actor(struct world *w, const char *id)
{
	for (unsigned i = 0; i < w->actor_count; i++)
		if (strcmp(w->actors[i].declared.spec.id, id) == 0)
			return &w->actors[i];
	return NULL;
}

struct actor *
world_declare(struct world *w, const struct declared *d)
{
	struct actor *a = world_actor(w, d->spec.id);

	if (!a) {
		if (w->actor_count == ACTORS_MAX)
			abort();
		a = &w->actors[w->actor_count++];
	}
	a->declared = *d;
	return a;
}

int
world_add(struct world *w, struct actor *a, uint32_t *ret)
{
	uint32_t parent = tree_find(w->tree, a->declared.in);
	int result = tree_add(w->tree, parent, &a->declared.spec, ret);

	if (result == 0)
		w->of_node[*ret] = a;
	return result;
}

struct world *
world_new(const struct scenario *s)
{
	struct world *w = calloc(1, sizeof(*w));
	void *memory = calloc(1, tree_size());
	uint32_t node;

	if (!w || !memory || s->declared_count == 0)
		abort();
	trace_init(&w->trace);
	w->tree = tree_init(memory, &s->declared[0].spec, 1, NULL);
	w->of_node[ROOT] = world_declare(w, &s->declared[0]);
	for (unsigned i = 1; i < s->declared_count; i++) {
		struct actor *a = world_declare(w, &s->declared[i]);

		if (world_add(w, a, &node) != 0) {
			fprintf(stderr, "the tree does not take %s\n",
				s->declared[i].spec.id);
			exit(1);
		}
	}
	return w;
}

void
world_free(struct world *w)
{
	trace_done(&w->trace);
	free(w->tree);
	free(w);
}

/* Its ON_EXIT comes when the core has nothing more to do. */
static void
die(struct world *w, struct actor *a, const struct reason *reason)
{
	if (w->dying_end - w->dying_first == DYING_MAX)
		abort();
	w->dying[w->dying_end++ % DYING_MAX] =
		(struct dying){ .node = a->node, .reason = *reason };
	a->life = LIFE_GONE;
}

static void
do_start(struct world *w, uint32_t node)
{
	struct actor *a = w->of_node[node];
	const char *id = a->declared.spec.id;
	struct event e = { .type = ON_STARTED, .node = node };

	trace_line(&w->trace, "start %s", id);
	if (a->fail) {
		a->fail--;
		trace_line(&w->trace, "fail %s", id);
		e.type = ON_START_FAILED;
		e.reason.kind = REASON_NOEXEC;
		tree_step(w->tree, &e, w->now);
		return;
	}
	a->node = node;
	a->signalled[0] = '\0';
	a->life = a->hang ? LIFE_STARTING : LIFE_RUNNING;
	tree_step(w->tree, &e, w->now);
	if (a->hang) {
		a->hang--;
	} else if (a->declared.spec.acknowledges) {
		e.type = ON_READY;
		tree_step(w->tree, &e, w->now);
	}
}

static void
do_stop(struct world *w, struct actor *a)
{
	struct reason reason = { .kind = REASON_SIGNAL, .value = SIGTERM };
	const char *id = a->declared.spec.id;

	trace_line(&w->trace, "stop %s", id);
	a->life = LIFE_STOPPING;
	if (a->slow)
		return;
	trace_line(&w->trace, "exit %s %s", id,
		   a->signalled[0] ? a->signalled : "shutdown");
	die(w, a, &reason);
}

static void
do_kill(struct world *w, struct actor *a)
{
	struct reason reason = { .kind = REASON_SIGNAL, .value = SIGKILL };

	if (a->life == LIFE_GONE)
		return;
	trace_line(&w->trace, "kill %s", a->declared.spec.id);
	die(w, a, &reason);
}

/* What the oracle's supervisors tell of themselves. */
static void
do_report(struct world *w, const struct action *a)
{
	const struct actor *who = w->of_node[a->node];

	if (!who || !who->declared.spec.is_supervisor)
		return;
	if (a->report == REPORT_GAVE_UP)
		trace_line(&w->trace, "gave_up %s", who->declared.spec.id);
	else if (a->report == REPORT_AUTO_SHUTDOWN)
		trace_line(&w->trace, "auto_shutdown %s",
			   who->declared.spec.id);
	else if (a->node != ROOT &&
		 (a->report == REPORT_EXITED || a->report == REPORT_STOPPED ||
		  a->report == REPORT_START_FAILED))
		trace_line(&w->trace, "down %s", who->declared.spec.id);
}

static void
do_free(struct world *w, uint32_t node)
{
	w->of_node[node] = NULL;
	w->timers[node].deadline = 0;
}

static void
do_timer(struct world *w, uint32_t node)
{
	w->timers[node].deadline = tree_node(w->tree, node)->deadline;
	w->timers[node].order = ++w->timer_order;
}

static void
perform(struct world *w, const struct action *a)
{
	switch (a->type) {
	case DO_START:
		do_start(w, a->node); /* its answer removes it */
		return;
	case DO_STOP:
		do_stop(w, w->of_node[a->node]);
		break;
	case DO_KILL:
		do_kill(w, w->of_node[a->node]);
		break;
	case DO_TIMER:
		do_timer(w, a->node);
		break;
	case DO_REPLY:
		answer_trace(w, a);
		break;
	case DO_REPORT:
		do_report(w, a);
		break;
	case DO_FREE:
		do_free(w, a->node);
		break;
	case DO_EXIT:
		trace_line(&w->trace, "down root");
		break;
	case DO_MESSAGE: /* nobody here is linked */
		break;
	}
	tree_done(w->tree);
}

static void
check(const struct world *w)
{
	const char *broken = tree_check(w->tree);

	if (broken) {
		fprintf(stderr, "the tree is broken: %s\n", broken);
		exit(1);
	}
}

void
world_step(struct world *w, const struct event *e)
{
	struct action a;

	tree_step(w->tree, e, w->now);
	for (;;) {
		while (tree_next(w->tree, &a))
			perform(w, &a);
		check(w);
		if (w->dying_first == w->dying_end)
			return;

		const struct dying *d = &w->dying[w->dying_first++ % DYING_MAX];
		struct event end = { .type = ON_EXIT,
				     .node = d->node,
				     .reason = d->reason };

		tree_step(w->tree, &end, w->now);
	}
}

/*
 * What the core is not asked, or answers otherwise: a child that is no more
 * (instances go by pid in OTP, and a dead pid is fine), and one that has ended
 * for good, which OTP has forgotten and people may stop.
 */
static bool
is_unknown(const struct node *n, enum call_type call, const char *subject)
{
	if (call == CALL_SYNC)
		return strcmp(n->id, subject) != 0 && !strchr(subject, '@');
	return call == CALL_STOP && !n->listed && !n->fresh && !n->is_template;
}

void
world_call(struct world *w, const char *verb, enum call_type call,
	   uint32_t node, const char *subject)
{
	struct event e = { .type = ON_CALL, .call = call, .node = node };
	const struct node *n = tree_node(w->tree, node);

	if (w->call_count == CALLS_MAX)
		abort();
	w->calls[w->call_count].unknown = is_unknown(n, call, subject);
	snprintf(w->calls[w->call_count].verb, sizeof(w->calls[0].verb), "%s",
		 verb);
	snprintf(w->calls[w->call_count].subject, sizeof(w->calls[0].subject),
		 "%s", subject);
	e.token = ++w->call_count;
	world_step(w, &e);
}

void
world_end(struct world *w, struct actor *a, const char *reason)
{
	struct event e = { .type = ON_EXIT, .node = a->node };

	trace_line(&w->trace, "exit %s %s", a->declared.spec.id, reason);
	if (!reason_parse(reason, &e.reason))
		abort();
	a->life = LIFE_GONE;
	world_step(w, &e);
}

void
world_tick(struct world *w)
{
	w->now++;
	for (;;) {
		struct event e = { .type = ON_DEADLINE };
		const struct timer *due = NULL;

		for (uint32_t n = 1; n < tree_end(w->tree); n++) {
			const struct timer *t = &w->timers[n];

			if (t->deadline == 0 || t->deadline > w->now ||
			    (due && (due->deadline < t->deadline ||
				     (due->deadline == t->deadline &&
				      due->order < t->order))))
				continue;
			due = t;
			e.node = n;
		}
		if (!due)
			return;
		w->timers[e.node].deadline = 0;
		world_step(w, &e);
	}
}
