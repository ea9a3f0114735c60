/* SPDX-License-Identifier: MIT */
/*
 * loop.c - the one door to libev.
 */
#include <ev.h>
#include <stdlib.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include "keeper.h"
#include "loop.h"
#include "os/state.h"

struct loop {
	struct ev_loop *ev;
	struct ev_prepare before_sleep;
	struct ev_check after_sleep;
	int deadman;
	bool armed;
	int64_t now;
};

struct watch {
	struct ev_io io;
	struct ev_loop *ev;
	void (*ready)(void *arg, int events);
	void *arg;
};

struct timer {
	struct ev_timer ev_timer;
	struct ev_loop *ev;
	int64_t deadline;
	void (*expired)(void *arg);
	void *arg;
};

static void
deadman_set(struct loop *l, int64_t delay)
{
	const struct itimerspec when = {
		.it_value = { .tv_sec = delay / 1000,
			      .tv_nsec = delay % 1000 * 1000000 },
	};

	if (l->deadman < 0)
		return;
	timerfd_settime(l->deadman, 0, &when, NULL);
	l->armed = delay != 0;
}

static void
before_sleep(struct ev_loop *ev, struct ev_prepare *w, int events)
{
	struct loop *l = w->data;

	(void)ev;
	(void)events;
	/* Also when we have not armed it: the keeper does when it wakes us. */
	deadman_set(l, 0);
}

static void
after_sleep(struct ev_loop *ev, struct ev_check *w, int events)
{
	struct loop *l = w->data;

	(void)ev;
	(void)events;
	l->now = clock_ms();
	deadman_set(l, DEADMAN_MS);
}

struct loop *
loop_new(int deadman)
{
	struct loop *l = calloc(1, sizeof(*l));

	if (!l)
		return NULL;
	l->ev = ev_loop_new(EVBACKEND_EPOLL | EVFLAG_NOENV);
	if (!l->ev) {
		free(l);
		return NULL;
	}
	l->deadman = deadman;
	l->now = clock_ms();
	ev_prepare_init(&l->before_sleep, before_sleep);
	l->before_sleep.data = l;
	ev_set_priority(&l->before_sleep, EV_MINPRI);
	ev_prepare_start(l->ev, &l->before_sleep);
	ev_check_init(&l->after_sleep, after_sleep);
	l->after_sleep.data = l;
	ev_set_priority(&l->after_sleep, EV_MAXPRI);
	ev_check_start(l->ev, &l->after_sleep);
	deadman_set(l, DEADMAN_MS);
	return l;
}

void
loop_run(struct loop *l)
{
	ev_run(l->ev, 0);
	deadman_set(l, DEADMAN_MS);
}

void
loop_stop(struct loop *l)
{
	ev_break(l->ev, EVBREAK_ALL);
}

int64_t
loop_now(const struct loop *l)
{
	return l->now;
}

void
loop_alive(struct loop *l)
{
	if (l->armed)
		deadman_set(l, DEADMAN_MS);
}

static int
to_ev(int events)
{
	return (events & LOOP_READ ? EV_READ : 0) |
	       (events & LOOP_WRITE ? EV_WRITE : 0);
}

static void
watch_ready(struct ev_loop *ev, struct ev_io *io, int events)
{
	struct watch *w = io->data;

	(void)ev;
	w->ready(w->arg, (events & EV_READ ? LOOP_READ : 0) |
				 (events & EV_WRITE ? LOOP_WRITE : 0));
}

struct watch *
loop_watch(struct loop *l, int fd, int events,
	   void (*ready)(void *arg, int events), void *arg)
{
	struct watch *w = malloc(sizeof(*w));

	if (!w)
		return NULL;
	w->ev = l->ev;
	w->ready = ready;
	w->arg = arg;
	ev_io_init(&w->io, watch_ready, fd, to_ev(events));
	w->io.data = w;
	if (events)
		ev_io_start(w->ev, &w->io);
	return w;
}

/* What is ready already and not yet told stays so: who changes this in each turn
   would otherwise never hear of it. */
void
watch_events(struct watch *w, int events)
{
	int wanted = to_ev(events), ready;

	if (wanted == (w->io.events & (EV_READ | EV_WRITE)) &&
	    ev_is_active(&w->io))
		return;
	ready = ev_clear_pending(w->ev, &w->io) & wanted;
	ev_io_stop(w->ev, &w->io);
	if (!wanted)
		return;
	ev_io_set(&w->io, w->io.fd, wanted);
	ev_io_start(w->ev, &w->io);
	if (ready)
		ev_feed_event(w->ev, &w->io, ready);
}

void
watch_free(struct watch *w)
{
	if (!w)
		return;
	ev_io_stop(w->ev, &w->io);
	free(w);
}

/* libev's clock may lag or lead ours by a rounding: a timer that came too
   early is set again for what is left. */
static void
timer_expired(struct ev_loop *ev, struct ev_timer *ev_timer, int events)
{
	struct timer *t = ev_timer->data;
	int64_t deadline = t->deadline;

	(void)ev;
	(void)events;
	if (!deadline)
		return;
	if (clock_ms() < deadline) {
		timer_set(t, deadline);
		return;
	}
	t->deadline = 0;
	t->expired(t->arg);
}

struct timer *
loop_timer(struct loop *l, void (*expired)(void *arg), void *arg)
{
	struct timer *t = calloc(1, sizeof(*t));

	if (!t)
		return NULL;
	t->ev = l->ev;
	t->expired = expired;
	t->arg = arg;
	ev_timer_init(&t->ev_timer, timer_expired, 0., 0.);
	t->ev_timer.data = t;
	return t;
}

void
timer_set(struct timer *t, int64_t deadline)
{
	int64_t delay = deadline - clock_ms();

	ev_timer_stop(t->ev, &t->ev_timer);
	t->deadline = deadline;
	if (!deadline)
		return;
	ev_now_update(t->ev);
	ev_timer_set(&t->ev_timer, delay > 0 ? (double)delay / 1e3 : 0., 0.);
	ev_timer_start(t->ev, &t->ev_timer);
}

void
timer_free(struct timer *t)
{
	if (!t)
		return;
	ev_timer_stop(t->ev, &t->ev_timer);
	free(t);
}
