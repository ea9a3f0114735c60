/* SPDX-License-Identifier: MIT */
/*
 * launch.h - DO_START: from a child's text to a running process.
 */
#ifndef LAUNCH_H
#define LAUNCH_H

#include <stdint.h>

struct event;
struct supd;

/* Makes node's primary, promotes its standby, or finds the one that a predecessor has made; *answer
   is ON_STARTED or ON_START_FAILED. */
void
launch(struct supd *d, uint32_t node, struct event *answer);

/* Makes node's standby, or goes on with what a predecessor has made; a gate, if
   it is to be one.  0 or -errno. */
int
launch_standby(struct supd *d, uint32_t node);

#endif
