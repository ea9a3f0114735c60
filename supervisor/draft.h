/* SPDX-License-Identifier: MIT */
/*
 * draft.h - keys and values of one child, supervisor or [supd] on their way to
 * what is kept of them: checked, expanded, in the order of the table.
 */
#ifndef DRAFT_H
#define DRAFT_H

#include <stdbool.h>
#include <stddef.h>

#include "core/core.h"
#include "expand.h"
#include "keys.h"
#include "settings.h"
#include "spec.h"

struct arena;
struct draft_line;

struct draft {
	struct arena *arena;
	enum section in;
	struct variables variables;
	/* Told whatever is wrong; those who return false have told it. */
	void (*complain)(void *arg, const char *message);
	void *arg;

	/* what the values say, defaults included */
	struct target target;
	struct child_spec core;
	struct spec spec;
	struct settings settings;

	bool seen[KEYS];                /* given, be it right or wrong */
	struct draft_line *lines[KEYS]; /* what was right, canonical */
	size_t length;                  /* of the text to come */
};

/* Empties the draft, but for arena, complain and arg, and sets the defaults.
   id: NULL for [supd]. */
void
draft_init(struct draft *d, enum section in, const char *id,
	   const struct variables *v);

/* Finds a key that may stand here.  NULL: it is wrong. value helps to guess. */
const struct key *
draft_key(struct draft *d, const char *name, const char *value);

/* Expands and takes a value. */
bool
draft_set(struct draft *d, const struct key *key, const char *value);

/* Takes a value that is canonical already. */
bool
draft_set_canonical(struct draft *d, const struct key *key,
		    const char *canonical);

/* Was it given, be it right or wrong? */
bool
draft_has(const struct draft *d, enum key_id key);

/* Completes a child or supervisor, and makes the checks that need several keys
   but not its supervisor's. */
bool
draft_finish(struct draft *d);

/* "key=value\n" lines, in the order of the table; in the arena. */
char *
draft_text(struct draft *d);

#endif
