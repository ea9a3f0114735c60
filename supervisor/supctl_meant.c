/* SPDX-License-Identifier: MIT */
/*
 * supctl_meant.c - which verb was meant.
 */
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "supctl_meant.h"

/* What other tools call it. */
static const struct {
	const char *theirs, *ours;
} foreign[] = {
	{ "add", "start-child" },
	{ "remove", "stop-child" },
	{ "terminate", "stop" },
	{ "kill", "signal" },
	{ "up", "start" },
	{ "down", "stop" },
	{ "show", "status" },
	{ "list", "status" },
	{ "stat", "status" },
	{ "ps", "status" },
	{ "is-active", "status" },
	{ "is-failed", "status" },
	{ "check-config", "check" },
	{ "reset-failed", "reset" },
	{ "clear", "reset" },
	{ "try-restart", "restart" },
	{ "reread", "check" },
	{ "avail", "status" },
	{ "list-dependencies", "tree" },
	{ "halt", "shutdown" },
	{ "quit", "shutdown" },
	{ "once", "start-child" },
	{ "force-stop", "stop" },
	{ "terminate-child", "stop" },
};

/* Letters to change, add or leave out (Levenshtein), of short words. */
static unsigned
distance(const char *a, const char *b)
{
	unsigned row[32];
	size_t n = strlen(b);

	if (n >= sizeof(row) / sizeof(*row) || strlen(a) > n + 3)
		return UINT_MAX;
	for (size_t j = 0; j <= n; j++)
		row[j] = (unsigned)j;
	for (size_t i = 0; a[i]; i++) {
		unsigned diagonal = row[0]++;

		for (size_t j = 0; j < n; j++) {
			unsigned change = diagonal + (a[i] != b[j]);

			diagonal = row[j + 1]++;
			if (row[j] + 1 < row[j + 1])
				row[j + 1] = row[j] + 1;
			if (change < row[j + 1])
				row[j + 1] = change;
		}
	}
	return row[n];
}

const char *
meant_word(const char *name, const char *const *words, size_t count)
{
	char dashed[32];
	const char *best = NULL;
	unsigned least = 3; /* letters at most */

	for (size_t i = 0; i < sizeof(foreign) / sizeof(*foreign); i++)
		if (strcmp(foreign[i].theirs, name) == 0)
			return foreign[i].ours;
	snprintf(dashed, sizeof(dashed), "%s", name);
	for (char *c = dashed; *c; c++)
		if (*c == '_')
			*c = '-';
	for (size_t i = 0; i < count; i++) {
		unsigned d = distance(dashed, words[i]);

		if (d < least) {
			least = d;
			best = words[i];
		}
	}
	return best;
}
