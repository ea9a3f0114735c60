/* SPDX-License-Identifier: MIT */
/*
 * test_tree_nested.c - supervisors below supervisors, significant children,
 * simple_one_for_one.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "scene_lib.h"

static struct scene scene;

static int
finish(void **state)
{
	(void)state;
	scene_free(&scene);
	return 0;
}

/* root with a, the supervisor s with b and c, and d */
static void
nested(struct child_spec *s)
{
	scene_new(&scene, NULL);
	scene_add_all(&scene, "root", "a");
	scene_add(&scene, "root", s);
	scene_add_all(&scene, "s", "bc");
	scene_add_all(&scene, "root", "d");
	scene_boot(&scene);
	scene_saw(&scene, "start:a start:b start:c start:d");
}

static void
a_supervisor_is_up_when_its_children_are(void **state)
{
	struct child_spec s = scene_supervisor("s");

	(void)state;
	nested(&s);
	assert_int_equal(scene_node(&scene, "s")->state, RUNNING);
	scene_event(&scene, ON_SHUTDOWN, NULL);
	scene_saw(&scene, "stop:d stop:c stop:b stop:a exit 0:root");
}

static void
giving_up_is_the_parents_matter(void **state)
{
	struct child_spec s = scene_supervisor("s");

	(void)state;
	nested(&s);
	scene_exit(&scene, "b", 1);
	scene_exit(&scene, "c", 1);
	scene_saw(&scene, "start:b gave_up:s stop:b start:b start:c");
	scene_pass(&scene, 1);
	scene_exit(&scene, "b", 1);
	scene_exit(&scene, "b", 1);
	scene_saw(&scene, "start:b gave_up:s stop:c gave_up:root stop:d "
			  "stop:a exit 1:root");
}

static void
a_transient_supervisor_that_gave_up_stays_down(void **state)
{
	struct child_spec s = scene_supervisor("s");

	(void)state;
	s.restart = TRANSIENT;
	s.intensity = 0;
	nested(&s);
	scene_exit(&scene, "b", 1);
	scene_saw(&scene, "gave_up:s stop:c");
	assert_int_equal(scene_node(&scene, "s")->state, EXITED);
	assert_int_equal(scene_node(&scene, "s")->ended.kind, REASON_SHUTDOWN);
}

static void
dynamic_children_are_lost_with_their_supervisor(void **state)
{
	struct child_spec s = scene_supervisor("s"), x = scene_worker("x");

	(void)state;
	nested(&s);
	x.dynamic = true;
	assert_int_equal(scene_start_child(&scene, "s", &x), RESULT_OK);
	scene_saw(&scene, "start:x added:x");
	assert_int_equal(scene_call(&scene, CALL_RESTART, "s"), RESULT_OK);
	scene_saw(&scene, "stop:x stop:c stop:b deleted:x start:b start:c");
	assert_int_equal(tree_find(scene.t, "x"), NO_NODE);
}

static void
what_was_started_by_hand_is_forgotten_in_a_new_life(void **state)
{
	struct child_spec s = scene_supervisor("s"), x = scene_worker("x");

	(void)state;
	x.autostart = false;
	scene_new(&scene, NULL);
	scene_add(&scene, "root", &s);
	scene_add(&scene, "s", &x);
	scene_boot(&scene);
	assert_int_equal(scene_call(&scene, CALL_START, "x"), RESULT_OK);
	assert_int_equal(scene_call(&scene, CALL_RESTART, "s"), RESULT_OK);
	scene_saw(&scene, "start:x stop:x");
}

static void
deleted_children_come_back_with_their_supervisor(void **state)
{
	struct child_spec s = scene_supervisor("s"), c = scene_worker("c");
	uint32_t b;

	(void)state;
	nested(&s);
	b = tree_find(scene.t, "b");
	assert_int_equal(scene_call(&scene, CALL_STOP_CHILD, "b"), RESULT_OK);
	scene_saw(&scene, "stop:b deleted:b");
	assert_int_equal(tree_find(scene.t, "b"), NO_NODE);
	assert_null(tree_node(scene.t, b));
	assert_int_equal(scene_call(&scene, CALL_STOP_CHILD, "c"), RESULT_OK);
	assert_int_equal(scene_start_child(&scene, "root", &c), RESULT_OK);
	scene_saw(&scene, "stop:c deleted:c start:c added:c");
	assert_int_equal(scene_call(&scene, CALL_RESTART, "s"), RESULT_OK);
	scene_saw(&scene, "start:b");
	assert_int_equal(tree_find(scene.t, "b"), b);
	assert_int_equal(scene_call(&scene, CALL_STOP_CHILD, "c"), RESULT_OK);
	assert_int_equal(scene_call(&scene, CALL_RESTART, "s"), RESULT_OK);
	scene_saw(&scene, "stop:c deleted:c stop:b start:b start:c");
	assert_int_equal(scene_call(&scene, CALL_STOP_CHILD, "b"), RESULT_OK);
	assert_int_equal(scene_call(&scene, CALL_STOP_CHILD, "s"), RESULT_OK);
	assert_null(tree_node(scene.t, b));
	scene_saw(&scene, "stop:b deleted:b stop:c deleted:s");
}

static void
deleted_supervisors_come_back_with_all_below(void **state)
{
	struct child_spec s = scene_supervisor("s"), u = scene_supervisor("u");
	uint32_t d;

	(void)state;
	scene_new(&scene, NULL);
	scene_add(&scene, "root", &s);
	scene_add(&scene, "s", &u);
	scene_add_all(&scene, "u", "d");
	scene_boot(&scene);
	d = tree_find(scene.t, "d");
	assert_int_equal(scene_call(&scene, CALL_STOP_CHILD, "u"), RESULT_OK);
	scene_saw(&scene, "start:d stop:d deleted:u");
	assert_int_equal(tree_find(scene.t, "d"), NO_NODE);
	assert_null(tree_node(scene.t, d));
	assert_int_equal(scene_call(&scene, CALL_RESTART, "s"), RESULT_OK);
	scene_saw(&scene, "start:d");
	assert_int_equal(tree_find(scene.t, "d"), d);
	assert_int_equal(scene_call(&scene, CALL_STOP_CHILD, "u"), RESULT_OK);
	assert_int_equal(scene_call(&scene, CALL_STOP_CHILD, "s"), RESULT_OK);
	assert_null(tree_node(scene.t, d));
	scene_saw(&scene, "stop:d deleted:u deleted:s");
}

static void
a_supervisor_whose_time_is_up_dies_with_all_below(void **state)
{
	struct child_spec s = scene_supervisor("s");

	(void)state;
	s.shutdown = 10;
	nested(&s);
	scene_stubborn(&scene, "c", true);
	assert_int_equal(scene_call(&scene, CALL_STOP, "s"), -1);
	scene_saw(&scene, "stop:c");
	scene_pass(&scene, 5);
	scene_saw(&scene, "timeout:c kill:c stop:b");
	assert_int_equal(scene.result, RESULT_OK);
	assert_int_equal(scene_node(&scene, "c")->ended.kind, REASON_KILLED);
	assert_int_equal(scene_call(&scene, CALL_START, "s"), RESULT_OK);
	scene.trace[0] = '\0';
	scene_stubborn(&scene, "b", true);
	assert_int_equal(scene_call(&scene, CALL_STOP, "s"), -1);
	scene_pass(&scene, 5);
	scene_saw(&scene, "stop:c timeout:c kill:c stop:b");
	scene_pass(&scene, 5);
	scene_saw(&scene, "timeout:s kill:b");
	assert_int_equal(scene.result, RESULT_OK);
	assert_int_equal(scene_node(&scene, "s")->ended.kind, REASON_KILLED);
}

static void
a_failed_start_of_a_supervisor_is_tried_again(void **state)
{
	struct child_spec s = scene_supervisor("s");

	(void)state;
	s.intensity = 0;
	nested(&s);
	scene_fail(&scene, "c", 1);
	scene_exit(&scene, "b", 1);
	scene_saw(&scene, "gave_up:s stop:c start:b start:c stop:b "
			  "gave_up:root stop:d stop:a exit 1:root");
}

static void
auto_shutdown_ends_the_supervisor(void **state)
{
	struct child_spec root = scene_supervisor("root");
	struct child_spec x = scene_worker("x"), y = scene_worker("y");

	(void)state;
	root.auto_shutdown = AUTO_ALL;
	x.significant = y.significant = true;
	x.restart = TRANSIENT;
	y.restart = TEMPORARY;
	scene_new(&scene, &root);
	scene_add_all(&scene, "root", "a");
	scene_add(&scene, "root", &x);
	scene_add(&scene, "root", &y);
	scene_boot(&scene);
	scene_saw(&scene, "start:a start:x start:y");
	scene_exit(&scene, "x", 0);
	scene_saw(&scene, "");
	scene_exit(&scene, "y", 3);
	scene_saw(&scene, "auto_shutdown:root stop:a exit 3:root");
}

static void
any_significant_child_is_enough(void **state)
{
	struct child_spec root = scene_supervisor("root");
	struct child_spec x = scene_worker("x"), y = scene_worker("y");

	(void)state;
	root.auto_shutdown = AUTO_ANY;
	root.intensity = 5;
	x.significant = y.significant = true;
	x.restart = y.restart = TRANSIENT;
	scene_new(&scene, &root);
	scene_add(&scene, "root", &x);
	scene_add(&scene, "root", &y);
	scene_boot(&scene);
	scene_exit(&scene, "x", 1);
	assert_int_equal(scene_call(&scene, CALL_STOP, "x"), RESULT_OK);
	scene_saw(&scene, "start:x start:y start:x stop:x");
	scene_exit(&scene, "y", 0);
	scene_saw(&scene, "auto_shutdown:root exit 0:root");
}

static struct child_spec
instance(unsigned number)
{
	struct child_spec spec = scene_worker("t");

	snprintf(spec.id, sizeof(spec.id), "t@%u", number);
	return spec;
}

static void
simple_one_for_one_has_instances(void **state)
{
	struct child_spec root = scene_supervisor("root");
	struct child_spec t = scene_worker("t"), one = instance(1);
	struct child_spec two = instance(2), three = instance(3);

	(void)state;
	root.strategy = SIMPLE_ONE_FOR_ONE;
	scene_new(&scene, &root);
	scene_add(&scene, "root", &t);
	scene_boot(&scene);
	scene_saw(&scene, "");
	assert_int_equal(scene_start_child(&scene, "root", &one), RESULT_OK);
	assert_int_equal(scene_start_child(&scene, "root", &two), RESULT_OK);
	assert_int_equal(scene_start_child(&scene, "root", &three), RESULT_OK);
	assert_int_equal(scene_node(&scene, "root")->instances, 3);
	assert_int_equal(scene_call(&scene, CALL_RESTART_CHILD, "t@1"),
			 RESULT_SIMPLE);
	assert_int_equal(scene_call(&scene, CALL_DELETE_CHILD, "t@1"),
			 RESULT_SIMPLE);
	assert_int_equal(scene_call(&scene, CALL_STOP, "t"), RESULT_SIMPLE);
	scene_exit(&scene, "t@1", 1);
	scene_saw(&scene, "start:t@1 added:t@1 start:t@2 added:t@2 start:t@3 "
			  "added:t@3 start:t@1");
	assert_int_equal(scene_call(&scene, CALL_STOP, "t@2"), RESULT_OK);
	assert_int_equal(tree_find(scene.t, "t@2"), NO_NODE);
	scene_saw(&scene, "stop:t@2 deleted:t@2");
	scene_stubborn(&scene, "t@3", true);
	scene_event(&scene, ON_SHUTDOWN, NULL);
	scene_saw(&scene, "stop:t@1 stop:t@3");
	scene_pass(&scene, 5);
	scene_saw(&scene, "timeout:t@3 kill:t@3 deleted:t@1 deleted:t@3 "
			  "exit 0:root");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(f) cmocka_unit_test_teardown(f, finish)
		TEST(a_supervisor_is_up_when_its_children_are),
		TEST(giving_up_is_the_parents_matter),
		TEST(a_transient_supervisor_that_gave_up_stays_down),
		TEST(dynamic_children_are_lost_with_their_supervisor),
		TEST(what_was_started_by_hand_is_forgotten_in_a_new_life),
		TEST(deleted_children_come_back_with_their_supervisor),
		TEST(deleted_supervisors_come_back_with_all_below),
		TEST(a_supervisor_whose_time_is_up_dies_with_all_below),
		TEST(a_failed_start_of_a_supervisor_is_tried_again),
		TEST(auto_shutdown_ends_the_supervisor),
		TEST(any_significant_child_is_enough),
		TEST(simple_one_for_one_has_instances),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
