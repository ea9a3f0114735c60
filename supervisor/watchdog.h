/* SPDX-License-Identifier: MIT */
/*
 * watchdog.h - children that give no sign of life for too long are killed.
 *
 * A sign of life is a beat in the page that the child shares with us
 * (sup_beat(), supworker(3)), or WATCHDOG=1 of sd_notify(3).  Neither sets a
 * timer, and a beat wakes nobody: a child's timer is set for the time when the
 * last sign that is known will be too old, and only then are later ones looked
 * for.
 *
 * A child is watched while it is RUNNING, until its stop begins.  Who was held
 * up himself cannot tell silence from being late: a supervisor that has just
 * taken over, or whose timer came late by half of a child's limit, gives that
 * child half of the limit more, in which it gives a sign if it lives.
 *
 * What is known of the signs is in struct process, for the next supervisor.
 */
#ifndef WATCHDOG_H
#define WATCHDOG_H

#include <stdbool.h>
#include <stdint.h>

struct process;
struct spec;
struct supd;

/* Makes the page for a process that is about to be made, if it is to have one:
   p->beat_fd.  0 or -errno. */
int
watchdog_prepare(struct process *p, const struct spec *spec);

/* The number of the page's descriptor in the child. */
int
watchdog_number(const struct spec *spec);

/* node runs, and is ready. */
void
watchdog_begin(struct supd *d, uint32_t node);

/* Goes on watching a predecessor's child. */
void
watchdog_resume(struct supd *d, uint32_t node);

/* node's timer, which was set for `due`, has expired. */
void
watchdog_look(struct supd *d, uint32_t node, int64_t due);

/* line: WATCHDOG=1, WATCHDOG=trigger or WATCHDOG_USEC=N of node's process. */
void
watchdog_hear(struct supd *d, uint32_t node, const char *line);

/* The process is gone: so is its page.  Again is fine. */
void
watchdog_end(struct process *p);

/* Is there a limit, and does it hold now? */
bool
watchdog_is_watched(const struct supd *d, uint32_t node);

/* Milliseconds since the last sign of a child that is watched. */
int64_t
watchdog_silence(const struct supd *d, uint32_t node);

#endif
