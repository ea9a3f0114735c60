/* SPDX-License-Identifier: MIT */
/*
 * sdnotify.h - tells the service manager that started us (systemd, or a supd
 * outside) what has changed: the sending side of sd_notify(3).
 */
#ifndef SDNOTIFY_H
#define SDNOTIFY_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>
#include <sys/un.h>

struct state;

struct sdnotify {
	struct sockaddr_un address;
	socklen_t size;
	/* told so far */
	bool ready, stopping;
	uint32_t beats;
	char status[128];
};

/*
 * Takes NOTIFY_SOCKET (a path or @abstract), WATCHDOG_USEC and all that belongs
 * to them out of the environment, so that no child inherits them.  FD_OUTER
 * stays -1 and nothing is ever told if there is none.
 */
void
sdnotify_open(struct sdnotify *n, struct state *s);

/* READY=1, STATUS=, WATCHDOG=1, STOPPING=1: whatever the state says and was not
   told yet. */
void
sdnotify_tell(struct sdnotify *n, const struct state *s);

#endif
