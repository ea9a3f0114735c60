/* SPDX-License-Identifier: MIT */
/*
 * notify.c - tells the supervisor how the worker is: sd_notify(3), the
 * datagrams of $NOTIFY_SOCKET.
 */
#include <errno.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "message.h"
#include "supworker.h"

static int
send_to(const char *path, const char *state, int flags)
{
	struct sockaddr_un to = { .sun_family = AF_UNIX };
	size_t length = strlen(path);
	socklen_t size;
	ssize_t n;
	int error;
	int fd;

	if ((path[0] != '/' && path[0] != '@') || length < 2 ||
	    length >= sizeof(to.sun_path))
		return sup_fail_errno(EINVAL, path, "NOTIFY_SOCKET");
	memcpy(to.sun_path, path, length + 1);
	size = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + length);
	if (path[0] == '@')
		to.sun_path[0] = '\0';
	fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return sup_fail_errno(errno, path, "socket");
	do {
		n = sendto(fd, state, strlen(state), MSG_NOSIGNAL | flags,
			   (const struct sockaddr *)&to, size);
	} while (n < 0 && errno == EINTR);
	error = n < 0 ? sup_fail_errno(errno, path, "NOTIFY_SOCKET") : 1;
	close(fd);
	return error;
}

static int
notify(const char *state, int flags)
{
	const char *path = getenv("NOTIFY_SOCKET");

	return path && path[0] ? send_to(path, state, flags) : 0;
}

int
sup_notify(const char *state)
{
	return notify(state, 0);
}

int
sup_ready(void)
{
	return notify("READY=1", 0);
}

int
sup_status(const char *format, ...)
{
	char state[512] = "STATUS=";
	size_t prefix = strlen(state);
	va_list args;

	va_start(args, format);
	vsnprintf(state + prefix, sizeof(state) - prefix, format, args);
	va_end(args);
	for (char *p = state; *p; p++)
		if (*p == '\n')
			*p = ' ';
	return notify(state, MSG_DONTWAIT);
}
