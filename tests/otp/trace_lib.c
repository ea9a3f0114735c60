/* SPDX-License-Identifier: MIT */
/*
 * trace_lib.c - keeps the lines of a trace until they are printed.
 */
#include <stdarg.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "trace_lib.h"

void
trace_init(struct trace *t)
{
	t->count = 0;
	t->lines = calloc(TRACE_MAX, sizeof(*t->lines));
	if (!t->lines)
		abort();
}

void
trace_done(struct trace *t)
{
	free(t->lines);
	t->lines = NULL;
}

void
trace_line(struct trace *t, const char *format, ...)
{
	va_list args;

	if (t->count == TRACE_MAX) {
		fputs("the trace has no end\n", stderr);
		exit(1);
	}
	va_start(args, format);
	vsnprintf(t->lines[t->count++], TRACE_LINE, format, args);
	va_end(args);
}

/* 0: not such a line */
static int
rank(const char *line)
{
	static const char *const verbs[] = { "stop ", "kill ", "exit " };

	for (int i = 0; i < 3; i++)
		if (strchr(line, '@') &&
		    strncmp(line, verbs[i], strlen(verbs[i])) == 0)
			return i + 1;
	return 0;
}

/* By verb, template and number. */
static int
compare(const void *a, const void *b)
{
	const char *x = a, *y = b;
	const char *at = strchr(x, '@'), *bt = strchr(y, '@');
	int order = rank(x) - rank(y);

	if (order == 0)
		order = strncmp(x, y, (size_t)(at - x) + 1);
	if (order == 0)
		order = atoi(at + 1) - atoi(bt + 1);
	return order;
}

void
trace_print(struct trace *t, FILE *out)
{
	for (unsigned i = 0, end; i < t->count; i = end) {
		end = i;
		while (end < t->count && rank(t->lines[end]))
			end++;
		if (end > i)
			qsort(t->lines[i], end - i, TRACE_LINE, compare);
		else
			end++;
	}
	for (unsigned i = 0; i < t->count; i++)
		fprintf(out, "%s\n", t->lines[i]);
}
