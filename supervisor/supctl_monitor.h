/* SPDX-License-Identifier: MIT */
/*
 * supctl_monitor.h - monitors, from here on: their ends, one line each.
 */
#ifndef SUPCTL_MONITOR_H
#define SUPCTL_MONITOR_H

#include <stdbool.h>

#include "supctl.h"

/* One of our monitors, which outlives connections. */
struct monitored {
	const char *id;
	int64_t ref;         /* as it was told first: what is printed */
	int64_t current_ref; /* of this connection */
	int64_t incarnation;
	bool is_down;
};

/* The last reply (of Monitor or StartChild) is taken; prints the ends in it,
   and in all that follow, until none is left. */
enum supctl_exit
monitor_follow(struct supctl *s, struct monitored *list, int count);

#endif
