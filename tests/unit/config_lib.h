/* SPDX-License-Identifier: MIT */
/*
 * config_lib.h - configurations for tests: written to a folder of their own,
 * loaded, and what was said about them kept.
 */
#ifndef CONFIG_LIB_H
#define CONFIG_LIB_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "config.h"

/* Group fixtures: a new folder, which is then the working directory. */
int
folder_make(void **state);

int
folder_remove(void **state);

/* Writes text to file. */
void
write_file(const char *file, const char *text);

void
write_bytes(const char *file, const void *bytes, size_t length);

/* What came of the last configuration. */
struct loaded {
	struct config *config; /* NULL: it was refused */
	char *said;            /* "\n" and every line, each with its "\n" */
	unsigned errors;
	bool is_missing;
};

extern struct loaded loaded;

/* Frees it; loading another does so too. */
void
loaded_forget(void);

/* Loads a file that is there. */
void
load_file(const char *file);

/* Writes text to t.ini and loads that. */
void
load(const char *text);

/* load(), and then it must have been right, without a word. */
void
load_good(const char *text);

/* load(), and then it must have been refused with exactly these lines ("\n"
   behind each). */
void
load_bad(const char *text, const char *lines);

/* load_bad() of a section with this line (a child has a command besides): said
   is all that is said of it. */
void
check_line(const char *section, const char *line, const char *said);

/* The node of that id. Fails if there is none. */
const struct config_node *
node(const char *id);

#endif
