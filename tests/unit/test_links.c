/* SPDX-License-Identifier: MIT */
/*
 * test_links.c - links, monitors and exit signals in the core: table 6-1 of
 * "Process Error Handling", and what supervisors make of it.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "core/bonds.h"
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

/* Workers of one letter each; those of capital letters trap exits. */
static void
begin(const char *letters)
{
	struct child_spec root = scene_supervisor("root");

	root.intensity = 9;
	root.on_limit = LIMIT_REMOVE;
	scene_new(&scene, &root);
	for (; *letters; letters++) {
		char id[2] = { *letters, '\0' };
		struct child_spec spec = scene_worker(id);

		spec.trap_exit = *letters < 'a';
		scene_add(&scene, "root", &spec);
	}
	scene_boot(&scene);
	scene.trace[0] = '\0';
}

static int
link_two(const char *a, const char *b)
{
	int r = tree_link(scene.t, scene_find(&scene, a),
			  scene_find(&scene, b));

	scene_settle(&scene);
	return r;
}

static void
ended_as(const char *id, const char *reason)
{
	char text[REASON_SIZE];

	assert_string_equal(reason_format(&scene_node(&scene, id)->ended, text,
					  sizeof(text)),
			    reason);
}

static void
an_end_goes_through_the_link_set(void **state)
{
	(void)state;
	begin("abcd");
	assert_int_equal(link_two("a", "b"), RESULT_OK);
	assert_int_equal(link_two("b", "c"), RESULT_OK);
	scene_exit(&scene, "a", 3);
	scene_saw(&scene, "stop:b start:a stop:c start:b start:c");
	ended_as("b", "exit:3");
	ended_as("c", "exit:3");
	ended_as("d", "");
	assert_int_equal(scene_node(&scene, "b")->restarts, 1);
	/* The links were of those processes. */
	scene_exit(&scene, "b", 3);
	scene_saw(&scene, "start:b");
}

static void
normal_is_ignored_but_by_those_that_trap(void **state)
{
	(void)state;
	begin("abT");
	link_two("a", "b");
	link_two("a", "T");
	scene_exit(&scene, "a", 0);
	scene_saw(&scene, "EXIT:T:a:normal start:a");
	assert_int_equal(scene_node(&scene, "b")->links, 0);
}

static void
who_traps_gets_a_message(void **state)
{
	(void)state;
	begin("aTc");
	link_two("a", "T");
	link_two("T", "c");
	scene_exit(&scene, "a", 3);
	scene_saw(&scene, "EXIT:T:a:exit:3 start:a");
	scene_kill(&scene, "T", "because");
	scene_saw(&scene, "EXIT:T:-:because");
	scene_kill(&scene, "T", "killed");
	scene_saw(&scene, "EXIT:T:-:killed");
	scene_kill(&scene, "T", "kill");
	scene_saw(&scene, "kill:T stop:c start:T start:c");
	ended_as("T", "killed");
	ended_as("c", "killed");
}

static void
kill_is_of_exit_2_alone(void **state)
{
	struct event e = { .type = ON_EXIT };

	(void)state;
	begin("abT");
	link_two("a", "b");
	link_two("a", "T");
	/* exit(kill) of a itself */
	e.node = scene_find(&scene, "a");
	reason_parse("kill", &e.reason);
	scene.runs[e.node] = false;
	tree_step(scene.t, &e, scene.now);
	scene_settle(&scene);
	scene_saw(&scene, "stop:b EXIT:T:a:kill start:a start:b");
	ended_as("b", "kill");
}

static void
to_oneself_normal_is_an_end(void **state)
{
	(void)state;
	begin("abT");
	scene_kill(&scene, "a", "normal");
	scene_saw(&scene, "");
	scene.from = scene_find(&scene, "b");
	scene_kill(&scene, "a", "normal");
	scene_saw(&scene, "");
	scene_kill(&scene, "b", "normal");
	scene_saw(&scene, "stop:b start:b");
	ended_as("b", "normal");
	scene.from = scene_find(&scene, "T");
	scene_kill(&scene, "T", "normal");
	scene_saw(&scene, "EXIT:T:T:normal");
}

static void
one_link_of_a_pair_and_gone_with_unlink(void **state)
{
	uint32_t a, b;

	(void)state;
	begin("ab");
	a = scene_find(&scene, "a");
	b = scene_find(&scene, "b");
	link_two("a", "b");
	link_two("b", "a");
	link_two("a", "a");
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
	begin("abT");
	scene_call(&scene, CALL_STOP, "a");
	scene_saw(&scene, "stop:a");
	assert_int_equal(link_two("a", "b"), RESULT_NOPROC);
	assert_int_equal(link_two("b", "a"), RESULT_NOPROC);
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
	begin("ab");
	scene_stubborn(&scene, "a", true);
	scene_kill(&scene, "a", "boom");
	scene_saw(&scene, "stop:a");
	assert_int_equal(link_two("b", "a"), RESULT_NOPROC);
	/* The first reason holds, whatever is said afterwards. */
	scene_kill(&scene, "a", "other");
	scene_call(&scene, CALL_STOP, "a");
	scene_saw(&scene, "");
	scene_pass(&scene, 5);
	scene_saw(&scene, "timeout:a kill:a");
	ended_as("a", "boom");
}

static void
links_of_the_file_are_made_again(void **state)
{
	(void)state;
	begin("ab");
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
	begin("ab");
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
	begin("a");
	s.intensity = 1;
	scene_start_child(&scene, "root", &s);
	scene_start_child(&scene, "s", &x);
	scene_saw(&scene, "added:s start:x added:x");
	link_two("a", "x");
	scene_exit(&scene, "a", 1);
	scene_saw(&scene, "stop:x start:a start:x");
	link_two("a", "x");
	scene_exit(&scene, "a", 1);
	scene_saw(&scene, "stop:x start:a gave_up:s start:x");
}

static void
a_supervisors_end_is_a_signal_and_it_ignores_others(void **state)
{
	struct child_spec s = scene_supervisor("s");

	(void)state;
	begin("ab");
	scene_start_child(&scene, "root", &s);
	scene_saw(&scene, "added:s");
	assert_int_equal(link_two("s", "a"), RESULT_OK);
	assert_int_equal(link_two("s", "b"), RESULT_OK);
	scene_exit(&scene, "b", 1);
	scene_saw(&scene, "start:b");
	scene_call(&scene, CALL_STOP, "s");
	scene_saw(&scene, "stop:a start:a");
	ended_as("a", "shutdown");
}

static void
monitors_are_independent_and_fire_once(void **state)
{
	uint32_t a, b;
	uint64_t first, second;

	(void)state;
	begin("ab");
	a = scene_find(&scene, "a");
	b = scene_find(&scene, "b");
	first = tree_monitor(scene.t, b, a);
	second = tree_monitor(scene.t, b, a);
	assert_true(first != 0 && second != 0 && first != second);
	assert_int_equal(scene_node(&scene, "a")->watched, 2);
	tree_monitor(scene.t, a, b); /* ends with a */
	scene_exit(&scene, "a", 0);
	scene_saw(&scene, "DOWN:b:a:normal DOWN:b:a:normal start:a");
	first = tree_monitor(scene.t, b, a);
	second = tree_monitor(scene.t, b, a);
	tree_demonitor(scene.t, b, second);
	tree_demonitor(scene.t, b, second);
	tree_demonitor(scene.t, a, first); /* not its own */
	scene_exit(&scene, "a", 1);
	scene_saw(&scene, "DOWN:b:a:exit:1 start:a");
	scene_exit(&scene, "a", 1);
	scene_saw(&scene, "start:a");
}

static void
a_monitor_of_nobody_fires_at_once(void **state)
{
	(void)state;
	begin("ab");
	scene_call(&scene, CALL_STOP, "a");
	scene_saw(&scene, "stop:a");
	assert_true(tree_monitor(scene.t, scene_find(&scene, "b"),
				 scene_find(&scene, "a")) != 0);
	assert_true(tree_monitor(scene.t, scene_find(&scene, "b"),
				 scene_find(&scene, "b")) != 0);
	assert_true(tree_monitor(scene.t, scene_find(&scene, "a"),
				 scene_find(&scene, "b")) == 0);
	scene_settle(&scene);
	scene_saw(&scene, "DOWN:b:a:noproc");
}

static void
nobody_can_use_up_all_room(void **state)
{
	uint32_t a, b, n;

	(void)state;
	begin("ab");
	a = scene_find(&scene, "a");
	b = scene_find(&scene, "b");
	for (n = 0; n < WATCHES_MAX; n++)
		assert_true(tree_monitor(scene.t, a, b) != 0);
	assert_true(tree_monitor(scene.t, a, b) == 0);
	assert_true(tree_monitor(scene.t, b, a) != 0);
	assert_int_equal(link_two("a", "b"), RESULT_OK);
	scene_exit(&scene, "a", 1);
	scene_saw(&scene, "DOWN:b:a:exit:1 stop:b start:a start:b");
	assert_true(tree_monitor(scene.t, a, b) != 0);
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
	begin("aT");
	spawn_link("a");
	scene_saw(&scene, "start:x added:x");
	/* It dies at once. */
	e.node = scene_find(&scene, "x");
	e.reason = (struct reason){ .kind = REASON_SIGNAL, .value = 11 };
	scene.runs[e.node] = false;
	tree_step(scene.t, &e, scene.now);
	scene_settle(&scene);
	scene_saw(&scene, "stop:a deleted:x start:a");
	ended_as("a", "signal:SEGV");
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
	begin("T");
	e.node = scene_add(&scene, "root", &x);
	scene_fail(&scene, "x", 1);
	tree_link_at_start(scene.t, e.node, scene_find(&scene, "T"));
	tree_step(scene.t, &e, scene.now);
	scene_settle(&scene);
	scene_saw(&scene, "start:x EXIT:T:x:noexec:ENOENT");
}

static void
trapping_can_be_changed_and_ends_with_the_process(void **state)
{
	uint32_t a;

	(void)state;
	begin("a");
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

static void
a_group_that_is_linked_restarts_once(void **state)
{
	struct child_spec s = scene_supervisor("s"), x = scene_worker("x"),
			  y = scene_worker("y");

	(void)state;
	begin("");
	s.strategy = ONE_FOR_ALL;
	s.intensity = 1;
	scene_start_child(&scene, "root", &s);
	scene_start_child(&scene, "s", &x);
	scene_start_child(&scene, "s", &y);
	scene_saw(&scene, "added:s start:x added:x start:y added:y");
	link_two("x", "y");
	scene_exit(&scene, "x", 1);
	scene_saw(&scene, "stop:y start:x start:y");
	ended_as("y", "exit:1");
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
		TEST(links_of_the_file_are_made_again),
		TEST(a_slow_peer_is_not_linked_while_it_ends),
		TEST(a_link_makes_each_supervisor_count_once),
		TEST(a_supervisors_end_is_a_signal_and_it_ignores_others),
		TEST(monitors_are_independent_and_fire_once),
		TEST(a_monitor_of_nobody_fires_at_once),
		TEST(nobody_can_use_up_all_room),
		TEST(spawn_link_is_atomic),
		TEST(what_could_not_be_executed_is_told),
		TEST(trapping_can_be_changed_and_ends_with_the_process),
		TEST(a_group_that_is_linked_restarts_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
