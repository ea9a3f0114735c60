/* SPDX-License-Identifier: MIT */
/*
 * config.h - a configuration file: read whole, checked whole, or not at all.
 *
 * Every error is reported, in one run, with file and line; see supd.ini(5).
 * The result lives in one arena that config_free() releases.
 */
#ifndef CONFIG_H
#define CONFIG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "core/core.h"

struct place;

/* One [child:] or [supervisor:] section, instances already expanded; in file
   order, parents found. */
struct config_node {
	struct child_spec spec; /* for tree_add() */
	const char *parent;     /* id; "root" */
	const char *text;       /* for spec_parse(): canonical "key=value\n"
				   lines with all ${} expanded; supervisors:
				   what they have of it */
	const char *file;
	unsigned line;     /* of the section */
	const char *links; /* ids, as spec_next_link() takes them */
	const struct place *links_at;
};

/* [supd] */
struct config {
	const char *name, *state_dir, *socket, *socket_group, *log, *pid_file;
	unsigned socket_mode;
	int log_level; /* LOG_ERR ... LOG_DEBUG of syslog.h */
	struct child_spec root;
	const char *text; /* these settings as canonical "key=value\n" lines:
			     what settings_parse() reads again */
	struct config_node *nodes;
	size_t count;
	void *arena;
};

/* Where errors go: whole lines without newline, "file:line: ...". */
struct config_errors {
	void (*say)(void *arg, const char *line);
	void *arg;
	unsigned count;
};

/*
 * Reads path.  NULL if there was any error (all were said); *missing then
 * tells whether the file could not be opened at all (EX_NOINPUT) rather than
 * read wrongly (EX_CONFIG).
 */
struct config *
config_load(const char *path, struct config_errors *errors, bool *missing);

void
config_free(struct config *c);

#endif
