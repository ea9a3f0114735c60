/* SPDX-License-Identifier: MIT */
/*
 * test_emit.c - JSON is written so that jansson reads the same again.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "emit.h"
#include "json.h"

static json_t *
read_back(const struct emit *e)
{
	json_error_t error;
	json_t *value = json_loadb(e->data + e->taken, emit_pending(e),
				   JSON_REJECT_DUPLICATES, &error);

	if (!value)
		print_error("%s in %.*s\n", error.text, (int)e->length,
			    e->data);
	assert_non_null(value);
	return value;
}

static void
values_and_commas_come_back(void **state)
{
	struct emit e = { .limit = 4096 };
	json_t *value, *list;

	(void)state;
	emit_open(&e, NULL, '{');
	emit_string(&e, "s", "text");
	emit_int(&e, "min", INT64_MIN);
	emit_int(&e, "zero", 0);
	emit_open(&e, "list", '[');
	emit_string(&e, NULL, "a:");
	emit_string(&e, NULL, "{[");
	emit_bool(&e, NULL, true);
	emit_null(&e, NULL);
	emit_open(&e, NULL, '{');
	emit_close(&e, '}');
	emit_close(&e, ']');
	emit_bool(&e, "no", false);
	emit_close(&e, '}');
	value = read_back(&e);
	assert_string_equal(json_string_value(json_object_get(value, "s")),
			    "text");
	assert_true(json_integer_value(json_object_get(value, "min")) ==
		    INT64_MIN);
	list = json_object_get(value, "list");
	assert_int_equal(json_array_size(list), 5);
	assert_string_equal(json_string_value(json_array_get(list, 1)), "{[");
	assert_true(json_is_false(json_object_get(value, "no")));
	json_decref(value);
	emit_done(&e);
}

/* Every byte there is, and what is no UTF-8. */
static void
any_text_becomes_valid_json(void **state)
{
	static const char *const bad[] = {
		"\x80", "\xc0\xaf", "\xed\xa0\x80", "\xf5\x80",
		"\xc3", "\xe2\x82", "a\377b",       "\xf4\x90\x80\x80",
	};
	char all[256];

	(void)state;
	for (int i = 1; i < 256; i++)
		all[i - 1] = (char)i;
	all[255] = '\0';
	for (size_t i = 0; i <= sizeof(bad) / sizeof(*bad); i++) {
		struct emit e = { .limit = 4096 };

		emit_open(&e, NULL, '[');
		emit_string(&e, NULL, i ? bad[i - 1] : all);
		emit_close(&e, ']');
		json_decref(read_back(&e));
		emit_done(&e);
	}
}

static void
good_text_comes_back_unchanged(void **state)
{
	static const char text[] = "\"\\\n\t\x01 \xc3\xa4 \xe2\x82\xac "
				   "\xf0\x9f\x8c\x8d \xf4\x8f\xbf\xbf";
	struct emit e = { .limit = 4096 };
	json_t *value;

	(void)state;
	emit_open(&e, NULL, '[');
	emit_string(&e, NULL, text);
	emit_close(&e, ']');
	value = read_back(&e);
	assert_string_equal(json_string_value(json_array_get(value, 0)), text);
	json_decref(value);
	emit_done(&e);
}

static void
a_comma_is_not_lost_when_the_beginning_was_sent(void **state)
{
	struct emit e = { .limit = 64 };

	(void)state;
	emit_open(&e, NULL, '[');
	emit_int(&e, NULL, 1);
	emit_take(&e, 2);
	assert_int_equal(emit_pending(&e), 0);
	emit_int(&e, NULL, 2);
	emit_close(&e, ']');
	assert_int_equal(emit_pending(&e), 3);
	assert_memory_equal(e.data + e.taken, ",2]", 3);
	emit_done(&e);
}

static void
the_limit_is_of_what_was_not_sent(void **state)
{
	struct emit e = { .limit = 1000 };

	(void)state;
	for (int i = 0; i < 100; i++) {
		for (int j = 0; j < 90; j++)
			emit_bytes(&e, "0123456789", 10);
		assert_false(e.failed);
		emit_take(&e, 900);
	}
	assert_true(e.room <= 4096);
	for (int j = 0; j < 101; j++)
		emit_bytes(&e, "0123456789", 10);
	assert_true(e.failed);
	assert_int_equal(emit_pending(&e), 1000);
	emit_done(&e);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(values_and_commas_come_back),
		cmocka_unit_test(any_text_becomes_valid_json),
		cmocka_unit_test(good_text_comes_back_unchanged),
		cmocka_unit_test(
			a_comma_is_not_lost_when_the_beginning_was_sent),
		cmocka_unit_test(the_limit_is_of_what_was_not_sent),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
