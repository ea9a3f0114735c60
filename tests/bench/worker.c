/* SPDX-License-Identifier: MIT */
/*
 * worker.c - the child of the takeover: writes to the file argv[1] when it is
 * its child's primary, as child.c does at once, and then touches argv[2] MB.
 */
#include <err.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include "bench.h"
#include "supworker.h"

int
main(int argc, char **argv)
{
	struct timespec now;
	struct record record;
	size_t size;
	char *memory;
	int fd;

	if (sup_wait_primary() < 0)
		errx(70, "%s", sup_error());
	clock_gettime(CLOCK_MONOTONIC, &now);
	fd = argc == 3 ? open(argv[1], O_WRONLY) : -1;
	record.began = now.tv_sec * 1000000000 + now.tv_nsec;
	record.pid = getpid();
	if (pwrite(fd, &record, sizeof(record), 0) != sizeof(record))
		err(71, "usage: worker FILE MEGABYTES");
	size = (size_t)atoi(argv[2]) << 20;
	if (size) {
		memory = mmap(NULL, size, PROT_READ | PROT_WRITE,
			      MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
		if (memory == MAP_FAILED)
			err(71, "mmap");
		madvise(memory, size, MADV_NOHUGEPAGE);
		memset(memory, 1, size);
	}
	for (;;)
		pause();
}
