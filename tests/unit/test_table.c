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

#include "supctl_line.h"
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
add(json_t *lines, const char *id, int depth)
{
	json_array_append_new(lines,
			      json_sprintf("%s %d RUNNING 0 -1 0 0 0 worker "
					   "ok\033[0m",
					   id, depth));
}

static void
a_tree_has_its_branches(void **state)
{
	json_t *lines = json_array();
	struct table t;

	(void)state;
	add(lines, "root", 0);
	add(lines, "a", 1);
	add(lines, "a1", 2);
	add(lines, "a11", 3);
	add(lines, "a2", 2);
	add(lines, "b", 1);
	add(lines, "b1", 2);
	table_init(&t, SHOW_COLUMNS, false);
	assert_true(show_tree(&t, lines, true));
	assert_prints(&t, false,
		      "|- a          RUNNING  -  -  0/0  -  ok\\x1b[0m\n"
		      "|  |- a1      RUNNING  -  -  0/0  -  ok\\x1b[0m\n"
		      "|  |  `- a11  RUNNING  -  -  0/0  -  ok\\x1b[0m\n"
		      "|  `- a2      RUNNING  -  -  0/0  -  ok\\x1b[0m\n"
		      "`- b          RUNNING  -  -  0/0  -  ok\\x1b[0m\n"
		      "   `- b1      RUNNING  -  -  0/0  -  ok\\x1b[0m\n");
	table_done(&t);
	json_decref(lines);
}

static void
what_is_no_line_is_no_tree(void **state)
{
	json_t *lines = json_array();
	struct table t;

	(void)state;
	add(lines, "root", 0);
	json_array_append_new(lines, json_integer(1));
	table_init(&t, SHOW_COLUMNS, false);
	assert_false(show_tree(&t, lines, true));
	table_done(&t);
	json_decref(lines);
}

static void
a_line_is_taken_apart(void **state)
{
	struct line l;

	(void)state;
	assert_true(line_parse("a@1 2 RUNNING 7 12 3 5 8 worker", &l));
	assert_string_equal(l.id, "a@1");
	assert_string_equal(l.state, "RUNNING");
	assert_string_equal(l.kind, "worker");
	assert_true(l.depth == 2 && l.pid == 7 && l.uptime == 12);
	assert_true(l.restarts == 3 && l.limit == 5 && l.standby == 8);
	assert_string_equal(l.status, "");
	assert_string_equal(l.reason, "");
	assert_true(line_parse("a 1 BACKOFF 0 -1 1 5 0 worker so far\tno way"
			       "\tb, c",
			       &l));
	assert_int_equal(l.uptime, -1);
	assert_string_equal(l.status, "so far");
	assert_string_equal(l.reason, "no way");
	assert_string_equal(l.links, "b, c");
	assert_true(line_parse("a 1 EXITED 0 -1 1 5 0 worker\texit:1", &l));
	assert_string_equal(l.kind, "worker");
	assert_string_equal(l.status, "");
	assert_string_equal(l.reason, "exit:1");
	assert_string_equal(l.links, "");
	assert_true(line_parse("a 1 RUNNING 7 1 1 5 0 worker\t\tb", &l));
	assert_string_equal(l.reason, "");
	assert_string_equal(l.links, "b");
}

static void
what_is_no_line_is_refused(void **state)
{
	static const char *const texts[] = {
		"",
		"a",
		"a 1 RUNNING 7 12 3 5 8",
		"a 1 RUNNING 7 12 3 5 8 ",
		"a x RUNNING 7 12 3 5 8 worker",
		"a 1 RUNNING 7 12 3 5  worker",
		" 1 RUNNING 7 12 3 5 8 worker",
	};
	char text[2 * LINE_SIZE_MAX];
	struct line l;

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++)
		assert_false(line_parse(texts[i], &l));
	memset(text, 'x', sizeof(text));
	memcpy(text, "a 1 RUNNING 7 12 3 5 8 worker ", 30);
	text[sizeof(text) - 1] = '\0';
	assert_false(line_parse(text, &l));
	text[LINE_SIZE_MAX - 1] = '\0';
	assert_true(line_parse(text, &l));
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
		cmocka_unit_test(what_is_no_line_is_no_tree),
		cmocka_unit_test(a_line_is_taken_apart),
		cmocka_unit_test(what_is_no_line_is_refused),
		cmocka_unit_test(durations_are_short),
		cmocka_unit_test(verbs_are_guessed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
