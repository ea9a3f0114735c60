/* SPDX-License-Identifier: MIT */
/*
 * loop.h - the one door to libev: descriptors, deadlines and deferred work of
 * the supervisor.
 *
 * ev_loop_new() with EVFLAG_NOENV, never the default loop (it would reap
 * other people's children).  While a callback runs the dead-man's timer is
 * armed; while the loop sleeps it is not.
 */
#ifndef LOOP_H
#define LOOP_H

#include <stdbool.h>
#include <stdint.h>

struct loop;
struct watch;
struct timer;

enum { LOOP_READ = 1, LOOP_WRITE = 2 };

/* NULL: no memory. deadman: a timerfd. */
struct loop *
loop_new(int deadman);

/* Turns until loop_stop(). */
void
loop_run(struct loop *l);

void
loop_stop(struct loop *l);

/* Milliseconds of CLOCK_MONOTONIC, read once per turn. */
int64_t
loop_now(const struct loop *l);

/* Calls ready(arg, LOOP_READ | LOOP_WRITE) while fd is so. NULL: no memory.
   The descriptor stays the caller's. */
struct watch *
loop_watch(struct loop *l, int fd, int events,
	   void (*ready)(void *arg, int events), void *arg);

/* events 0: watches for nothing for now. */
void
watch_events(struct watch *w, int events);

/* NULL is fine.  Before the descriptor is closed. */
void
watch_free(struct watch *w);

/* A timer, not armed. */
struct timer *
loop_timer(struct loop *l, void (*expired)(void *arg), void *arg);

/* deadline: absolute ms of CLOCK_MONOTONIC; 0: disarm. */
void
timer_set(struct timer *t, int64_t deadline);

void
timer_free(struct timer *t);

/* Tells the dead-man's timer that a long turn is still making progress. */
void
loop_alive(struct loop *l);

#endif
