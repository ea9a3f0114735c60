/* SPDX-License-Identifier: MIT */
/*
 * save.c - how many states a second can be saved, and numbers written:
 *
 *	save process|disk FILE SIZE COUNT
 *	                  the barest way to save COUNT states, and the library's,
 *	                  in turn: prints the medians, saves a second
 *	save write COUNT  writes 1 to COUNT, a line and a write(2) each, and
 *	                  remembers nothing
 */
#include <err.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

#include "crc32c.h"
#include "supworker.h"

#define ROUNDS 9
#define STATE_MAX 4096
#define SLOT 8192 /* two in a block of the disk would be torn together */

/* Two of them, in turn, each with its payload. */
struct slot {
	uint64_t sequence;
	uint64_t length;
	uint32_t crc;
	uint32_t reserved;
};

struct bare {
	int fd;
	unsigned char *map; /* NULL: to the disk */
};

static double
now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static struct bare
bare_open(const char *path, bool disk)
{
	static const char zeros[2 * SLOT];
	struct bare b = { .fd = open(path, O_RDWR | O_CREAT | O_TRUNC, 0600) };

	if (write(b.fd, zeros, sizeof(zeros)) != sizeof(zeros) ||
	    fsync(b.fd) < 0)
		err(71, "%s", path);
	if (disk)
		return b;
	b.map = mmap(NULL, sizeof(zeros), PROT_READ | PROT_WRITE, MAP_SHARED,
		     b.fd, 0);
	if (b.map == MAP_FAILED)
		err(71, "mmap");
	return b;
}

/* Of any length, as the library's; the crc is of both. */
__attribute__((noinline)) static void
bare_save(struct bare *b, uint64_t sequence, const void *data, size_t length)
{
	struct slot new = { .sequence = sequence, .length = length };
	struct iovec parts[] = { { &new, sizeof(new) },
				 { (void *)(uintptr_t)data, length } };
	off_t at = (off_t)(sequence % 2 * SLOT);
	uint32_t crc = sup_crc32c(0, &new, offsetof(struct slot, crc));

	new.crc = sup_crc32c(crc, data, length);
	if (b->map) {
		struct slot *to = (void *)(b->map + at);

		__atomic_store_n(&to->sequence, 0, __ATOMIC_RELAXED);
		__atomic_signal_fence(__ATOMIC_SEQ_CST);
		memcpy(to + 1, data, length);
		to->length = length;
		to->crc = new.crc;
		__atomic_store_n(&to->sequence, sequence, __ATOMIC_RELEASE);
	} else if (pwritev2(b->fd, parts, 2, at, RWF_DSYNC) < 0) {
		err(71, "pwritev2");
	}
}

/* Saves a second. */
static double
round_of(struct bare *b, struct sup_checkpoint *c, size_t size, unsigned count)
{
	static uint64_t sequence, state[STATE_MAX / sizeof(uint64_t)];
	double began = now();

	for (unsigned i = 0; i < count; i++) {
		state[0] = ++sequence;
		if (b)
			bare_save(b, sequence, state, size);
		else if (sup_checkpoint_save(c, state, size) < 0)
			errx(71, "%s", sup_error());
	}
	return count / (now() - began);
}

static int
compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static double
median(double *all)
{
	qsort(all, ROUNDS, sizeof(*all), compare);
	return all[ROUNDS / 2];
}

static int
measure(const char *path, bool disk, size_t size, unsigned count)
{
	double bare[ROUNDS], ours[ROUNDS];
	struct bare b = bare_open(path, disk);
	struct sup_checkpoint *c;
	char other[4096];

	snprintf(other, sizeof(other), "%s.checkpoint", path);
	if (sup_checkpoint_open(&c, other, STATE_MAX, disk ? SUP_DISK : 0) < 0)
		errx(71, "%s", sup_error());
	round_of(NULL, c, size, 16); /* what comes with the first ones */
	for (int i = 0; i < ROUNDS; i++) {
		bare[i] = round_of(&b, NULL, size, count);
		ours[i] = round_of(NULL, c, size, count);
	}
	sup_checkpoint_close(c);
	printf("%.0f %.0f\n", median(bare), median(ours));
	return 0;
}

static int
write_numbers(unsigned count)
{
	char line[16];

	for (unsigned i = 1; i <= count; i++) {
		int n = snprintf(line, sizeof(line), "%u\n", i);

		if (write(STDOUT_FILENO, line, (size_t)n) != n)
			err(71, "standard output");
	}
	return 0;
}

int
main(int argc, char **argv)
{
	const char *what = argc > 1 ? argv[1] : "";
	int count = argc > 2 ? atoi(argv[argc - 1]) : 0;
	int size = argc == 5 ? atoi(argv[3]) : 0;
	bool disk = strcmp(what, "disk") == 0;

	if (size > 0 && size <= STATE_MAX && count > 0 &&
	    (disk || strcmp(what, "process") == 0))
		return measure(argv[2], disk, (size_t)size, (unsigned)count);
	if (argc == 3 && count > 0 && strcmp(what, "write") == 0)
		return write_numbers((unsigned)count);
	fputs("usage: save process|disk FILE SIZE COUNT | save write COUNT\n",
	      stderr);
	return 64;
}
