/* SPDX-License-Identifier: MIT */
/*
 * pair_page.c - what the halves of a pair share: FILE.pair, beside their
 * checkpoint FILE.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/pidfd.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <unistd.h>

#include "pair_page.h"

_Static_assert(sizeof(struct pair_page) == 512, "no padding");

struct pair_page *pair_page;
char pair_path[PATH_MAX];

static const char magic[8] = "SUPPAIR";
static int file = -1;

static int
fail(int error)
{
	fprintf(stderr, "counter: %s: %s\n", pair_path, strerror(error));
	switch (error) {
	case EACCES:
	case EPERM:
	case EROFS:
		return EX_NOPERM;
	case ENOENT:
	case ENOTDIR:
		return EX_NOINPUT;
	default:
		return EX_CANTCREAT;
	}
}

/* It is empty, or one of ours. */
static bool
is_ours(void)
{
	char found[sizeof(magic)] = "";
	struct stat st;

	if (fstat(file, &st) < 0 || !S_ISREG(st.st_mode) ||
	    st.st_size > (off_t)sizeof(struct pair_page) ||
	    pread(file, found, sizeof(found), 0) < 0)
		return false;
	return !found[0] || memcmp(found, magic, sizeof(magic)) == 0;
}

int
pair_page_open(const char *checkpoint)
{
	void *at;

	if (snprintf(pair_path, PATH_MAX, "%s" PAIR_SUFFIX, checkpoint) >=
	    PATH_MAX)
		return fail(ENAMETOOLONG);
	file = open(pair_path,
		    O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK |
			    O_NOCTTY,
		    0600);
	if (file < 0)
		return fail(errno);
	if (!is_ours()) {
		fprintf(stderr,
			"counter: %s: not the file of a pair; move it away\n",
			pair_path);
		return EX_DATAERR;
	}
	/* A full disk shall say so here, and not by SIGBUS. */
	errno = posix_fallocate(file, 0, sizeof(struct pair_page));
	if (errno)
		return fail(errno);
	at = mmap(NULL, sizeof(struct pair_page), PROT_READ | PROT_WRITE,
		  MAP_SHARED, file, 0);
	if (at == MAP_FAILED)
		return fail(errno);
	pair_page = at;
	memcpy(pair_page->magic, magic, sizeof(magic));
	return -1;
}

static bool
set_lock(enum pair_role role, short type)
{
	struct flock l = { .l_type = type, .l_start = role, .l_len = 1 };

	return fcntl(file, F_SETLK, &l) == 0;
}

bool
pair_take(enum pair_role role)
{
	return set_lock(role, F_WRLCK);
}

void
pair_release(enum pair_role role)
{
	set_lock(role, F_UNLCK);
}

pid_t
pair_holder(enum pair_role role)
{
	struct flock l = { .l_type = F_WRLCK, .l_start = role, .l_len = 1 };

	if (fcntl(file, F_GETLK, &l) < 0 || l.l_type == F_UNLCK || l.l_pid < 0)
		return 0;
	return l.l_pid;
}

int
pair_holder_open(enum pair_role role)
{
	pid_t pid = pair_holder(role);
	int fd = pid ? pidfd_open(pid, 0) : -1;

	/* Who has the lock after this had the pid before it. */
	if (fd < 0 || pair_holder(role) == pid)
		return fd;
	close(fd);
	return -1;
}

void
pair_page_beat(enum pair_role role)
{
	__atomic_add_fetch(&pair_page->beats[role], 1, __ATOMIC_RELAXED);
}

bool
pair_may_create(int64_t now_ms)
{
	struct pair_page *p = pair_page;
	int64_t *oldest = &p->when[p->created % PAIR_LIMIT];

	/* A time to come is one of before the machine was started. */
	if (*oldest && *oldest <= now_ms && now_ms - *oldest < PAIR_LIMIT_MS)
		return false;
	*oldest = now_ms;
	p->created++;
	return true;
}
