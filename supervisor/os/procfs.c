/* SPDX-License-Identifier: MIT */
/*
 * procfs.c - reads /proc without a heap.
 */
#include "procfs.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdalign.h>
#include <stdio.h>
#include <string.h>
#include <sys/pidfd.h>
#include <unistd.h>

#define FORKED_NOT_EXECUTED 0x40u /* PF_FORKNOEXEC */
#define EXITING 0x4u              /* PF_EXITING */
#define WORDS_MAX 8u

static int
open_of(pid_t pid, const char *name, int flags)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/%s", pid, name);
	return open(path, flags | O_RDONLY | O_CLOEXEC);
}

static ssize_t
read_some(int fd, char *buf, size_t size)
{
	ssize_t n;

	do
		n = read(fd, buf, size);
	while (n < 0 && errno == EINTR);
	return n < 0 ? -errno : n;
}

/* Takes fd. */
static ssize_t
read_start(int fd, char *buf, size_t size)
{
	size_t length = 0;
	ssize_t n;

	if (fd < 0)
		return -errno;
	do {
		n = read_some(fd, buf + length, size - 1 - length);
		if (n > 0)
			length += (size_t)n;
	} while (n > 0 && length < size - 1);
	close(fd);
	if (n < 0)
		return n;
	buf[length] = '\0';
	return (ssize_t)length;
}

ssize_t
proc_read(const char *path, char *buf, size_t size)
{
	return read_start(open(path, O_RDONLY | O_CLOEXEC), buf, size);
}

static uint64_t
number(const char *text)
{
	uint64_t n = 0;

	for (; *text >= '0' && *text <= '9'; text++)
		n = n * 10 + (uint64_t)(*text - '0');
	return n;
}

/* The n-th (from 0) of words between single spaces. */
static const char *
word(const char *text, unsigned n)
{
	while (n-- > 0) {
		text += strcspn(text, " ");
		text += *text == ' ';
	}
	return text;
}

int
proc_stat(pid_t pid, struct proc_stat *ret)
{
	char text[1024]; /* the name is short, the rest are numbers */
	ssize_t n = read_start(open_of(pid, "stat", 0), text, sizeof(text));
	const char *p;

	if (n < 0)
		return (int)n;
	p = strrchr(text, ')'); /* the name may contain anything */
	if (!p || p[1] != ' ')
		return -ESRCH;
	p += 2;
	ret->state = *p;
	ret->group = (pid_t)number(word(p, 2));
	ret->session = (pid_t)number(word(p, 3));
	ret->has_executed = !(number(word(p, 6)) & FORKED_NOT_EXECUTED);
	ret->start = number(word(p, 19));
	ret->is_exiting = number(word(p, 6)) & EXITING;
	ret->is_killed = number(word(p, 28)) >> (SIGKILL - 1) & 1;
	ret->threads = number(word(p, 17));
	ret->code = number(word(p, 49));
	return 0;
}

uint64_t
proc_written(pid_t pid)
{
	static const char key[] = "wchar: ";
	char text[512];
	const char *p;

	if (read_start(open_of(pid, "io", 0), text, sizeof(text)) < 0)
		return UINT64_MAX;
	p = strstr(text, key);
	return p ? number(p + strlen(key)) : UINT64_MAX;
}

static uint32_t
match(const char *entry, const char *const *words, unsigned count)
{
	for (unsigned i = 0; i < count; i++)
		if (strcmp(entry, words[i]) == 0)
			return 1u << i;
	return 0;
}

/* Reads it in pieces, and of each entry keeps no more than could match. */
bool
proc_has_environment(pid_t pid, const char *const *words, unsigned count)
{
	char piece[4096], entry[128];
	uint32_t found = 0, all = (1u << count % WORDS_MAX) - 1;
	size_t length = 0;
	ssize_t n = 0;
	int fd = open_of(pid, "environ", 0);

	if (fd < 0)
		return false;
	while (found != all && (n = read_some(fd, piece, sizeof(piece))) > 0) {
		for (ssize_t i = 0; i < n; i++) {
			if (length < sizeof(entry))
				entry[length++] = piece[i];
			if (piece[i])
				continue;
			entry[length - 1] = '\0';
			found |= match(entry, words, count);
			length = 0;
		}
	}
	close(fd);
	return found == all;
}

static void
append(struct pid_list *list, pid_t pid)
{
	if (list->count == sizeof(list->pid) / sizeof(list->pid[0]))
		list->is_cut = true;
	else
		list->pid[list->count++] = pid;
}

/* Not for what is gone: there may be more than could be looked at. */
static void
note_failure(struct pid_list *list)
{
	if (errno == EMFILE || errno == ENFILE || errno == ENOMEM)
		list->is_cut = true;
}

/* In pieces as they come. */
void
proc_read_pids(int fd, struct pid_list *list)
{
	char piece[4096];
	pid_t pid = 0;
	ssize_t n;

	if (fd < 0) {
		note_failure(list);
		return;
	}
	while ((n = read_some(fd, piece, sizeof(piece))) > 0) {
		for (ssize_t i = 0; i < n; i++) {
			if (piece[i] >= '0' && piece[i] <= '9') {
				pid = pid * 10 + (piece[i] - '0');
			} else if (pid) {
				append(list, pid);
				pid = 0;
			}
		}
	}
	close(fd);
}

void
proc_children(pid_t pid, struct pid_list *list)
{
	alignas(struct dirent64) char room[2048];
	int tasks = open_of(pid, "task", O_DIRECTORY);
	ssize_t n;

	if (tasks < 0) {
		note_failure(list);
		return;
	}
	while ((n = getdents64(tasks, room, sizeof(room))) > 0) {
		for (ssize_t at = 0; at < n;) {
			const struct dirent64 *d = (void *)(room + at);
			char path[300];

			at += d->d_reclen;
			if (d->d_name[0] == '.')
				continue;
			snprintf(path, sizeof(path), "%s/children", d->d_name);
			proc_read_pids(openat(tasks, path,
					      O_RDONLY | O_CLOEXEC),
				       list);
		}
	}
	close(tasks);
}

void
proc_descendants(struct pid_list *list, unsigned from)
{
	for (unsigned i = from; i < list->count; i++)
		proc_children(list->pid[i], list);
}

int
proc_signal(pid_t pid, uint64_t start, int sig)
{
	struct proc_stat stat;
	int fd = pidfd_open(pid, 0), r = 0;

	if (fd < 0)
		return errno == ESRCH || errno == EINVAL ? 0 : -errno;
	/* The descriptor holds whoever has the pid now. */
	if (proc_stat(pid, &stat) == 0 && stat.start == start &&
	    pidfd_send_signal(fd, sig, NULL, 0) < 0 && errno != ESRCH)
		r = -errno;
	close(fd);
	return r;
}
