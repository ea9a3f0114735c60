/* SPDX-License-Identifier: MIT */
/*
 * monitors.h - monitor/2 for clients of the control socket: the method Monitor,
 * and "monitor" of StartChild.
 *
 * They are the connection's, and go with it.  A client whose supervisor was
 * replaced asks again, naming the incarnations that it had monitored.
 */
#ifndef MONITORS_H
#define MONITORS_H

#include <stddef.h>
#include <stdint.h>

struct action;
struct request;

void
monitors_begin(struct request *r);

/* As soon as supd is idle. */
void
monitors_look(struct request *r);

/* An item's process is monitored from now on: its reference. */
int64_t
monitors_arm(struct request *r, size_t item);

/* A REPORT_EXITED, REPORT_STOPPED or REPORT_START_FAILED: DOWN to those who
   monitored it. */
void
monitors_ended(struct request *r, const struct action *a);

#endif
