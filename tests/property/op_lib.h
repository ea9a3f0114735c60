/* SPDX-License-Identifier: MIT */
/*
 * op_lib.h - random strings of operations.
 */
#ifndef OP_LIB_H
#define OP_LIB_H

#include <stddef.h>
#include <stdint.h>

enum op_kind {
	OP_EXIT,
	OP_EXIT_STOPPED,
	OP_READY,
	OP_WATCHDOG,
	OP_TIME,
	OP_LONG_TIME,
	OP_CALL,
	OP_START_CHILD,
	OP_EXIT_CALL,
	OP_LINK,
	OP_UNLINK,
	OP_LINK_ALWAYS,
	OP_MONITOR,
	OP_TRAP,
	OP_RESET,
	OP_CRASH,
	OP_SHUTDOWN,
	OP_HURRY,
	OPS
};

struct op {
	uint32_t kind, a, b;
};

/* Operation number i of the string that seed makes. */
struct op
op_of(uint64_t seed, size_t i);

/* Describes an operation. */
const char *
op_name(const struct op *op);

/* A number that tells nothing of x, but is the same for the same. */
uint64_t
op_mix(uint64_t x);

#endif
