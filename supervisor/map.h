/* SPDX-License-Identifier: MIT */
/*
 * map.h - strings and what belongs to them: a hash table in an arena.
 */
#ifndef MAP_H
#define MAP_H

#include <stddef.h>

struct arena;

struct map {
	struct map_cell *cells;
	size_t mask;
};

/* capacity: how many it will have at most. */
void
map_init(struct map *m, struct arena *a, size_t capacity);

/* NULL: it is not there. */
void *
map_get(const struct map *m, const char *key);

/* Adds what is not there yet; key must stay.  Returns what is there then. */
void *
map_add(struct map *m, const char *key, void *value);

#endif
