/* SPDX-License-Identifier: MIT */
/*
 * signals.c - exit signals: what a process does that gets one.
 */
#include "signals.h"

#include "child.h"
#include "node.h"
#include "queue.h"
#include "reason.h"

/* Is it to end already? */
static bool
is_doomed(const struct node *c)
{
	return c->ordered || c->killed || c->pending.kind != REASON_NONE ||
	       c->state == STOPPING;
}

bool
signals_reach(const struct tree *t, uint32_t n)
{
	const struct node *c = node_at(t, n);

	return !c->deleted && n != ROOT && child_is_alive(c) && !is_doomed(c);
}

void
signals_send(struct tree *t, uint32_t n, uint32_t from, int32_t pid,
	     const struct reason *reason)
{
	const struct node *c = node_at(t, n);

	if (!child_is_alive(c) || c->is_supervisor || c->killed)
		return;
	if (c->traps) {
		queue_signal(t, n, from, pid, reason);
		queue_message(t, n, MESSAGE_EXIT, from, pid, reason);
		return;
	}
	if (is_doomed(c) || (reason->kind == REASON_NORMAL && from != n))
		return;
	queue_signal(t, n, from, pid, reason);
	child_end(t, n, reason);
}

void
signals_noproc(struct tree *t, uint32_t n, uint32_t from)
{
	if (node_at(t, n)->traps)
		queue_noproc(t, n, MESSAGE_EXIT, from, 0);
	else
		signals_send(t, n, from, 0, &reason_noproc);
}

void
signals_exit(struct tree *t, uint32_t n, uint32_t from, int32_t pid,
	     const struct reason *reason)
{
	const struct node *c = node_at(t, n);

	if (!reason_is_kill(reason)) {
		signals_send(t, n, from, pid, reason);
		return;
	}
	if (!child_is_alive(c))
		return;
	queue_signal(t, n, from, pid, reason);
	child_kill(t, n, REASON_KILLED);
}
