/* SPDX-License-Identifier: MIT */
/*
 * victim_helper.c - a child that keeps a record of its lives.
 *
 *	fault_victim_helper RECORD [notify | listen]
 *
 * Appends "+ID INCARNATION PID" to the file RECORD, and "-ID INCARNATION PID"
 * when it ends: by SIGTERM with 0, by SIGUSR1 with 1.  notify: says READY=1 in
 * between.  listen: appends "!ID INCARNATION PID" for each exit signal that its
 * mailbox brings, makes and ends a monitor then, and ends when it is told to.
 * As a standby it does nothing before it is promoted.
 */
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
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

/* Until it is told to stop; false: something is wrong. */
static bool
listen_to_others(const char *path)
{
	static struct sup_message m;
	long long ref;

	while (sup_receive(&m, -1) > 0 && m.kind != SUP_STOP) {
		if (m.kind != SUP_EXIT || !record(path, '!'))
			return false;
		ref = sup_monitor(m.id);
		if (ref < 0 || sup_demonitor(ref, SUP_FLUSH) < 0)
			return false;
	}
	return m.kind == SUP_STOP;
}

int
main(int argc, char **argv)
{
	bool listens = argc > 2 && strcmp(argv[2], "listen") == 0;
	sigset_t set;
	int sig = SIGTERM;

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
	if (argc > 2 && !listens)
		sup_ready();
	if (!listens)
		sigwait(&set, &sig);
	else if (!listen_to_others(argv[1]))
		return 70;
	if (!record(argv[1], '-'))
		return 74;
	return sig == SIGUSR1;
}
