/* SPDX-License-Identifier: MIT */
/*
 * spawn.h - makes a process: clone3(CLONE_VM | CLONE_VFORK | CLONE_FILES |
 * CLONE_PARENT | CLONE_PIDFD | CLONE_PARENT_SETTID [| CLONE_INTO_CGROUP]), set
 * up and executed without a heap, without libc state and without a window in
 * which it exists and is not recorded.
 */
#ifndef SPAWN_H
#define SPAWN_H

#include <stddef.h>
#include <stdint.h>

struct process;
struct state;

#define SPAWN_PID_SIZE 12
#define SPAWN_FDS_MAX 60 /* descriptors beyond 0, 1, 2 that a child gets */

/* Where a child's set-up failed. */
enum spawn_stage {
	SPAWN_CLONE, /* no process was made */
	SPAWN_SESSION,
	SPAWN_FDS,
	SPAWN_DIRECTORY,
	SPAWN_LIMITS,
	SPAWN_PARENT, /* the keeper died meanwhile */
	SPAWN_EXEC,
	SPAWN_STAGES
};

struct spawn_fd {
	int from; /* ours */
	int to;   /* the child's number: 3 to FD_RESERVED - 1 */
};

struct spawn {
	const char *path; /* to execute; see spawn_find() */
	char *const *argv;
	char *const *envp;
	char *pid_at;     /* NULL; or where in envp the child's pid is to be
			 written as text: room for SPAWN_PID_SIZE */
	int in, out, err; /* ours; 1 and 2 are supd's own (inherit) */
	const struct spawn_fd *fds;
	unsigned fd_count;
	const char *directory; /* NULL: supd's */
	int umask;             /* -1: supd's */
	int cgroup;            /* O_PATH of the cgroup directory; < 0: none */
	uint64_t nofile_soft, nofile_hard; /* RLIMIT_NOFILE to restore */
};

/*
 * Makes a slot's process: writes the intent (process[slot].phase, spawning),
 * clones, waits until it has executed or failed.
 * 0: it runs (or has run and ended already: the keeper says so elsewhere).
 * -errno with *stage: it could not be made or executed.  A process that was
 * made but could not execute is still reaped and recorded by the keeper; the
 * caller waits for that as for any exit.
 * All of the child's set-up is documented at the top of child.c.
 */
int
spawn_start(struct state *s, uint32_t slot, const struct spawn *how,
	    enum spawn_stage *stage);

/*
 * A new supervisor's first act: the process that its predecessor was making, if
 * it was made, is found by its pid from now on, whoever is spawned next.
 */
void
spawn_adopt(struct state *s);

/*
 * The same for a process that a predecessor made (tid is set) and may not have
 * seen executing: waits for that, for a bounded time.
 */
int
spawn_finish(struct state *s, uint32_t slot, enum spawn_stage *stage);

/*
 * execvp's search, made in advance: name has a slash -> itself; else the first
 * executable in path (the value of PATH).  0 and the file in buf, -ENOENT,
 * -EACCES (found, but not executable), -ENAMETOOLONG.
 */
int
spawn_find(const char *name, const char *path, char *buf, size_t size);

/* "exec", "directory", ... */
const char *
spawn_stage_name(enum spawn_stage stage);

#endif
