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

struct state;

/* Sends sig to the process (by pidfd), its group, or everything it has, as its
   kill_mode says; SIGCONT too where sig is not KILL and it may be stopped.
   0 also when nothing is left. -errno. */
int
process_signal(struct state *s, uint32_t node, const char *id, int sig);

/* Is anything of it left, that must be gone before the next one may start
   (kill_mode process: never, group: its process group, all: any descendant)?
   The main process has been reaped already. */
bool
process_has_remains(struct state *s, uint32_t node, const char *id);

/* SIGKILL to all that process_has_remains() would find. */
int
process_kill_remains(struct state *s, uint32_t node, const char *id);

/*
 * Finds or makes our own cgroup subtree (below the cgroup that we are in, name
 * "supd.NAME"), ends whatever an earlier life of the same instance has left in
 * it, and keeps its directory as FD_CGROUP.  -errno where cgroup2 is not
 * mounted or not writable: then there are no cgroups and all else works.
 */
int
cgroup_open(struct state *s, const char *name);

/* The child's own cgroup, made if missing: a descriptor (the caller closes it)
   or -errno. */
int
cgroup_child(struct state *s, const char *id);

/* Removes the child's cgroup, if it is empty. */
void
cgroup_remove(struct state *s, const char *id);

/* Removes our subtree at the end. */
void
cgroup_close(struct state *s, const char *name);

#endif
