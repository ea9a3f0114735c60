/* SPDX-License-Identifier: MIT */
/*
 * test_tree_calls.c - what people and OTP's functions ask of a supervisor.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

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

static void
begin(const char *letters)
{
	scene_new(&scene, NULL);
	scene_add_all(&scene, "root", letters);
	scene_boot(&scene);
	scene.trace[0] = '\0';
}

static void
start_stop_and_restart_are_for_people(void **state)
{
	(void)state;
	begin("ab");
	assert_int_equal(scene_call(&scene, CALL_START, "a"), RESULT_OK);
	assert_int_equal(scene_call(&scene, CALL_STOP, "a"), RESULT_OK);
	assert_int_equal(scene_call(&scene, CALL_STOP, "a"), RESULT_OK);
	assert_int_equal(scene_node(&scene, "a")->state, STOPPED);
	assert_int_equal(scene_call(&scene, CALL_RESTART, "a"), RESULT_OK);
	assert_int_equal(scene_call(&scene, CALL_RESTART, "a"), RESULT_OK);
	scene_saw(&scene, "stop:a start:a stop:a start:a");
	assert_int_equal(scene_node(&scene, "a")->restarts, 0);
}

static void
otp_calls_have_otp_errors(void **state)
{
	struct child_spec a = scene_worker("a"), s = scene_worker("s");

	(void)state;
	begin("a");
	assert_int_equal(scene_call(&scene, CALL_RESTART_CHILD, "a"),
			 RESULT_RUNNING);
	assert_int_equal(scene_call(&scene, CALL_DELETE_CHILD, "a"),
			 RESULT_RUNNING);
	assert_int_equal(scene_start_child(&scene, "root", &a),
			 RESULT_ALREADY_STARTED);
	assert_int_equal(scene_call(&scene, CALL_STOP, "a"), RESULT_OK);
	assert_int_equal(scene_start_child(&scene, "root", &a),
			 RESULT_ALREADY_PRESENT);
	assert_int_equal(scene_call(&scene, CALL_DELETE_CHILD, "a"), RESULT_OK);
	assert_int_equal(tree_find(scene.t, "a"), NO_NODE);
	scene_saw(&scene, "stop:a deleted:a");
	assert_int_equal(scene_start_child(&scene, "root", &a), RESULT_OK);
	assert_int_equal(scene_start_child(&scene, "root", &s), RESULT_OK);
	assert_int_equal(scene_call(&scene, CALL_STOP_CHILD, "a"), RESULT_OK);
	assert_int_equal(scene_node(&scene, "root")->count, 1);
}

static void
a_failed_start_child_leaves_no_trace(void **state)
{
	struct child_spec x = scene_worker("x");
	uint32_t n;

	(void)state;
	begin("a");
	x.dynamic = true;
	assert_int_equal(tree_add(scene.t, ROOT, &x, &n), 0);
	assert_false(tree_node(scene.t, n)->listed);
	scene_fail(&scene, "x", 1);
	assert_int_equal(scene_call(&scene, CALL_START_CHILD, "x"),
			 RESULT_FAILED);
	assert_int_equal(scene.reason.kind, REASON_NOEXEC);
	assert_int_equal(tree_find(scene.t, "x"), NO_NODE);
	assert_null(tree_node(scene.t, n));
	scene_saw(&scene, "start:x");
}

static void
a_child_that_waits_to_be_started_is_left_alone(void **state)
{
	struct child_spec x = scene_worker("x"), root = scene_supervisor("roo"
									 "t");

	(void)state;
	root.strategy = ONE_FOR_ALL;
	root.intensity = 9;
	scene_new(&scene, &root);
	x.autostart = false;
	scene_add_all(&scene, "root", "a");
	scene_add(&scene, "root", &x);
	scene_boot(&scene);
	assert_true(tree_is_up(scene.t));
	scene_exit(&scene, "a", 1);
	scene_saw(&scene, "start:a start:a");
	assert_int_equal(scene_call(&scene, CALL_START, "x"), RESULT_OK);
	scene_exit(&scene, "a", 1);
	scene_saw(&scene, "start:x stop:x start:a start:x");
	assert_int_equal(scene_call(&scene, CALL_STOP, "x"), RESULT_OK);
	scene_exit(&scene, "a", 1);
	scene_saw(&scene, "stop:x start:a");
}

static void
calls_wait_while_the_supervisor_is_busy(void **state)
{
	(void)state;
	begin("ab");
	scene_stubborn(&scene, "a", true);
	assert_int_equal(scene_call(&scene, CALL_STOP, "a"), -1);
	assert_int_equal(scene_call(&scene, CALL_STOP, "b"), -1);
	assert_int_equal(scene_call(&scene, CALL_SYNC, "root"), -1);
	scene_saw(&scene, "stop:a");
	scene_pass(&scene, 5);
	scene_saw(&scene, "timeout:a kill:a stop:b");
	assert_int_equal(scene.result, RESULT_OK);
	assert_int_equal(scene_call(&scene, CALL_SYNC, "root"), RESULT_OK);
	assert_int_equal(scene_call(&scene, CALL_SYNC, "a"), RESULT_NOT_FOUND);
}

static void
a_stop_ends_a_start_in_progress(void **state)
{
	struct child_spec x = scene_worker("x");
	uint32_t n;

	(void)state;
	begin("a");
	x.acknowledges = true;
	x.start_timeout = 30;
	x.dynamic = true;
	assert_int_equal(scene_start_child(&scene, "root", &x), -1);
	scene_saw(&scene, "start:x");
	n = tree_find(scene.t, "x");
	assert_int_equal(scene_call(&scene, CALL_STOP, "x"), RESULT_OK);
	assert_null(tree_node(scene.t, n));
	scene_saw(&scene, "stop:x");
	assert_int_equal(scene_start_child(&scene, "root", &x), -1);
	scene_event(&scene, ON_SHUTDOWN, NULL);
	assert_int_equal(scene.result, RESULT_STOPPED);
	scene_saw(&scene, "start:x stop:x stop:a exit 0:root");
}

static void
a_stop_in_the_boot_lets_the_others_go_on(void **state)
{
	struct child_spec x = scene_worker("x");

	(void)state;
	scene_new(&scene, NULL);
	x.acknowledges = true;
	scene_add(&scene, "root", &x);
	scene_add_all(&scene, "root", "a");
	scene_boot(&scene);
	scene_saw(&scene, "start:x");
	assert_int_equal(scene_call(&scene, CALL_RESTART, "x"), -1);
	scene_saw(&scene, "stop:x start:a start:x");
	scene_event(&scene, ON_READY, "x");
	assert_int_equal(scene.result, RESULT_OK);
	assert_true(tree_is_up(scene.t));
}

static void
a_stop_cancels_a_retry(void **state)
{
	struct child_spec x = scene_worker("x");

	(void)state;
	scene_new(&scene, NULL);
	x.backoff_min = 10;
	x.backoff_max = 100;
	scene_add(&scene, "root", &x);
	scene_boot(&scene);
	scene_exit(&scene, "x", 1);
	assert_int_equal(scene_node(&scene, "x")->state, BACKOFF);
	assert_int_equal(scene_call(&scene, CALL_RESTART_CHILD, "x"),
			 RESULT_RESTARTING);
	assert_int_equal(scene_call(&scene, CALL_STOP, "x"), RESULT_OK);
	scene_pass(&scene, 1000);
	scene_saw(&scene, "start:x backoff:x");
	assert_int_equal(scene_node(&scene, "x")->state, STOPPED);
}

static void
a_start_does_not_wait_for_the_backoff(void **state)
{
	struct child_spec x = scene_worker("x");

	(void)state;
	scene_new(&scene, NULL);
	x.backoff_min = 10;
	x.backoff_max = 100;
	scene_add(&scene, "root", &x);
	scene_boot(&scene);
	scene_exit(&scene, "x", 1);
	assert_int_equal(scene_call(&scene, CALL_START, "x"), RESULT_OK);
	scene_pass(&scene, 1000);
	scene_saw(&scene, "start:x backoff:x start:x");
}

static void
below_what_is_down_nothing_can_be_started(void **state)
{
	struct child_spec s = scene_supervisor("s"), x = scene_worker("x");

	(void)state;
	scene_new(&scene, NULL);
	scene_add(&scene, "root", &s);
	scene_add_all(&scene, "s", "a");
	scene_boot(&scene);
	assert_int_equal(scene_call(&scene, CALL_STOP, "s"), RESULT_OK);
	assert_int_equal(scene_call(&scene, CALL_START, "a"), RESULT_STOPPED);
	assert_int_equal(scene_call(&scene, CALL_STOP, "a"), RESULT_OK);
	x.dynamic = true;
	assert_int_equal(scene_start_child(&scene, "s", &x), RESULT_STOPPED);
	assert_int_equal(tree_find(scene.t, "x"), NO_NODE);
	assert_int_equal(scene_call(&scene, CALL_START, "root"),
			 RESULT_NOT_FOUND);
}

static void
a_new_node_takes_the_place_of_one_off_the_list(void **state)
{
	struct child_spec x = scene_worker("x");

	(void)state;
	begin("a");
	x.dynamic = true;
	x.restart = TEMPORARY;
	assert_int_equal(scene_start_child(&scene, "root", &x), RESULT_OK);
	scene_exit(&scene, "x", 0);
	scene_saw(&scene, "start:x added:x deleted:x");
	assert_int_equal(tree_find(scene.t, "x"), NO_NODE);
	x.dynamic = false;
	assert_int_equal(scene_start_child(&scene, "root", &x), RESULT_OK);
	scene_exit(&scene, "x", 0);
	assert_int_equal(scene_node(&scene, "x")->state, EXITED);
	assert_int_equal(scene_start_child(&scene, "root", &x), RESULT_OK);
	assert_int_equal(scene_node(&scene, "x")->state, RUNNING);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(f) cmocka_unit_test_teardown(f, finish)
		TEST(start_stop_and_restart_are_for_people),
		TEST(otp_calls_have_otp_errors),
		TEST(a_failed_start_child_leaves_no_trace),
		TEST(a_child_that_waits_to_be_started_is_left_alone),
		TEST(calls_wait_while_the_supervisor_is_busy),
		TEST(a_stop_ends_a_start_in_progress),
		TEST(a_stop_in_the_boot_lets_the_others_go_on),
		TEST(a_stop_cancels_a_retry),
		TEST(a_start_does_not_wait_for_the_backoff),
		TEST(below_what_is_down_nothing_can_be_started),
		TEST(a_new_node_takes_the_place_of_one_off_the_list),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
