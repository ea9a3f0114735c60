/* SPDX-License-Identifier: MIT */
/*
 * check.c - the tree's invariants, each as code.
 */
#include "bonds.h"
#include "child.h"
#include "layout.h"
#include "node.h"
#include "supervisor.h"

/* What must agree with a sum over the children. */
struct sums {
	uint32_t listed, alive, significant;
};

static const char *
check_child(const struct tree *t, uint32_t s, uint32_t n)
{
	const struct node *c = node_at(t, n), *sup = node_at(t, s);
	bool phase_down = c->phase == PHASE_DOWN;

	if (c->parent != s || c->deleted)
		return "a child belongs to its parent";
	if (node_find(t, c->id) != n)
		return "a child is found by its id";
	if (c->is_template && (child_is_active(c) || c->listed))
		return "a template never runs";
	if (c->has_process && (!child_is_alive(c) || c->is_supervisor))
		return "a process belongs to a child that is alive";
	if (c->ordered && c->state != STOPPING)
		return "who was told to stop is stopping";
	if (!c->is_supervisor && c->state == STOPPING && !c->ordered)
		return "a process stops only when told";
	if (c->state == FATAL && c->listed)
		return "who was removed is off the list";
	if (c->deadline != 0 && !child_is_active(c))
		return "a deadline is of somebody active";
	if (c->letter && c->state != RUNNING && c->state != STOPPING)
		return "a letter is of somebody who ran";
	if (c->is_supervisor && child_is_alive(c) == phase_down)
		return "a supervisor is alive unless down";
	if (sup->phase == PHASE_DOWN && child_is_active(c))
		return "nobody is active below a supervisor that is down";
	if (c->failed && sup->phase != PHASE_DOWN && sup->cursor != n)
		return "a failed start is handled at once";
	return NULL;
}

static const char *
check_children(const struct tree *t, uint32_t s, struct sums *sums)
{
	const struct node *sup = node_at(t, s);
	uint32_t n, prev = NO_NODE;

	for (n = sup->first; n != NO_NODE; n = node_at(t, n)->next) {
		const struct node *c = node_at(t, n);
		const char *broken = check_child(t, s, n);

		if (broken)
			return broken;
		if (c->prev != prev)
			return "siblings point at each other";
		sums->listed += c->listed;
		sums->alive += child_is_alive(c);
		sums->significant += c->significant && child_is_active(c);
		prev = n;
	}
	return sup->last == prev ? NULL : "the last child is the last";
}

static bool
has_cursor(enum phase phase)
{
	return phase != PHASE_DOWN && phase != PHASE_IDLE &&
	       phase != PHASE_END_ALL;
}

static const char *
check_supervisor(const struct tree *t, uint32_t s)
{
	const struct node *sup = node_at(t, s), *c;
	struct sums sums = { 0 };
	const char *broken = check_children(t, s, &sums);

	if (broken)
		return broken;
	if (sums.listed != sup->count)
		return "count is of those on the list";
	if (sums.alive != sup->alive)
		return "alive is of those alive";
	if (sums.significant != sup->significant_active)
		return "significant_active is of those";
	if (has_cursor((enum phase)sup->phase) != (sup->cursor != NO_NODE))
		return "busy is who awaits a child";
	if (sup->cursor != NO_NODE) {
		c = node_at(t, sup->cursor);
		if (c->parent != s || (!c->ordered && c->state != STARTING))
			return "who is awaited starts or stops";
	}
	if (sup->mail_first &&
	    (sup->phase == PHASE_IDLE || sup->phase == PHASE_DOWN))
		return "letters wait for the busy alone";
	if (sup->serving && sup->phase == PHASE_IDLE)
		return "the idle serve nobody";
	return NULL;
}

static uint32_t
unsettled(const struct node *n)
{
	bool busy = n->phase != PHASE_DOWN && n->phase != PHASE_IDLE;

	return (uint32_t)busy + child_is_unsettled(n);
}

/* Cells of a list; 0 in *ret_last if it is empty. */
static uint32_t
list_length(const struct tree *t, uint32_t first, uint32_t *ret_last)
{
	uint32_t cell, count = 0;

	*ret_last = 0;
	for (cell = first; cell; cell = pool_at(t, cell)->next) {
		count += pool_at(t, cell)->text ? 2 : 1;
		*ret_last = cell;
	}
	return count;
}

/* Bonds of n whose other end is not where it should be, or that n may not have
   any more. */
static const char *
check_bond(const struct tree *t, uint32_t n, uint32_t cell)
{
	const struct node *c = &t->nodes[n];
	const struct bond *b = &pool_at(t, cell)->u.bond, *twin;

	if (b->type == BOND_SPAWNLINK)
		return b->twin ? "a spawn_link has one end" : NULL;
	twin = &pool_at(t, b->twin)->u.bond;
	if (twin->twin != cell || twin->other != n || twin->ref != b->ref)
		return "a bond has two ends";
	if (!t->nodes[b->other].in_use)
		return "a bond is with somebody";
	if (b->type != BOND_WISH && n != ROOT && !child_is_alive(c))
		return "links and monitors end with their processes";
	return NULL;
}

static const char *
check_bonds(const struct tree *t, uint32_t n, uint32_t *ret_count)
{
	const struct node *c = &t->nodes[n];
	uint32_t cell, prev = 0, links = 0, watched = 0, watches = 0, all = 0;

	for (cell = c->bonds_first; cell; cell = pool_at(t, cell)->next) {
		const struct bond *b = &pool_at(t, cell)->u.bond;
		const char *broken = check_bond(t, n, cell);

		if (broken)
			return broken;
		if (b->prev != prev)
			return "bonds point at each other";
		all++;
		links += b->type == BOND_LINK;
		watched += b->type == BOND_WATCHED;
		watches += b->type == BOND_WATCHES;
		++*ret_count;
		prev = cell;
	}
	if (prev != c->bonds_last)
		return "the last bond is the last";
	if (all != c->bonds || links != c->links || watched != c->watched ||
	    watches != c->watches)
		return "bonds, links, watched and watches are of the list";
	return NULL;
}

/* Each cell is in one list: none is lost. */
static const char *
check_cells(const struct tree *t)
{
	uint32_t n, last, sum = t->stamp_cells;

	sum += list_length(t, t->out_first, &last);
	if (last != t->out_last)
		return "the last action is the last";
	for (n = ROOT; n < t->node_end; n++) {
		const struct node *s = &t->nodes[n];
		const char *broken;

		if (!s->in_use)
			continue;
		broken = check_bonds(t, n, &sum);
		if (broken)
			return broken;
		if (s->deleted || !s->is_supervisor)
			continue;
		sum += list_length(t, s->mail_first, &last);
		if (last != s->mail_last)
			return "the last letter is the last";
		sum += s->serving != 0;
	}
	return sum == t->cells_used ? NULL : "no cell is lost";
}

const char *
tree_check(const struct tree *t)
{
	uint32_t n, sum = 0;

	for (n = ROOT; n < t->node_end; n++) {
		const struct node *c = &t->nodes[n];
		const char *broken = NULL;

		if (!c->in_use || c->deleted)
			continue;
		sum += unsettled(c);
		if (c->is_supervisor)
			broken = check_supervisor(t, n);
		if (broken)
			return broken;
	}
	if (sum != t->unsettled)
		return "unsettled is of those with work before them";
	if (t->done && t->nodes[ROOT].alive != 0)
		return "nobody is alive after the end";
	return check_cells(t);
}
