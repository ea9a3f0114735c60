/* SPDX-License-Identifier: MIT */
/*
 * supctl.h - what the parts of the control tool share: its options, its
 * connection, its exit codes.
 */
#ifndef SUPCTL_H
#define SUPCTL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "emit.h"
#include "json.h"

enum supctl_exit { /* supctl(1), EXIT STATUS */
		   SUPCTL_DONE = 0,
		   SUPCTL_FAILED = 1,
		   SUPCTL_USAGE = 2,
		   SUPCTL_NOT_RUNNING = 3,
		   SUPCTL_NOT_PERMITTED = 4,
		   SUPCTL_NOT_FOUND = 5,
		   SUPCTL_BAD_CONFIG = 6,
		   SUPCTL_NO_DAEMON = 7,
		   SUPCTL_TIMEOUT = 99
};

struct supctl {
	/* options */
	const char *config, *socket;
	bool json;
	int64_t deadline; /* ms, monotonic; 0: none */
	bool follow, ready;
	int64_t count; /* -n; -1: not given */

	/* the connection (supctl_wire.c) */
	char path[108];
	int fd;          /* -1: none */
	struct emit out; /* the call */
	char *in;
	size_t length, room, taken;
	json_t *message; /* the last reply, whole */
	json_t *reply;   /* its parameters */
};

/* To stderr, with the tool's name. */
__attribute__((format(printf, 1, 2))) void
supctl_say(const char *format, ...);

#endif
