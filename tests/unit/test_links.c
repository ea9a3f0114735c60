/* SPDX-License-Identifier: MIT */
/*
 * test_links.c - links and exit signals in the core: table 6-1 of "Process
 * Error Handling".
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/reason.h"
#include "kin_lib.h"

static struct scene scene;

static int
finish(void **state)
{
	(void)state;
	scene_free(&scene);
	return 0;
}

static void
an_end_goes_through_the_link_set(void **state)
{
	(void)state;
	kin_begin(&scene, "abcd");
	assert_int_equal(kin_link(&scene, "a", "b"), RESULT_OK);
	assert_int_equal(kin_link(&scene, "b", "c"), RESULT_OK);
	scene_exit(&scene, "a", 3);
	scene_saw(&scene, "stop:b start:a stop:c start:b start:c");
	kin_ended_as(&scene, "b", "exit:3");
	kin_ended_as(&scene, "c", "exit:3");
	kin_ended_as(&scene, "d", "");
	assert_int_equal(scene_node(&scene, "b")->restarts, 1);
	/* The links were of those processes. */
	scene_exit(&scene, "b", 3);
	scene_saw(&scene, "start:b");
}

static void
normal_is_ignored_but_by_those_that_trap(void **state)
{
	(void)state;
	kin_begin(&scene, "abT");
	kin_link(&scene, "a", "b");
	kin_link(&scene, "a", "T");
	scene_exit(&scene, "a", 0);
	scene_saw(&scene, "EXIT:T:a:normal start:a");
	assert_int_equal(scene_node(&scene, "b")->links, 0);
}

static void
who_traps_gets_a_message(void **state)
{
	(void)state;
	kin_begin(&scene, "aTc");
	kin_link(&scene, "a", "T");
	kin_link(&scene, "T", "c");
	scene_exit(&scene, "a", 3);
	scene_saw(&scene, "EXIT:T:a:exit:3 start:a");
	scene_kill(&scene, "T", "because");
	scene_saw(&scene, "EXIT:T:-:because");
	scene_kill(&scene, "T", "killed");
	scene_saw(&scene, "EXIT:T:-:killed");
	scene_kill(&scene, "T", "kill");
	scene_saw(&scene, "kill:T stop:c start:T start:c");
	kin_ended_as(&scene, "T", "killed");
	kin_ended_as(&scene, "c", "killed");
}

static void
kill_is_of_exit_2_alone(void **state)
{
	struct event e = { .type = ON_EXIT };

	(void)state;
	kin_begin(&scene, "abT");
	kin_link(&scene, "a", "b");
	kin_link(&scene, "a", "T");
	/* exit(kill) of a itself */
	e.node = scene_find(&scene, "a");
	reason_parse("kill", &e.reason);
	scene.runs[e.node] = false;
	tree_step(scene.t, &e, scene.now);
	scene_settle(&scene);
	scene_saw(&scene, "stop:b EXIT:T:a:kill start:a start:b");
	kin_ended_as(&scene, "b", "kill");
}

static void
to_oneself_normal_is_an_end(void **state)
{
	(void)state;
	kin_begin(&scene, "abT");
	scene_kill(&scene, "a", "normal");
	scene_saw(&scene, "");
	scene.from = scene_find(&scene, "b");
	scene_kill(&scene, "a", "normal");
	scene_saw(&scene, "");
	scene_kill(&scene, "b", "normal");
	scene_saw(&scene, "stop:b start:b");
	kin_ended_as(&scene, "b", "normal");
	scene.from = scene_find(&scene, "T");
	scene_kill(&scene, "T", "normal");
	scene_saw(&scene, "EXIT:T:T:normal");
}

static void
one_link_of_a_pair_and_gone_with_unlink(void **state)
{
	uint32_t a, b;

	(void)state;
	kin_begin(&scene, "ab");
	a = scene_find(&scene, "a");
	b = scene_find(&scene, "b");
	kin_link(&scene, "a", "b");
	kin_link(&scene, "b", "a");
	kin_link(&scene, "a", "a");
	assert_int_equal(scene_node(&scene, "a")->links, 1);
	tree_unlink(scene.t, b, a);
	tree_unlink(scene.t, b, a);
	scene_settle(&scene);
	scene_exit(&scene, "a", 1);
	scene_saw(&scene, "start:a");
}

static void
what_does_not_run_is_noproc(void **state)
{
	(void)state;
	kin_begin(&scene, "abT");
	scene_call(&scene, CALL_STOP, "a");
	scene_saw(&scene, "stop:a");
	assert_int_equal(kin_link(&scene, "a", "b"), RESULT_NOPROC);
	assert_int_equal(kin_link(&scene, "b", "a"), RESULT_NOPROC);
	assert_int_equal(tree_link_by(scene.t, scene_find(&scene, "b"),
				      scene_find(&scene, "a")),
			 RESULT_NOPROC);
	assert_int_equal(tree_link_by(scene.t, scene_find(&scene, "T"),
				      scene_find(&scene, "a")),
			 RESULT_OK);
	assert_int_equal(tree_link(scene.t, ROOT, scene_find(&scene, "b")),
			 RESULT_NOPROC);
	scene_settle(&scene);
	scene_saw(&scene, "EXIT:T:a:noproc");
}

static void
who_is_ending_cannot_be_linked(void **state)
{
	(void)state;
	kin_begin(&scene, "ab");
	scene_stubborn(&scene, "a", true);
	scene_kill(&scene, "a", "boom");
	scene_saw(&scene, "stop:a");
	assert_int_equal(kin_link(&scene, "b", "a"), RESULT_NOPROC);
	/* The first reason holds, whatever is said afterwards. */
	scene_kill(&scene, "a", "other");
	scene_call(&scene, CALL_STOP, "a");
	scene_saw(&scene, "");
	scene_pass(&scene, 5);
	scene_saw(&scene, "timeout:a kill:a");
	kin_ended_as(&scene, "a", "boom");
}

static void
trapping_can_be_changed_and_ends_with_the_process(void **state)
{
	uint32_t a;

	(void)state;
	kin_begin(&scene, "a");
	a = scene_find(&scene, "a");
	assert_false(tree_trap(scene.t, a, true));
	assert_true(tree_trap(scene.t, a, true));
	scene_kill(&scene, "a", "x");
	scene_saw(&scene, "EXIT:a:-:x");
	scene_exit(&scene, "a", 1);
	scene_saw(&scene, "start:a");
	scene_kill(&scene, "a", "x");
	scene_saw(&scene, "stop:a start:a");
}

#define TEST(name) cmocka_unit_test_teardown(name, finish)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(an_end_goes_through_the_link_set),
		TEST(normal_is_ignored_but_by_those_that_trap),
		TEST(who_traps_gets_a_message),
		TEST(kill_is_of_exit_2_alone),
		TEST(to_oneself_normal_is_an_end),
		TEST(one_link_of_a_pair_and_gone_with_unlink),
		TEST(what_does_not_run_is_noproc),
		TEST(who_is_ending_cannot_be_linked),
		TEST(trapping_can_be_changed_and_ends_with_the_process),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
