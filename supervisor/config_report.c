/* SPDX-License-Identifier: MIT */
/*
 * config_report.c - what is wrong with a configuration: collected while it is
 * read and checked, said in the order of the lines.
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "arena.h"
#include "config.h"
#include "config_report.h"

#define MESSAGE_SIZE 1024

struct config_message {
	struct config_message *before;
	struct place at;
	unsigned number;
	const char *text;
};

__attribute__((format(printf, 4, 0))) static void
add(struct config_report *r, const struct place *at, const char *kind,
    const char *format, va_list args)
{
	struct config_message *m = arena_alloc(r->arena, sizeof(*m));
	char text[MESSAGE_SIZE];

	vsnprintf(text, sizeof(text), format, args);
	*m = (struct config_message){
		.before = r->last,
		.at = *at,
		.number = r->count++,
	};
	if (at->line)
		m->text = arena_print(r->arena, "%s:%u: %s%s", at->file,
				      at->line, kind, text);
	else
		m->text =
			arena_print(r->arena, "%s: %s%s", at->file, kind, text);
	r->last = m;
}

void
report_error(struct config_report *r, const struct place *at,
	     const char *format, ...)
{
	va_list args;

	va_start(args, format);
	add(r, at, "", format, args);
	va_end(args);
	r->errors++;
}

void
report_warning(struct config_report *r, const struct place *at,
	       const char *format, ...)
{
	va_list args;

	if (r->errors)
		return;
	va_start(args, format);
	add(r, at, "warning: ", format, args);
	va_end(args);
}

static int
compare(unsigned a, unsigned b)
{
	return (a > b) - (a < b);
}

static int
by_place(const void *a, const void *b)
{
	const struct config_message *x = a, *y = b;
	int c = compare(x->at.order, y->at.order);

	if (c == 0)
		c = compare(x->at.line, y->at.line);
	return c ? c : compare(x->number, y->number);
}

void
report_say(const struct config_report *r, struct config_errors *to)
{
	struct config_message *all =
		arena_alloc(r->arena, (r->count + 1) * sizeof(*all));
	unsigned n = 0;

	for (const struct config_message *m = r->last; m; m = m->before)
		all[n++] = *m;
	qsort(all, n, sizeof(*all), by_place);
	for (unsigned i = 0; i < n; i++)
		to->say(to->arg, all[i].text);
	to->count += r->errors;
}
