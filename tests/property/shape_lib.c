/* SPDX-License-Identifier: MIT */
/*
 * shape_lib.c - random trees of random children.
 */
#include "shape_lib.h"

#include <stdio.h>

uint64_t
shape_draw(uint64_t *state)
{
	uint64_t x = *state ? *state : 88172645463325252u;

	x ^= x << 13;
	x ^= x >> 7;
	x ^= x << 17;
	*state = x;
	return x >> 11;
}

void
shape_spec(struct model *m, struct child_spec *spec, uint64_t seed,
	   uint32_t parent)
{
	const struct node *p = tree_node(m->t, parent);
	uint64_t r = seed * 2654435761u + 1;
	int64_t shutdowns[] = { 5, 0, 20, SHUTDOWN_INFINITY, SHUTDOWN_BRUTAL };

	*spec = (struct child_spec){
		.restart = (enum restart_type)(shape_draw(&r) % 3),
		.shutdown = shutdowns[shape_draw(&r) % 5],
		.autostart = shape_draw(&r) % 8 != 0,
		.acknowledges = shape_draw(&r) % 2 == 0,
		.start_timeout = shape_draw(&r) % 2 ? 10 : 0,
		.backoff_min = shape_draw(&r) % 4 ? 0 : 4,
		.backoff_max = 16,
		.backoff_reset = 20,
		.is_supervisor = shape_draw(&r) % 4 == 0,
		.strategy = (enum strategy)(shape_draw(&r) % 4),
		.on_limit = (enum on_limit)(shape_draw(&r) % 2),
		.intensity = (uint32_t)(shape_draw(&r) %
					(shape_draw(&r) % 3 ? 30 : 4)),
		.period = (int64_t)(1 + shape_draw(&r) % 30),
	};
	if (p && p->strategy == SIMPLE_ONE_FOR_ONE)
		spec->is_supervisor = false;
	if (spec->is_supervisor && shape_draw(&r) % 2)
		spec->shutdown = SHUTDOWN_INFINITY;
	if (spec->is_supervisor && spec->strategy != SIMPLE_ONE_FOR_ONE)
		spec->auto_shutdown = (enum auto_shutdown)(shape_draw(&r) % 3);
	if (p && p->auto_shutdown != AUTO_NEVER && spec->restart != PERMANENT)
		spec->significant = shape_draw(&r) % 2;
	spec->trap_exit = !spec->is_supervisor && shape_draw(&r) % 4 == 0;
	spec->type = spec->is_supervisor ? TYPE_SUPERVISOR : TYPE_WORKER;
	snprintf(spec->id, sizeof(spec->id), "n%u", m->added++);
}

void
shape_tree(struct model *m, uint64_t seed)
{
	uint32_t supervisors[16] = { ROOT }, count = 1, n, i;
	struct child_spec spec;

	m->now = 1 + (int64_t)(seed % 1000);
	shape_spec(m, &spec, seed, NO_NODE);
	spec.is_supervisor = true;
	m->t = tree_init(m->memory.tree, &spec, seed, m->memory.journal);
	for (i = (uint32_t)(shape_draw(&seed) % 12); i > 0; i--) {
		uint32_t parent = supervisors[shape_draw(&seed) % count];

		shape_spec(m, &spec, shape_draw(&seed), parent);
		if (tree_add(m->t, parent, &spec, &n) == 0 &&
		    spec.is_supervisor && count < 16)
			supervisors[count++] = n;
	}
}
