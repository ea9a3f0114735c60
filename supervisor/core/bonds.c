/* SPDX-License-Identifier: MIT */
/*
 * bonds.c - what ties two nodes: links, monitors, and wishes for links.
 */
#include "bonds.h"

#include <assert.h>

#include "node.h"

const struct bond *
bonds_at(const struct tree *t, uint32_t cell)
{
	return &pool_at(t, cell)->u.bond;
}

/* What node's own counts say of a bond of that type. */
static void
count(struct node *node, enum bond_type type, uint32_t by)
{
	node->bonds += by;
	if (type == BOND_LINK)
		node->links += by;
	if (type == BOND_WATCHED)
		node->watched += by;
	if (type == BOND_WATCHES)
		node->watches += by;
}

/* What the tree's say; by pairs. */
static void
count_pair(struct tree *t, enum bond_type type, uint32_t by)
{
	if (type == BOND_WISH)
		t->wishes += by;
	else
		t->bonds += by;
}

bool
bonds_have_room(const struct tree *t)
{
	return t->bonds + t->wishes < BONDS_MAX + WISHES_MAX;
}

uint32_t
bonds_put(struct tree *t, uint32_t n, enum bond_type type, uint32_t other,
	  uint64_t ref)
{
	struct node *node = node_edit(t, n);
	uint32_t cell = pool_alloc(t);

	assert(cell);
	pool_edit(t, cell)->u.bond = (struct bond){ .type = (uint8_t)type,
						    .other = other,
						    .prev = node->bonds_last,
						    .ref = ref };
	if (node->bonds_last)
		pool_edit(t, node->bonds_last)->next = cell;
	else
		node->bonds_first = cell;
	node->bonds_last = cell;
	count(node, type, 1);
	return cell;
}

void
bonds_take(struct tree *t, uint32_t n, uint32_t cell)
{
	struct node *node = node_edit(t, n);
	uint32_t next = pool_at(t, cell)->next;
	const struct bond *b = bonds_at(t, cell);

	count(node, (enum bond_type)b->type, (uint32_t)-1);
	if (b->prev)
		pool_edit(t, b->prev)->next = next;
	else
		node->bonds_first = next;
	if (next)
		pool_edit(t, next)->u.bond.prev = b->prev;
	else
		node->bonds_last = b->prev;
	pool_free(t, cell);
}

void
bonds_bind(struct tree *t, uint32_t a, enum bond_type of_a, uint32_t b,
	   enum bond_type of_b, uint64_t ref)
{
	uint32_t x = bonds_put(t, a, of_a, b, ref),
		 y = bonds_put(t, b, of_b, a, ref);

	pool_edit(t, x)->u.bond.twin = y;
	pool_edit(t, y)->u.bond.twin = x;
	count_pair(t, of_a, 1);
}

void
bonds_end(struct tree *t, uint32_t n, uint32_t cell)
{
	struct bond b = *bonds_at(t, cell);

	bonds_take(t, n, cell);
	if (!b.twin)
		return;
	bonds_take(t, b.other, b.twin);
	count_pair(t, (enum bond_type)b.type, (uint32_t)-1);
}

uint32_t
bonds_find(const struct tree *t, uint32_t n, enum bond_type type,
	   uint32_t other)
{
	uint32_t cell = node_at(t, n)->bonds_first;

	while (cell && (bonds_at(t, cell)->type != type ||
			bonds_at(t, cell)->other != other))
		cell = pool_at(t, cell)->next;
	return cell;
}
