/* SPDX-License-Identifier: MIT */
/*
 * test_words.c - command lines are split as sh(1) does it, and what is quoted
 * is read back as it was.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "words.h"

#define WORDS_MAX 16

/* Joins the words of text with '|'; or "!" and what is wrong. */
static const char *
split(const char *text)
{
	static char joined[1024];
	char copy[1024], *words[WORDS_MAX + 1];
	unsigned count;
	const char *wrong;

	strcpy(copy, text);
	wrong = words_split(copy, words, WORDS_MAX, &count);
	if (wrong) {
		snprintf(joined, sizeof(joined), "!%s", wrong);
		return joined;
	}
	assert_null(words[count]);
	*joined = '\0';
	for (unsigned i = 0; i < count; i++) {
		strcat(joined, words[i]);
		strcat(joined, "|");
	}
	return joined;
}

static void
words_are_split_as_the_shell_does(void **state)
{
	static const struct {
		const char *text, *words;
	} cases[] = {
		{ "", "" },
		{ "  \t ", "" },
		{ "a", "a|" },
		{ "  a\tb  c ", "a|b|c|" },
		{ "sh -c 'a ; b'", "sh|-c|a ; b|" },
		{ "'a'b\"c\"d", "abcd|" },
		{ "''", "|" },
		{ "a '' \"\" b", "a|||b|" },
		{ "a\\ b c\\'d", "a b|c'd|" },
		{ "'a\\b'", "a\\b|" },
		{ "\"a\\b \\\" \\\\ \\$ \\` 'x'\"", "a\\b \" \\ $ ` 'x'|" },
		{ "'\"' \"'\"", "\"|'|" },
		{ "$'a\\tb\\n\\x41\\'\\\\'", "a\tb\nA'\\|" },
		{ "x$'\\e'y", "x\033y|" },
		{ "$HOME $(x) ${id} $", "$HOME|$(x)|${id}|$|" },
		{ "a|b >c &", "a|b|>c|&|" },
		{ "\"$'a'\"", "$'a'|" },
		{ "\xc3\xa4 '\xe2\x82\xac'", "\xc3\xa4|\xe2\x82\xac|" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_string_equal(split(cases[i].text), cases[i].words);
}

static void
what_cannot_be_split_is_refused(void **state)
{
	static const char *const unclosed[] = {
		"'", "\"", "a 'b", "a \"b'", "\"a\\\"", "$'a", "$'a\\'",
	};
	static const char *const unknown[] = {
		"$'\\q'", "$'\\x'", "$'\\x4'", "$'\\x4g'", "$'\\x00'", "$'\\",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(unclosed) / sizeof(unclosed[0]); i++)
		assert_string_equal(split(unclosed[i]), "!a quote is not "
							"closed");
	for (size_t i = 0; i < sizeof(unknown) / sizeof(unknown[0]); i++)
		assert_string_equal(split(unknown[i]), "!an escape in $'...' "
						       "is not known");
	assert_string_equal(split("a \\"), "!a backslash stands at the end");
	assert_string_equal(split("1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16"),
			    "1|2|3|4|5|6|7|8|9|10|11|12|13|14|15|16|");
	assert_string_equal(split("1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17"),
			    "!there are too many words");
}

static char *
quote(const char *word)
{
	char *text = NULL;
	size_t length;
	FILE *to = open_memstream(&text, &length);

	assert_non_null(to);
	words_quote(to, word);
	fclose(to);
	return text;
}

static void
check_quote(const char *word, const char *expected)
{
	char *quoted = quote(word);

	assert_string_equal(quoted, expected);
	free(quoted);
}

static void
words_are_quoted_only_if_they_must(void **state)
{
	(void)state;
	check_quote("abc", "abc");
	check_quote("--file=/a/b.c:d,e+f@g%h_1", "--file=/a/b.c:d,e+f@g%h_1");
	check_quote("", "''");
	check_quote("a b", "'a b'");
	check_quote("${id}", "'${id}'");
	check_quote("it's", "$'it\\'s'");
	check_quote("a\nb", "$'a\\nb'");
	check_quote("\x01\x7f\\", "$'\\x01\\x7f\\\\'");
	check_quote("\xc3\xa4", "'\xc3\xa4'");
}

/* Any bytes but NUL, on one line, come back as they were. */
static void
what_is_quoted_is_read_back(void **state)
{
	uint32_t random = 1;

	(void)state;
	for (unsigned round = 0; round < 20000; round++) {
		char word[24], *quoted, *words[2];
		unsigned n = round % (sizeof(word) - 1), count;

		for (unsigned i = 0; i < n; i++) {
			random = random * 1664525 + 1013904223;
			word[i] = (char)(random >> 24);
			if (round % 3 == 0)
				word[i] = "'\"\\$ \n\t{a"[random >> 24 & 7];
			if (!word[i])
				word[i] = 'x';
		}
		word[n] = '\0';
		quoted = quote(word);
		assert_null(strchr(quoted, '\n'));
		assert_null(words_split(quoted, words, 1, &count));
		assert_int_equal(count, 1);
		assert_string_equal(words[0], word);
		free(quoted);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(words_are_split_as_the_shell_does),
		cmocka_unit_test(what_cannot_be_split_is_refused),
		cmocka_unit_test(words_are_quoted_only_if_they_must),
		cmocka_unit_test(what_is_quoted_is_read_back),
	};

	return cmocka_run_group_tests_name("words", tests, NULL, NULL);
}
