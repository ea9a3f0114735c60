/* SPDX-License-Identifier: MIT */
/*
 * backoff.c - how long a child that keeps ending waits for its next start.
 */
#include "backoff.h"

#include "node.h"

static int64_t
lesser(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

int64_t
backoff_next(struct tree *t, uint32_t n)
{
	struct node *c;
	int64_t delay, chance;

	if (node_at(t, n)->backoff_min <= 0)
		return 0;
	c = node_edit(t, n);
	delay = c->backoff_min;
	if (c->backoff > c->backoff_max / 2)
		delay = c->backoff_max;
	else if (c->backoff > 0)
		delay = c->backoff * 2;
	c->backoff = delay;
	chance = (int64_t)node_random(t, (uint64_t)(delay / 4) + 1);
	return lesser(delay + chance,
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
