/* SPDX-License-Identifier: MIT */
/*
 * expand.h - ${name} in values: id, instance, state_dir, log_dir, env:VAR.
 *
 * Quotes do not hinder it, and what comes in is never split into words.  "$${"
 * is "${" and stays; a "$" before anything else is itself.
 */
#ifndef EXPAND_H
#define EXPAND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "keys.h"

struct variables { /* NULL: there is none of that name here */
	const char *id;
	const char *state_dir;
	const char *log_dir;
	unsigned instance;
	bool is_template; /* ${id} and ${instance} are kept for later */
};

/*
 * Writes value in its canonical form, expanded, on one line.  False: why says
 * what is wrong.
 */
bool
expand_value(FILE *to, enum value_form form, const char *value,
	     const struct variables *v, char *why, size_t why_size);

#endif
