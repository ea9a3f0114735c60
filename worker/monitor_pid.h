/* SPDX-License-Identifier: MIT */
/*
 * monitor_pid.h - monitors of any process, by pidfd.
 */
#ifndef MONITOR_PID_H
#define MONITOR_PID_H

#include <stdbool.h>

struct sup_message;
struct sup_watch;

/* Their references start here; those of supd are below. */
#define WATCH_REF (1LL << 62)

/* Its process has ended: writes the DOWN, and ends the monitor. */
void
sup_watch_fire(struct sup_watch *watch, struct sup_message *ret);

/* Ends a monitor, if it is still there. */
void
sup_watch_end(long long ref);

/* Is there any? */
bool
sup_watch_any(void);

/* In a fork: they were the parent's. */
void
sup_watch_forget(void);

#endif
