/* SPDX-License-Identifier: MIT */
/*
 * test_monitors.c - monitors in the core.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/bonds.h"
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
monitors_are_independent_and_fire_once(void **state)
{
	uint32_t a, b;
	uint64_t first, second;

	(void)state;
	kin_begin(&scene, "ab");
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
	kin_begin(&scene, "ab");
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
	kin_begin(&scene, "ab");
	a = scene_find(&scene, "a");
	b = scene_find(&scene, "b");
	for (n = 0; n < WATCHES_MAX; n++)
		assert_true(tree_monitor(scene.t, a, b) != 0);
	assert_true(tree_monitor(scene.t, a, b) == 0);
	assert_true(tree_monitor(scene.t, b, a) != 0);
	assert_int_equal(kin_link(&scene, "a", "b"), RESULT_OK);
	scene_exit(&scene, "a", 1);
	scene_saw(&scene, "DOWN:b:a:exit:1 stop:b start:a start:b");
	assert_true(tree_monitor(scene.t, a, b) != 0);
}

#define TEST(name) cmocka_unit_test_teardown(name, finish)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(monitors_are_independent_and_fire_once),
		TEST(a_monitor_of_nobody_fires_at_once),
		TEST(nobody_can_use_up_all_room),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
