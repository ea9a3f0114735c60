/* SPDX-License-Identifier: MIT */
/*
 * map.c - strings and what belongs to them: a hash table in an arena.
 */
#include <stdint.h>
#include <string.h>

#include "arena.h"
#include "map.h"

struct map_cell {
	const char *key; /* NULL: free */
	void *value;
};

void
map_init(struct map *m, struct arena *a, size_t capacity)
{
	size_t size = 8;

	while (size < capacity * 2)
		size *= 2;
	m->cells = arena_alloc(a, size * sizeof(*m->cells));
	m->mask = size - 1;
}

/* The key's cell, or the free one where it would be. */
static struct map_cell *
find(const struct map *m, const char *key)
{
	uint32_t hash = 2166136261u; /* FNV-1a */
	size_t i;

	for (const char *p = key; *p; p++)
		hash = (hash ^ (unsigned char)*p) * 16777619u;
	for (i = hash & m->mask; m->cells[i].key; i = (i + 1) & m->mask) {
		if (strcmp(m->cells[i].key, key) == 0)
			break;
	}
	return &m->cells[i];
}

void *
map_get(const struct map *m, const char *key)
{
	return find(m, key)->value;
}

void *
map_add(struct map *m, const char *key, void *value)
{
	struct map_cell *cell = find(m, key);

	if (!cell->key)
		*cell = (struct map_cell){ .key = key, .value = value };
	return cell->value;
}
