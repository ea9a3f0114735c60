/* SPDX-License-Identifier: MIT */
/*
 * test_spec.c - a child's text: read for a spawn, built from settings, made of
 * a template.
 */
#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "spec.h"

static struct spec spec;
static char buf[1 << 16];

static void
parse(const char *text)
{
	assert_int_equal(spec_parse(text, &spec, buf, strlen(text) + 1), 0);
}

static void
a_text_is_read_in_place(void **state)
{
	(void)state;
	parse("command=sh -c 'a b'\nrestart=transient\nstop_signal=INT\n"
	      "environment=A=1\nenvironment=B=x y\nstdout=file:/o=p\n");
	assert_int_equal(spec.argc, 3);
	assert_string_equal(spec.argv[2], "a b");
	assert_null(spec.argv[3]);
	assert_int_equal(spec.stop_signal, SIGINT);
	assert_int_equal(spec.env_count, 2);
	assert_string_equal(spec.env[1], "B=x y");
	assert_string_equal(spec.out_path, "/o=p");
	/* Nothing is left of the one before. */
	parse("command=x\n");
	assert_int_equal(spec.argc, 1);
	assert_int_equal(spec.stop_signal, SIGTERM);
	assert_int_equal(spec.env_count, 0);
	assert_null(spec.env[0]);
	assert_int_equal(spec.out, OUTPUT_INHERIT);
	assert_null(spec.out_path);
}

static void
what_does_not_fit_or_is_no_text_is_an_error(void **state)
{
	(void)state;
	assert_int_equal(spec_parse("command=x\n", &spec, buf, 10), -ENOBUFS);
	assert_int_equal(spec_parse("command='\n", &spec, buf, 64), -EINVAL);
	assert_int_equal(spec_parse("umask=9\n", &spec, buf, 64), -EINVAL);
	parse("unknown=x\nno line end");
	assert_int_equal(spec.argc, 0);
	assert_null(spec.argv[0]);
}

/* spec_build(): the text, or "!" and the error. */
static const char *
build(const char *id, const char *const *settings, size_t settings_count,
      const char *const *argv, size_t argc, struct child_spec *core)
{
	static char answer[4096];
	char err[256], *text = NULL;
	int r = spec_build(id, settings, settings_count, argv, argc, core,
			   &text, err, sizeof(err));

	if (r == 0) {
		snprintf(answer, sizeof(answer), "%s", text);
		assert_string_equal(err, "");
	} else {
		assert_int_equal(r, -EINVAL);
		assert_null(text);
		snprintf(answer, sizeof(answer), "!%s", err);
	}
	free(text);
	return answer;
}

static void
a_dynamic_child_is_built_of_settings_and_words(void **state)
{
	static const char *const settings[] = {
		"umask=022",       "restart=temporary", "environment=A=1 2",
		"environment=B=3", "ready=notify",      "directory=/x/${id}",
		"watchdog=1.5s",
	};
	static const char *const argv[] = {
		"sh",
		"-c",
		"echo '${id}'\necho ;",
		"",
	};
	struct child_spec core;
	const char *text = build("a", settings, 7, argv, 4, &core);

	(void)state;
	assert_string_equal(text, "command=sh -c $'echo \\'${id}\\'\\necho ;' "
				  "''\n"
				  "restart=temporary\nready=notify\n"
				  "watchdog=1.5s\n"
				  "directory=/x/a\numask=022\n"
				  "environment=A=1 2\nenvironment=B=3\n");
	assert_string_equal(core.id, "a");
	assert_true(core.dynamic);
	assert_true(core.acknowledges);
	assert_int_equal(core.start_timeout, 30000);
	assert_int_equal(core.restart, TEMPORARY);
	assert_int_equal(core.shutdown, 5000);
	assert_true(core.autostart);
	parse(text);
	assert_int_equal(spec.watchdog, 1500);
	assert_int_equal(spec.argc, 4);
	for (unsigned i = 0; i < 4; i++)
		assert_string_equal(spec.argv[i], argv[i]);
}

static void
a_command_may_be_a_setting(void **state)
{
	static const char *const settings[] = { "command=x 'a b' ${id}" };
	struct child_spec core;

	(void)state;
	assert_string_equal(build("i", settings, 1, NULL, 0, &core), "command="
								     "x 'a b' "
								     "i\n");
}

static void
wrong_settings_are_refused(void **state)
{
	static const struct {
		const char *setting, *error;
	} cases[] = {
		{ "autorestart=no", "!unknown key 'autorestart' (did you mean "
				    "'restart'?); its "
				    "'no' is 'temporary' here" },
		{ "umask=9", "!umask = '9': expected 000 to 777" },
		{ "umask", "!a setting is KEY=VALUE" },
		{ "=x", "!a setting is KEY=VALUE" },
		{ "directory=/a\nb", "!a setting has a control character" },
		{ "user=x", "!key 'user' is not supported yet" },
		{ "strategy=one_for_one", "!key 'strategy' belongs in [supd] "
					  "or [supervisor:], not in "
					  "[child:]" },
		{ "supervisor=x", "!key 'supervisor' is for the file alone" },
		{ "instances=2", "!key 'instances' is for the file alone" },
		{ "command=y", "!there are two commands" },
		{ "significant=yes", "!significant = yes needs restart = "
				     "transient or temporary" },
		{ "directory=/${state_dir}", "!directory: there is no variable "
					     "${state_dir} here; a '${' "
					     "of its own is written '$${'" },
	};
	static const char *const argv[] = { "x" }, *const none[] = { "" };
	static const char *const twice[] = { "umask=1", "umask=2" };
	struct child_spec core;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_string_equal(build("a", &cases[i].setting, 1, argv, 1,
					  &core),
				    cases[i].error);
	assert_string_equal(build("a", twice, 2, argv, 1, &core), "!key "
								  "'umask' is "
								  "set twice");
	assert_string_equal(build("a", NULL, 0, NULL, 0, &core), "!a child "
								 "needs a "
								 "command");
	assert_string_equal(build("a", NULL, 0, none, 1, &core), "!command = "
								 "'''': "
								 "expected "
								 "PROGRAM "
								 "[ARGUMENT..."
								 "]");
	assert_string_equal(build("a b", NULL, 0, argv, 1, &core),
			    "!an id is made of letters, digits and _.@- "
			    "alone, 32 at most");
}

static void
an_instance_is_made_of_a_template(void **state)
{
	static const char *const args[] = { "${id}", "a\nb", "" };
	char *text = spec_instance("command=x '${id}-${instance}' '$${id}'\n"
				   "restart=transient\n"
				   "directory=/d/${instance}\n"
				   "environment=A=${id} it's\n"
				   "environment=B='\"${id}'\n",
				   "job@7", 7, args, 3);

	(void)state;
	assert_non_null(text);
	assert_string_equal(text, "command=x job@7-7 '${id}' '${id}' $'a\\nb' "
				  "''\n"
				  "restart=transient\n"
				  "directory=/d/7\n"
				  "environment=A=job@7 it's\n"
				  "environment=B='\"job@7'\n");
	parse(text);
	assert_int_equal(spec.argc, 6);
	assert_string_equal(spec.env[1], "B=\"job@7");
	free(text);
}

static void
an_instance_may_be_too_much(void **state)
{
	const char *args[SPEC_ARGS_MAX];
	char *text, *longest = malloc(1 << 20);

	(void)state;
	for (unsigned i = 0; i < SPEC_ARGS_MAX; i++)
		args[i] = "x";
	text = spec_instance("command=x\n", "a@1", 1, args, SPEC_ARGS_MAX - 1);
	assert_non_null(text);
	free(text);
	assert_null(
		spec_instance("command=x\n", "a@1", 1, args, SPEC_ARGS_MAX));
	assert_non_null(longest);
	memset(longest, 'x', (1 << 20) - 1);
	longest[(1 << 20) - 1] = '\0';
	args[0] = longest;
	assert_null(spec_instance("command=x\n", "a@1", 1, args, 1));
	free(longest);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_text_is_read_in_place),
		cmocka_unit_test(what_does_not_fit_or_is_no_text_is_an_error),
		cmocka_unit_test(
			a_dynamic_child_is_built_of_settings_and_words),
		cmocka_unit_test(a_command_may_be_a_setting),
		cmocka_unit_test(wrong_settings_are_refused),
		cmocka_unit_test(an_instance_is_made_of_a_template),
		cmocka_unit_test(an_instance_may_be_too_much),
	};

	return cmocka_run_group_tests_name("spec", tests, NULL, NULL);
}
