/* SPDX-License-Identifier: MIT */
/*
 * suggest.h - what was meant: the name that is nearest, or ours for what
 * supervisord, systemd and others call it.
 *
 * Each writes into hint what is to follow the message, with its space in front;
 * "" if it has no idea.
 */
#ifndef SUGGEST_H
#define SUGGEST_H

#include <stddef.h>

#include "keys.h"

#define HINT_SIZE 192

/* For a key that is not known; value helps. */
void
suggest_key(enum section in, const char *name, const char *value,
	    char hint[HINT_SIZE]);

/* For a value that key does not take. */
void
suggest_value(const struct key *key, const char *value, char hint[HINT_SIZE]);

/* For "[name]", or "[name:...]".  Returns which section it may have been meant
   for, 0 if there is no telling. */
unsigned
suggest_section(const char *name, char hint[HINT_SIZE]);

/* "[supd] or [supervisor:]", ... */
#define SECTIONS_SIZE 48
void
name_sections(unsigned sections, char to[SECTIONS_SIZE]);

#endif
