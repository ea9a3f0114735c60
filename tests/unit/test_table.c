/* SPDX-License-Identifier: MIT */
/*
 * test_table.c - tables are aligned, trees are drawn, verbs are guessed.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "supctl_meant.h"
#include "supctl_show.h"
#include "supctl_table.h"

static void
assert_prints(const struct table *t, bool in_colour, const char *expected)
{
	char *text = NULL;
	size_t size;
	FILE *to = open_memstream(&text, &size);

	assert_non_null(to);
	assert_true(table_print(t, to, in_colour));
	fclose(to);
	assert_string_equal(text, expected);
	free(text);
}

static void
columns_are_aligned_and_empty_ones_left_out(void **state)
{
	static const char *const cells[] = {
		"A",        "B", "EMPTY", "D", /* titles */
		"long one", "1", "",      "x", "s", "\xc3\xa4\xc3\xb6", "", "",
	};
	struct table t;

	(void)state;
	table_init(&t, 4, true);
	for (size_t i = 0; i < sizeof(cells) / sizeof(*cells); i++)
		table_add(&t, cells[i], i == 4 ? RED : PLAIN);
	assert_prints(&t, false,
		      "A         B   D\n"
		      "long one  1   x\n"
		      "s         \xc3\xa4\xc3\xb6\n");
	assert_prints(&t, true,
		      "A         B   D\n"
		      "\033[31mlong one\033[0m  1   x\n"
		      "s         \xc3\xa4\xc3\xb6\n");
	table_done(&t);
}

static void
add(json_t *children, const char *id, int depth)
{
	json_t *child = json_object();

	json_object_set_new(child, "id", json_string(id));
	json_object_set_new(child, "depth", json_integer(depth));
	json_object_set_new(child, "state", json_string("RUNNING"));
	json_object_set_new(child, "status", json_string("ok\033[0m"));
	json_array_append_new(children, child);
}

static void
a_tree_has_its_branches(void **state)
{
	json_t *children = json_array();
	struct table t;

	(void)state;
	add(children, "root", 0);
	add(children, "a", 1);
	add(children, "a1", 2);
	add(children, "a11", 3);
	add(children, "a2", 2);
	add(children, "b", 1);
	add(children, "b1", 2);
	table_init(&t, SHOW_COLUMNS, false);
	show_tree(&t, children, true);
	assert_prints(&t, false,
		      "|- a          RUNNING  -  -  0/0  -  ok\\x1b[0m\n"
		      "|  |- a1      RUNNING  -  -  0/0  -  ok\\x1b[0m\n"
		      "|  |  `- a11  RUNNING  -  -  0/0  -  ok\\x1b[0m\n"
		      "|  `- a2      RUNNING  -  -  0/0  -  ok\\x1b[0m\n"
		      "`- b          RUNNING  -  -  0/0  -  ok\\x1b[0m\n"
		      "   `- b1      RUNNING  -  -  0/0  -  ok\\x1b[0m\n");
	table_done(&t);
	json_decref(children);
}

static void
durations_are_short(void **state)
{
	static const struct {
		int64_t ms;
		const char *text;
	} cases[] = {
		{ -1, "0ms" },          { 0, "0ms" },
		{ 999, "999ms" },       { 59999, "59s" },
		{ 125000, "2m05s" },    { 3600000, "1h00m" },
		{ 86399999, "23h59m" }, { 86400000, "1d00h" },
		{ INT64_MAX, NULL },
	};
	char buf[24];

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		show_duration(cases[i].ms, buf);
		if (cases[i].text)
			assert_string_equal(buf, cases[i].text);
	}
}

static void
verbs_are_guessed(void **state)
{
	static const char *const verbs[] = { "status", "start", "stop",
					     "restart", "which-children" };

	(void)state;
	assert_string_equal(meant_word("stat", verbs, 5), "status");
	assert_string_equal(meant_word("restat", verbs, 5), "restart");
	assert_string_equal(meant_word("which_children", verbs, 5), "which-"
								    "children");
	assert_string_equal(meant_word("terminate", verbs, 5), "stop");
	assert_null(meant_word("entirely-different-and-long", verbs, 5));
	assert_null(meant_word("", verbs, 5));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(columns_are_aligned_and_empty_ones_left_out),
		cmocka_unit_test(a_tree_has_its_branches),
		cmocka_unit_test(durations_are_short),
		cmocka_unit_test(verbs_are_guessed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
