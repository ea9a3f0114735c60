/* SPDX-License-Identifier: MIT */
/*
 * procfs.h - reads /proc without a heap.
 */
#ifndef PROCFS_H
#define PROCFS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct proc_stat { /* proc(5), /proc/PID/stat */
	char state;
	pid_t group;
	pid_t session;
	bool has_executed; /* since it was forked */
	uint64_t start;    /* with its pid: who it is */
	bool is_killed;    /* SIGKILL is on its way to it */
	bool is_exiting;   /* will run no more of its program, */
	uint64_t threads;  /* if there is but one, */
	uint64_t code;     /* and this is its status, as of wait(2), if we may
			      know it */
};

struct pid_list {
	unsigned count;
	bool is_cut; /* there were more, or may have been */
	pid_t pid[65536];
};

/* The beginning of a file in buf, NUL-terminated; its length, or -errno. */
ssize_t
proc_read(const char *path, char *buf, size_t size);

/* 0, or -errno if there is no such process. */
int
proc_stat(pid_t pid, struct proc_stat *ret);

/* Bytes that the process, dead but not reaped, has written; UINT64_MAX if that
   is not known. */
uint64_t
proc_written(pid_t pid);

/* Does what it was executed with contain each of the given NAME=value? */
bool
proc_has_environment(pid_t pid, const char *const *words, unsigned count);

/* Appends the numbers, each with a space or newline behind it, that the file
   consists of.  Takes fd; -1 is an empty one. */
void
proc_read_pids(int fd, struct pid_list *list);

/* Appends the children of all threads of pid, zombies too. */
void
proc_children(pid_t pid, struct pid_list *list);

/* Appends the children of those in list from index `from` on, and theirs. */
void
proc_descendants(struct pid_list *list, unsigned from);

/* SIGKILL or whatever to the process that was started at `start`: 0 also when
   it is gone. -errno. */
int
proc_signal(pid_t pid, uint64_t start, int sig);

#endif
