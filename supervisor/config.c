/* SPDX-License-Identifier: MIT */
/*
 * config.c - a configuration file: read whole, checked whole, or not at all.
 *
 * config_read.c makes sections of files (reader.c makes lines of them),
 * config_supd.c and config_nodes.c make of sections what is in struct config:
 * config_fill.c gives a section's keys to a draft (draft.c), which expands
 * (expand.c) and checks them by the table of keys (keys.c, values.c).
 * config_tree.c knows what may be below what.
 */
#include "arena.h"
#include "config.h"
#include "config_nodes.h"
#include "config_read.h"
#include "config_report.h"
#include "config_supd.h"

/* NULL: there was an error, and all were reported. */
static struct config *
load(struct arena *arena, const char *path, struct config_report *report,
     bool *missing)
{
	struct config_files *files = arena_alloc(arena, sizeof(*files));
	struct config *c = arena_alloc(arena, sizeof(*c));

	config_read(files, arena, report, arena_copy(arena, path));
	*missing = files->is_missing;
	if (files->is_missing)
		return NULL;
	config_supd(c, files, path);
	config_nodes(c, files);
	c->arena = arena;
	return report->errors ? NULL : c;
}

struct config *
config_load(const char *path, struct config_errors *errors, bool *missing)
{
	struct arena *arena = arena_new();
	struct config_report report = { .arena = arena };
	struct config *c;

	*missing = false;
	if (!arena || setjmp(*arena_exhausted(arena))) {
		errors->say(errors->arg, "no memory for the configuration");
		errors->count++;
		arena_free(arena);
		return NULL;
	}
	c = load(arena, path, &report, missing);
	report_say(&report, errors);
	if (!c)
		arena_free(arena);
	return c;
}

void
config_free(struct config *c)
{
	if (c)
		arena_free(c->arena);
}
