/* SPDX-License-Identifier: MIT */
/*
 * test_written.c - the counts of a child's processes, as successors get them.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "os/state.h"
#include "written.h"

static const char *
text_of(const struct child *c)
{
	static char text[1024];

	written_format(c, text, sizeof(text));
	return text;
}

static void
each_process_has_its_own_count(void **unused)
{
	struct child c = { 0 };

	(void)unused;
	assert_string_equal(text_of(&c), "");
	written_note(&c, 1, 0);
	assert_string_equal(text_of(&c), "1:0");
	written_note(&c, 2, 340);
	written_note(&c, 3, UINT64_MAX);
	written_note(&c, 4, 340);
	assert_string_equal(text_of(&c), "1:0 2:340 4:340");
}

static void
a_crash_loop_displaces_nothing(void **unused)
{
	struct child c = { 0 };

	(void)unused;
	written_note(&c, 1, 340);
	for (uint32_t i = 2; i < 1000; i++)
		written_note(&c, i, 52);
	written_note(&c, 1000, 0);
	assert_string_equal(text_of(&c), "1:340 2-999:52 1000:0");
}

static void
the_oldest_are_forgotten(void **unused)
{
	struct child c = { 0 };
	char small[12];

	(void)unused;
	for (uint32_t i = 1; i <= WRITTEN_KEPT + 2; i++)
		written_note(&c, i, i % 2);
	assert_memory_equal(text_of(&c), "3:1 4:0 ", 8);
	written_format(&c, small, sizeof(small));
	assert_string_equal(small, "3:1 4:0 5:1");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_process_has_its_own_count),
		cmocka_unit_test(a_crash_loop_displaces_nothing),
		cmocka_unit_test(the_oldest_are_forgotten),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
