/* SPDX-License-Identifier: MIT */
/*
 * verdict_lib.h - compares what a sink has received with 1, 2, 3, ..., byte by
 * byte, and says what is wrong with each line that is not as it must be.
 */
#ifndef VERDICT_LIB_H
#define VERDICT_LIB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct verdict {
	const char *name;  /* of the sink, for what is said */
	const char *after; /* the kill before, for the same */
	unsigned kill;     /* its number */
	uint64_t next;     /* the number of the line that is due */
	char line[24];     /* its text */
	size_t length, at; /* at: of it has come */
	char wrong[64];    /* the beginning of a line that differs */
	size_t wrong_length;
	uint64_t numbers; /* whole lines that were right */
	unsigned repeated, skipped, garbled;
};

void
verdict_init(struct verdict *v, const char *name);

void
verdict_feed(struct verdict *v, const char *text, size_t length);

/* Does the last line end without its newline? */
bool
verdict_is_torn(const struct verdict *v);

/* How many lines were wrong. */
unsigned
verdict_errors(const struct verdict *v);

#endif
