/* SPDX-License-Identifier: MIT */
/*
 * restart.c - what a supervisor does about a child that has ended.
 */
#include "restart.h"

#include "backoff.h"
#include "child.h"
#include "intensity.h"
#include "node.h"
#include "queue.h"
#include "reason.h"
#include "supervisor.h"

static bool
has_group(const struct node *s)
{
	return s->strategy == ONE_FOR_ALL || s->strategy == REST_FOR_ONE;
}

/* supervisor:do_auto_shutdown/2 */
static void
auto_shutdown(struct tree *t, uint32_t s, uint32_t n)
{
	const struct node *sup = node_at(t, s);

	switch ((enum auto_shutdown)sup->auto_shutdown) {
	case AUTO_NEVER:
		return;
	case AUTO_ANY:
		break;
	case AUTO_ALL:
		if (sup->significant_active > 0)
			return;
		break;
	}
	queue_report(t, REPORT_AUTO_SHUTDOWN, s, n, 0);
	supervisor_exit_status(t, s, reason_exit_status(&node_at(t, n)->ended));
	supervisor_terminate(t, s);
}

/* n, which has ended, is not started again: del_child/2. */
static void
stays_ended(struct tree *t, uint32_t s, uint32_t n)
{
	const struct node *c = node_at(t, n);
	bool significant = c->significant;

	child_set(t, n, EXITED);
	if (c->restart == TEMPORARY ||
	    node_at(t, s)->strategy == SIMPLE_ONE_FOR_ONE)
		child_drop(t, n);
	if (significant)
		auto_shutdown(t, s, n);
}

/* reached_max_restart_intensity */
static void
limit_reached(struct tree *t, uint32_t s, uint32_t n)
{
	const struct node *sup = node_at(t, s), *c = node_at(t, n);
	bool was_retry = c->state == BACKOFF;

	if (sup->on_limit == LIMIT_SHUTDOWN) {
		queue_report(t, REPORT_GAVE_UP, s, n, 0);
		supervisor_exit_status(t, s, 1);
		child_set(t, n, EXITED);
		supervisor_terminate(t, s);
		return;
	}
	node_list(t, n, false);
	child_set(t, n, FATAL);
	queue_report(t, REPORT_REMOVED, n, NO_NODE, 0);
	/* Its failed start had kept those after it from theirs. */
	if (was_retry && has_group(sup))
		supervisor_start_group(t, s, c->next);
}

/* supervisor:add_restart/1 */
static bool
add_restart(struct tree *t, uint32_t s, uint32_t n)
{
	struct node *sup = node_edit(t, s), *c = node_edit(t, n);
	bool of_child = sup->on_limit == LIMIT_REMOVE;
	struct window *w = of_child ? &c->as_child : &sup->as_supervisor;

	if (!intensity_add(t, w, sup->intensity, sup->period))
		return false;
	c->restarts++;
	queue_report(t, REPORT_RESTART, n, NO_NODE, w->count);
	return true;
}

/* supervisor:restart/3; delayed: after its backoff. */
static void
restart(struct tree *t, uint32_t s, uint32_t n, bool delayed)
{
	child_set(t, n, STOPPED);
	if (has_group(node_at(t, s)))
		supervisor_restart_group(t, s, n, delayed);
	else if (delayed)
		child_back_off(t, n, backoff_next(t, n));
	else
		supervisor_start_one(t, s, n, true);
}

/* supervisor:restart/2; a shortage counts as nothing and is waited for. */
static void
count_and_restart(struct tree *t, uint32_t s, uint32_t n)
{
	if (reason_is_shortage(&node_at(t, n)->ended))
		restart(t, s, n, true);
	else if (add_restart(t, s, n))
		restart(t, s, n, node_at(t, n)->backoff_min > 0);
	else
		limit_reached(t, s, n);
}

void
restart_ended(struct tree *t, uint32_t s, uint32_t n)
{
	const struct node *c = node_at(t, n);
	bool again = false;

	switch ((enum restart_type)c->restart) {
	case PERMANENT:
		again = true;
		break;
	case TRANSIENT:
		again = !reason_is_quiet(&c->ended);
		break;
	case TEMPORARY:
		break;
	}
	if (again)
		count_and_restart(t, s, n);
	else
		stays_ended(t, s, n);
}

void
restart_again(struct tree *t, uint32_t s, uint32_t n, bool counted)
{
	const struct node *c = node_at(t, n);

	if (c->state != BACKOFF || c->deadline != 0)
		return;
	if (counted)
		restart(t, s, n, false);
	else
		count_and_restart(t, s, n);
}
