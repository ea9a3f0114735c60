/* SPDX-License-Identifier: MIT */
/*
 * world_lib.c - runs a string of operations and watches what the core does.
 */
#include "world_lib.h"

#include <setjmp.h>
#include <signal.h>
#include <string.h>

#include "core/supervisor.h"
#include "memory_lib.h"
#include "model_lib.h"
#include "shape_lib.h"

static uint64_t events;

uint64_t
world_events(void)
{
	return events;
}

static void
give(struct model *m, struct event *e)
{
	if (model_done(m))
		return;
	model_event(m, e);
	events++;
}

static const struct reason reasons[] = {
	{ .kind = REASON_NORMAL },
	{ .kind = REASON_EXIT, .value = 1 },
	{ .kind = REASON_SIGNAL, .value = 11 },
	{ .kind = REASON_SHUTDOWN },
	{ .kind = REASON_TEXT_GIVEN, .text = "boom" },
	{ .kind = REASON_TEXT_GIVEN, .text = "kill" },
};

/* The index-th process (modulo) that satisfies; NO_NODE: none does. */
static uint32_t
pick(struct model *m, uint32_t index, bool (*is)(struct model *, uint32_t))
{
	uint32_t n, count = 0, end = tree_end(m->t);

	for (n = ROOT; n < end; n++)
		count += tree_node(m->t, n) && is(m, n);
	if (count == 0)
		return NO_NODE;
	index %= count;
	for (n = ROOT; n < end; n++)
		if (tree_node(m->t, n) && is(m, n) && index-- == 0)
			break;
	return n;
}

static bool
runs(struct model *m, uint32_t n)
{
	return m->process[n].exists;
}

static bool
is_told(struct model *m, uint32_t n)
{
	return m->process[n].exists &&
	       (m->process[n].told || m->process[n].killed);
}

static bool
is_unready(struct model *m, uint32_t n)
{
	return m->process[n].exists && tree_node(m->t, n)->state == STARTING;
}

static bool
exists(struct model *m, uint32_t n)
{
	return !tree_node(m->t, n)->deleted;
}

static bool
is_supervisor(struct model *m, uint32_t n)
{
	return tree_node(m->t, n)->is_supervisor;
}

static void
about(struct model *m, enum event_type type, uint32_t n, uint32_t reason)
{
	struct event e = { .type = type, .node = n };

	if (n == NO_NODE)
		return;
	e.reason = reasons[reason % 3];
	give(m, &e);
}

static void
call(struct model *m, const struct op *op)
{
	struct event e = { .type = ON_CALL, .token = ++m->tokens };

	e.call = (enum call_type)(op->b % (CALL_SYNC + 1));
	e.reason = reasons[op->b / 16 % 6];
	e.node = pick(m, op->a, e.call == CALL_SYNC ? is_supervisor : exists);
	if (e.call == CALL_START_CHILD)
		e.call = CALL_START;
	m->manual = true;
	give(m, &e);
}

static void
exit_call(struct model *m, const struct op *op)
{
	struct event e = { .type = ON_CALL,
			   .call = CALL_EXIT,
			   .token = ++m->tokens };

	e.reason = reasons[op->b % 6];
	e.node = pick(m, op->a, exists);
	e.from = op->b / 8 % 2 ? e.node : NO_NODE;
	m->manual = true;
	give(m, &e);
}

static bool
is_not_root(struct model *m, uint32_t n)
{
	return n != ROOT && exists(m, n) && !tree_node(m->t, n)->is_template;
}

/* Operations on two nodes that are no events; false: there are none. */
static bool
pair(struct model *m, const struct op *op, uint32_t *a, uint32_t *b)
{
	*a = pick(m, op->a, is_not_root);
	*b = pick(m, op->b, is_not_root);
	m->manual = true; /* links make more restarts */
	return *a != NO_NODE && !model_done(m);
}

static void
link_two(struct model *m, const struct op *op)
{
	uint32_t a, b;

	if (!pair(m, op, &a, &b))
		return;
	if (op->kind == OP_LINK_ALWAYS)
		tree_link_always(m->t, a, b);
	else if (op->b % 2)
		tree_link(m->t, a, b);
	else
		tree_link_by(m->t, a, b);
	model_settle(m);
}

static void
unlink_two(struct model *m, const struct op *op)
{
	uint32_t a, b;

	if (!pair(m, op, &a, &b))
		return;
	tree_unlink(m->t, a, b);
	model_settle(m);
}

static void
monitor(struct model *m, const struct op *op)
{
	uint32_t a, b;
	uint64_t ref;

	if (!pair(m, op, &a, &b))
		return;
	ref = tree_monitor(m->t, a, b);
	if (op->b % 4 == 0)
		tree_demonitor(m->t, a, ref);
	model_settle(m);
}

static void
trap(struct model *m, const struct op *op)
{
	uint32_t a, b;

	if (pair(m, op, &a, &b))
		tree_trap(m->t, a, op->b % 2);
}

static void
start_child(struct model *m, const struct op *op)
{
	struct event e = { .type = ON_CALL, .call = CALL_START_CHILD };
	uint32_t parent = pick(m, op->a, is_supervisor);
	struct child_spec spec;

	if (m->added >= 500)
		return;
	shape_spec(m, &spec, op->b, parent);
	spec.dynamic = true;
	if (tree_add(m->t, parent, &spec, &e.node) != 0)
		return;
	if (op->b % 4 == 0)
		tree_link_at_start(m->t, e.node, pick(m, op->b, exists));
	e.token = ++m->tokens;
	m->manual = true;
	give(m, &e);
}

static void
reset(struct model *m, const struct op *op)
{
	uint32_t n = pick(m, op->a, exists);

	tree_reset(m->t, n);
	limits_reset(&m->limits, n);
}

static void
end(struct model *m, enum event_type type)
{
	struct event e = { .type = type };

	give(m, &e);
}

static void
apply(struct model *m, const struct op *op)
{
	m->luck = op->b;
	switch ((enum op_kind)op->kind) {
	case OP_EXIT:
		about(m, ON_EXIT, pick(m, op->a, runs), op->b);
		break;
	case OP_EXIT_STOPPED:
		about(m, ON_EXIT, pick(m, op->a, is_told), op->b);
		break;
	case OP_READY:
		about(m, ON_READY, pick(m, op->a, is_unready), 0);
		break;
	case OP_WATCHDOG:
		about(m, ON_TIMEOUT, pick(m, op->a, runs), 0);
		break;
	case OP_TIME:
		model_time(m, op->a % 8);
		break;
	case OP_LONG_TIME:
		model_time(m, op->a % 300);
		break;
	case OP_CALL:
		call(m, op);
		break;
	case OP_START_CHILD:
		start_child(m, op);
		break;
	case OP_EXIT_CALL:
		exit_call(m, op);
		break;
	case OP_LINK:
	case OP_LINK_ALWAYS:
		link_two(m, op);
		break;
	case OP_UNLINK:
		unlink_two(m, op);
		break;
	case OP_MONITOR:
		monitor(m, op);
		break;
	case OP_TRAP:
		trap(m, op);
		break;
	case OP_RESET:
		reset(m, op);
		break;
	case OP_CRASH:
		m->crash = 1 + op->a % 100;
		break;
	case OP_SHUTDOWN:
		end(m, ON_SHUTDOWN);
		break;
	case OP_HURRY:
		end(m, ON_HURRY);
		break;
	case OPS:
		break;
	}
}

static sigjmp_buf aborted;

static void
on_abort(int sig)
{
	(void)sig;
	siglongjmp(aborted, 1);
}

static void
play(struct model *m, const struct op *ops, size_t count)
{
	struct event boot = { .type = ON_BOOT };
	size_t i;

	m->luck = 1;
	give(m, &boot);
	for (i = 0; i < count && !m->wrong && !model_done(m); i++)
		apply(m, &ops[i]);
	m->luck = 1; /* from here on everything works */
	model_calm(m);
	end(m, ON_SHUTDOWN);
	model_finish(m);
}

const char *
world_run(uint64_t seed, const struct op *ops, size_t count)
{
	struct sigaction old,
		now = { .sa_handler = on_abort, .sa_flags = SA_NODEFER };
	static struct model m;

	memset(&m, 0, sizeof(m));
	memory_new(&m.memory);
	shape_tree(&m, op_mix(seed ^ 0x7ee));
	sigaction(SIGABRT, &now, &old);
	if (sigsetjmp(aborted, 1) == 0)
		play(&m, ops, count);
	else
		m.wrong = "an assertion of the core";
	sigaction(SIGABRT, &old, NULL);
	memory_free(&m.memory);
	return m.wrong;
}
