/* SPDX-License-Identifier: MIT */
/*
 * process.h - a child's process and everything it has left: signals and the
 * question whether anything is still there.
 *
 * Where cgroup2 is writable a child has a cgroup of its own; elsewhere its
 * descendants are found by walking /proc, orphans (which the keeper, being
 * subreaper, adopts) by session, process group and the SUPD_CHILD in their
 * environment.
 */
#ifndef PROCESS_H
#define PROCESS_H

#include <stdbool.h>
#include <stdint.h>

#include "cgroup.h"

struct state;

/* Sends sig to the process (by pidfd), its group, or everything it has, as its
   kill_mode says; then SIGCONT too where sig is its stop_signal, since it may
   be stopped.  0 also when nothing is left. -errno. */
int
process_signal(struct state *s, uint32_t slot, const char *id, int sig);

/* How a process has ended, or is about to. */
struct process_end {
	int code;   /* CLD_EXITED, ... */
	int status; /* as si_status */
	uint64_t written;
};

/*
 * Does the slot's process run no more of its program, though it is not dead
 * yet, and is there nothing else that process_has_remains() would find
 * afterwards?  Then how it ends is known.  false also where that cannot be
 * said.
 */
bool
process_is_ending(struct state *s, uint32_t slot, const char *id,
		  struct process_end *ret);

/*
 * Is anything of it left, that must be gone before the next one may start
 * (kill_mode process: never, group: its process group, all: any descendant)?
 * The main process has been reaped already.  Without cgroups the answer is yes
 * also while it cannot be told, because the keeper is reaping: it wakes the
 * supervisor right afterwards.
 */
bool
process_has_remains(struct state *s, uint32_t slot, const char *id);

/* SIGKILL to all that process_has_remains() would find. */
int
process_kill_remains(struct state *s, uint32_t slot, const char *id);

#endif
