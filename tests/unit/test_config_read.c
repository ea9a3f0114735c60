/* SPDX-License-Identifier: MIT */
/*
 * test_config_read.c - what inih alone gets wrong: long lines, semicolons in
 * quotes, line numbers, empty sections; and how lines are joined and refused.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config_lib.h"

static void
check_command(const char *line, const char *expected)
{
	char text[512];

	snprintf(text, sizeof(text), "[child:a]\n%s\n", line);
	load_good(text);
	assert_string_equal(node("a")->text, expected);
}

static void
a_line_of_any_length_is_whole(void **state)
{
	char *text = malloc(70000), *expected = malloc(70000);

	(void)state;
	assert_non_null(text);
	assert_non_null(expected);
	for (int length = 150; length < 60000; length = length * 5 / 4) {
		sprintf(text, "[child:a]\ncommand = x %0*d=y ; z\n", length, 1);
		sprintf(expected, "command=x %0*d=y\n", length, 1);
		load_good(text);
		assert_string_equal(node("a")->text, expected);
	}
	sprintf(text, "[child:a]\ncommand = x %0*d", 65535 - 12, 1);
	load_good(text);
	sprintf(text, "[child:a]\ncommand = x %0*d\numask = 9", 65536 - 12, 1);
	load_bad(text, "t.ini:1: child a: a child needs a command\n"
		       "t.ini:2: the line is longer than 65535 bytes\n"
		       "t.ini:3: child a: umask = '9': expected 000 to 777\n");
	free(text);
	free(expected);
}

static void
a_comment_starts_behind_white_space_and_outside_of_quotes(void **state)
{
	(void)state;
	check_command("command = sh -c 'a ; b'", "command=sh -c 'a ; b'\n");
	check_command("command = sh -c 'a ; b' ; c", "command=sh -c 'a ; b'\n");
	check_command("command = x \"a ; b\" ;c", "command=x 'a ; b'\n");
	check_command("command = x \"a\\\" ; b\";c ;d", "command=x 'a\" ; "
							"b;c'\n");
	check_command("command = x $'a\\' ; b' ; c", "command=x $'a\\' ; b'\n");
	check_command("command = find . -exec rm {} \\;", "command=find . "
							  "-exec rm '{}' "
							  "';'\n");
	check_command("command = x;y\t;z", "command='x;y'\n");
}

static void
hash_and_semicolon_comment_a_line(void **state)
{
	(void)state;
	load_good("# one\n; two\n  # three\n\t; four\n\n[child:a] ; five\n"
		  "#umask = 9\n;umask = 9\n"
		  "command = x # y\n");
	assert_string_equal(node("a")->text, "command=x '#' y\n");
}

static void
lines_further_right_continue(void **state)
{
	(void)state;
	check_command("command = a\n  b ; comment\n# comment\n\n   ;c\n\tc",
		      "command=a b c\n");
	check_command("  command = a\n  umask = 022\n   \n", "command=a\numask="
							     "022\n");
	check_command("command = sh -c '\n  a ; b\n  # c\n  d'", "command=sh "
								 "-c ' a ; b # "
								 "c d'\n");
	check_command("command =\n  a\n  b", "command=a b\n");
	check_command("command = env\n  X=1 y", "command=env X=1 y\n");
}

static void
an_indented_key_does_not_continue_by_mistake(void **state)
{
	(void)state;
	load_bad("[child:a]\ncommand = x\n  restart = temporary\n umask=9\n",
		 "t.ini:3: a key that is indented continues the line before: "
		 "move it to the left\n"
		 "t.ini:4: child a: umask = '9': expected 000 to 777\n");
}

static void
line_numbers_are_true(void **state)
{
	(void)state;
	load_bad("\n\n[child:a]\n\ncommand = x\n  y\n\n  z\n\numask = 9\n"
		 "\n[child:b]\n",
		 "t.ini:10: child a: umask = '9': expected 000 to 777\n"
		 "t.ini:12: child b: a child needs a command\n");
}

static void
empty_sections_and_long_ones_are_seen(void **state)
{
	(void)state;
	load_good("[supervisor:db]\n[supervisor:web]");
	assert_int_equal(loaded.config->count, 2);
	assert_true(node("web")->spec.is_supervisor);
	assert_int_equal(node("web")->line, 2);
	load_good("[supervisor:abcdefghijklmnopqrstuvwxyz_.@-12]\n");
	node("abcdefghijklmnopqrstuvwxyz_.@-12");
	load_bad("[child:abcdefghijklmnopqrstuvwxyz_.@-123]\ncommand = x\n"
		 "[child:abcdefghijklmnopqrstuvwxyz_.@-1234567890]\n"
		 "command = x\n",
		 "t.ini:1: the id 'abcdefghijklmnopqrstuvwxyz_.@-123' must be "
		 "letters, digits and _.@- alone, 1 to 32 of them\n"
		 "t.ini:3: the id 'abcdefghijklmnopqrstuvwxyz_.@-1234567890' "
		 "must be letters, digits and _.@- alone, 1 to 32 of them\n");
}

static void
ends_of_lines_and_of_the_file_may_differ(void **state)
{
	(void)state;
	load_good("\xef\xbb\xbf[child:a]\r\ncommand = x\r\n  y\r\n\r\n"
		  "[child:b]\r\ncommand = z");
	assert_string_equal(node("a")->text, "command=x y\n");
	assert_string_equal(node("b")->text, "command=z\n");
	load_good("");
	assert_int_equal(loaded.config->count, 0);
	load_good("\n\n; nothing");
}

static void
what_is_no_text_is_refused(void **state)
{
	(void)state;
	load_bad("[child:a]\ncommand = \x01\ncommand = x\x7f\n"
		 "command = \xc3\n; \xff\ncommand = y\tz\nx\ry = 1\n",
		 "t.ini:2: control character 0x01\n"
		 "t.ini:3: control character 0x7f\n"
		 "t.ini:4: this is not UTF-8 text\n"
		 "t.ini:5: this is not UTF-8 text\n"
		 "t.ini:7: control character 0x0d\n");
	write_bytes("t.ini", "[child:a]\ncommand = x\0y\numask = 9\n", 33);
	load_file("t.ini");
	assert_string_equal(loaded.said, "\nt.ini:1: child a: a child needs a "
					 "command\n"
					 "t.ini:2: a NUL byte: this is not a "
					 "text file\n");
	load_bad("[supd]\nname = \xed\xa0\x80\nlog = \xc0\xaf\n"
		 "log = \xf4\x90\x80\x80\n",
		 "t.ini:2: this is not UTF-8 text\n"
		 "t.ini:3: this is not UTF-8 text\n"
		 "t.ini:4: this is not UTF-8 text\n");
	load_good("[child:a]\ncommand = \xc3\xa4 \xe2\x82\xac "
		  "\xf0\x9f\x90\xa6");
}

static void
what_is_neither_section_nor_key_is_refused(void **state)
{
	(void)state;
	load_bad("x = 1\n[child:a\ncommand = x\n[child:b] x\ncommand = x\n"
		 "junk\n= 1\ncommand: y\n[]\n",
		 "t.ini:1: a key stands in front of the first section\n"
		 "t.ini:2: a section must end with ']'\n"
		 "t.ini:4: there is text behind the section's ']'\n"
		 "t.ini:6: expected '[section]' or 'key = value'\n"
		 "t.ini:7: expected '[section]' or 'key = value'\n"
		 "t.ini:8: expected '[section]' or 'key = value'\n"
		 "t.ini:9: unknown section []\n");
}

static void
a_file_that_cannot_be_read_says_why(void **state)
{
	(void)state;
	load_file("none.ini");
	assert_string_equal(loaded.said, "\nnone.ini: No such file or "
					 "directory\n");
	assert_true(loaded.is_missing);
	load_file(".");
	assert_string_equal(loaded.said, "\n.: Is a directory\n");
	assert_false(loaded.is_missing);
	load_file("/dev/zero");
	assert_string_equal(loaded.said, "\n/dev/zero: File too large\n");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_line_of_any_length_is_whole),
		cmocka_unit_test(
			a_comment_starts_behind_white_space_and_outside_of_quotes),
		cmocka_unit_test(hash_and_semicolon_comment_a_line),
		cmocka_unit_test(lines_further_right_continue),
		cmocka_unit_test(an_indented_key_does_not_continue_by_mistake),
		cmocka_unit_test(line_numbers_are_true),
		cmocka_unit_test(empty_sections_and_long_ones_are_seen),
		cmocka_unit_test(ends_of_lines_and_of_the_file_may_differ),
		cmocka_unit_test(what_is_no_text_is_refused),
		cmocka_unit_test(what_is_neither_section_nor_key_is_refused),
		cmocka_unit_test(a_file_that_cannot_be_read_says_why),
	};

	return cmocka_run_group_tests_name("config_read", tests, folder_make,
					   folder_remove);
}
