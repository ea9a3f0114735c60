/* SPDX-License-Identifier: MIT */
/*
 * links.c - links and monitors: who hears of whose end.
 */
#include "links.h"

#include "bonds.h"
#include "child.h"
#include "node.h"
#include "queue.h"
#include "signals.h"

/* What a and b have of that type, which is the same to both, as an end of *n;
   looked for in the shorter list. */
static uint32_t
find_tie(const struct tree *t, uint32_t a, enum bond_type type, uint32_t b,
	 uint32_t *n)
{
	bool is_a = node_at(t, a)->bonds <= node_at(t, b)->bonds;

	*n = is_a ? a : b;
	return bonds_find(t, *n, type, is_a ? b : a);
}

/* The link itself; is_wished: there is room for it. */
static enum result
link_two(struct tree *t, uint32_t a, uint32_t b, bool is_wished)
{
	uint32_t n;

	if (find_tie(t, a, BOND_LINK, b, &n))
		return RESULT_OK;
	if (!signals_reach(t, a) || !signals_reach(t, b))
		return RESULT_NOPROC;
	if (a == b)
		return RESULT_OK;
	if (!is_wished && !bonds_have_room(t))
		return RESULT_FULL;
	bonds_bind(t, a, BOND_LINK, b, BOND_LINK, 0);
	queue_report(t, REPORT_LINKED, a, b, 0);
	return RESULT_OK;
}

enum result
links_link(struct tree *t, uint32_t a, uint32_t b)
{
	return link_two(t, a, b, false);
}

void
links_unlink(struct tree *t, uint32_t a, uint32_t b)
{
	uint32_t n, cell = find_tie(t, a, BOND_LINK, b, &n);

	if (!cell)
		return;
	bonds_end(t, n, cell);
	queue_report(t, REPORT_UNLINKED, a, b, 0);
}

bool
links_wish(struct tree *t, uint32_t a, uint32_t b)
{
	uint32_t n;

	if (a == b || find_tie(t, a, BOND_WISH, b, &n))
		return true;
	if (t->wishes >= WISHES_MAX)
		return false;
	bonds_bind(t, a, BOND_WISH, b, BOND_WISH, 0);
	return true;
}

void
links_spawn_link(struct tree *t, uint32_t n, uint32_t to)
{
	bonds_put(t, n, BOND_SPAWNLINK, to, node_at(t, to)->generation);
}

uint64_t
links_monitor(struct tree *t, uint32_t watcher, uint32_t n)
{
	uint64_t ref;

	const struct node *w = node_at(t, watcher);

	if (!w->has_process || w->watches >= WATCHES_MAX || !bonds_have_room(t))
		return 0;
	ref = ++t->refs;
	if (watcher == n)
		return ref; /* nobody hears of his own end */
	if (child_is_alive(node_at(t, n)))
		bonds_bind(t, watcher, BOND_WATCHES, n, BOND_WATCHED, ref);
	else
		queue_noproc(t, watcher, MESSAGE_DOWN, n, (int64_t)ref);
	return ref;
}

void
links_demonitor(struct tree *t, uint32_t watcher, uint64_t ref)
{
	uint32_t cell = node_at(t, watcher)->bonds_first;

	while (cell && (bonds_at(t, cell)->type != BOND_WATCHES ||
			bonds_at(t, cell)->ref != ref))
		cell = pool_at(t, cell)->next;
	if (cell)
		bonds_end(t, watcher, cell);
}

/* Whoever was to be linked may be gone, as its parent may be for link/1. */
void
links_starting(struct tree *t, uint32_t n)
{
	uint32_t cell, next;

	for (cell = node_at(t, n)->bonds_first; cell; cell = next) {
		struct bond b = *bonds_at(t, cell);
		bool is_there = node_is(t, b.other, (uint32_t)b.ref);

		next = pool_at(t, cell)->next;
		if (b.type != BOND_SPAWNLINK)
			continue;
		bonds_take(t, n, cell);
		if (!is_there || links_link(t, n, b.other) != RESULT_OK)
			signals_noproc(t, n, is_there ? b.other : NO_NODE);
	}
}

void
links_started(struct tree *t, uint32_t n)
{
	uint32_t cell = node_at(t, n)->bonds_first;

	for (; cell; cell = pool_at(t, cell)->next)
		if (bonds_at(t, cell)->type == BOND_WISH)
			link_two(t, n, bonds_at(t, cell)->other, true);
}

void
links_ended(struct tree *t, uint32_t n)
{
	const struct reason reason = node_at(t, n)->ended;
	uint32_t cell, next;

	for (cell = node_at(t, n)->bonds_first; cell; cell = next) {
		struct bond b = *bonds_at(t, cell);

		next = pool_at(t, cell)->next;
		switch ((enum bond_type)b.type) {
		case BOND_LINK:
			bonds_end(t, n, cell);
			signals_send(t, b.other, n, 0, &reason);
			break;
		case BOND_WATCHED:
			bonds_end(t, n, cell);
			queue_message(t, b.other, MESSAGE_DOWN, n,
				      (int64_t)b.ref, &reason);
			break;
		case BOND_WATCHES:
			bonds_end(t, n, cell);
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
		bonds_end(t, n, cell);
}

int
tree_link(struct tree *t, uint32_t a, uint32_t b)
{
	enum result r;

	layout_begin(t);
	r = links_link(t, a, b);
	layout_commit(t);
	return (int)r;
}

bool
tree_can_link(const struct tree *t, uint32_t n)
{
	return signals_reach(t, n);
}

int
tree_link_by(struct tree *t, uint32_t n, uint32_t other)
{
	enum result r;

	layout_begin(t);
	r = links_link(t, n, other);
	if (r == RESULT_NOPROC && node_at(t, n)->traps) {
		signals_noproc(t, n, other);
		r = RESULT_OK;
	}
	layout_commit(t);
	return (int)r;
}

void
tree_unlink(struct tree *t, uint32_t a, uint32_t b)
{
	layout_begin(t);
	links_unlink(t, a, b);
	layout_commit(t);
}

bool
tree_link_always(struct tree *t, uint32_t a, uint32_t b)
{
	bool has_room;

	layout_begin(t);
	has_room = links_wish(t, a, b);
	layout_commit(t);
	return has_room;
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

	while (cell && bonds_at(t, cell)->type != BOND_LINK)
		cell = pool_at(t, cell)->next;
	*at = cell;
	return cell ? bonds_at(t, cell)->other : NO_NODE;
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
