/* SPDX-License-Identifier: MIT */
/*
 * instance.h - one supd per configuration: directories, lock and pid file.
 */
#ifndef INSTANCE_H
#define INSTANCE_H

#include <sys/types.h>

#include "os/state.h"

/* mkdir -p; the last component is made with mode. 0 or -errno. */
int
make_directories(const char *path, mode_t mode);

/* make_directories() for the directory that file lies in. */
int
make_parents(const char *file, mode_t mode);

/*
 * Locks and fills file with pid, and keeps it as `which` (FD_LOCK, FD_PIDFILE).
 * 0, -errno, or the pid (> 0) of the process that holds it, at once if that
 * lives.  A dead keeper's lock lasts until the supervisor that died with it is
 * gone too: that is waited for, INSTANCE_WAIT_MS at most; -EBUSY: in vain.
 */
#define INSTANCE_WAIT_MS 4000
int
instance_lock(struct state *s, enum state_fd which, const char *file, pid_t pid);

#endif
