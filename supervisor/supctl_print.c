/* SPDX-License-Identifier: MIT */
/*
 * supctl_print.c - small things that many verbs do with words and replies.
 */
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>

#include "supctl.h"
#include "supctl_print.h"
#include "supctl_show.h"

void
supctl_say(const char *format, ...)
{
	va_list args;

	fflush(stdout);
	fputs("supctl: ", stderr);
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fputc('\n', stderr);
}

void
print_reply(const struct supctl *s)
{
	json_dumpf(s->reply, stdout, JSON_COMPACT);
	putchar('\n');
	fflush(stdout);
}

void
print_started(const struct supctl *s)
{
	const char *id = show_string(s->reply, "id");
	int64_t pid = show_int(s->reply, "pid");

	if (*id && pid)
		printf("%s %" PRId64 "\n", id, pid);
	else if (*id)
		printf("%s undefined\n", id);
}

void
print_words(struct emit *out, const char *key, int count, char **words)
{
	emit_open(out, key, '[');
	for (int i = 0; i < count; i++)
		emit_string(out, NULL, words[i]);
	emit_close(out, ']');
}
