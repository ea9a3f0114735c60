/* SPDX-License-Identifier: MIT */
/*
 * op_lib.c - what operations there are, and how often each is drawn.
 */
#include "op_lib.h"

static const struct {
	const char *name;
	unsigned weight;
} kinds[OPS] = {
	[OP_EXIT] = { "exit", 30 },
	[OP_EXIT_STOPPED] = { "obey", 30 },
	[OP_READY] = { "ready", 25 },
	[OP_WATCHDOG] = { "watchdog", 2 },
	[OP_TIME] = { "time", 10 },
	[OP_LONG_TIME] = { "long time", 2 },
	[OP_CALL] = { "call", 15 },
	[OP_START_CHILD] = { "start_child", 6 },
	[OP_EXIT_CALL] = { "exit/2", 3 },
	[OP_LINK] = { "link", 8 },
	[OP_UNLINK] = { "unlink", 2 },
	[OP_LINK_ALWAYS] = { "link always", 1 },
	[OP_MONITOR] = { "monitor", 6 },
	[OP_TRAP] = { "trap", 1 },
	[OP_RESET] = { "reset", 1 },
	[OP_CRASH] = { "crash", 4 },
	[OP_SHUTDOWN] = { "shutdown", 1 },
	[OP_HURRY] = { "hurry", 1 },
};

uint64_t
op_mix(uint64_t x)
{
	x += 0x9e3779b97f4a7c15u;
	x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9u;
	x = (x ^ x >> 27) * 0x94d049bb133111ebu;
	return x ^ x >> 31;
}

struct op
op_of(uint64_t seed, size_t i)
{
	uint64_t r = op_mix(op_mix(seed) + i), s = op_mix(r);
	unsigned total = 0, pick, k;
	struct op op = { .a = (uint32_t)s, .b = (uint32_t)(s >> 32) };

	for (k = 0; k < OPS; k++)
		total += kinds[k].weight;
	pick = (unsigned)(r % total);
	for (k = 0; pick >= kinds[k].weight; k++)
		pick -= kinds[k].weight;
	/* Most strings see no end before their own. */
	if (k == OP_SHUTDOWN && r >> 32 & 3)
		k = OP_EXIT;
	op.kind = k;
	return op;
}

const char *
op_name(const struct op *op)
{
	return kinds[op->kind].name;
}
