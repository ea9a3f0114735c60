/* SPDX-License-Identifier: MIT */
/*
 * checkpoint.c - a worker's state in a file, in several generations.
 *
 * A save writes the slot whose generation is worth the least, so that the
 * newest good one is whole at every instant.  It writes through a mapping:
 * sequence := 0, payload, length and crc, sequence := n.  A slot that a crash
 * leaves behind in the middle is empty, and the kernel keeps the page.  With
 * SUP_DISK msync(2) follows; what a loss of power has torn, the crc tells.
 * A save does not count as writing (wchar): output_count.h.
 *
 * The first save of a run then notes in struct layout_progress that this start
 * was none of the failed ones, and erases the generations that were refused.
 */
#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "checkpoint.h"
#include "ckfile.h"
#include "generations.h"
#include "cklayout.h"
#include "message.h"
#include "supworker.h"

#define ATTEMPTS 3 /* starts from one generation */
#define ATTEMPTS_MAX (ATTEMPTS * (LAYOUT_SLOTS + 1)) /* counted no further */

struct sup_checkpoint {
	char *path;
	int fd;
	unsigned flags;
	unsigned char *map;
	struct layout_header header;
	struct layout_progress progress;
	struct generations found;
	uint64_t sequence;            /* the newest there is */
	unsigned order[LAYOUT_SLOTS]; /* to write the slots in */
	unsigned next;                /* in order */
	bool settled;                 /* this start has saved */
	char report[MESSAGE_SIZE];
};

/* To the disk, with SUP_DISK, what lies in the mapping at offset. */
static int
flush(const struct sup_checkpoint *c, off_t offset, size_t length)
{
	size_t odd;

	if (!(c->flags & SUP_DISK))
		return 0;
	odd = (size_t)(offset % sysconf(_SC_PAGESIZE));
	return msync(c->map + offset - odd, length + odd, MS_SYNC) < 0 ?
		       -errno :
		       0;
}

static int
write_progress(const struct sup_checkpoint *c)
{
	memcpy(c->map + LAYOUT_PROGRESS_OFFSET, &c->progress,
	       sizeof(c->progress));
	return flush(c, LAYOUT_PROGRESS_OFFSET, sizeof(c->progress));
}

/* What is worth nothing first, then what was refused, then the oldest. */
static void
plan_order(struct sup_checkpoint *c)
{
	const struct generation *list = c->found.list;
	unsigned n = 0;

	for (unsigned i = 0; i < LAYOUT_SLOTS; i++)
		if (list[i].state == GENERATION_EMPTY ||
		    list[i].state == GENERATION_DAMAGED)
			c->order[n++] = list[i].slot;
	for (unsigned i = 0; i < LAYOUT_SLOTS; i++)
		if (list[i].state == GENERATION_REFUSED)
			c->order[n++] = list[i].slot;
	for (unsigned i = LAYOUT_SLOTS; i-- > 0;)
		if (list[i].state == GENERATION_VALID ||
		    list[i].state == GENERATION_UNREAD)
			c->order[n++] = list[i].slot;
}

__attribute__((format(printf, 2, 3))) static void
report(struct sup_checkpoint *c, const char *format, ...)
{
	size_t length = strlen(c->report);
	va_list args;

	if (length && length + 3 < sizeof(c->report)) {
		memcpy(c->report + length, "; ", 3);
		length += 2;
	}
	va_start(args, format);
	vsnprintf(c->report + length, sizeof(c->report) - length, format, args);
	va_end(args);
}

static void
report_choice(struct sup_checkpoint *c, bool header_damaged)
{
	const struct generation *chosen = c->found.chosen;
	unsigned damaged = sup_generations_count(&c->found, GENERATION_DAMAGED);
	unsigned refused = sup_generations_count(&c->found, GENERATION_REFUSED);

	if (header_damaged)
		report(c, "the header was damaged and is restored");
	if (damaged)
		report(c, "%u damaged generation%s passed over", damaged,
		       damaged == 1 ? "" : "s");
	if (refused)
		report(c,
		       "%u starts in a row failed: the newest %u "
		       "generation%s given up",
		       c->progress.attempts, refused, refused == 1 ? "" : "s");
	if (!c->report[0])
		return;
	if (chosen)
		report(c, "going on from generation %llu",
		       (unsigned long long)chosen->head.sequence);
	else
		report(c, "starting anew");
}

/* Decides what to go on from. */
static int
choose(struct sup_checkpoint *c, bool header_damaged)
{
	struct generations *g = &c->found;
	unsigned refuse;

	/* A number that is never written is damage. */
	if (c->progress.attempts > ATTEMPTS_MAX || c->flags & SUP_NO_FALLBACK)
		c->progress.attempts = 0;
	refuse = c->progress.attempts / ATTEMPTS;
	sup_generations_read(c->fd, &c->header, g);
	sup_generations_choose(c->fd, &c->header, g, refuse);
	for (unsigned i = 0; i < LAYOUT_SLOTS && !c->sequence; i++)
		if (g->list[i].state == GENERATION_VALID ||
		    g->list[i].state == GENERATION_REFUSED)
			c->sequence = g->list[i].head.sequence;
	if (!c->sequence && header_damaged)
		return sup_fail(EBADMSG,
				"%s: not a checkpoint file, or "
				"damaged all over; to start anew, move it away",
				c->path);
	if (!c->sequence && c->progress.used)
		return sup_fail(EBADMSG,
				"%s: damaged in every generation; to "
				"start anew, move it away",
				c->path);
	plan_order(c);
	report_choice(c, header_damaged);
	return 0;
}

static int
map(struct sup_checkpoint *c)
{
	void *at = mmap(NULL, (size_t)layout_size(&c->header),
			PROT_READ | PROT_WRITE, MAP_SHARED, c->fd, 0);

	if (at == MAP_FAILED)
		return -errno;
	c->map = at;
	return 0;
}

/* Reads the locked file, and notes that it is in use again. */
static int
take(struct sup_checkpoint *c, const struct layout_header *expected)
{
	int error, header;

	header = sup_ckfile_check(c->fd, c->path, expected, &c->header);
	if (header < 0)
		return header;
	if (!sup_read_at(c->fd, &c->progress, sizeof(c->progress),
			 LAYOUT_PROGRESS_OFFSET))
		return sup_fail_errno(EIO, c->path, "cannot be read");
	error = choose(c, header == HEADER_DAMAGED);
	if (error)
		return error;
	error = sup_ckfile_reserve(c->fd, &c->header);
	if (error)
		return sup_fail_errno(-error, c->path, "no room for it");
	c->progress.owner = (uint32_t)getpid();
	c->progress.used = c->sequence != 0;
	c->progress.reserved = 0;
	if (c->progress.attempts < ATTEMPTS_MAX &&
	    !(c->flags & SUP_NO_FALLBACK))
		c->progress.attempts++;
	if (header == HEADER_DAMAGED)
		error = sup_write_at(c->fd, &c->header, sizeof(c->header), 0,
				     c->flags & SUP_DISK);
	if (!error)
		error = map(c);
	if (!error)
		error = write_progress(c);
	return error ? sup_fail_errno(-error, c->path, "cannot be written") : 0;
}

static void
release(struct sup_checkpoint *c)
{
	if (c->map)
		munmap(c->map, (size_t)layout_size(&c->header));
	if (c->fd >= 0)
		close(c->fd);
	free(c->path);
	free(c);
}

int
sup_checkpoint_open(struct sup_checkpoint **ret, const char *path,
		    size_t payload_max, unsigned flags)
{
	struct layout_header new;
	struct sup_checkpoint *c;
	int error;

	if (!payload_max || payload_max > SUP_PAYLOAD_MAX ||
	    flags & ~(SUP_DISK | SUP_NO_FALLBACK))
		return sup_fail(EINVAL,
				"%s: a checkpoint's states have 1 to "
				"%u bytes",
				path, SUP_PAYLOAD_MAX);
	c = calloc(1, sizeof(*c));
	if (!c)
		return sup_fail_errno(ENOMEM, path, "cannot be opened");
	c->fd = -1;
	c->flags = flags;
	c->path = strdup(path);
	new = sup_ckfile_header(payload_max);
	error = c->path ? 0 : sup_fail_errno(ENOMEM, path, "cannot be opened");
	if (!error)
		error = c->fd = sup_ckfile_open(path, &new, flags & SUP_DISK);
	if (error >= 0)
		error = take(c, &new);
	if (error) {
		release(c);
		return error;
	}
	*ret = c;
	return 0;
}

const char *
sup_checkpoint_report(const struct sup_checkpoint *c)
{
	return c->report;
}

const char *
sup_checkpoint_path(const struct sup_checkpoint *c)
{
	return c->path;
}

size_t
sup_checkpoint_room(const struct sup_checkpoint *c)
{
	return (size_t)c->header.payload_max;
}

unsigned
sup_checkpoint_flags(const struct sup_checkpoint *c)
{
	return c->flags;
}

ssize_t
sup_checkpoint_load(struct sup_checkpoint *c, void *buf, size_t size)
{
	struct generation *g = c->found.chosen;

	if (!g)
		return 0;
	if (g->head.length > size)
		return sup_fail(EMSGSIZE,
				"%s: the state has %llu bytes, more "
				"than %zu",
				c->path, (unsigned long long)g->head.length,
				size);
	if (sup_generation_check(c->fd, &c->header, g, buf) != GENERATION_VALID)
		return sup_fail(EBADMSG, "%s: changed since it was opened",
				c->path);
	return (ssize_t)g->head.length;
}

static void
store(unsigned char *slot, const struct layout_slot *head, uint32_t crc,
      const void *data)
{
	struct layout_slot *to = (struct layout_slot *)(void *)slot;

	__atomic_store_n(&to->sequence, 0, __ATOMIC_RELAXED);
	__atomic_signal_fence(__ATOMIC_SEQ_CST);
	memcpy(slot + sizeof(*head), data, head->length);
	to->length = head->length;
	to->kind = head->kind;
	to->crc = crc;
	to->reserved = head->reserved;
	__atomic_store_n(&to->sequence, head->sequence, __ATOMIC_RELEASE);
}

/* The first save of a run: the start was a good one. */
static int
settle(struct sup_checkpoint *c)
{
	int error;

	c->progress.attempts = 0;
	c->progress.used = 1;
	for (unsigned i = 0; i < LAYOUT_SLOTS; i++) {
		const struct generation *g = &c->found.list[i];

		if (g->state == GENERATION_REFUSED &&
		    g->slot != c->order[c->next])
			memset(c->map + layout_offset(&c->header, g->slot), 0,
			       sizeof(struct layout_slot));
	}
	error = write_progress(c);
	c->settled = !error;
	return error;
}

int
sup_checkpoint_save(struct sup_checkpoint *c, const void *data, size_t length)
{
	struct layout_slot head = { .sequence = c->sequence + 1 };
	off_t offset = layout_offset(&c->header, c->order[c->next]);
	int error = 0;

	if (!length || length > c->header.payload_max)
		return sup_fail(EMSGSIZE,
				"%s: a state of %zu bytes, not 1 to "
				"%llu",
				c->path, length,
				(unsigned long long)c->header.payload_max);
	head.length = length;
	store(c->map + offset, &head, sup_slot_crc(&head, data), data);
	error = flush(c, offset, sizeof(head) + length);
	if (!error && !c->settled)
		error = settle(c);
	if (error)
		return sup_fail_errno(-error, c->path, "cannot be written");
	c->sequence++;
	c->next = (c->next + 1) % LAYOUT_SLOTS;
	return 0;
}

void
sup_checkpoint_close(struct sup_checkpoint *c)
{
	if (!c)
		return;
	if (!c->settled) {
		c->progress.attempts = 0;
		write_progress(c);
	}
	release(c);
}
