/* SPDX-License-Identifier: MIT */
/*
 * model_lib.c - the imagined processes, and what must never happen to them.
 */
#include "model_lib.h"

#include <string.h>

#include "core/supervisor.h"
#include "shape_lib.h"

/* Of what is wrong the first is kept; what may be NULL. */
static void
wrong(struct model *m, const char *what)
{
	if (!m->wrong)
		m->wrong = what;
}

/* Does anything run in n or below? */
static bool
is_alive_below(struct model *m, uint32_t n)
{
	const struct node *c = tree_node(m->t, n);
	uint32_t i;

	if (m->process[n].exists)
		return true;
	for (i = c->first; i != NO_NODE; i = tree_node(m->t, i)->next)
		if (is_alive_below(m, i))
			return true;
	return false;
}

/* Children end from the last to the first. */
static void
check_stop_order(struct model *m, uint32_t n)
{
	const struct node *c = tree_node(m->t, n);
	const struct node *s = tree_node(m->t, c->parent);
	uint32_t i;

	if (c->state != STOPPING || s->cursor != n ||
	    (s->phase != PHASE_TERMINATE && s->phase != PHASE_STOP_GROUP))
		return;
	for (i = c->next; i != NO_NODE; i = tree_node(m->t, i)->next)
		if (is_alive_below(m, i))
			wrong(m, "stopped before one that was started later");
}

static void
do_start(struct model *m, uint32_t n)
{
	const struct node *c = tree_node(m->t, n);
	struct event e = { .type = ON_STARTED, .node = n };

	if (m->process[n].exists)
		wrong(m, "two processes of one child");
	if (c->ended.kind != REASON_NONE && !m->process[n].reported)
		wrong(m, "an end was not reported");
	m->process[n].reported = m->process[n].failed = false;
	if (c->is_supervisor || c->is_template)
		wrong(m, "a process of what has none");
	if (tree_node(m->t, c->parent)->phase == PHASE_DOWN)
		wrong(m, "a start below a supervisor that is down");
	if (m->luck != 1 && shape_draw(&m->luck) % 6 == 0) {
		e.type = ON_START_FAILED;
		e.reason = (struct reason){ .kind = REASON_NOEXEC, .value = 2 };
		m->process[n].failed = true;
	} else {
		m->process[n].exists = true;
		m->process[n].told = m->process[n].killed = false;
	}
	tree_step(m->t, &e, m->now);
}

static void
do_stop(struct model *m, uint32_t n)
{
	if (m->process[n].exists)
		check_stop_order(m, n);
	m->process[n].told = true;
}

static void
do_kill(struct model *m, uint32_t n)
{
	if (m->process[n].exists && m->process[n].killed)
		wrong(m, "killed twice");
	if (m->process[n].exists && !m->process[n].told)
		check_stop_order(m, n);
	m->process[n].killed = true;
}

static void
do_reply(struct model *m, const struct action *a)
{
	if (a->token == 0 || a->token > m->tokens)
		wrong(m, "an answer to nobody");
	else if (m->answered[a->token % MODEL_TOKENS])
		wrong(m, "a second answer");
	else
		m->answered[a->token % MODEL_TOKENS] = true;
}

static bool
is_end(enum report report)
{
	return report == REPORT_EXITED || report == REPORT_STOPPED ||
	       report == REPORT_START_FAILED;
}

static void
check_links(struct model *m)
{
	uint32_t n;

	for (n = ROOT; n < tree_end(m->t); n++)
		if (links_due(&m->links, n) && m->process[n].exists &&
		    !m->process[n].told && !m->process[n].killed)
			wrong(m, "a link's end was survived");
}

static void
do_report(struct model *m, const struct action *a)
{
	if (a->report == REPORT_LINKED || a->report == REPORT_UNLINKED)
		wrong(m, links_report(&m->links, a));
	if (is_end(a->report))
		links_end(&m->links, m->t, a->node, &a->reason);
	if (!tree_node(m->t, a->node))
		wrong(m, "a report of nobody");
	if (is_end(a->report) && a->reason.kind == REASON_NONE)
		wrong(m, "an end without a reason");
	if (is_end(a->report))
		m->process[a->node].reported = true;
	wrong(m, limits_report(&m->limits, m->t, a, m->now, m->manual));
}

static void
do_free(struct model *m, uint32_t n)
{
	if (m->process[n].exists)
		wrong(m, "deleted while it runs");
	memset(&m->process[n], 0, sizeof(m->process[n]));
	limits_reset(&m->limits, n);
}

static void
do_exit(struct model *m, int64_t status)
{
	uint32_t n;

	if (m->exited)
		wrong(m, "a second end");
	m->exited = true;
	m->status = status;
	for (n = ROOT; n < tree_end(m->t); n++)
		if (m->process[n].exists)
			wrong(m, "somebody survives the end");
}

static void
perform(struct model *m, const struct action *a)
{
	switch (a->type) {
	case DO_START:
		do_start(m, a->node);
		return;
	case DO_STOP:
		do_stop(m, a->node);
		break;
	case DO_KILL:
		do_kill(m, a->node);
		break;
	case DO_TIMER:
		m->process[a->node].deadline =
			tree_node(m->t, a->node)->deadline;
		break;
	case DO_MESSAGE:
		if (!m->process[a->node].exists && !m->process[a->node].failed)
			wrong(m, "a message for nobody");
		break;
	case DO_REPLY:
		do_reply(m, a);
		break;
	case DO_REPORT:
		do_report(m, a);
		break;
	case DO_FREE:
		do_free(m, a->node);
		break;
	case DO_EXIT:
		do_exit(m, a->value);
		break;
	}
	tree_done(m->t);
}

static void
check_all(struct model *m)
{
	const char *broken = tree_check(m->t);
	uint32_t n;

	if (broken)
		wrong(m, broken);
	for (n = ROOT; n < tree_end(m->t); n++) {
		const struct node *c = tree_node(m->t, n);

		if (!c)
			continue;
		if (c->has_process != m->process[n].exists)
			wrong(m, "who has a process is not who has one");
		if (c->deadline != m->process[n].deadline)
			wrong(m, "a deadline without its timer");
	}
}

void
model_settle(struct model *m)
{
	struct action a;

	while (!m->wrong && tree_next(m->t, &a))
		perform(m, &a);
	check_all(m);
	check_links(m);
}

void
model_event(struct model *m, const struct event *event)
{
	if (event->type == ON_EXIT) {
		if (!m->process[event->node].exists)
			return;
		m->process[event->node].exists = false;
	}
	if (m->crash && !memory_survives(&m->memory, event, m->now, m->crash))
		wrong(m, "a crash left something behind");
	m->crash = 0;
	tree_step(m->t, event, m->now);
	model_settle(m);
}

static void
fire(struct model *m)
{
	uint32_t n;

	for (n = ROOT; n < tree_end(m->t) && !m->wrong && !m->exited; n++) {
		struct event e = { .type = ON_DEADLINE, .node = n };

		if (m->process[n].deadline && m->process[n].deadline <= m->now)
			model_event(m, &e);
	}
}

void
model_time(struct model *m, int64_t ticks)
{
	m->now += ticks;
	fire(m);
}

bool
model_done(const struct model *m)
{
	return m->exited || m->wrong;
}

/* One round in which everybody does what is expected of it. */
static bool
oblige(struct model *m)
{
	struct event e;
	uint32_t n;
	bool any = false;

	for (n = ROOT; n < tree_end(m->t) && !model_done(m); n++) {
		const struct node *c = tree_node(m->t, n);

		if (!m->process[n].exists || !c)
			continue;
		e = (struct event){ .type = ON_READY, .node = n };
		if (m->process[n].told || m->process[n].killed) {
			e.type = ON_EXIT;
			e.reason.kind = REASON_SHUTDOWN;
		} else if (c->state != STARTING) {
			continue;
		}
		any = true;
		model_event(m, &e);
	}
	return any;
}

static void
settle(struct model *m)
{
	unsigned rounds;

	for (rounds = 0; rounds < 2000 && !model_done(m); rounds++)
		if (!oblige(m))
			break;
	if (rounds == 2000)
		wrong(m, "does not come to rest");
}

/* Who should run does. */
static void
check_calm(struct model *m)
{
	uint32_t n;

	if (tree_node(m->t, ROOT)->state != RUNNING || !tree_is_up(m->t))
		wrong(m, "is not up though all is well");
	for (n = ROOT + 1; n < tree_end(m->t); n++) {
		const struct node *c = tree_node(m->t, n);

		if (!c || m->manual || !c->listed || !c->autostart ||
		    c->restart != PERMANENT || c->state == RUNNING)
			continue;
		if (tree_node(m->t, c->parent)->state == RUNNING)
			wrong(m, "a permanent child does not run");
	}
}

void
model_calm(struct model *m)
{
	unsigned i;

	for (i = 0; i < 50 && !model_done(m); i++) {
		settle(m);
		model_time(m, 100);
	}
	settle(m);
	if (!model_done(m) && tree_node(m->t, ROOT)->state != STOPPING)
		check_calm(m);
}

void
model_finish(struct model *m)
{
	uint64_t token;

	settle(m);
	if (!m->wrong && !m->exited)
		wrong(m, "does not end");
	for (token = 1; token <= m->tokens && !m->wrong; token++)
		if (!m->answered[token % MODEL_TOKENS])
			wrong(m, "a call without an answer");
}
