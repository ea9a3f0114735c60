/* SPDX-License-Identifier: MIT */
/*
 * gate.c - a process that waits just before its execve(2).
 */
#include "gate.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sysexits.h>
#include <unistd.h>

#define MESSAGE_MAX 8192

/* Its length; 0: the other end is closed. */
static ssize_t
await_message(int fd, char *message)
{
	ssize_t n;

	do
		n = recv(fd, message, MESSAGE_MAX - 1, 0);
	while (n < 0 && errno == EINTR);
	message[n > 0 ? n : 0] = '\0';
	return n;
}

static void
change_environment(char *message)
{
	char *line;

	unsetenv("SUPD_STANDBY_FD");
	while ((line = strsep(&message, "\n")) != NULL)
		if (strchr(line, '='))
			putenv(line);
}

int
gate_run(char **argv)
{
	static char message[MESSAGE_MAX]; /* becomes part of the environment */
	const char *number = getenv("SUPD_STANDBY_FD");
	int fd = number ? atoi(number) : -1;
	int error;

	if (!argv[1] || !argv[2] || fcntl(fd, F_SETFD, FD_CLOEXEC) < 0)
		return EX_USAGE;
	prctl(PR_SET_NAME, GATE_NAME);
	if (await_message(fd, message) <= 0)
		return EX_UNAVAILABLE;
	change_environment(message);
	execve(argv[1], argv + 2, environ);
	error = errno;
	send(fd, &error, sizeof(error), MSG_NOSIGNAL);
	return 127;
}
