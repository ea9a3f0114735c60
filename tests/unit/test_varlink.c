/* SPDX-License-Identifier: MIT */
/*
 * test_varlink.c - calls are read strictly.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "emit.h"
#include "interface.h"
#include "methods.h"
#include "varlink.h"

static int
parse(const char *text, struct varlink_call *call)
{
	char err[160] = "";
	int r = varlink_parse(text, strlen(text), call, err, sizeof(err));

	assert_true((r < 0) == (*err != '\0'));
	return r;
}

static void
a_call_is_read(void **state)
{
	struct varlink_call call;

	(void)state;
	assert_int_equal(parse("{\"method\":\"a.B\",\"more\":true,"
			       "\"parameters\":{\"x\":1}}",
			       &call),
			 0);
	assert_string_equal(call.method, "a.B");
	assert_true(call.more);
	assert_false(call.oneway);
	assert_int_equal(
		json_integer_value(json_object_get(call.parameters, "x")), 1);
	varlink_done(&call);
	assert_int_equal(
		parse("{\"method\":\"a.B\",\"parameters\":null}", &call), 0);
	assert_null(call.parameters);
	varlink_done(&call);
	varlink_done(&call);
}

static void
what_is_no_call_is_refused(void **state)
{
	static const char *const bad[] = {
		"",
		"{",
		"[]",
		"1",
		"{}",
		"{\"method\":1}",
		"{\"method\":\"a\"} x",
		"{\"method\":\"a\",\"method\":\"b\"}",
		"{\"method\":\"a\",\"unknown\":1}",
		"{\"method\":\"a\",\"parameters\":[]}",
		"{\"method\":\"a\",\"parameters\":{\"x\":1,\"x\":2}}",
		"{\"method\":\"a\",\"more\":1}",
		"{\"method\":\"a\",\"more\":true,\"oneway\":true}",
		"{\"method\":\"a\\u0000b\"}",
		"{\"method\":\"\xff\"}",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		struct varlink_call call = { .method = "untouched" };

		assert_int_equal(parse(bad[i], &call), -EINVAL);
		assert_string_equal(call.method, "untouched");
	}
}

static const char *
check(const char *text, const struct argument *arguments)
{
	static char name[32];
	json_t *parameters = json_loads(text, 0, NULL);
	const char *wrong = varlink_check(parameters, arguments);

	if (wrong)
		strcpy(name, wrong);
	json_decref(parameters);
	return wrong ? name : "";
}

static void
parameters_are_of_their_types(void **state)
{
	static const struct argument arguments[] = {
		{ .name = "id", .type = ARGUMENT_STRING, .required = true },
		{ .name = "list", .type = ARGUMENT_STRINGS },
		{ .name = "n", .type = ARGUMENT_INT },
		{ .name = "yes", .type = ARGUMENT_BOOL },
		{ .name = NULL },
	};

	(void)state;
	assert_string_equal(check("{\"id\":\"a\"}", arguments), "");
	assert_string_equal(check("{\"id\":\"a\",\"list\":[\"b\"],\"n\":1,"
				  "\"yes\":false}",
				  arguments),
			    "");
	assert_string_equal(check("{\"id\":\"a\",\"n\":null}", arguments), "");
	assert_string_equal(check("{}", arguments), "id");
	assert_string_equal(check("{\"id\":null}", arguments), "id");
	assert_string_equal(check("{\"id\":\"a\",\"list\":[1]}", arguments),
			    "list");
	assert_string_equal(check("{\"id\":\"a\",\"list\":\"b\"}", arguments),
			    "list");
	assert_string_equal(check("{\"id\":\"a\",\"n\":1.5}", arguments), "n");
	assert_string_equal(check("{\"id\":\"a\",\"yes\":1}", arguments), "ye"
									  "s");
	assert_string_equal(check("{\"id\":\"a\",\"ids\":1}", arguments), "id"
									  "s");
	assert_string_equal(varlink_check(NULL, arguments), "id");
	assert_null(varlink_check(NULL, &arguments[4]));
}

static void
replies_are_framed(void **state)
{
	static const char expected[] = "{\"parameters\":{\"a\":1},"
				       "\"continues\":true}\0"
				       "{\"error\":\"x.Y\",\"parameters\":{"
				       "\"id\":\"b\"}}";
	struct emit e = { .limit = 4096 };

	(void)state;
	varlink_begin(&e);
	emit_int(&e, "a", 1);
	varlink_end(&e, true);
	varlink_begin_error(&e, "x.Y");
	emit_string(&e, "id", "b");
	varlink_end(&e, false);
	assert_int_equal(e.length, sizeof(expected));
	assert_memory_equal(e.data, expected, sizeof(expected));
	emit_done(&e);
}

/* "method NAME(" of the text, and the table, are the same. */
static void
the_interface_describes_every_method(void **state)
{
	const char *at = interface_text;
	unsigned found = 0;

	(void)state;
	while ((at = strstr(at, "\nmethod ")) != NULL) {
		char name[80] = VARLINK_SUPD;
		size_t length;

		at += strlen("\nmethod ");
		length = strcspn(at, "(");
		strncat(name, at, length);
		assert_non_null(method_find(name));
		found++;
	}
	assert_int_equal(found, 26);
	assert_null(method_find("org.supd.Supervisor.Nothing"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_call_is_read),
		cmocka_unit_test(what_is_no_call_is_refused),
		cmocka_unit_test(parameters_are_of_their_types),
		cmocka_unit_test(replies_are_framed),
		cmocka_unit_test(the_interface_describes_every_method),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
