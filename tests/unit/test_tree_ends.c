/* SPDX-License-Identifier: MIT */
/*
 * test_tree_ends.c - deadlines, reasons, exit/2, backoff, the hurried end.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "core/backoff.h"
#include "core/reason.h"
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
begin(const struct child_spec *x)
{
	struct child_spec root = scene_supervisor("root");

	root.intensity = 9;
	scene_new(&scene, &root);
	scene_add(&scene, "root", x);
	scene_boot(&scene);
	scene_saw(&scene, "start:x");
}

static void
ended_as(const char *reason)
{
	char text[REASON_SIZE];

	assert_string_equal(reason_format(&scene_node(&scene, "x")->ended, text,
					  sizeof(text)),
			    reason);
}

static void
who_does_not_get_ready_in_time_is_killed(void **state)
{
	struct child_spec x = scene_worker("x");

	(void)state;
	x.acknowledges = true;
	x.start_timeout = 30;
	begin(&x);
	scene_pass(&scene, 29);
	scene_saw(&scene, "");
	scene_pass(&scene, 1);
	scene_saw(&scene, "timeout:x kill:x exit 1:root");
	ended_as("timeout");
}

static void
an_end_before_readiness_is_a_failed_start(void **state)
{
	struct child_spec root = scene_supervisor("root");
	struct child_spec x = scene_worker("x");

	(void)state;
	root.on_limit = LIMIT_REMOVE;
	scene_new(&scene, &root);
	x.acknowledges = true;
	x.restart = TRANSIENT;
	scene_add(&scene, "root", &x);
	scene_boot(&scene);
	scene_exit(&scene, "x", 0);
	scene_exit(&scene, "x", 0);
	scene_saw(&scene, "start:x start:x removed:x");
}

static void
brutal_kill_is_at_once(void **state)
{
	struct child_spec x = scene_worker("x");

	(void)state;
	x.shutdown = SHUTDOWN_BRUTAL;
	begin(&x);
	assert_int_equal(scene_call(&scene, CALL_STOP, "x"), RESULT_OK);
	scene_saw(&scene, "kill:x");
	ended_as("killed");
}

static void
a_stopped_child_ends_with_shutdown(void **state)
{
	struct child_spec x = scene_worker("x");

	(void)state;
	begin(&x);
	assert_int_equal(scene_call(&scene, CALL_STOP, "x"), RESULT_OK);
	ended_as("shutdown");
}

static void
exit_normal_is_ignored_and_kill_kills(void **state)
{
	struct child_spec x = scene_worker("x");

	(void)state;
	begin(&x);
	scene_kill(&scene, "x", "normal");
	scene_saw(&scene, "");
	scene_kill(&scene, "x", "kill");
	scene_saw(&scene, "kill:x start:x");
	ended_as("killed");
}

static void
any_other_exit_is_a_stop_with_that_reason(void **state)
{
	struct child_spec x = scene_worker("x");

	(void)state;
	begin(&x);
	scene_stubborn(&scene, "x", true);
	scene_kill(&scene, "x", "out of luck");
	scene_saw(&scene, "stop:x");
	scene_pass(&scene, 5);
	scene_saw(&scene, "timeout:x kill:x start:x");
	ended_as("out of luck");
	assert_int_equal(scene_node(&scene, "x")->restarts, 1);
}

static void
exit_shutdown_is_quiet(void **state)
{
	struct child_spec x = scene_worker("x");

	(void)state;
	x.restart = TRANSIENT;
	begin(&x);
	scene_kill(&scene, "x", "shutdown");
	scene_saw(&scene, "stop:x");
	assert_int_equal(scene_node(&scene, "x")->state, EXITED);
	scene_kill(&scene, "x", "boom");
	scene_saw(&scene, "");
}

static void
a_missed_watchdog_is_a_timeout(void **state)
{
	struct child_spec x = scene_worker("x");

	(void)state;
	begin(&x);
	scene_event(&scene, ON_TIMEOUT, "x");
	scene_saw(&scene, "timeout:x kill:x start:x");
	ended_as("timeout");
}

static void
the_backoff_doubles_and_is_reset_by_health(void **state)
{
	struct child_spec x = scene_worker("x");
	int64_t delay = 0, last = 0;
	int i;

	(void)state;
	x.backoff_min = 10;
	x.backoff_max = 40;
	x.backoff_reset = 1000;
	begin(&x);
	for (i = 0; i < 4; i++) {
		scene_exit(&scene, "x", 1);
		scene_saw(&scene, "backoff:x");
		assert_false(tree_is_up(scene.t));
		delay = scene_node(&scene, "x")->deadline - scene.now;
		assert_true(delay >= last && delay <= 40);
		last = scene_node(&scene, "x")->backoff;
		assert_int_equal(last, i < 2 ? 10 << i : 40);
		scene_pass(&scene, delay - 1);
		scene_saw(&scene, "");
		scene_pass(&scene, 1);
		scene_saw(&scene, "start:x");
	}
	scene_pass(&scene, 1000);
	scene_exit(&scene, "x", 1);
	assert_int_equal(scene_node(&scene, "x")->backoff, 10);
	tree_reset(scene.t, tree_find(scene.t, "x"));
	assert_int_equal(scene_node(&scene, "x")->backoff, 0);
}

static void
a_group_waits_for_the_backoff_of_its_member(void **state)
{
	struct child_spec root = scene_supervisor("root");
	struct child_spec x = scene_worker("x");

	(void)state;
	root.strategy = ONE_FOR_ALL;
	scene_new(&scene, &root);
	x.backoff_min = x.backoff_max = 10;
	scene_add(&scene, "root", &x);
	scene_add_all(&scene, "root", "ab");
	scene_boot(&scene);
	scene_exit(&scene, "x", 1);
	scene_saw(&scene, "start:x start:a start:b stop:b stop:a backoff:x");
	scene_pass(&scene, 10);
	scene_saw(&scene, "start:x start:a start:b");
	assert_int_equal(scene_node(&scene, "x")->restarts, 1);
}

static void
a_shortage_counts_as_nothing_and_is_waited_for(void **state)
{
	struct child_spec x = scene_worker("x");

	(void)state;
	scene_new(&scene, NULL); /* intensity 1 */
	scene_add(&scene, "root", &x);
	scene_boot(&scene);
	scene.why = EAGAIN;
	scene_fail(&scene, "x", 5);
	scene_exit(&scene, "x", 1);
	scene_saw(&scene, "start:x start:x backoff:x");
	for (int i = 0; i < 4; i++) {
		scene_pass(&scene, BACKOFF_SHORTAGE - 1);
		scene_saw(&scene, "");
		scene_pass(&scene, 1 + BACKOFF_SHORTAGE / 4);
		scene_saw(&scene, "start:x backoff:x");
	}
	scene_pass(&scene, 2 * BACKOFF_SHORTAGE);
	scene_saw(&scene, "start:x");
	assert_int_equal(scene_node(&scene, "x")->state, RUNNING);
	assert_int_equal(scene_node(&scene, "x")->restarts, 1);
	/* What is not there at all is another matter. */
	scene.why = ENOENT;
	scene_fail(&scene, "x", 5);
	scene_exit(&scene, "x", 1);
	scene_saw(&scene, "start:x gave_up:root exit 1:root");
}

static void
a_group_waits_for_a_shortage_of_its_member(void **state)
{
	struct child_spec root = scene_supervisor("root");

	(void)state;
	root.strategy = ONE_FOR_ALL;
	scene_new(&scene, &root);
	scene_add_all(&scene, "root", "ab");
	scene_boot(&scene);
	scene.why = EMFILE;
	scene_fail(&scene, "b", 1);
	scene_exit(&scene, "a", 1);
	scene_saw(&scene, "start:a start:b stop:b start:a start:b stop:a "
			  "backoff:b");
	scene_pass(&scene, 2 * BACKOFF_SHORTAGE);
	scene_saw(&scene, "start:a start:b");
	assert_int_equal(scene_node(&scene, "b")->restarts, 0);
}

static void
a_hurried_end_waits_for_nobody(void **state)
{
	(void)state;
	scene_new(&scene, NULL);
	scene_add_all(&scene, "root", "abc");
	scene_boot(&scene);
	scene_stubborn(&scene, "c", true);
	scene_event(&scene, ON_SHUTDOWN, NULL);
	scene_saw(&scene, "start:a start:b start:c stop:c");
	scene_event(&scene, ON_HURRY, NULL);
	scene_saw(&scene, "kill:c kill:b kill:a exit 0:root");
}

static void
the_end_interrupts_a_start(void **state)
{
	struct child_spec s = scene_supervisor("s"), x = scene_worker("x");

	(void)state;
	scene_new(&scene, NULL);
	scene_add_all(&scene, "root", "a");
	scene_add(&scene, "root", &s);
	scene_add_all(&scene, "s", "b");
	x.acknowledges = true;
	scene_add(&scene, "s", &x);
	scene_add_all(&scene, "root", "c");
	scene_boot(&scene);
	scene_event(&scene, ON_SHUTDOWN, NULL);
	scene_saw(&scene, "start:a start:b start:x stop:x stop:b stop:a "
			  "exit 0:root");
}

static void
the_end_before_the_beginning(void **state)
{
	(void)state;
	scene_new(&scene, NULL);
	scene_add_all(&scene, "root", "a");
	scene_event(&scene, ON_SHUTDOWN, NULL);
	assert_false(tree_is_up(scene.t));
	scene_boot(&scene);
	scene_saw(&scene, "exit 0:root");
}

static void
reasons_are_read_as_they_are_written(void **state)
{
	static const char *const texts[] = {
		"normal",        "exit:3", "signal:SEGV",   "signal:34",
		"shutdown",      "killed", "noexec:ENOENT", "timeout",
		"anything else", "exit:",  "signal:NOPE",
	};
	struct reason r;
	char buf[REASON_SIZE];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		assert_true(reason_parse(texts[i], &r));
		assert_string_equal(reason_format(&r, buf, sizeof(buf)),
				    texts[i]);
	}
	assert_false(reason_parse("", &r));
	memset(buf, 'x', REASON_TEXT);
	buf[REASON_TEXT] = '\0';
	assert_false(reason_parse(buf, &r));
	assert_true(reason_parse("signal:SEGV", &r));
	assert_int_equal(r.value, 11);
	assert_int_equal(reason_exit_status(&r), 139);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(f) cmocka_unit_test_teardown(f, finish)
		TEST(who_does_not_get_ready_in_time_is_killed),
		TEST(an_end_before_readiness_is_a_failed_start),
		TEST(brutal_kill_is_at_once),
		TEST(a_stopped_child_ends_with_shutdown),
		TEST(exit_normal_is_ignored_and_kill_kills),
		TEST(any_other_exit_is_a_stop_with_that_reason),
		TEST(exit_shutdown_is_quiet),
		TEST(a_missed_watchdog_is_a_timeout),
		TEST(the_backoff_doubles_and_is_reset_by_health),
		TEST(a_group_waits_for_the_backoff_of_its_member),
		TEST(a_shortage_counts_as_nothing_and_is_waited_for),
		TEST(a_group_waits_for_a_shortage_of_its_member),
		TEST(a_hurried_end_waits_for_nobody),
		TEST(the_end_interrupts_a_start),
		TEST(the_end_before_the_beginning),
		cmocka_unit_test(reasons_are_read_as_they_are_written),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
