/* SPDX-License-Identifier: MIT */
/*
 * limits_lib.c - counts restarts as the tree should.
 */
#include "limits_lib.h"

#include <stddef.h>

/* Where n's restarts count. */
static struct stamps *
stamps_of(struct limits *l, const struct tree *t, uint32_t n)
{
	uint32_t s = tree_node(t, n)->parent;

	return tree_node(t, s)->on_limit == LIMIT_REMOVE ? &l->as_child[n] :
							   &l->as_supervisor[s];
}

static uint32_t
stamps_since(const struct stamps *s, int64_t since)
{
	uint32_t i, count = 0;

	for (i = 0; i < s->count && i < LIMITS_STAMPS; i++)
		count += s->at[i] >= since;
	return count;
}

static const char *
restart(struct limits *l, const struct tree *t, uint32_t n, int64_t now,
	bool manual)
{
	const struct node *c = tree_node(t, n);
	const struct node *s = tree_node(t, c->parent);
	struct stamps *stamps = stamps_of(l, t, n);

	stamps->at[stamps->count++ % LIMITS_STAMPS] = now;
	if (c->restart == TEMPORARY)
		return "a temporary child is restarted";
	if (s->intensity == 0)
		return "a restart where none is allowed";
	/* Others begin anew with each life of their supervisor. */
	if (!manual && s->parent == NO_NODE &&
	    stamps_since(stamps, now - s->period) > s->intensity)
		return "more restarts than the intensity";
	return NULL;
}

static const char *
limit(struct limits *l, const struct tree *t, uint32_t n, int64_t now)
{
	const struct node *s = tree_node(t, tree_node(t, n)->parent);

	if (stamps_since(stamps_of(l, t, n), now - s->period) < s->intensity)
		return "gave up before the limit";
	return NULL;
}

const char *
limits_report(struct limits *l, const struct tree *t, const struct action *a,
	      int64_t now, bool manual)
{
	if (a->report == REPORT_RESTART)
		return restart(l, t, a->node, now, manual);
	if (a->report == REPORT_REMOVED)
		return limit(l, t, a->node, now);
	if (a->report == REPORT_GAVE_UP)
		return limit(l, t, a->other, now);
	return NULL;
}

void
limits_reset(struct limits *l, uint32_t n)
{
	l->as_child[n].count = 0;
	l->as_supervisor[n].count = 0;
}
