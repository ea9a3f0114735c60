/* SPDX-License-Identifier: MIT */
/*
 * otp_core.c - runs a scenario through supd's core and prints its trace.
 *
 * The verbs of a script, with what they do in Erlang:
 *
 *	boot			supervisor:start_link/3
 *	shutdown		the root's parent: exit(Root, shutdown)
 *	tick N			N seconds pass
 *	exit CHILD REASON	it ends by itself; or, stopping or starting, now
 *	kill CHILD		somebody kills it
 *	signal CHILD REASON	exit(Child, Reason)
 *	fail CHILD N		its next N starts fail
 *	hang CHILD N		its next N starts wait for `ready` (or `exit`)
 *	ready CHILD		init_ack
 *	slow CHILD		from now on it ends only when told: `exit`
 *	quick CHILD		no longer so
 *	settle			ready or exit to all that wait for it
 *	which_children SUPERVISOR, count_children SUPERVISOR,
 *	start_child CHILD in=SUPERVISOR [KEY=VALUE...],
 *	terminate_child CHILD, restart_child CHILD, delete_child CHILD
 *
 * REASON is normal, shutdown, exit:N, or another word; `signal` knows kill.
 * Children of a simple_one_for_one have names like TEMPLATE@N.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "answer_lib.h"
#include "core/reason.h"
#include "core/supervisor.h"
#include "world_lib.h"

static const char *const lives[] = {
	[LIFE_GONE] = "not running",
	[LIFE_STARTING] = "starting",
	[LIFE_RUNNING] = "running",
	[LIFE_STOPPING] = "stopping",
};

static void
verb_boot(struct world *w, const struct words *words)
{
	(void)words;
	world_step(w, &(struct event){ .type = ON_BOOT });
}

static bool
is_up(struct world *w, const char *supervisor)
{
	const struct node *n =
		tree_node(w->tree, tree_find(w->tree, supervisor));

	if (n && n->phase != PHASE_DOWN)
		return true;
	trace_line(&w->trace, "- %s is not running", supervisor);
	return false;
}

static void
verb_shutdown(struct world *w, const struct words *words)
{
	(void)words;
	if (is_up(w, "root"))
		world_step(w, &(struct event){ .type = ON_SHUTDOWN });
}

static void
verb_tick(struct world *w, const struct words *words)
{
	for (int n = atoi(words->word[1]); n > 0; n--)
		world_tick(w);
}

/* A process whose life is from min to max; NULL: said that not. */
static struct actor *
process(struct world *w, const char *id, enum life min, enum life max)
{
	struct actor *a = world_actor(w, id);

	if (a && a->life >= min && a->life <= max)
		return a;
	trace_line(&w->trace, "- %s is %s", id, lives[a ? a->life : LIFE_GONE]);
	return NULL;
}

static void
verb_exit(struct world *w, const struct words *words)
{
	struct actor *a =
		process(w, words->word[1], LIFE_STARTING, LIFE_STOPPING);

	if (a)
		world_end(w, a, words->word[2]);
}

static void
verb_kill(struct world *w, const struct words *words)
{
	struct actor *a =
		process(w, words->word[1], LIFE_STARTING, LIFE_STOPPING);

	if (a)
		world_end(w, a, "killed");
}

static void
verb_signal(struct world *w, const struct words *words)
{
	struct actor *a =
		process(w, words->word[1], LIFE_RUNNING, LIFE_RUNNING);
	struct event e = { .type = ON_CALL, .call = CALL_EXIT };

	if (!a || !reason_parse(words->word[2], &e.reason))
		return;
	e.node = a->node;
	if (e.reason.kind != REASON_NORMAL) /* which is dropped */
		snprintf(a->signalled, sizeof(a->signalled), "%s",
			 words->word[2]);
	world_step(w, &e);
}

/* The plans of a child that may not have lived yet. */
static struct actor *
planned(struct world *w, const struct words *words)
{
	struct actor *a = world_actor(w, words->word[1]);
	struct declared unborn = { .in = "" };

	snprintf(unborn.spec.id, sizeof(unborn.spec.id), "%s", words->word[1]);
	return a ? a : world_declare(w, &unborn);
}

static void
verb_fail(struct world *w, const struct words *words)
{
	planned(w, words)->fail = (unsigned)atoi(words->word[2]);
}

static void
verb_hang(struct world *w, const struct words *words)
{
	planned(w, words)->hang = (unsigned)atoi(words->word[2]);
}

static void
verb_slow(struct world *w, const struct words *words)
{
	planned(w, words)->slow = true;
}

static void
verb_quick(struct world *w, const struct words *words)
{
	planned(w, words)->slow = false;
}

static void
become_ready(struct world *w, struct actor *a)
{
	a->life = LIFE_RUNNING;
	world_step(w, &(struct event){ .type = ON_READY, .node = a->node });
}

static void
verb_ready(struct world *w, const struct words *words)
{
	struct actor *a =
		process(w, words->word[1], LIFE_STARTING, LIFE_STARTING);

	if (a)
		become_ready(w, a);
}

static void
verb_settle(struct world *w, const struct words *words)
{
	struct actor *first, *a;

	(void)words;
	for (;;) {
		first = NULL;
		for (a = w->actors; a < w->actors + w->actor_count; a++)
			if ((a->life == LIFE_STARTING ||
			     a->life == LIFE_STOPPING) &&
			    (!first || strcmp(a->declared.spec.id,
					      first->declared.spec.id) < 0))
				first = a;
		if (!first)
			return;
		if (first->life == LIFE_STARTING)
			become_ready(w, first);
		else
			world_end(w, first, "shutdown");
	}
}

static void
verb_question(struct world *w, const struct words *words)
{
	const char *id = words->word[1];

	if (is_up(w, id))
		world_call(w, words->word[0], CALL_SYNC, tree_find(w->tree, id),
			   id);
}

/* An instance is like its template in all but its name. */
static void
copy_template(struct world *w, struct declared *d)
{
	const struct actor *template;
	char id[ID_SIZE];

	snprintf(id, sizeof(id), "%.*s", (int)strcspn(d->spec.id, "@"),
		 d->spec.id);
	template = world_actor(w, id);
	if (!template || strcmp(id, d->spec.id) == 0)
		return;
	snprintf(id, sizeof(id), "%s", d->spec.id);
	d->spec = template->declared.spec;
	snprintf(d->spec.id, sizeof(d->spec.id), "%s", id);
}

static void
verb_start_child(struct world *w, const struct words *words)
{
	struct declared d;
	struct actor *a;
	uint32_t node;
	int result;

	if (!scenario_declare(&d, words))
		exit(2);
	copy_template(w, &d);
	d.spec.dynamic = true;
	a = world_declare(w, &d);
	if (!is_up(w, d.in))
		return;
	result = world_add(w, a, &node);
	if (result == 0)
		world_call(w, words->word[0], CALL_START_CHILD, node,
			   d.spec.id);
	else
		answer_refused(w, words->word[0], d.spec.id,
			       (enum result)result);
}

static void
verb_call(struct world *w, const struct words *words)
{
	static const struct {
		const char *verb;
		enum call_type call;
	} calls[] = {
		{ "terminate_child", CALL_STOP },
		{ "restart_child", CALL_RESTART_CHILD },
		{ "delete_child", CALL_DELETE_CHILD },
	};
	const char *verb = words->word[0], *id = words->word[1];
	const char *parent = planned(w, words)->declared.in;
	uint32_t n = tree_find(w->tree, id);

	if (!is_up(w, parent))
		return;
	if (n == NO_NODE) { /* not_found, in its turn */
		n = tree_find(w->tree, parent);
		world_call(w, verb, CALL_SYNC, n, id);
		return;
	}
	for (unsigned i = 0; i < sizeof(calls) / sizeof(*calls); i++)
		if (strcmp(calls[i].verb, verb) == 0)
			world_call(w, verb, calls[i].call, n, id);
}

static const struct verb {
	const char *name;
	unsigned words; /* at least */
	void (*perform)(struct world *w, const struct words *words);
} verbs[] = {
	{ "boot", 1, verb_boot },
	{ "shutdown", 1, verb_shutdown },
	{ "tick", 2, verb_tick },
	{ "exit", 3, verb_exit },
	{ "kill", 2, verb_kill },
	{ "signal", 3, verb_signal },
	{ "fail", 3, verb_fail },
	{ "hang", 3, verb_hang },
	{ "ready", 2, verb_ready },
	{ "slow", 2, verb_slow },
	{ "quick", 2, verb_quick },
	{ "settle", 1, verb_settle },
	{ "which_children", 2, verb_question },
	{ "count_children", 2, verb_question },
	{ "start_child", 3, verb_start_child },
	{ "terminate_child", 2, verb_call },
	{ "restart_child", 2, verb_call },
	{ "delete_child", 2, verb_call },
};

static bool
perform(struct world *w, const char *line)
{
	struct words words;

	trace_line(&w->trace, "> %s", line);
	words_split(&words, line);
	for (unsigned i = 0; i < sizeof(verbs) / sizeof(*verbs); i++) {
		if (strcmp(verbs[i].name, words.word[0]) == 0 &&
		    words.count >= verbs[i].words) {
			verbs[i].perform(w, &words);
			return true;
		}
	}
	fprintf(stderr, "no such verb: %s\n", line);
	return false;
}

int
main(int argc, char **argv)
{
	struct scenario *s = calloc(1, sizeof(*s));
	struct world *w;
	bool ok;

	if (!s || argc != 2) {
		fprintf(stderr, "usage: %s SCENARIO\n", argv[0]);
		return 2;
	}
	ok = scenario_read(s, argv[1]);
	if (ok) {
		w = world_new(s);
		for (unsigned i = 0; ok && i < s->script_count; i++)
			ok = perform(w, s->script[i]);
		trace_print(&w->trace, stdout);
		world_free(w);
	}
	scenario_done(s);
	free(s);
	return ok ? 0 : 2;
}
