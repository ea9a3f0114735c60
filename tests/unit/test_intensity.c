/* SPDX-License-Identifier: MIT */
/*
 * test_intensity.c - the sliding window, against a list that forgets nothing.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "core/intensity.h"
#include "core/node.h"
#include "scene_lib.h"

static struct scene scene;
static struct window *w;

static int
prepare(void **state)
{
	(void)state;
	scene_new(&scene, NULL);
	w = &node_edit(scene.t, ROOT)->as_child;
	return 0;
}

static int
finish(void **state)
{
	(void)state;
	scene_free(&scene);
	return 0;
}

static bool
restart_at(int64_t now, uint32_t intensity, int64_t period)
{
	scene.t->now = now;
	return intensity_add(scene.t, w, intensity, period);
}

static void
five_in_sixty_seconds_and_not_six(void **state)
{
	int i;

	(void)state;
	for (i = 0; i < 5; i++)
		assert_true(restart_at(1000 + i * 12000, 5, 60000));
	assert_false(restart_at(61000, 5, 60000));
}

static void
the_bound_is_exact_to_the_tick(void **state)
{
	(void)state;
	assert_true(restart_at(1000, 1, 60000));
	assert_true(restart_at(61001, 1, 60000));
	assert_false(restart_at(121001, 1, 60000));
}

static void
intensity_zero_allows_none(void **state)
{
	(void)state;
	assert_false(restart_at(1, 0, 10));
	assert_false(restart_at(1000, 0, 10));
}

static void
it_agrees_with_a_list_of_all(void **state)
{
	static int64_t all[20000];
	uint32_t intensity, count, i, k;
	int64_t now = 1, period;

	(void)state;
	srand(1);
	for (i = 0; i < 20000; i++) {
		now += rand() % 5;
		intensity = 40;
		period = 50;
		all[i] = now;
		for (count = 0, k = i + 1; k > 0; k--, count++)
			if (all[k - 1] < now - period)
				break;
		assert_int_equal(restart_at(now, intensity, period),
				 count <= intensity);
		assert_int_equal(w->count, count);
		assert_int_equal(intensity_count(scene.t, w, 7, now + 3),
				 intensity_count(scene.t, w, 4, now));
	}
	intensity_clear(scene.t, w);
	assert_int_equal(scene.t->cells_used, 0);
	assert_int_equal(scene.t->stamp_cells, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(f) cmocka_unit_test_setup_teardown(f, prepare, finish)
		TEST(five_in_sixty_seconds_and_not_six),
		TEST(the_bound_is_exact_to_the_tick),
		TEST(intensity_zero_allows_none),
		TEST(it_agrees_with_a_list_of_all),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
