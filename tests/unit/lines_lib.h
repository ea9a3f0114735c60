/* SPDX-License-Identifier: MIT */
/*
 * lines_lib.h - a text of a few lines, its writers, and whether it has come.
 */
#ifndef LINES_LIB_H
#define LINES_LIB_H

#include <stddef.h>

#include "supworker.h"

#define LINES 4
#define LINES_MOST 300000 /* bytes of one: more than any sink takes at once */

extern size_t lines_size; /* of each line of a test */

/* Line number 1 to LINES, or beyond. */
void
lines_compose(char *line, unsigned number);

/* Opens the checkpoint and the output and loads the state: the last line's
   number.  0, or a writer's exit code. */
int
lines_open(struct sup_checkpoint **c, struct sup_output **o, unsigned *state);

/* A writer: writes up to the line *arg (unsigned), with an end in order. */
int
lines_write(void *arg);

/* Lets a writer do all that is left to do. */
void
lines_to_the_end(void);

/* Asserts that all lines have come to the sink, once and in order. */
void
lines_check(const char *what);

#endif
