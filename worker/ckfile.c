/* SPDX-License-Identifier: MIT */
/*
 * ckfile.c - gets hold of a checkpoint file: opened and locked, or made.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <libgen.h>
#include <limits.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "ckfile.h"
#include "crc32c.h"
#include "generations.h"
#include "message.h"
#include "supworker.h"

#define DYING_MS 5000 /* as long as one that dies is waited for */
#define TRIES 16      /* against others that replace the file meanwhile */
#define MOVE_AWAY "; to start anew, move it away"

static uint32_t
header_crc(const struct layout_header *h)
{
	return sup_crc32c(0, h, offsetof(struct layout_header, crc));
}

struct layout_header
sup_ckfile_header(size_t payload_max)
{
	struct layout_header h = {
		.magic = LAYOUT_MAGIC,
		.version = LAYOUT_VERSION,
		.order = LAYOUT_ORDER,
		.slots = LAYOUT_SLOTS,
		.slots_offset = LAYOUT_BLOCK,
		.payload_max = payload_max,
	};

	h.slot_size = sizeof(struct layout_slot) + payload_max;
	h.slot_size += LAYOUT_BLOCK - 1;
	h.slot_size -= h.slot_size % LAYOUT_BLOCK;
	h.crc = header_crc(&h);
	return h;
}

int
sup_write_at(int fd, const void *data, size_t length, off_t offset, bool disk)
{
	const char *from = data;

	while (length) {
		ssize_t n = pwrite(fd, from, length, offset);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		from += n;
		length -= (size_t)n;
		offset += n;
	}
	return disk && fdatasync(fd) < 0 ? -errno : 0;
}

int
sup_ckfile_reserve(int fd, const struct layout_header *h)
{
	int error;

	do {
		error = posix_fallocate(fd, 0, layout_size(h));
	} while (error == EINTR);
	return -error;
}

/* -ESTALE if path is not, or not any longer, the file fd. */
static int
is_still(const char *path, int fd)
{
	struct stat named, held;

	if (fstat(fd, &held) < 0)
		return sup_fail_errno(errno, path, "fstat");
	if (stat(path, &named) < 0)
		return errno == ENOENT ? -ESTALE :
					 sup_fail_errno(errno, path, "stat");
	if (named.st_dev != held.st_dev || named.st_ino != held.st_ino)
		return -ESTALE;
	return 0;
}

/* A flag of the kernel's (linux/sched.h) in the ninth field of proc(5), stat. */
#define PF_EXITING 0x4u

/* One that is gone has given up its lock just now. */
static bool
is_dying(uint32_t pid)
{
	char path[32], text[512];
	unsigned flags = 0;
	char state = 'R', *p;
	ssize_t n;
	int fd;

	snprintf(path, sizeof(path), "/proc/%" PRIu32 "/stat", pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return errno == ENOENT;
	n = read(fd, text, sizeof(text) - 1);
	close(fd);
	if (n <= 0)
		return true;
	text[n] = '\0';
	p = strrchr(text, ')');
	if (!p || sscanf(p, ") %c %*d %*d %*d %*d %*d %u", &state, &flags) != 2)
		return false;
	return state == 'Z' || state == 'X' || flags & PF_EXITING;
}

/* 0; -EWOULDBLOCK, and whose it is (0: unknown); another -errno.  The dying
   keep a lock until their memory is freed, which takes its time; a standby may
   be promoted before. */
static int
wait_for_lock(int fd, uint32_t *owner)
{
	static const struct timespec moment = { .tv_nsec = 1000000 };
	struct layout_progress now;

	for (int i = 0; i < DYING_MS; i++) {
		*owner = 0;
		if (flock(fd, LOCK_EX | LOCK_NB) == 0)
			return 0;
		if (errno != EWOULDBLOCK)
			return -errno;
		if (sup_read_at(fd, &now, sizeof(now), LAYOUT_PROGRESS_OFFSET))
			*owner = now.owner;
		if (!*owner || !is_dying(*owner))
			break;
		nanosleep(&moment, NULL);
	}
	return -EWOULDBLOCK;
}

/* 0; -EBUSY; -ESTALE: look again. */
static int
lock(const char *path, int fd)
{
	uint32_t owner;
	int error = wait_for_lock(fd, &owner);

	if (!error)
		return is_still(path, fd);
	if (error != -EWOULDBLOCK)
		return sup_fail_errno(-error, path, "cannot be locked");
	if (owner)
		return sup_fail(EBUSY,
				"%s: in use by process %u; one process "
				"may have a checkpoint open",
				path, owner);
	return sup_fail(EBUSY, "%s: in use by another process", path);
}

static int
sync_directory(const char *path)
{
	char copy[PATH_MAX];
	int error = 0;
	int fd;

	snprintf(copy, sizeof(copy), "%s", path);
	fd = open(dirname(copy), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	if (fsync(fd) < 0)
		error = -errno;
	close(fd);
	return error;
}

/* Fills the locked file temporary and gives it its name. */
static int
complete(int fd, const char *temporary, const char *path,
	 const struct layout_header *new, bool disk)
{
	int error;

	if (ftruncate(fd, 0) < 0)
		return -errno;
	error = sup_ckfile_reserve(fd, new);
	if (!error)
		error = sup_write_at(fd, new, sizeof(*new), 0, false);
	if (!error && disk && fsync(fd) < 0)
		error = -errno;
	if (!error && rename(temporary, path) < 0)
		error = -errno;
	if (!error && disk)
		error = sync_directory(path);
	return error;
}

/* fd; -ESTALE: path exists by now, or look again. */
static int
make(const char *path, const struct layout_header *new, bool disk)
{
	char temporary[PATH_MAX];
	int error;
	int fd;

	if (snprintf(temporary, sizeof(temporary), "%s.new", path) >= PATH_MAX)
		return sup_fail_errno(ENAMETOOLONG, path, "cannot be made");
	fd = open(temporary,
		  O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK |
			  O_NOCTTY,
		  0600);
	if (fd < 0)
		return sup_fail_errno(errno, temporary, "cannot be made");
	error = lock(temporary, fd);
	if (error)
		goto out;
	if (access(path, F_OK) == 0)
		error = -ESTALE;
	else
		error = complete(fd, temporary, path, new, disk);
	if (!error)
		return fd;
	unlink(temporary);
	if (error != -ESTALE)
		sup_fail_errno(-error, path, "cannot be made");
out:
	close(fd);
	return error;
}

static int
open_existing(const char *path)
{
	struct stat st;
	int error;
	int fd;

	fd = open(path, O_RDWR | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	if (fd < 0 && errno == ENOENT)
		return -ENOENT;
	if (fd < 0)
		return sup_fail_errno(errno, path,
				      "cannot be opened for writing");
	if (fstat(fd, &st) < 0)
		error = sup_fail_errno(errno, path, "fstat");
	else if (!S_ISREG(st.st_mode))
		error = sup_fail(EBADMSG, "%s: not a regular file", path);
	else
		error = lock(path, fd);
	if (!error)
		return fd;
	close(fd);
	return error;
}

int
sup_ckfile_open(const char *path, const struct layout_header *new, bool disk)
{
	for (int i = 0; i < TRIES; i++) {
		int fd = open_existing(path);

		if (fd == -ENOENT)
			fd = make(path, new, disk);
		if (fd != -ESTALE)
			return fd;
	}
	return sup_fail(EBUSY, "%s: others keep replacing it", path);
}

/* A header that its own crc calls whole: which file is it, then? */
static int
judge(const char *path, const struct layout_header *h, off_t size,
      const struct layout_header *expected)
{
	struct layout_header right = sup_ckfile_header(h->payload_max);

	if (h->version > LAYOUT_VERSION)
		return sup_fail(EPROTONOSUPPORT,
				"%s: format %u; this program knows formats up "
				"to %u: use a newer one",
				path, h->version, LAYOUT_VERSION);
	if (!h->payload_max || h->payload_max > SUP_PAYLOAD_MAX ||
	    memcmp(&right, h, sizeof(right)) != 0)
		return sup_fail(EBADMSG, "%s: damaged header" MOVE_AWAY, path);
	if (size < layout_size(h))
		return sup_fail(EBADMSG,
				"%s: truncated: %lld bytes of %lld" MOVE_AWAY,
				path, (long long)size,
				(long long)layout_size(h));
	if (expected && h->payload_max != expected->payload_max)
		return sup_fail(EMSGSIZE,
				"%s: made for states of up to %llu bytes, "
				"not %llu" MOVE_AWAY,
				path, (unsigned long long)h->payload_max,
				(unsigned long long)expected->payload_max);
	return HEADER_GOOD;
}

static const char *
what_is_wrong(const struct layout_header *h, off_t size)
{
	if (!size)
		return "empty: not a checkpoint file";
	if (memcmp(h->magic, LAYOUT_MAGIC, sizeof(h->magic)) != 0)
		return "not a checkpoint file";
	if (h->order == __builtin_bswap32(LAYOUT_ORDER))
		return "from a machine of another byte order";
	return "damaged header";
}

int
sup_ckfile_check(int fd, const char *path, const struct layout_header *expected,
		 struct layout_header *h)
{
	struct layout_header found = { 0 };
	struct stat st;

	if (fstat(fd, &st) < 0)
		return sup_fail_errno(errno, path, "fstat");
	if (st.st_size >= (off_t)sizeof(found) &&
	    !sup_read_at(fd, &found, sizeof(found), 0))
		return sup_fail_errno(EIO, path, "cannot be read");
	*h = found;
	if (memcmp(found.magic, LAYOUT_MAGIC, sizeof(found.magic)) == 0 &&
	    found.crc == header_crc(&found))
		return judge(path, &found, st.st_size, expected);
	if (!expected || st.st_size != layout_size(expected))
		return sup_fail(EBADMSG, "%s: %s" MOVE_AWAY, path,
				what_is_wrong(&found, st.st_size));
	*h = *expected;
	return HEADER_DAMAGED;
}
