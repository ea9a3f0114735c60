/* SPDX-License-Identifier: MIT */
/*
 * bench.c - the two halves of a measurement:
 *
 *	bench bare CHILD FILE     restarts CHILD FILE for ever in the barest
 *	                          loop there is: the limit
 *	bench kill FILE COUNT [MS]  kills the child that FILE names, COUNT
 *	                          times, each after MS (2), and prints the median time in microseconds
 *	                          from SIGKILL to its successor's first
 *	                          instruction, whoever restarts it
 */
#include <err.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "bench.h"

#define PATIENCE_NS 10000000000 /* for one restart */

static int64_t
clock_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000000000 + now.tv_nsec;
}

static int
execute(void *argv)
{
	execv(((char **)argv)[0], argv);
	_exit(127);
}

static void
bare(char **argv)
{
	static char stack[65536] __attribute__((aligned(16)));

	for (;;) {
		pid_t pid = clone(execute, stack + sizeof(stack),
				  CLONE_VM | CLONE_VFORK | SIGCHLD, argv);
		int status;

		if (pid < 0 || waitpid(pid, &status, 0) != pid)
			err(71, "bare loop");
		if (WIFEXITED(status))
			errx(70, "%s: did not run", argv[0]);
	}
}

static int
compare(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return (x > y) - (x < y);
}

/* From its death to the successor's first instruction. */
static int64_t
kill_once(const volatile struct record *now)
{
	const struct timespec pause = { .tv_nsec = 20000 };
	int64_t pid = now->pid, at = clock_ns();

	if (kill((pid_t)pid, SIGKILL) != 0)
		err(71, "kill %d", (int)pid);
	while (now->pid == pid) {
		if (clock_ns() - at > PATIENCE_NS)
			errx(70, "%d was not restarted", (int)pid);
		nanosleep(&pause, NULL);
	}
	return now->began - at;
}

static int
measure(const char *path, size_t count, long ms)
{
	const struct timespec settle = { .tv_nsec = ms * 1000000 };
	int64_t *all = calloc(count, sizeof(*all));
	int fd = open(path, O_RDONLY);
	const volatile struct record *record =
		mmap(NULL, sizeof(*record), PROT_READ, MAP_SHARED, fd, 0);

	if (all == NULL || fd < 0 || record == MAP_FAILED)
		err(71, "%s", path);
	for (size_t i = 0; i < count; i++) {
		nanosleep(&settle, NULL);
		all[i] = kill_once(record);
	}
	qsort(all, count, sizeof(*all), compare);
	printf("%.1f\n", (double)all[count / 2] / 1000);
	return 0;
}

int
main(int argc, char **argv)
{
	if (argc == 4 && strcmp(argv[1], "bare") == 0)
		bare(argv + 2);
	if ((argc == 4 || argc == 5) && strcmp(argv[1], "kill") == 0 &&
	    atoi(argv[3]) > 0)
		return measure(argv[2], (size_t)atoi(argv[3]),
			       argc == 5 ? atoi(argv[4]) : 2);
	fputs("usage: bench bare CHILD FILE | bench kill FILE COUNT [MS]\n",
	      stderr);
	return 64;
}
