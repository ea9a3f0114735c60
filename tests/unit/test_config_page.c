/* SPDX-License-Identifier: MIT */
/*
 * test_config_page.c - supd.ini(5) describes exactly the keys that there are,
 * each with its default; and the examples are right.
 */
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config_lib.h"
#include "keys.h"

#define PAGE "conf/supd.ini.5"
#define ITEM "\n.It Ic "

static char *page;

static int
read_page(void **state)
{
	FILE *f = fopen(PAGE, "r");
	size_t size = 0;

	(void)state;
	if (!f || getdelim(&page, &size, '\0', f) < 0)
		return -1;
	return fclose(f);
}

static int
free_page(void **state)
{
	(void)state;
	free(page);
	return 0;
}

/* The text of a key: from its ".It Ic" to the next. NULL: it has none. */
static char *
paragraph(const char *key)
{
	char head[64], *start, *end;

	snprintf(head, sizeof(head), ITEM "%s = ", key);
	start = strstr(page, head);
	if (!start)
		return NULL;
	assert_null(strstr(start + 1, head));
	end = strstr(start + 1, ITEM);
	return strndup(start, end ? (size_t)(end - start) : strlen(start));
}

static void
each_key_is_in_the_page_with_its_default(void **state)
{
	(void)state;
	for (const struct key *k = keys; k < keys + KEYS; k++) {
		char *text = paragraph(k->name), initial[64];

		if (!text)
			fail_msg(PAGE " has no key '%s'", k->name);
		snprintf(initial, sizeof(initial), "\n.Ql %s%s",
			 k->initial && strcmp(k->initial, "no") == 0 ? "\\&" :
								       "",
			 k->initial ? k->initial : "");
		if (k->initial && !strstr(text, initial))
			fail_msg(PAGE " does not say that the default of '%s' "
				      "is '%s'",
				 k->name, k->initial);
		if (k->repeatable && !strstr(text, "Repeatable"))
			fail_msg(PAGE " does not say that '%s' is repeatable",
				 k->name);
		free(text);
	}
}

static void
each_key_of_the_page_is_there(void **state)
{
	unsigned count = 0;

	(void)state;
	for (const char *p = page; (p = strstr(p, ITEM)) != NULL; count++) {
		p += strlen(ITEM);
		if (!keys_find(p, strcspn(p, " \n")))
			fail_msg("there is no key '%.20s'", p);
	}
	assert_int_equal(count, KEYS);
}

static void
the_examples_are_right(void **state)
{
	glob_t found;

	(void)state;
	setenv("HOME", "/h", 0);
	setenv("TOUR", "/t", 0);
	assert_int_equal(glob("conf/*.ini", 0, NULL, &found), 0);
	assert_true(found.gl_pathc >= 6);
	for (size_t i = 0; i < found.gl_pathc; i++) {
		load_file(found.gl_pathv[i]);
		assert_string_equal(loaded.said, "\n");
		assert_non_null(loaded.config);
		assert_true(loaded.config->count > 0);
	}
	globfree(&found);
	load_file("conf/phoenix.ini");
	assert_string_equal(loaded.config->name, "phoenix");
	assert_int_equal(loaded.config->count, 1);
	node("counter");
	loaded_forget();
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_key_is_in_the_page_with_its_default),
		cmocka_unit_test(each_key_of_the_page_is_there),
		cmocka_unit_test(the_examples_are_right),
	};

	return cmocka_run_group_tests_name("config_page", tests, read_page,
					   free_page);
}
