/* SPDX-License-Identifier: MIT */
/*
 * intensity.c - the sliding window of restarts, exact to the tick.
 *
 * A list of cells with STAMPS stamps each.  All windows together may take a
 * quarter of the pool; when that is used up a window loses its oldest stamp
 * for its newest.
 */
#include "intensity.h"

#define STAMP_CELLS_MAX (CELLS_MAX / 4)

static int64_t
oldest(const struct tree *t, const struct window *w)
{
	return pool_at(t, w->first)->u.stamps[w->skip];
}

static void
free_first(struct tree *t, struct window *w)
{
	uint32_t cell = w->first;

	w->first = pool_at(t, cell)->next;
	w->skip = 0;
	if (!w->first)
		w->last = 0;
	pool_free(t, cell);
	t->stamp_cells--;
}

static void
pop(struct tree *t, struct window *w)
{
	w->count--;
	w->skip++;
	if (w->skip == STAMPS || w->count == 0)
		free_first(t, w);
}

/* Room for one more stamp. */
static bool
extend(struct tree *t, struct window *w)
{
	uint32_t cell;

	if ((w->skip + w->count) % STAMPS != 0)
		return true;
	if (t->stamp_cells >= STAMP_CELLS_MAX)
		return false;
	cell = pool_alloc(t);
	if (!cell)
		return false;
	t->stamp_cells++;
	if (w->last)
		pool_edit(t, w->last)->next = cell;
	else
		w->first = cell;
	w->last = cell;
	return true;
}

bool
intensity_add(struct tree *t, struct window *w, uint32_t intensity,
	      int64_t period)
{
	while (w->count > 0 && oldest(t, w) < t->now - period)
		pop(t, w);
	while (!extend(t, w)) {
		if (w->count == 0)
			return intensity > 0;
		pop(t, w);
	}
	pool_edit(t, w->last)->u.stamps[(w->skip + w->count) % STAMPS] = t->now;
	w->count++;
	return w->count <= intensity;
}

uint32_t
intensity_count(const struct tree *t, const struct window *w, int64_t period,
		int64_t now)
{
	uint32_t cell = w->first, at = w->skip, i;

	for (i = 0; i < w->count; i++) {
		if (pool_at(t, cell)->u.stamps[at] >= now - period)
			break;
		if (++at == STAMPS) {
			at = 0;
			cell = pool_at(t, cell)->next;
		}
	}
	return w->count - i;
}

void
intensity_clear(struct tree *t, struct window *w)
{
	while (w->count > 0)
		pop(t, w);
}
