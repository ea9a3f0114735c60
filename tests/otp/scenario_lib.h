/* SPDX-License-Identifier: MIT */
/*
 * scenario_lib.h - a scenario file: the tree that it declares, and its script.
 *
 *	# what it shows
 *	supervisor NAME [in=SUPERVISOR] [KEY=VALUE...]
 *	child NAME in=SUPERVISOR [KEY=VALUE...]
 *	VERB [ARGUMENT...]		the script (script_lib.h)
 *
 * Keys of a supervisor are strategy, intensity, period and auto_shutdown, and
 * as a child of its own supervisor restart, shutdown and significant.  Those
 * of a child are restart, shutdown, significant and ready (notify: the core is
 * told when it has started).  Durations are seconds, one tick each.
 */
#ifndef SCENARIO_LIB_H
#define SCENARIO_LIB_H

#include <stdbool.h>

#include "core/core.h"

#define WORDS_MAX 12
#define DECLARED_MAX 128
#define SCRIPT_MAX 512

struct words {
	char text[256]; /* cut at the blanks */
	char *word[WORDS_MAX];
	unsigned count;
};

struct declared {
	char in[ID_SIZE]; /* its supervisor; "" for the root */
	struct child_spec spec;
};

struct scenario {
	struct declared declared[DECLARED_MAX];
	unsigned declared_count;
	char *script[SCRIPT_MAX];
	unsigned script_count;
	char *text; /* of the file; script points into it */
};

void
words_split(struct words *ret, const char *line);

/* From words such as "child a in=root restart=transient".  False: an unknown
   key or value, said on stderr. */
bool
scenario_declare(struct declared *ret, const struct words *words);

/* False: said on stderr why not.  scenario_done() in any case. */
bool
scenario_read(struct scenario *ret, const char *path);

void
scenario_done(struct scenario *s);

#endif
