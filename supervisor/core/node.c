/* SPDX-License-Identifier: MIT */
/*
 * node.c - the table of nodes: ids, families, birth and death.
 */
#include "node.h"

#include <assert.h>
#include <string.h>

#include "intensity.h"
#include "links.h"
#include "queue.h"

const struct node *
node_at(const struct tree *t, uint32_t n)
{
	assert(n != NO_NODE && n < t->node_end && t->nodes[n].in_use);
	return &t->nodes[n];
}

/* Of any index, in use or not. */
static struct node *
edit(struct tree *t, uint32_t n)
{
	struct node *node = &t->nodes[n];

	layout_save(t, &node->saved, node, sizeof(*node));
	return node;
}

struct node *
node_edit(struct tree *t, uint32_t n)
{
	assert(n != NO_NODE && n < t->node_end && t->nodes[n].in_use);
	return edit(t, n);
}

bool
node_is(const struct tree *t, uint32_t n, uint32_t generation)
{
	const struct node *node = &t->nodes[n];

	return node->in_use && !node->deleted && node->generation == generation;
}

/* FNV-1a */
static uint32_t
bucket_of(const char *id)
{
	uint32_t hash = 2166136261u;

	for (; *id; id++)
		hash = (hash ^ (unsigned char)*id) * 16777619u;
	return (hash ^ hash >> 16) % HASH_SIZE;
}

uint32_t
node_find(const struct tree *t, const char *id)
{
	uint32_t n = t->hash[bucket_of(id)];

	while (n != NO_NODE && strcmp(t->nodes[n].id, id) != 0)
		n = t->nodes[n].hash_next;
	return n;
}

static void
hash_add(struct tree *t, uint32_t n)
{
	uint32_t bucket = bucket_of(t->nodes[n].id);

	layout_save_hash(t, bucket);
	edit(t, n)->hash_next = t->hash[bucket];
	t->hash[bucket] = n;
}

static void
hash_remove(struct tree *t, uint32_t n)
{
	uint32_t bucket = bucket_of(t->nodes[n].id);
	uint32_t other = t->hash[bucket];

	if (other == n) {
		layout_save_hash(t, bucket);
		t->hash[bucket] = t->nodes[n].hash_next;
		return;
	}
	while (t->nodes[other].hash_next != n)
		other = t->nodes[other].hash_next;
	edit(t, other)->hash_next = t->nodes[n].hash_next;
}

static void
link_last(struct tree *t, uint32_t n, uint32_t parent)
{
	struct node *node = edit(t, n), *p = node_edit(t, parent);

	node->parent = parent;
	node->order = p->orders++;
	node->prev = p->last;
	if (p->last)
		node_edit(t, p->last)->next = n;
	else
		p->first = n;
	p->last = n;
}

static void
unlink_node(struct tree *t, uint32_t n)
{
	const struct node *node = node_at(t, n);
	struct node *p = node_edit(t, node->parent);

	if (node->prev)
		node_edit(t, node->prev)->next = node->next;
	else
		p->first = node->next;
	if (node->next)
		node_edit(t, node->next)->prev = node->prev;
	else
		p->last = node->prev;
}

static void
fill(struct node *node, const struct child_spec *spec)
{
	memcpy(node->id, spec->id, ID_SIZE - 1);
	node->in_use = true;
	node->is_supervisor = spec->is_supervisor;
	node->dynamic = spec->dynamic;
	node->autostart = spec->autostart;
	node->significant = spec->significant;
	node->acknowledges = spec->acknowledges;
	node->trap_exit = spec->trap_exit;
	node->restart = (uint8_t)spec->restart;
	node->type = (uint8_t)spec->type;
	node->strategy = (uint8_t)spec->strategy;
	node->on_limit = (uint8_t)spec->on_limit;
	node->auto_shutdown = (uint8_t)spec->auto_shutdown;
	node->shutdown = spec->shutdown;
	node->start_timeout = spec->start_timeout;
	node->backoff_min = spec->backoff_min;
	node->backoff_max = spec->backoff_max;
	node->backoff_reset = spec->backoff_reset;
	node->intensity = spec->intensity;
	node->period = spec->period;
}

uint32_t
node_new(struct tree *t, uint32_t parent, const struct child_spec *spec)
{
	uint32_t n = t->node_free, generation;
	struct node *node;
	uint64_t saved;

	if (n)
		t->node_free = t->nodes[n].hash_next;
	else if (t->node_end < NODES_MAX)
		n = t->node_end++;
	else
		return NO_NODE;
	node = edit(t, n);
	saved = node->saved;
	generation = node->generation;
	memset(node, 0, sizeof(*node));
	node->saved = saved;
	node->generation = generation + 1;
	node->since = t->now;
	fill(node, spec);
	hash_add(t, n);
	if (parent != NO_NODE)
		link_last(t, n, parent);
	return n;
}

void
node_list(struct tree *t, uint32_t n, bool listed)
{
	struct node *node = node_edit(t, n), *p;

	if (node->listed == listed || node->parent == NO_NODE)
		return;
	node->listed = listed;
	p = node_edit(t, node->parent);
	p->count = listed ? p->count + 1 : p->count - 1;
}

/* Out of its family and the hash table. */
static void
take_out(struct tree *t, uint32_t n)
{
	struct node *node = node_edit(t, n);

	node_list(t, n, false);
	unlink_node(t, n);
	hash_remove(t, n);
	intensity_clear(t, &node->as_child);
	intensity_clear(t, &node->as_supervisor);
	node->deleted = true;
	node->prev = node->next = node->hash_next = NO_NODE;
}

/* Those that were to come back with s will not. */
static void
free_buried(struct tree *t, uint32_t s)
{
	struct node *sup = node_edit(t, s);

	while (sup->buried) {
		uint32_t n = sup->buried;
		struct node *node = edit(t, n);

		sup->buried = node->hash_next;
		node->is_buried = node->hidden = false;
		free_buried(t, n);
		links_forget(t, n);
		queue_do(t, DO_FREE, n);
	}
}

void
node_delete(struct tree *t, uint32_t n)
{
	struct node *node = node_edit(t, n);

	while (node->last)
		node_delete(t, node->last);
	free_buried(t, n);
	links_forget(t, n);
	take_out(t, n);
	queue_do(t, DO_FREE, n);
}

void
node_remove(struct tree *t, uint32_t n)
{
	struct node *node = node_edit(t, n), *p;

	if (node->dynamic || node->parent == ROOT) {
		node_delete(t, n);
		return;
	}
	while (node->last)
		node_remove(t, node->last);
	take_out(t, n);
	node->is_buried = true;
	node->generation++;
	p = node_edit(t, node->parent);
	node->hash_next = p->buried;
	p->buried = n;
}

void
node_hide(struct tree *t, uint32_t n)
{
	struct node *node = node_edit(t, n);
	uint32_t child = node->buried;

	node->hidden = node->is_buried;
	for (; node->hidden && child != NO_NODE;
	     child = t->nodes[child].hash_next)
		node_hide(t, child);
}

/* Between the siblings that its place is between. */
static void
link_in_order(struct tree *t, uint32_t n)
{
	struct node *node = edit(t, n), *p = node_edit(t, node->parent);
	uint32_t prev = p->last;

	while (prev != NO_NODE && node_at(t, prev)->order > node->order)
		prev = node_at(t, prev)->prev;
	node->prev = prev;
	node->next = prev == NO_NODE ? p->first : node_at(t, prev)->next;
	if (node->prev)
		node_edit(t, node->prev)->next = n;
	else
		p->first = n;
	if (node->next)
		node_edit(t, node->next)->prev = n;
	else
		p->last = n;
}

void
node_resurrect(struct tree *t, uint32_t s)
{
	struct node *sup = node_edit(t, s);
	uint32_t n = sup->buried, next;

	sup->buried = NO_NODE;
	for (; n != NO_NODE; n = next) {
		struct node *node = edit(t, n);

		next = node->hash_next;
		if (node_find(t, node->id) != NO_NODE) {
			node->hash_next = sup->buried;
			sup->buried = n;
			continue;
		}
		node->deleted = node->is_buried = node->hidden = false;
		hash_add(t, n);
		link_in_order(t, n);
	}
}

void
node_release(struct tree *t, uint32_t n)
{
	struct node *node = node_edit(t, n);

	node->in_use = false;
	node->hash_next = t->node_free;
	t->node_free = n;
}

/* xorshift64* */
uint64_t
node_random(struct tree *t, uint64_t limit)
{
	uint64_t x = t->random;

	x ^= x >> 12;
	x ^= x << 25;
	x ^= x >> 27;
	t->random = x;
	return (x * 2685821657736338717u) % limit;
}
