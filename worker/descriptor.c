/* SPDX-License-Identifier: MIT */
/*
 * descriptor.c - the descriptors that supd leaves to its children.
 */
#include "descriptor.h"

#include <fcntl.h>
#include <stdlib.h>

int
sup_take_fd(const char *name)
{
	const char *text = getenv(name);
	int fd = text && *text >= '0' && *text <= '9' ? atoi(text) : -1;

	return fd >= 0 && fcntl(fd, F_SETFD, FD_CLOEXEC) == 0 ? fd : -1;
}
