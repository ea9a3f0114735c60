/* SPDX-License-Identifier: MIT */
/*
 * test_links_tree.c - links and the tree: those of the file and of a start, and
 * what supervisors make of an end that goes through links.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

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
links_of_the_file_are_made_again(void **state)
{
	(void)state;
	kin_begin(&scene, "ab");
	tree_link_always(scene.t, scene_find(&scene, "a"),
			 scene_find(&scene, "b"));
	scene_exit(&scene, "a", 1);
	scene_saw(&scene, "start:a");
	scene_exit(&scene, "a", 1);
	scene_saw(&scene, "stop:b start:a start:b");
	/* a, the new one, was there before b: no ping-pong, but a link. */
	scene_exit(&scene, "b", 2);
	scene_saw(&scene, "stop:a start:b start:a");
}

static void
a_slow_peer_is_not_linked_while_it_ends(void **state)
{
	(void)state;
	kin_begin(&scene, "ab");
	tree_link_always(scene.t, scene_find(&scene, "a"),
			 scene_find(&scene, "b"));
	scene_exit(&scene, "a", 0);
	scene_stubborn(&scene, "b", true);
	scene_exit(&scene, "a", 1);
	scene_saw(&scene, "start:a stop:b start:a");
	assert_int_equal(scene_node(&scene, "a")->links, 0);
	scene_pass(&scene, 5);
	scene_saw(&scene, "timeout:b kill:b start:b");
	assert_int_equal(scene_node(&scene, "a")->links, 1);
}

static void
a_link_makes_each_supervisor_count_once(void **state)
{
	struct child_spec s = scene_supervisor("s"), x = scene_worker("x");

	(void)state;
	kin_begin(&scene, "a");
	s.intensity = 1;
	scene_start_child(&scene, "root", &s);
	scene_start_child(&scene, "s", &x);
	scene_saw(&scene, "added:s start:x added:x");
	kin_link(&scene, "a", "x");
	scene_exit(&scene, "a", 1);
	scene_saw(&scene, "stop:x start:a start:x");
	kin_link(&scene, "a", "x");
	scene_exit(&scene, "a", 1);
	scene_saw(&scene, "stop:x start:a gave_up:s start:x");
}

static void
a_supervisors_end_is_a_signal_and_it_ignores_others(void **state)
{
	struct child_spec s = scene_supervisor("s");

	(void)state;
	kin_begin(&scene, "ab");
	scene_start_child(&scene, "root", &s);
	scene_saw(&scene, "added:s");
	assert_int_equal(kin_link(&scene, "s", "a"), RESULT_OK);
	assert_int_equal(kin_link(&scene, "s", "b"), RESULT_OK);
	scene_exit(&scene, "b", 1);
	scene_saw(&scene, "start:b");
	scene_call(&scene, CALL_STOP, "s");
	scene_saw(&scene, "stop:a start:a");
	kin_ended_as(&scene, "a", "shutdown");
}

/* start_child/2 of x, linked to `to` before it runs. */
static void
spawn_link(const char *to)
{
	struct child_spec x = scene_worker("x");
	struct event e = { .type = ON_CALL, .call = CALL_START_CHILD };

	x.restart = TEMPORARY;
	x.dynamic = true;
	e.node = scene_add(&scene, "root", &x);
	tree_link_at_start(scene.t, e.node, scene_find(&scene, to));
	tree_step(scene.t, &e, scene.now);
	scene_settle(&scene);
}

static void
spawn_link_is_atomic(void **state)
{
	struct event e = { .type = ON_EXIT };

	(void)state;
	kin_begin(&scene, "aT");
	spawn_link("a");
	scene_saw(&scene, "start:x added:x");
	/* It dies at once. */
	e.node = scene_find(&scene, "x");
	e.reason = (struct reason){ .kind = REASON_SIGNAL, .value = 11 };
	scene.runs[e.node] = false;
	tree_step(scene.t, &e, scene.now);
	scene_settle(&scene);
	scene_saw(&scene, "stop:a deleted:x start:a");
	kin_ended_as(&scene, "a", "signal:SEGV");
	/* To whom does not run it cannot be linked. */
	scene_call(&scene, CALL_STOP, "a");
	scene_saw(&scene, "stop:a");
	spawn_link("a");
	scene_saw(&scene, "start:x stop:x added:x deleted:x");
}

static void
what_could_not_be_executed_is_told(void **state)
{
	struct child_spec x = scene_worker("x");
	struct event e = { .type = ON_CALL, .call = CALL_START_CHILD };

	(void)state;
	kin_begin(&scene, "T");
	e.node = scene_add(&scene, "root", &x);
	scene_fail(&scene, "x", 1);
	tree_link_at_start(scene.t, e.node, scene_find(&scene, "T"));
	tree_step(scene.t, &e, scene.now);
	scene_settle(&scene);
	scene_saw(&scene, "start:x EXIT:T:x:noexec:ENOENT");
}

static void
a_group_that_is_linked_restarts_once(void **state)
{
	struct child_spec s = scene_supervisor("s"), x = scene_worker("x"),
			  y = scene_worker("y");

	(void)state;
	kin_begin(&scene, "");
	s.strategy = ONE_FOR_ALL;
	s.intensity = 1;
	scene_start_child(&scene, "root", &s);
	scene_start_child(&scene, "s", &x);
	scene_start_child(&scene, "s", &y);
	scene_saw(&scene, "added:s start:x added:x start:y added:y");
	kin_link(&scene, "x", "y");
	scene_exit(&scene, "x", 1);
	scene_saw(&scene, "stop:y start:x start:y");
	kin_ended_as(&scene, "y", "exit:1");
}

#define TEST(name) cmocka_unit_test_teardown(name, finish)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(links_of_the_file_are_made_again),
		TEST(a_slow_peer_is_not_linked_while_it_ends),
		TEST(a_link_makes_each_supervisor_count_once),
		TEST(a_supervisors_end_is_a_signal_and_it_ignores_others),
		TEST(spawn_link_is_atomic),
		TEST(what_could_not_be_executed_is_told),
		TEST(a_group_that_is_linked_restarts_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
