/* SPDX-License-Identifier: MIT */
/*
 * cgroup.h - our own subtree of cgroup2, in which each child has a directory.
 */
#ifndef CGROUP_H
#define CGROUP_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "../core/core.h"

struct state;

#define CGROUP_NAME_SIZE (ID_SIZE + 4)

/* What the cgroup of a slot is called, in ret: `id`, or `id~` for the second
   of its child's. */
const char *
cgroup_name(uint32_t slot, const char *id, char ret[CGROUP_NAME_SIZE]);

/*
 * Finds or makes our own cgroup subtree (below the cgroup that we are in, name
 * "supd.NAME"; where a living supd has that, "supd.NAME~2" and so on), ends
 * whatever an earlier life of the same instance has left in it, and keeps its
 * directory, locked, as FD_CGROUP.  -errno where cgroup2 is not mounted or not
 * writable: then there are no cgroups and all else works.
 */
int
cgroup_open(struct state *s, const char *name);

/* The child's own cgroup, made if missing: a descriptor (the caller closes it)
   or -errno. */
int
cgroup_child(struct state *s, const char *id);

/* Is there a living process in the child's cgroup, or below it?  1, 0; -errno
   if it has none (-ENOENT) or that cannot be said. */
int
cgroup_is_populated(const struct state *s, const char *id);

/* Is pid, or nobody, in that cgroup, and is there none below it? */
bool
cgroup_has_only(const struct state *s, const char *id, pid_t pid);

/* SIGKILL to everything in the child's cgroup and below; id NULL: in all of
   our subtree. -errno. */
int
cgroup_kill(const struct state *s, const char *id);

/* sig to every process in the child's cgroup but `except`, and not to those in
   cgroups below it. -errno. */
int
cgroup_signal(const struct state *s, const char *id, int sig, pid_t except);

/* Removes the child's cgroup, if it is empty. */
void
cgroup_remove(struct state *s, const char *id);

/* Removes our subtree at the end. */
void
cgroup_close(struct state *s, const char *name);

#endif
