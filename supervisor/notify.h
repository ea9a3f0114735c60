/* SPDX-License-Identifier: MIT */
/*
 * notify.h - what children tell about themselves: sd_notify datagrams
 * (sd_notify(3)) and a newline on their ready descriptor.
 */
#ifndef NOTIFY_H
#define NOTIFY_H

#include <stdbool.h>
#include <stdint.h>

struct supd;

/* Makes the datagram socket, or goes on with FD_NOTIFY, and serves it.
   0 or -errno. */
int
notify_open(struct supd *d);

/* Its path: the control socket's with .notify for .sock. */
const char *
notify_path(const struct supd *d);

/* Acts on what has come, as far as the shell is idle.  To be called before
   deaths are taken: who says that it is ready and ends was ready. */
void
notify_take(struct supd *d);

/* A child's ready_fd is readable: true if it is ready now, or never will. */
bool
notify_read_ready_fd(struct supd *d, uint32_t slot);

/* Removes the socket's file at the end. */
void
notify_close(struct supd *d);

#endif
