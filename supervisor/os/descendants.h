/* SPDX-License-Identifier: MIT */
/*
 * descendants.h - what a child has left, where there are no cgroups: found by
 * walking /proc.
 *
 * What lives below the main process is its; so is an orphan (which the keeper,
 * being subreaper, has adopted) of its session or process group, or that was
 * executed with its SUPD_CHILD, its SUPD_ROLE and our SUPD_KEEPER in the
 * environment, and
 * whatever lives below that.  One that left the session, cleared its
 * environment and lost its parent cannot be told from others; it ends with
 * supd.
 */
#ifndef DESCENDANTS_H
#define DESCENDANTS_H

#include <stdbool.h>
#include <stdint.h>

struct state;

/* sig to all of them, the main process excepted; SIGKILL until no more are
   found. -errno. */
int
descendants_signal(struct state *s, uint32_t slot, const char *id, int sig);

/* Is there any (kill_mode group: in its process group)?  After the death of
   the main process; see process_has_remains(). */
bool
descendants_remain(struct state *s, uint32_t slot, const char *id);

#endif
