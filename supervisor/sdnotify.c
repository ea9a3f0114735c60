/* SPDX-License-Identifier: MIT */
/*
 * sdnotify.c - tells the service manager that started us what has changed.
 */
#include "sdnotify.h"

#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "os/state.h"

static const char *const variables[] = {
	"NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID",
	"LISTEN_FDS",    "LISTEN_PID",    "LISTEN_FDNAMES",
};

static void
set_address(struct sdnotify *n, const char *path)
{
	size_t length = strlen(path);

	if ((path[0] != '/' && path[0] != '@') || length < 2 ||
	    length >= sizeof(n->address.sun_path))
		return;
	n->address.sun_family = AF_UNIX;
	memcpy(n->address.sun_path, path, length);
	if (path[0] == '@')
		n->address.sun_path[0] = '\0';
	n->size = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + length);
}

/* Another's watchdog is not to be fed by us. */
static uint64_t
watchdog(void)
{
	const char *usec = getenv("WATCHDOG_USEC");
	const char *pid = getenv("WATCHDOG_PID");

	if (!usec || (pid && strtol(pid, NULL, 10) != getpid()))
		return 0;
	return strtoull(usec, NULL, 10);
}

void
sdnotify_open(struct sdnotify *n, struct state *s)
{
	const char *path = getenv("NOTIFY_SOCKET");
	int fd;

	*n = (struct sdnotify){ 0 };
	s->watchdog_usec = watchdog();
	if (path)
		set_address(n, path);
	for (size_t i = 0; i < sizeof(variables) / sizeof(*variables); i++)
		unsetenv(variables[i]);
	if (!n->size)
		return;
	fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd >= 0)
		state_keep_fd(s, FD_OUTER, fd);
}

/* false: not told, and to be tried again at the next occasion. */
static bool
say(const struct sdnotify *n, const struct state *s, const char *text)
{
	return sendto(s->fds[FD_OUTER], text, strlen(text), MSG_NOSIGNAL,
		      (const struct sockaddr *)&n->address, n->size) >= 0;
}

static void
tell_status(struct sdnotify *n, const struct state *s)
{
	char text[sizeof(n->status) + 8];

	if (memcmp(n->status, s->status_text, sizeof(n->status)) == 0)
		return;
	snprintf(text, sizeof(text), "STATUS=%.*s", (int)sizeof(n->status) - 1,
		 s->status_text);
	if (say(n, s, text))
		memcpy(n->status, s->status_text, sizeof(n->status));
}

void
sdnotify_tell(struct sdnotify *n, const struct state *s)
{
	uint32_t beats = __atomic_load_n(&s->beats, __ATOMIC_ACQUIRE);

	if (s->fds[FD_OUTER] < 0)
		return;
	tell_status(n, s);
	if (s->ready && !n->ready)
		n->ready = say(n, s, "READY=1");
	if (beats != n->beats) {
		n->beats = beats;
		say(n, s, "WATCHDOG=1");
	}
	if (s->stopping && !n->stopping)
		n->stopping = say(n, s, "STOPPING=1");
}
