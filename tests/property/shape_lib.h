/* SPDX-License-Identifier: MIT */
/*
 * shape_lib.h - random trees of random children.
 */
#ifndef SHAPE_LIB_H
#define SHAPE_LIB_H

#include "model_lib.h"

/* The next number of a sequence. */
uint64_t
shape_draw(uint64_t *state);

/* A random tree in m->memory. */
void
shape_tree(struct model *m, uint64_t seed);

/* A random child; parent decides what is legal. */
void
shape_spec(struct model *m, struct child_spec *spec, uint64_t seed,
	   uint32_t parent);

#endif
