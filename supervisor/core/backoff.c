/* SPDX-License-Identifier: MIT */
/*
 * backoff.c - how long a child that keeps ending waits for its next start.
 */
#include "backoff.h"

#include "node.h"
#include "reason.h"

static int64_t
lesser(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

static int64_t
some_of(struct tree *t, int64_t delay)
{
	return (int64_t)node_random(t, (uint64_t)(delay / 4) + 1);
}

int64_t
backoff_next(struct tree *t, uint32_t n)
{
	struct node *c = node_edit(t, n);
	int64_t delay = c->backoff_min;

	if (delay <= 0)
		return reason_is_shortage(&c->ended) ?
			       BACKOFF_SHORTAGE + some_of(t, BACKOFF_SHORTAGE) :
			       0;
	if (c->backoff > c->backoff_max / 2)
		delay = c->backoff_max;
	else if (c->backoff > 0)
		delay = c->backoff * 2;
	c->backoff = delay;
	return lesser(delay + some_of(t, delay),
		      c->backoff_max > delay ? c->backoff_max : delay);
}

void
backoff_ended(struct tree *t, uint32_t n)
{
	const struct node *c = node_at(t, n);

	if (c->backoff > 0 && c->state != STARTING && c->backoff_reset > 0 &&
	    t->now - c->started >= c->backoff_reset)
		node_edit(t, n)->backoff = 0;
}
