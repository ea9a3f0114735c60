/* SPDX-License-Identifier: MIT */
/*
 * child.h - what a new process does between clone3() and execve(), in the
 * memory of the supervisor.
 */
#ifndef CHILD_H
#define CHILD_H

#include <stdint.h>
#include <sched.h>
#include <linux/sched.h>

#include "spawn.h"

/* What the child needs, made ready before the clone. */
struct child_plan {
	const struct spawn *how;
	struct process *process;
	int32_t keeper;   /* its parent's pid */
	uint64_t ignored; /* signals to be reset to their defaults */
	struct spawn_fd dup[SPAWN_FDS_MAX + 3]; /* from: below FD_LIMIT */
	unsigned dup_count;
};

/* clone3(), the child running on a stack of its own through plan.  Its pid, or
   -errno.  One at a time. */
long
child_clone(struct clone_args *args, struct child_plan *plan);

#endif
