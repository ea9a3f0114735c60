/* SPDX-License-Identifier: MIT */
/*
 * instance.c - one supd per configuration.
 *
 * The lock is flock(2) on an open file: it lives in the descriptor table that
 * keeper and supervisors share, and so ends with the keeper, however that dies.
 * It is the first one that is opened: the kernel gives up the last first, so
 * whoever gets it finds neither the old socket served nor the old cgroup locked.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "instance.h"
#include "os/procfs.h"
#include "os/state.h"

static int
make_one(const char *path, mode_t mode)
{
	struct stat st;

	if (mkdir(path, mode) == 0)
		return 0;
	if (errno != EEXIST)
		return -errno;
	if (stat(path, &st) < 0)
		return -errno;
	return S_ISDIR(st.st_mode) ? 0 : -ENOTDIR;
}

int
make_directories(const char *path, mode_t mode)
{
	char part[4096];
	size_t n = strlen(path);

	if (n >= sizeof(part))
		return -ENAMETOOLONG;
	for (size_t i = 1; i <= n; i++) {
		int r;

		if (path[i] != '/' && path[i] != '\0')
			continue;
		memcpy(part, path, i);
		part[i] = '\0';
		r = make_one(part, i == n ? mode : 0755);
		if (r < 0)
			return r;
	}
	return 0;
}

int
make_parents(const char *file, mode_t mode)
{
	char directory[4096];
	const char *slash = strrchr(file, '/');
	size_t n = slash ? (size_t)(slash - file) : 0;

	if (n == 0)
		return 0;
	if (n >= sizeof(directory))
		return -ENAMETOOLONG;
	memcpy(directory, file, n);
	directory[n] = '\0';
	return make_directories(directory, mode);
}

/* 0: whoever has the lock has not said so yet, or is no process that we see. */
static pid_t
holder(int fd)
{
	char text[32];
	ssize_t n = pread(fd, text, sizeof(text) - 1, 0);
	long pid;

	if (n <= 0)
		return 0;
	text[n] = '\0';
	pid = strtol(text, NULL, 10);
	return pid > 0 && pid <= (long)PID_MAX ? (pid_t)pid : 0;
}

static bool
is_alive(pid_t pid)
{
	struct proc_stat stat;

	return pid > 0 && proc_stat(pid, &stat) == 0 && stat.state != 'Z' &&
	       !stat.is_exiting && !stat.is_killed;
}

/* flock(), waiting as the header says. */
static int
lock(int fd)
{
	const struct timespec delay = { .tv_nsec = 5000000 };
	int64_t deadline = clock_ms() + INSTANCE_WAIT_MS;

	while (flock(fd, LOCK_EX | LOCK_NB) < 0) {
		pid_t pid;

		if (errno != EWOULDBLOCK)
			return -errno;
		pid = holder(fd);
		if (is_alive(pid))
			return pid;
		if (clock_ms() >= deadline)
			return -EBUSY;
		nanosleep(&delay, NULL);
	}
	return 0;
}

static int
fill(int fd, pid_t pid)
{
	char text[32];
	int n = snprintf(text, sizeof(text), "%d\n", pid);

	if (ftruncate(fd, 0) < 0 || pwrite(fd, text, (size_t)n, 0) != n)
		return errno ? -errno : -EIO;
	return 0;
}

int
instance_lock(struct state *s, enum state_fd which, const char *file, pid_t pid)
{
	int fd, r;

	if (s->fds[which] >= 0)
		return 0; /* a predecessor's */
	fd = open(file, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0644);
	if (fd < 0)
		return -errno;
	r = lock(fd);
	if (r == 0)
		r = fill(fd, pid);
	if (r != 0) {
		close(fd);
		return r;
	}
	return state_keep_fd(s, which, fd);
}
