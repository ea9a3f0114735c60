/* SPDX-License-Identifier: MIT */
/*
 * pool.c - cells of 64 bytes in the tree's memory.
 */
#include "pool.h"

#include <assert.h>
#include <string.h>

#include "layout.h"

static_assert(sizeof(struct cell) == 64, "a cell is a cache line");

const struct cell *
pool_at(const struct tree *t, uint32_t cell)
{
	assert(cell > 0 && cell < t->cell_end);
	return &t->cells[cell];
}

struct cell *
pool_edit(struct tree *t, uint32_t cell)
{
	struct cell *c = &t->cells[cell];

	assert(cell > 0 && cell < CELLS_MAX);
	layout_save(t, &c->saved, c, sizeof(*c));
	return c;
}

uint32_t
pool_alloc(struct tree *t)
{
	uint32_t cell = t->cell_free;
	struct cell *c;
	uint64_t saved;

	if (cell) {
		t->cell_free = t->cells[cell].next;
	} else {
		if (t->cell_end == CELLS_MAX)
			return 0;
		cell = t->cell_end++;
	}
	t->cells_used++;
	c = pool_edit(t, cell);
	saved = c->saved;
	memset(c, 0, sizeof(*c));
	c->saved = saved;
	return cell;
}

void
pool_free(struct tree *t, uint32_t cell)
{
	pool_edit(t, cell)->next = t->cell_free;
	t->cell_free = cell;
	t->cells_used--;
}
