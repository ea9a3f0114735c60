/* SPDX-License-Identifier: MIT */
/*
 * config_fill.h - gives a draft the keys of a section of a file, and the
 * report what the draft complains of.
 */
#ifndef CONFIG_FILL_H
#define CONFIG_FILL_H

#include <stdbool.h>

#include "config_read.h"
#include "draft.h"

struct filler {
	struct draft draft; /* its complaints go to the report */
	struct config_report *report;
	const struct config_section *section;
	struct place at; /* what is complained of next */
};

/* FILL_FIRST: the keys that decide what the values of the others mean. */
enum fill { FILL_FIRST, FILL_REST };

/* Starts anew with a section; v.id is the node's id. */
void
filler_init(struct filler *f, struct arena *arena, struct config_report *report,
	    const struct config_section *section, const struct variables *v);

/* Whether everything was right. */
bool
filler_take(struct filler *f, enum fill which);

/* The section's entry of a key. NULL: there is none. */
const struct config_entry *
filler_find(const struct config_section *section, enum key_id key);

/* "child a: ", "supervisor b: ", "supd: " */
#define LABEL_SIZE 64
void
section_label(const struct config_section *section, char label[LABEL_SIZE]);

#endif
