/* SPDX-License-Identifier: MIT */
/*
 * settings.c - [supd] of the configuration, read from its text.
 */
#include <stdlib.h>
#include <string.h>

#include "keys.h"
#include "settings.h"

struct settings *
settings_parse(const char *text)
{
	struct settings *s = calloc(1, sizeof(*s));
	struct target t = { .settings = s };
	char *line, *end;

	if (!s)
		return NULL;
	line = s->text = strdup(text);
	if (!line) {
		free(s);
		return NULL;
	}
	while ((end = strchr(line, '\n')) != NULL) {
		char *equals = strchr(line, '=');
		const struct key *key = NULL;

		*end = '\0';
		if (equals)
			key = keys_find(line, (size_t)(equals - line));
		if (key && key->reader == FOR_SETTINGS)
			key->set(&t, equals + 1);
		line = end + 1;
	}
	return s;
}

void
settings_free(struct settings *s)
{
	if (s)
		free(s->text);
	free(s);
}
