/* SPDX-License-Identifier: MIT */
/*
 * links_lib.c - links as a matrix.
 */
#include "links_lib.h"

#include <stddef.h>

static void
set(struct links *l, uint32_t a, uint32_t b, bool linked)
{
	l->linked[a][b] = l->linked[b][a] = linked;
}

const char *
links_report(struct links *l, const struct action *a)
{
	bool was = l->linked[a->node][a->other];

	set(l, a->node, a->other, a->report == REPORT_LINKED);
	return was && a->report == REPORT_LINKED ? "linked twice" : NULL;
}

void
links_end(struct links *l, const struct tree *t, uint32_t n,
	  const struct reason *reason)
{
	uint32_t x;

	for (x = ROOT; x < tree_end(t); x++) {
		if (!l->linked[n][x])
			continue;
		set(l, n, x, false);
		if (reason->kind != REASON_NORMAL)
			l->must_end[x] = !tree_node(t, x)->is_supervisor &&
					 !tree_node(t, x)->traps;
	}
}

bool
links_due(struct links *l, uint32_t n)
{
	bool due = l->must_end[n];

	l->must_end[n] = false;
	return due;
}
