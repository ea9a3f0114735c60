/* SPDX-License-Identifier: MIT */
/*
 * config_tree.h - the supervisors of a configuration: who is below whom, and
 * what OTP does not allow there.
 */
#ifndef CONFIG_TREE_H
#define CONFIG_TREE_H

#include "core/core.h"
#include "map.h"

struct arena;
struct config_files;
struct config_report;
struct config_section;

struct config_supervisor {
	struct config_supervisor *next;
	struct config_supervisor *parent; /* NULL: the root, or wrong */
	const struct config_section *section;
	const char *parent_id;
	const char *text;
	struct child_spec spec;
	unsigned members; /* children and supervisors right below it */
	unsigned mark;    /* the walk that came here last */
};

struct config_tree {
	struct config_report *report;
	struct map map; /* id -> struct config_supervisor */
	struct config_supervisor root;
	struct config_supervisor **end;
};

void
config_tree_init(struct config_tree *t, struct config_files *files,
		 const struct child_spec *root);

/* s stays the caller's; one of the same id is left alone. */
void
config_tree_add(struct config_tree *t, struct config_supervisor *s);

/* The supervisor of that id, that section belongs to; NULL: it was
   reported that there is none. */
struct config_supervisor *
config_tree_find(struct config_tree *t, const struct config_section *section,
		 const char *id);

/* Checks what is to be below parent. */
void
config_tree_join(struct config_tree *t, struct config_supervisor *parent,
		 const struct config_section *section,
		 const struct child_spec *spec, unsigned instances);

/* When all have joined: the supervisors among each other. */
void
config_tree_check(struct config_tree *t);

#endif
