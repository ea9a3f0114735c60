/* SPDX-License-Identifier: MIT */
/*
 * listener.h - makes the control socket's file: with its directory and exact
 * rights, over a stale one but never over one that somebody listens on.
 */
#ifndef LISTENER_H
#define LISTENER_H

#include <stddef.h>
#include <sys/types.h>

/* group: name, or NULL or "" for none; *gid then is (gid_t)-1. 0 or -EINVAL. */
int
listener_group(const char *group, gid_t *gid);

/* A listening, non-blocking descriptor, or -errno with a message in err. */
int
listener_open(const char *path, unsigned mode, gid_t group, char *err,
	      size_t err_size);

#endif
