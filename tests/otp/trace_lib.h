/* SPDX-License-Identifier: MIT */
/*
 * trace_lib.h - the lines of a trace, in the form that can be compared.
 */
#ifndef TRACE_LIB_H
#define TRACE_LIB_H

#include <stdio.h>

#define TRACE_MAX 8192
#define TRACE_LINE 512

struct trace {
	char (*lines)[TRACE_LINE];
	unsigned count;
};

void
trace_init(struct trace *t);

void
trace_done(struct trace *t);

void
trace_line(struct trace *t, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/*
 * Instances of a simple_one_for_one are stopped all at once, and their order
 * is nobody's promise: stop, kill and exit lines about instances that stand
 * together are sorted before they are printed.
 */
void
trace_print(struct trace *t, FILE *out);

#endif
