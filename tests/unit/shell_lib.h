/* SPDX-License-Identifier: MIT */
/*
 * shell_lib.h - the supervisor's real parts around one child, in a supervisor
 * of pair_lib.h; without a loop that runs: what has happened is taken when the
 * test wants it.
 */
#ifndef SHELL_LIB_H
#define SHELL_LIB_H

#include <stdbool.h>
#include <stdint.h>

#include "os/state.h"
#include "shell.h"

extern struct supd shell;
extern uint32_t shell_child; /* its node */

/* Starts a permanent child `child` with these keys, and its standby.  cgroup:
   the name of ours, or NULL.  0: that is done. */
int
shell_begin(struct state *s, const char *text, const char *cgroup);

/* Performs all that the core has decided. */
void
shell_settle(void);

/* Kills whatever is left of it. */
void
shell_end(void);

/* Takes what the keeper has recorded; how many ends the child has had. */
uint64_t
shell_exits(void);

struct process *
shell_primary(void);

struct process *
shell_standby(void);

#endif
