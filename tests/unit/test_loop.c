/* SPDX-License-Identifier: MIT */
/*
 * test_loop.c - whoever is ready is told, whatever is changed about its watch
 * before its turn comes.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "loop.h"
#include "os/state.h"

#define TURNS 50

struct world {
	struct loop *loop;
	struct watch *watch;
	struct timer *timer;
	int pair[2];
	int turns, told; /* told: the events of the last call */
	const int *wanted;
};

/* Live as long as we do, as the daemon's; volatile: for the leak checker. */
static struct loop *volatile loop;

static void
ready(void *arg, int events)
{
	struct world *w = arg;

	w->told = events;
	loop_stop(w->loop);
}

/* Comes in each turn, before the descriptor. */
static void
change(void *arg)
{
	struct world *w = arg;

	watch_events(w->watch, w->wanted[w->turns++ % 2]);
	if (w->turns == TURNS)
		loop_stop(w->loop);
	else
		timer_set(w->timer, clock_ms());
}

static struct loop *kept[8]; /* a loop lives as long as its process */
static size_t kept_n;

/* Runs until it is told, or for so many turns; wanted: of odd and of even
   ones. */
static void
run(struct world *w, const int wanted[2])
{
	*w = (struct world){ .loop = loop_new(-1), .wanted = wanted };
	loop = w->loop;
	kept[kept_n++] = loop;
	assert_non_null(w->loop);
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, w->pair), 0);
	assert_int_equal(write(w->pair[1], "x", 1), 1);
	w->watch = loop_watch(w->loop, w->pair[0], LOOP_READ, ready, w);
	w->timer = loop_timer(w->loop, change, w);
	assert_true(w->watch && w->timer);
	timer_set(w->timer, clock_ms());
	loop_run(w->loop);
	watch_free(w->watch);
	timer_free(w->timer);
	close(w->pair[0]);
	close(w->pair[1]);
}

static void
what_is_wanted_again_is_told(void **unused)
{
	static const int wanted[2] = { LOOP_READ, LOOP_READ };
	struct world w;

	(void)unused;
	run(&w, wanted);
	assert_int_equal(w.told, LOOP_READ);
}

static void
what_is_still_wanted_is_told(void **unused)
{
	static const int wanted[2] = { LOOP_READ | LOOP_WRITE, LOOP_READ };
	struct world w;

	(void)unused;
	run(&w, wanted);
	assert_true(w.told & LOOP_READ);
}

static void
what_is_wanted_no_more_is_not(void **unused)
{
	static const int wanted[2] = { 0, 0 };
	struct world w;

	(void)unused;
	run(&w, wanted);
	assert_int_equal(w.told, 0);
	assert_int_equal(w.turns, TURNS);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_wanted_again_is_told),
		cmocka_unit_test(what_is_still_wanted_is_told),
		cmocka_unit_test(what_is_wanted_no_more_is_not),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
