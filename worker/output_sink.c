/* SPDX-License-Identifier: MIT */
/*
 * output_sink.c - where the text goes: a regular file tells by its size how
 * much has arrived; for anything else the kernel's count of what the writer has
 * written does.
 */
#include "output_sink.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "message.h"
#include "reexec.h"

#define CHUNK 4096

const char *
sup_sink_name(const struct sink *s)
{
	static _Thread_local char name[32];

	if (s->fd == STDOUT_FILENO)
		return "standard output";
	snprintf(name, sizeof(name), "descriptor %d", s->fd);
	return name;
}

static int
fail(const struct sink *s, int error, const char *what)
{
	return sup_fail_errno(error, sup_sink_name(s), what);
}

static bool
is_standard_error(const struct stat *st)
{
	struct stat other;

	return fstat(STDERR_FILENO, &other) == 0 &&
	       other.st_dev == st->st_dev && other.st_ino == st->st_ino;
}

int
sup_sink_open(struct sink *s, int fd)
{
	struct stat st;
	off_t end;

	*s = (struct sink){ .fd = fd, .kind = OUTPUT_UNKNOWN };
	s->count.fd = -1;
	if (fstat(fd, &st) < 0)
		return fail(s, errno, "cannot be used");
	s->countable = sup_count_open(&s->count);
	if (s->countable)
		s->kind = OUTPUT_COUNT;
	if (!S_ISREG(st.st_mode))
		return 0;
	end = lseek(fd, 0, SEEK_END);
	if (end < 0) {
		int error = errno;

		sup_sink_close(s);
		return fail(s, error, "lseek");
	}
	s->inode = st.st_ino;
	s->position = (uint64_t)end;
	/* What goes to standard error comes in between. */
	if (!s->countable || !is_standard_error(&st))
		s->kind = OUTPUT_FILE;
	return 0;
}

void
sup_sink_close(struct sink *s)
{
	sup_count_close(&s->count);
}

int
sup_sink_mark(struct sink *s, struct output_record *r)
{
	int error;

	if (s->shared)
		s->position = (uint64_t)lseek(s->fd, 0, SEEK_END);
	r->sink = s->kind;
	r->inode = s->inode;
	r->position = s->position;
	if (s->kind != OUTPUT_COUNT)
		return 0;
	r->lineage = s->count.lineage;
	r->incarnation = s->count.incarnation;
	r->image = sup_reexec_image();
	error = sup_count_own(&s->count, &r->position);
	return error ? sup_fail_errno(-error, "/proc/self/io", "wchar") : 0;
}

bool
sup_sink_wrote(struct sink *s, size_t n)
{
	off_t now;
	bool grew;

	if (s->kind != OUTPUT_FILE)
		return false;
	now = lseek(s->fd, 0, SEEK_CUR);
	grew = (uint64_t)now > s->position + n;
	s->position = (uint64_t)now;
	if (!grew || s->shared)
		return false;
	s->shared = true;
	if (s->countable)
		s->kind = OUTPUT_COUNT;
	return true;
}

/* A descriptor to read the same file; -1: not permitted. */
static int
open_to_read(int fd)
{
	char path[40];

	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	return open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
}

/* Of what is expected at offset: how many bytes of the file are equal. */
static uint64_t
count_equal(int fd, uint64_t offset, const char *expected, uint64_t size)
{
	char chunk[CHUNK];
	uint64_t equal = 0;

	while (equal < size) {
		size_t want = size - equal < CHUNK ? (size_t)(size - equal) :
						     CHUNK;
		ssize_t n = pread(fd, chunk, want, (off_t)(offset + equal));

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			break;
		for (ssize_t i = 0; i < n; i++)
			if (chunk[i] != expected[equal + (uint64_t)i])
				return equal + (uint64_t)i;
		equal += (uint64_t)n;
	}
	return equal;
}

/* What is behind the position is the text, whole or its beginning; what others
   may have written behind the whole text does not matter. */
static const char *
arrived_in_file(const struct sink *s, const struct output_record *r,
		const char *text, uint64_t *arrived)
{
	uint64_t rest = r->text_size - r->done, equal, come;
	struct stat st;
	int fd;

	if (fstat(s->fd, &st) < 0 || !S_ISREG(st.st_mode) ||
	    st.st_ino != r->inode)
		return "it was going to another file";
	if ((uint64_t)st.st_size < r->position)
		return "the file has been truncated";
	come = (uint64_t)st.st_size - r->position;
	equal = come < rest ? come : rest;
	fd = open_to_read(s->fd);
	if (fd < 0) {
		if (come > rest)
			return "others have written to the file";
	} else {
		uint64_t same =
			count_equal(fd, r->position, text + r->done, equal);

		close(fd);
		if (same != equal)
			return "others have written to the file";
	}
	*arrived = r->done + equal;
	return NULL;
}

static const char *
arrived_by_count(const struct output_record *r, uint64_t *arrived)
{
	uint64_t rest = r->text_size - r->done, bytes;

	if (!sup_count_of(r->lineage, r->incarnation, r->image, &bytes) ||
	    bytes < r->position)
		return "nobody knows what its writer has written";
	bytes -= r->position;
	*arrived = r->done + (bytes < rest ? bytes : rest);
	return NULL;
}

const char *
sup_sink_arrived(const struct sink *s, const struct output_record *r,
		 const char *text, uint64_t *arrived)
{
	*arrived = r->done;
	if (r->done == r->text_size)
		return NULL;
	switch ((enum output_sink)r->sink) {
	case OUTPUT_SETTLED:
		return NULL;
	case OUTPUT_FILE:
		return arrived_in_file(s, r, text, arrived);
	case OUTPUT_COUNT:
		return arrived_by_count(r, arrived);
	case OUTPUT_UNKNOWN:
		break;
	}
	return "it went where nobody can tell";
}
