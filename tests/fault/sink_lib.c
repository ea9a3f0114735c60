/* SPDX-License-Identifier: MIT */
/*
 * sink_lib.c - whatever a worker's standard output can be.
 */
#include "sink_lib.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

#define QUIET_MS 100

const char *const sink_names[SINK_KINDS] = {
	[SINK_FILE] = "file",
	[SINK_APPEND] = "inherited file, O_APPEND",
	[SINK_OFFSET] = "inherited file",
	[SINK_FIFO] = "FIFO",
	[SINK_PIPE] = "pipe",
	[SINK_SOCKET] = "socketpair",
	[SINK_TERMINAL] = "terminal",
	[SINK_RAW] = "raw terminal",
};

bool
sink_is_wanted(unsigned kind, char *const *names)
{
	if (!*names)
		return true;
	for (; *names; names++)
		if (strstr(sink_names[kind], *names))
			return true;
	return false;
}

bool
sink_is_file(const struct sink *s)
{
	return s->kind <= SINK_OFFSET;
}

static int
open_file(struct sink *s, int flags)
{
	s->theirs = open(s->path, O_WRONLY | O_CREAT | O_CLOEXEC | flags, 0600);
	s->ours = open(s->path, O_RDONLY | O_CLOEXEC);
	return s->theirs < 0 || s->ours < 0 ? -errno : 0;
}

static int
open_pair(struct sink *s)
{
	int pair[2];
	int r = s->kind == SINK_PIPE ?
			pipe2(pair, O_CLOEXEC) :
			socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0,
				   pair);

	if (r < 0)
		return -errno;
	s->ours = pair[0];
	s->theirs = pair[1];
	return 0;
}

static int
open_terminal(struct sink *s)
{
	struct termios how;

	s->ours = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
	if (s->ours < 0 || grantpt(s->ours) < 0 || unlockpt(s->ours) < 0)
		return -errno;
	s->theirs = open(ptsname(s->ours), O_RDWR | O_NOCTTY | O_CLOEXEC);
	if (s->theirs < 0 || tcgetattr(s->theirs, &how) < 0)
		return -errno;
	if (s->kind == SINK_RAW)
		cfmakeraw(&how);
	return tcsetattr(s->theirs, TCSANOW, &how) < 0 ? -errno : 0;
}

static int
open_fifo(struct sink *s)
{
	if (mkfifo(s->path, 0600) < 0)
		return -errno;
	/* For reading and writing, so that it is never at its end. */
	s->ours = open(s->path, O_RDWR | O_CLOEXEC);
	return s->ours < 0 ? -errno : 0;
}

static int
open_kind(struct sink *s)
{
	switch (s->kind) {
	case SINK_FILE:
	case SINK_APPEND:
		return open_file(s, O_APPEND);
	case SINK_OFFSET:
		return open_file(s, 0);
	case SINK_FIFO:
		return open_fifo(s);
	case SINK_TERMINAL:
	case SINK_RAW:
		return open_terminal(s);
	case SINK_PIPE:
	case SINK_SOCKET:
		return open_pair(s);
	case SINK_KINDS:
		break;
	}
	return -EINVAL;
}

int
sink_open(struct sink *s, enum sink_kind kind, const char *dir)
{
	int r;

	*s = (struct sink){ .kind = kind, .name = sink_names[kind] };
	s->ours = s->theirs = -1;
	snprintf(s->path, sizeof(s->path), "%s/sink", dir);
	r = open_kind(s);
	if (kind != SINK_FILE && kind != SINK_FIFO)
		s->path[0] = '\0';
	/* The files' flags are theirs alone; of the others, ours is an end of
	   its own. */
	if (r == 0 && !sink_is_file(s))
		fcntl(s->ours, F_SETFL, fcntl(s->ours, F_GETFL) | O_NONBLOCK);
	return r;
}

/* A terminal that is not raw puts a \r before each \n. */
static size_t
without_returns(char *text, size_t length)
{
	size_t kept = 0;

	for (size_t i = 0; i < length; i++)
		if (text[i] != '\r')
			text[kept++] = text[i];
	return kept;
}

uint64_t
sink_drain(struct sink *s, struct verdict *v, uint64_t most)
{
	static char text[65536];
	uint64_t sum = 0;
	ssize_t n;

	while (sum < most && (n = read(s->ours, text, sizeof(text))) > 0) {
		size_t length = (size_t)n;

		sum += length;
		if (s->kind == SINK_TERMINAL)
			length = without_returns(text, length);
		verdict_feed(v, text, length);
	}
	return sum;
}

void
sink_drain_rest(struct sink *s, struct verdict *v)
{
	struct pollfd more = { .fd = s->ours, .events = POLLIN };

	do {
		sink_drain(s, v, UINT64_MAX);
	} while (!sink_is_file(s) && poll(&more, 1, QUIET_MS) > 0);
}

bool
sink_is_right(struct sink *s, const struct verdict *v)
{
	struct verdict whole;

	if (!sink_is_file(s))
		return true;
	verdict_init(&whole, v->name);
	lseek(s->ours, 0, SEEK_SET);
	sink_drain(s, &whole, UINT64_MAX);
	return !verdict_errors(&whole) && whole.numbers == v->numbers;
}

void
sink_close(struct sink *s)
{
	if (s->ours >= 0)
		close(s->ours);
	if (s->theirs >= 0)
		close(s->theirs);
	s->ours = s->theirs = -1;
}
