/* SPDX-License-Identifier: MIT */
/*
 * settings.h - [supd] of the configuration, as every supervisor needs it: read
 * again from the text in the shared state.
 */
#ifndef SETTINGS_H
#define SETTINGS_H

struct settings {
	char *name, *state_dir, *socket, *socket_group, *log, *pid_file;
	unsigned socket_mode;
	int log_level;
	char *text; /* owns what the pointers point to */
};

/* text: config.text. NULL: no memory. */
struct settings *
settings_parse(const char *text);

void
settings_free(struct settings *s);

#endif
