/* SPDX-License-Identifier: MIT */
/*
 * links.c - links and monitors: who hears of whose end.
 */
#include "links.h"

#include <assert.h>

#include "child.h"
#include "node.h"
#include "queue.h"
#include "signals.h"

static const struct bond *
bond_at(const struct tree *t, uint32_t cell)
{
	return &pool_at(t, cell)->u.bond;
}

/* What node's own counts say of a bond of that type. */
static void
count(struct node *node, enum bond_type type, uint32_t by)
{
	if (type == BOND_LINK)
		node->links += by;
	if (type == BOND_WATCHED)
		node->watched += by;
}

/* One end, last in n's list. */
static uint32_t
put(struct tree *t, uint32_t n, enum bond_type type, uint32_t other,
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

/* Takes one end out of n's list. */
static void
take(struct tree *t, uint32_t n, uint32_t cell)
{
	struct node *node = node_edit(t, n);
	uint32_t next = pool_at(t, cell)->next;
	const struct bond *b = bond_at(t, cell);

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

static void
bind(struct tree *t, uint32_t a, enum bond_type of_a, uint32_t b,
     enum bond_type of_b, uint64_t ref)
{
	uint32_t x = put(t, a, of_a, b, ref), y = put(t, b, of_b, a, ref);

	pool_edit(t, x)->u.bond.twin = y;
	pool_edit(t, y)->u.bond.twin = x;
}

/* Both ends of a bond of n. */
static void
unbind(struct tree *t, uint32_t n, uint32_t cell)
{
	struct bond b = *bond_at(t, cell);

	take(t, n, cell);
	if (b.twin)
		take(t, b.other, b.twin);
}

/* n's bond of that type with other; 0: there is none. */
static uint32_t
find(const struct tree *t, uint32_t n, enum bond_type type, uint32_t other)
{
	uint32_t cell = node_at(t, n)->bonds_first;

	while (cell && (bond_at(t, cell)->type != type ||
			bond_at(t, cell)->other != other))
		cell = pool_at(t, cell)->next;
	return cell;
}

/* The link of a and b, as an end of *n; looked for where there are fewer. */
static uint32_t
find_link(const struct tree *t, uint32_t a, uint32_t b, uint32_t *n)
{
	bool is_a = node_at(t, a)->links <= node_at(t, b)->links;

	*n = is_a ? a : b;
	return find(t, *n, BOND_LINK, is_a ? b : a);
}

bool
links_link(struct tree *t, uint32_t a, uint32_t b)
{
	uint32_t n;

	if (find_link(t, a, b, &n))
		return true;
	if (!signals_reach(t, a) || !signals_reach(t, b))
		return false;
	if (a == b)
		return true;
	bind(t, a, BOND_LINK, b, BOND_LINK, 0);
	queue_report(t, REPORT_LINKED, a, b, 0);
	return true;
}

void
links_unlink(struct tree *t, uint32_t a, uint32_t b)
{
	uint32_t n, cell = find_link(t, a, b, &n);

	if (!cell)
		return;
	unbind(t, n, cell);
	queue_report(t, REPORT_UNLINKED, a, b, 0);
}

void
links_wish(struct tree *t, uint32_t a, uint32_t b)
{
	if (a != b && !find(t, a, BOND_WISH, b))
		bind(t, a, BOND_WISH, b, BOND_WISH, 0);
}

void
links_spawn_link(struct tree *t, uint32_t n, uint32_t to)
{
	put(t, n, BOND_SPAWNLINK, to, node_at(t, to)->generation);
}

uint64_t
links_monitor(struct tree *t, uint32_t watcher, uint32_t n)
{
	uint64_t ref;

	if (!node_at(t, watcher)->has_process)
		return 0;
	ref = ++t->refs;
	if (watcher == n)
		return ref; /* nobody hears of his own end */
	if (child_is_alive(node_at(t, n)))
		bind(t, watcher, BOND_WATCHES, n, BOND_WATCHED, ref);
	else
		queue_noproc(t, watcher, MESSAGE_DOWN, n, (int64_t)ref);
	return ref;
}

void
links_demonitor(struct tree *t, uint32_t watcher, uint64_t ref)
{
	uint32_t cell = node_at(t, watcher)->bonds_first;

	while (cell && (bond_at(t, cell)->type != BOND_WATCHES ||
			bond_at(t, cell)->ref != ref))
		cell = pool_at(t, cell)->next;
	if (cell)
		unbind(t, watcher, cell);
}

/* Whoever was to be linked may be gone, as its parent may be for link/1. */
void
links_starting(struct tree *t, uint32_t n)
{
	uint32_t cell, next;

	for (cell = node_at(t, n)->bonds_first; cell; cell = next) {
		struct bond b = *bond_at(t, cell);
		bool is_there = node_is(t, b.other, (uint32_t)b.ref);

		next = pool_at(t, cell)->next;
		if (b.type != BOND_SPAWNLINK)
			continue;
		take(t, n, cell);
		if (!is_there || !links_link(t, n, b.other))
			signals_noproc(t, n, is_there ? b.other : NO_NODE);
	}
}

void
links_started(struct tree *t, uint32_t n)
{
	uint32_t cell = node_at(t, n)->bonds_first;

	for (; cell; cell = pool_at(t, cell)->next)
		if (bond_at(t, cell)->type == BOND_WISH)
			links_link(t, n, bond_at(t, cell)->other);
}

void
links_ended(struct tree *t, uint32_t n)
{
	const struct reason reason = node_at(t, n)->ended;
	uint32_t cell, next;

	for (cell = node_at(t, n)->bonds_first; cell; cell = next) {
		struct bond b = *bond_at(t, cell);

		next = pool_at(t, cell)->next;
		switch ((enum bond_type)b.type) {
		case BOND_LINK:
			unbind(t, n, cell);
			signals_send(t, b.other, n, 0, &reason);
			break;
		case BOND_WATCHED:
			unbind(t, n, cell);
			queue_message(t, b.other, MESSAGE_DOWN, n,
				      (int64_t)b.ref, &reason);
			break;
		case BOND_WATCHES:
			unbind(t, n, cell);
			break;
		case BOND_WISH:
		case BOND_SPAWNLINK:
			break;
		}
	}
}

void
links_forget(struct tree *t, uint32_t n)
{
	uint32_t cell;

	while ((cell = node_at(t, n)->bonds_first) != 0)
		unbind(t, n, cell);
}

int
tree_link(struct tree *t, uint32_t a, uint32_t b)
{
	bool is_linked;

	layout_begin(t);
	is_linked = links_link(t, a, b);
	layout_commit(t);
	return is_linked ? RESULT_OK : RESULT_NOPROC;
}

bool
tree_can_link(const struct tree *t, uint32_t n)
{
	return signals_reach(t, n);
}

int
tree_link_by(struct tree *t, uint32_t n, uint32_t other)
{
	int r = RESULT_OK;

	layout_begin(t);
	if (!links_link(t, n, other)) {
		if (node_at(t, n)->traps)
			signals_noproc(t, n, other);
		else
			r = RESULT_NOPROC;
	}
	layout_commit(t);
	return r;
}

void
tree_unlink(struct tree *t, uint32_t a, uint32_t b)
{
	layout_begin(t);
	links_unlink(t, a, b);
	layout_commit(t);
}

void
tree_link_always(struct tree *t, uint32_t a, uint32_t b)
{
	layout_begin(t);
	links_wish(t, a, b);
	layout_commit(t);
}

void
tree_link_at_start(struct tree *t, uint32_t n, uint32_t to)
{
	layout_begin(t);
	links_spawn_link(t, n, to);
	layout_commit(t);
}

uint32_t
tree_next_link(const struct tree *t, uint32_t n, uint32_t *at)
{
	uint32_t cell = *at ? pool_at(t, *at)->next :
			      node_at(t, n)->bonds_first;

	while (cell && bond_at(t, cell)->type != BOND_LINK)
		cell = pool_at(t, cell)->next;
	*at = cell;
	return cell ? bond_at(t, cell)->other : NO_NODE;
}

uint64_t
tree_monitor(struct tree *t, uint32_t watcher, uint32_t n)
{
	uint64_t ref;

	layout_begin(t);
	ref = links_monitor(t, watcher, n);
	layout_commit(t);
	return ref;
}

void
tree_demonitor(struct tree *t, uint32_t watcher, uint64_t ref)
{
	layout_begin(t);
	links_demonitor(t, watcher, ref);
	layout_commit(t);
}

uint64_t
tree_ref(struct tree *t)
{
	uint64_t ref;

	layout_begin(t);
	ref = ++t->refs;
	layout_commit(t);
	return ref;
}

bool
tree_trap(struct tree *t, uint32_t n, bool on)
{
	bool old;

	layout_begin(t);
	old = node_at(t, n)->traps;
	if (node_at(t, n)->has_process)
		node_edit(t, n)->traps = on;
	layout_commit(t);
	return old;
}
