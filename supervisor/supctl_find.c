/* SPDX-License-Identifier: MIT */
/*
 * supctl_find.c - which control socket is meant.
 */
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "config.h"
#include "supctl_find.h"

#define ROOT_DIRECTORY "/run/supd"

static enum supctl_exit
take(struct supctl *s, const char *path)
{
	size_t length = strlen(path);

	if (length >= sizeof(s->path)) {
		supctl_say("%s: the path is too long for a socket", path);
		return SUPCTL_USAGE;
	}
	memset(s->path, 0, sizeof(s->path));
	memcpy(s->path, path, length);
	return SUPCTL_DONE;
}

static void
say_error(void *arg, const char *line)
{
	(void)arg;
	supctl_say("%s", line);
}

static void
say_nothing(void *arg, const char *line)
{
	(void)arg;
	(void)line;
}

/* Its errors are said only if it cannot be used. */
static enum supctl_exit
from_config(struct supctl *s)
{
	struct config_errors errors = { .say = say_nothing };
	bool is_missing;
	struct config *c = config_load(s->config, &errors, &is_missing);
	enum supctl_exit r;

	if (!c) {
		errors = (struct config_errors){ .say = say_error };
		config_free(config_load(s->config, &errors, &is_missing));
		return SUPCTL_BAD_CONFIG;
	}
	r = take(s, c->socket);
	config_free(c);
	return r;
}

static void
list(const glob_t *found)
{
	for (size_t i = 0; i < found->gl_pathc; i++)
		supctl_say("  -s %s", found->gl_pathv[i]);
}

static enum supctl_exit
from_directory(struct supctl *s)
{
	const char *runtime = getenv("XDG_RUNTIME_DIR");
	char pattern[4096];
	glob_t found;
	enum supctl_exit r = SUPCTL_NO_DAEMON;

	if (geteuid() == 0)
		snprintf(pattern, sizeof(pattern), ROOT_DIRECTORY "/*.sock");
	else if (runtime && *runtime)
		snprintf(pattern, sizeof(pattern), "%s/supd/*.sock", runtime);
	else {
		supctl_say("which supd? Say -c FILE or -s SOCKET"
			   " (XDG_RUNTIME_DIR is not set)");
		return SUPCTL_USAGE;
	}
	if (glob(pattern, 0, NULL, &found) != 0) {
		supctl_say("supd is not running (there is no %s);"
			   " or say -c FILE or -s SOCKET",
			   pattern);
		return SUPCTL_NO_DAEMON;
	}
	if (found.gl_pathc == 1) {
		r = take(s, found.gl_pathv[0]);
	} else {
		supctl_say("which supd? Say one of:");
		list(&found);
		r = SUPCTL_USAGE;
	}
	globfree(&found);
	return r;
}

enum supctl_exit
find_socket(struct supctl *s)
{
	const char *named = getenv("SUPD_SOCKET");

	if (s->socket)
		return take(s, s->socket);
	if (s->config)
		return from_config(s);
	if (named && *named)
		return take(s, named);
	return from_directory(s);
}
