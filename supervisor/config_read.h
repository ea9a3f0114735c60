/* SPDX-License-Identifier: MIT */
/*
 * config_read.h - the files of a configuration, as a list of sections with
 * their keys as they stand there.
 */
#ifndef CONFIG_READ_H
#define CONFIG_READ_H

#include <stdbool.h>
#include <stddef.h>

#include "config_report.h"
#include "keys.h"

struct arena;
struct open_file;

/* key = value; not looked at yet. */
struct config_entry {
	struct config_entry *next;
	struct place at;
	const char *key;
	const char *value;
};

struct config_section {
	struct config_section *next;
	enum section kind;
	const char *id; /* "root": [supd] */
	struct place at;
	struct config_entry *entries;
	struct config_entry **end;
};

struct config_files {
	struct arena *arena;
	struct config_report *report;
	struct config_section supd;      /* all [supd] sections as one */
	struct config_section *sections; /* the others, in their order */
	struct config_section **end;
	size_t count;    /* of sections */
	bool is_missing; /* the first file could not be opened */

	/* while reading */
	unsigned order;                 /* files opened so far */
	struct open_file *file;         /* innermost of the includes */
	struct config_section *section; /* NULL: none, or an unknown one */
};

/* Reads path and what it includes.  Errors go to the report. */
void
config_read(struct config_files *f, struct arena *arena,
	    struct config_report *report, const char *path);

#endif
