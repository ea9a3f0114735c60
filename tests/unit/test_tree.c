/* SPDX-License-Identifier: MIT */
/*
 * test_tree.c - restart types, strategies, the limit, as OTP has them.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "scene_lib.h"

static struct scene scene;

static struct child_spec
root_with(enum strategy strategy, uint32_t intensity, enum on_limit on_limit)
{
	struct child_spec spec = scene_supervisor("root");

	spec.strategy = strategy;
	spec.intensity = intensity;
	spec.on_limit = on_limit;
	return spec;
}

static void
begin(enum strategy strategy, uint32_t intensity, enum on_limit on_limit)
{
	struct child_spec root = root_with(strategy, intensity, on_limit);

	scene_new(&scene, &root);
}

static int
finish(void **state)
{
	(void)state;
	scene_free(&scene);
	return 0;
}

static void
children_start_in_order_and_stop_in_reverse(void **state)
{
	(void)state;
	begin(ONE_FOR_ONE, 1, LIMIT_SHUTDOWN);
	scene_add_all(&scene, "root", "abc");
	assert_false(tree_is_up(scene.t));
	scene_boot(&scene);
	assert_true(tree_is_up(scene.t));
	scene_saw(&scene, "start:a start:b start:c");
	scene_event(&scene, ON_SHUTDOWN, NULL);
	scene_saw(&scene, "stop:c stop:b stop:a exit 0:root");
}

static void
one_for_one_restarts_the_one(void **state)
{
	(void)state;
	begin(ONE_FOR_ONE, 1, LIMIT_SHUTDOWN);
	scene_add_all(&scene, "root", "abc");
	scene_boot(&scene);
	scene_saw(&scene, "start:a start:b start:c");
	scene_exit(&scene, "b", 1);
	scene_saw(&scene, "start:b");
}

static void
one_for_all_restarts_all(void **state)
{
	(void)state;
	begin(ONE_FOR_ALL, 1, LIMIT_SHUTDOWN);
	scene_add_all(&scene, "root", "abc");
	scene_boot(&scene);
	scene_saw(&scene, "start:a start:b start:c");
	scene_exit(&scene, "b", 1);
	scene_saw(&scene, "stop:c stop:a start:a start:b start:c");
}

static void
rest_for_one_restarts_those_after(void **state)
{
	(void)state;
	begin(REST_FOR_ONE, 1, LIMIT_SHUTDOWN);
	scene_add_all(&scene, "root", "abcd");
	scene_boot(&scene);
	scene_saw(&scene, "start:a start:b start:c start:d");
	scene_exit(&scene, "b", 1);
	scene_saw(&scene, "stop:d stop:c start:b start:c start:d");
}

static void
an_exit_outside_the_group_waits_for_it(void **state)
{
	(void)state;
	begin(REST_FOR_ONE, 3, LIMIT_SHUTDOWN);
	scene_add_all(&scene, "root", "abc");
	scene_boot(&scene);
	scene_stubborn(&scene, "c", true);
	scene_exit(&scene, "b", 1);
	scene_exit(&scene, "a", 1);
	scene_saw(&scene, "start:a start:b start:c stop:c");
	scene_stubborn(&scene, "c", false);
	scene_exit(&scene, "c", 0);
	scene_saw(&scene, "start:b start:c stop:c stop:b start:a start:b "
			  "start:c");
}

static void
an_exit_inside_the_group_is_swallowed(void **state)
{
	(void)state;
	begin(ONE_FOR_ALL, 1, LIMIT_SHUTDOWN);
	scene_add_all(&scene, "root", "abc");
	scene_boot(&scene);
	scene_stubborn(&scene, "c", true);
	scene_exit(&scene, "b", 1);
	scene_exit(&scene, "a", 7);
	assert_int_equal(scene_node(&scene, "a")->ended.value, 7);
	scene_exit(&scene, "c", 0);
	scene_saw(&scene, "start:a start:b start:c stop:c start:a start:b "
			  "start:c");
}

static void
transient_and_temporary_end_as_they_should(void **state)
{
	struct child_spec t = scene_worker("t"), u = scene_worker("u");

	(void)state;
	begin(ONE_FOR_ONE, 5, LIMIT_SHUTDOWN);
	t.restart = TRANSIENT;
	u.restart = TEMPORARY;
	scene_add(&scene, "root", &t);
	scene_add(&scene, "root", &u);
	scene_boot(&scene);
	scene_exit(&scene, "t", 1);
	scene_exit(&scene, "t", 0);
	scene_exit(&scene, "u", 1);
	scene_saw(&scene, "start:t start:u start:t");
	assert_int_equal(scene_node(&scene, "t")->state, EXITED);
	assert_true(scene_node(&scene, "t")->listed);
	assert_int_equal(scene_node(&scene, "u")->state, EXITED);
	assert_false(scene_node(&scene, "u")->listed);
	assert_int_equal(scene_call(&scene, CALL_RESTART_CHILD, "t"),
			 RESULT_OK);
	assert_int_equal(scene_call(&scene, CALL_RESTART_CHILD, "u"),
			 RESULT_NOT_FOUND);
	assert_int_equal(scene_call(&scene, CALL_START, "u"), RESULT_OK);
	assert_true(scene_node(&scene, "u")->listed);
}

static void
a_temporary_bystander_is_not_started_again(void **state)
{
	struct child_spec u = scene_worker("u");

	(void)state;
	begin(ONE_FOR_ALL, 5, LIMIT_SHUTDOWN);
	u.restart = TEMPORARY;
	scene_add_all(&scene, "root", "a");
	scene_add(&scene, "root", &u);
	scene_boot(&scene);
	scene_exit(&scene, "a", 1);
	scene_saw(&scene, "start:a start:u stop:u start:a");
	assert_int_equal(scene_node(&scene, "root")->count, 1);
}

static void
the_limit_ends_the_root(void **state)
{
	(void)state;
	begin(ONE_FOR_ONE, 1, LIMIT_SHUTDOWN);
	scene_add_all(&scene, "root", "abc");
	scene_boot(&scene);
	scene_exit(&scene, "b", 1);
	scene_exit(&scene, "b", 1);
	scene_saw(&scene, "start:a start:b start:c start:b gave_up:root "
			  "stop:c stop:a exit 1:root");
}

static void
the_window_slides(void **state)
{
	(void)state;
	begin(ONE_FOR_ONE, 1, LIMIT_SHUTDOWN);
	scene_add_all(&scene, "root", "a");
	scene_boot(&scene);
	scene_exit(&scene, "a", 1);
	scene_pass(&scene, 6);
	scene_exit(&scene, "a", 1);
	scene_saw(&scene, "start:a start:a start:a");
	scene_pass(&scene, 5);
	scene_exit(&scene, "a", 1);
	scene_saw(&scene, "gave_up:root exit 1:root");
}

static void
with_remove_the_sixth_exit_takes_the_child_off(void **state)
{
	uint32_t limit;
	int64_t period;
	int i;

	(void)state;
	begin(ONE_FOR_ONE, 5, LIMIT_REMOVE);
	scene_add_all(&scene, "root", "ab");
	scene_boot(&scene);
	scene_saw(&scene, "start:a start:b");
	for (i = 0; i < 5; i++)
		scene_exit(&scene, "a", 1);
	scene_saw(&scene, "start:a start:a start:a start:a start:a");
	assert_int_equal(tree_restarts(scene.t, tree_find(scene.t, "a"),
				       scene.now, &limit, &period),
			 5);
	assert_int_equal(limit, 5);
	scene_exit(&scene, "a", 1);
	scene_saw(&scene, "removed:a");
	assert_int_equal(scene_node(&scene, "a")->state, FATAL);
	assert_false(scene_node(&scene, "a")->listed);
	assert_int_equal(scene_node(&scene, "b")->state, RUNNING);
	assert_true(tree_is_up(scene.t));
	scene_exit(&scene, "b", 1);
	scene_saw(&scene, "start:b");
	assert_int_equal(scene_call(&scene, CALL_START, "a"), RESULT_OK);
	scene_exit(&scene, "a", 1);
	scene_saw(&scene, "start:a start:a");
}

static void
a_failing_restart_counts_each_time(void **state)
{
	(void)state;
	begin(ONE_FOR_ONE, 3, LIMIT_SHUTDOWN);
	scene_add_all(&scene, "root", "ab");
	scene_boot(&scene);
	scene_fail(&scene, "b", 3);
	scene_exit(&scene, "b", 1);
	scene_saw(&scene, "start:a start:b start:b start:b start:b "
			  "gave_up:root stop:a exit 1:root");
}

static void
rest_for_one_goes_on_from_the_one_that_failed(void **state)
{
	(void)state;
	begin(REST_FOR_ONE, 5, LIMIT_SHUTDOWN);
	scene_add_all(&scene, "root", "abc");
	scene_boot(&scene);
	scene_fail(&scene, "b", 1);
	scene_exit(&scene, "a", 1);
	scene_saw(&scene, "start:a start:b start:c stop:c stop:b start:a "
			  "start:b start:b start:c");
}

static void
one_for_all_begins_from_scratch_when_one_failed(void **state)
{
	(void)state;
	begin(ONE_FOR_ALL, 5, LIMIT_SHUTDOWN);
	scene_add_all(&scene, "root", "abc");
	scene_boot(&scene);
	scene_fail(&scene, "b", 1);
	scene_exit(&scene, "c", 1);
	scene_saw(&scene, "start:a start:b start:c stop:b stop:a start:a "
			  "start:b stop:a start:a start:b start:c");
}

static void
a_group_goes_on_without_the_one_removed(void **state)
{
	(void)state;
	begin(ONE_FOR_ALL, 1, LIMIT_REMOVE);
	scene_add_all(&scene, "root", "abc");
	scene_boot(&scene);
	scene_fail(&scene, "b", 9);
	scene_exit(&scene, "b", 1);
	scene_saw(&scene, "start:a start:b start:c stop:c stop:a start:a "
			  "start:b removed:b start:c");
	assert_true(tree_is_up(scene.t));
}

static void
a_failed_first_start_undoes_the_others(void **state)
{
	(void)state;
	begin(ONE_FOR_ONE, 5, LIMIT_SHUTDOWN);
	scene_add_all(&scene, "root", "abc");
	scene_fail(&scene, "c", 1);
	scene_boot(&scene);
	scene_saw(&scene, "start:a start:b start:c stop:b stop:a exit 1:root");
}

static void
with_remove_a_failed_first_start_is_tried_again(void **state)
{
	(void)state;
	begin(ONE_FOR_ONE, 1, LIMIT_REMOVE);
	scene_add_all(&scene, "root", "abc");
	scene_fail(&scene, "b", 2);
	scene_boot(&scene);
	scene_saw(&scene, "start:a start:b start:c start:b removed:b");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(f) cmocka_unit_test_teardown(f, finish)
		TEST(children_start_in_order_and_stop_in_reverse),
		TEST(one_for_one_restarts_the_one),
		TEST(one_for_all_restarts_all),
		TEST(rest_for_one_restarts_those_after),
		TEST(an_exit_outside_the_group_waits_for_it),
		TEST(an_exit_inside_the_group_is_swallowed),
		TEST(transient_and_temporary_end_as_they_should),
		TEST(a_temporary_bystander_is_not_started_again),
		TEST(the_limit_ends_the_root),
		TEST(the_window_slides),
		TEST(with_remove_the_sixth_exit_takes_the_child_off),
		TEST(a_failing_restart_counts_each_time),
		TEST(rest_for_one_goes_on_from_the_one_that_failed),
		TEST(one_for_all_begins_from_scratch_when_one_failed),
		TEST(a_group_goes_on_without_the_one_removed),
		TEST(a_failed_first_start_undoes_the_others),
		TEST(with_remove_a_failed_first_start_is_tried_again),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
