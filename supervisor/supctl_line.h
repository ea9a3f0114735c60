/* SPDX-License-Identifier: MIT */
/*
 * supctl_line.h - one child in a table: a line of the interface's method Table.
 */
#ifndef SUPCTL_LINE_H
#define SUPCTL_LINE_H

#include <stdbool.h>
#include <stdint.h>

#define LINE_SIZE_MAX 1024

struct line {
	const char *id, *state, *kind, *status, *reason, *links; /* "": none */
	int64_t depth, pid, uptime, restarts, limit, standby;
	char text[LINE_SIZE_MAX]; /* what they point into */
};

/* false: it is none. */
bool
line_parse(const char *text, struct line *ret);

#endif
