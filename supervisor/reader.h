/* SPDX-License-Identifier: MIT */
/*
 * reader.h - the lines of a configuration file, and the one door to inih.
 *
 * Debian's inih cuts lines at 199 bytes and sections at 49, takes ` ;` for a
 * comment inside of quotes, hides sections without keys, has no line numbers
 * and reports the first error alone, all silently.  So our own reader makes
 * the lines: it counts them, joins what is continued, takes comments away and
 * keeps the true text.  inih is handed numbers in their place, `[7]` and
 * `key = 8`, which it can neither cut nor misread, and brings them back.
 */
#ifndef READER_H
#define READER_H

#include <stdbool.h>
#include <stddef.h>

#define LINE_SIZE 65536 /* a line with all its continuations, and its NUL */

/* What the lines are given to, in their order.  The strings point into the
   text that is read. */
struct reader_calls {
	/* [name] */
	void (*section)(void *arg, unsigned line, char *name);
	/* key = value; both without surrounding white space */
	void (*key)(void *arg, unsigned line, char *key, char *value);
	void (*error)(void *arg, unsigned line, const char *message);
	/* A continuation that starts with such a key and '=' is an error, as it
	   must have been meant as a line of its own. */
	bool (*is_key)(const char *word, size_t length);
};

/* Reads text (length bytes and a NUL), which it overwrites. */
void
reader_run(char *text, size_t length, const struct reader_calls *to, void *arg);

#endif
