/* SPDX-License-Identifier: MIT */
/*
 * supctl_show.h - children as a person wants to see them: a table, or a tree.
 */
#ifndef SUPCTL_SHOW_H
#define SUPCTL_SHOW_H

#include <stdbool.h>
#include <stdint.h>

#include "json.h"

struct line;
struct table;

#define SHOW_COLUMNS 7

/* Is stdout a terminal, and NO_COLOR not set? */
bool
show_in_colour(void);

/* "250ms", "3s", "2m05s", "1h02m", "3d04h". Returns buf. */
char *
show_duration(int64_t ms, char buf[24]);

void
show_titles(struct table *t);

/* branch: what is drawn before its id in a tree; "" in a table. */
void
show_child(struct table *t, const struct line *child, const char *branch);

/* The list of children (in the order of the tree, the root first) as a tree;
   ascii: without box characters.  lines: an array of strings, each of which is
   one (supctl_line.h); false: one of them is not. */
bool
show_tree(struct table *t, const json_t *lines, bool ascii);

/* Strings and numbers of an object; "" and 0 where there is none. */
const char *
show_string(const json_t *object, const char *key);

int64_t
show_int(const json_t *object, const char *key);

#endif
