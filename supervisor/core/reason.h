/* SPDX-License-Identifier: MIT */
/*
 * reason.h - why a child ended, as text and back.
 */
#ifndef REASON_H
#define REASON_H

#include <stdbool.h>
#include <stddef.h>

#include "core.h"

#define REASON_SIZE 64 /* is enough for every reason_format() */

/* "normal", "exit:3", "signal:SEGV", "shutdown", "killed", "noexec:ENOENT",
   "timeout", or the text that was given; "" for REASON_NONE.  Returns buf. */
char *
reason_format(const struct reason *r, char *buf, size_t size);

/* The reverse; what is none of these words is REASON_TEXT_GIVEN.  False if
   text is empty, too long, or has a control character. */
bool
reason_parse(const char *text, struct reason *ret);

/* normal and shutdown: what a transient child may end with. */
bool
reason_is_quiet(const struct reason *r);

/* What links to and monitors of a process that is not there are told. */
extern const struct reason reason_noproc;

/* It could not be started for lack of processes, memory or descriptors, which is
   no fault of its own. */
bool
reason_is_shortage(const struct reason *r);

/* exit(Pid, kill): the one that nobody can catch. */
bool
reason_is_kill(const struct reason *r);

/* What a program that ended so would have given to exit(3). */
int
reason_exit_status(const struct reason *r);

#endif
