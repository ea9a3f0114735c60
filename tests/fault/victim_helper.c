/* SPDX-License-Identifier: MIT */
/*
 * victim_helper.c - a child that keeps a record of its lives.
 *
 *	fault_victim_helper RECORD [notify]
 *
 * Appends "+ID INCARNATION PID" to the file RECORD, and "-ID INCARNATION PID"
 * when it ends: by SIGTERM with 0, by SIGUSR1 with 1.  notify: says READY=1 in
 * between.  As a standby it does nothing before it is promoted.
 */
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "supworker.h"

static bool
record(const char *path, char what)
{
	const char *id = getenv("SUPD_CHILD");
	const char *incarnation = getenv("SUPD_INCARNATION");
	char line[128];
	int fd = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0666);
	int n = snprintf(line, sizeof(line), "%c%s %s %d\n", what, id,
			 incarnation, getpid());

	return fd >= 0 && write(fd, line, (size_t)n) == n && close(fd) == 0;
}

int
main(int argc, char **argv)
{
	sigset_t set;
	int sig;

	if (argc < 2)
		return 64;
	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGUSR1);
	sigprocmask(SIG_BLOCK, &set, NULL);
	if (sup_wait_primary() < 0)
		return 70;
	if (!record(argv[1], '+'))
		return 74;
	if (argc > 2)
		sup_ready();
	sigwait(&set, &sig);
	if (!record(argv[1], '-'))
		return 74;
	return sig == SIGUSR1;
}
