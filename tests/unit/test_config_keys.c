/* SPDX-License-Identifier: MIT */
/*
 * test_config_keys.c - each key: what it takes, what it means, and what is said
 * of what it does not take.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>

#include "config_lib.h"
#include "spec.h"

/* One line in a child. */
static const struct child_spec *
child(const char *line)
{
	char text[512];

	snprintf(text, sizeof(text), "[child:a]\ncommand = x\n%s\n", line);
	load_good(text);
	return &node("a")->spec;
}

static const struct spec *
child_spec(const char *line)
{
	static struct spec spec;
	static char buf[1024];

	child(line);
	assert_int_equal(spec_parse(node("a")->text, &spec, buf, sizeof(buf)),
			 0);
	return &spec;
}

static void
defaults_of_a_child(void **state)
{
	const struct child_spec *c = child("");
	const struct spec *s;

	(void)state;
	assert_int_equal(c->restart, PERMANENT);
	assert_int_equal(c->type, TYPE_WORKER);
	assert_int_equal(c->shutdown, 5000);
	assert_false(c->significant);
	assert_true(c->autostart);
	assert_false(c->dynamic);
	assert_false(c->acknowledges);
	assert_int_equal(c->start_timeout, 0);
	assert_int_equal(c->backoff_min, 0);
	assert_int_equal(c->backoff_max, 0);
	assert_int_equal(c->backoff_reset, 60000);
	assert_false(c->is_supervisor);
	assert_string_equal(node("a")->parent, "root");
	s = child_spec("");
	assert_int_equal(s->argc, 1);
	assert_string_equal(s->argv[0], "x");
	assert_null(s->argv[1]);
	assert_int_equal(s->env_count, 0);
	assert_null(s->env[0]);
	assert_null(s->directory);
	assert_int_equal(s->umask, -1);
	assert_int_equal(s->stop_signal, SIGTERM);
	assert_int_equal(s->kill_mode, KILL_ALL);
	assert_int_equal(s->ready, READY_EXEC);
	assert_int_equal(s->out, OUTPUT_INHERIT);
	assert_int_equal(s->err, OUTPUT_INHERIT);
	assert_int_equal(s->ok_codes[0], 1);
	assert_int_equal(s->ok_signals, 0);
}

static void
defaults_of_a_supervisor(void **state)
{
	const struct child_spec *s;

	(void)state;
	load_good("[supervisor:s]\n");
	s = &node("s")->spec;
	assert_true(s->is_supervisor);
	assert_int_equal(s->type, TYPE_SUPERVISOR);
	assert_int_equal(s->strategy, ONE_FOR_ONE);
	assert_int_equal(s->intensity, 5);
	assert_int_equal(s->period, 60000);
	assert_int_equal(s->on_limit, LIMIT_REMOVE);
	assert_int_equal(s->auto_shutdown, AUTO_NEVER);
	assert_int_equal(s->restart, PERMANENT);
	assert_true(s->shutdown == SHUTDOWN_INFINITY);
	assert_true(s->autostart);
	s = &loaded.config->root;
	assert_string_equal(s->id, "root");
	assert_true(s->is_supervisor);
	assert_int_equal(s->intensity, 5);
	assert_int_equal(s->period, 60000);
	assert_int_equal(s->on_limit, LIMIT_REMOVE);
}

static void
keys_of_the_core(void **state)
{
	const struct child_spec *c;

	(void)state;
	assert_int_equal(child("restart = transient")->restart, TRANSIENT);
	assert_int_equal(child("restart = temporary")->restart, TEMPORARY);
	assert_int_equal(child("shutdown = 1.5")->shutdown, 1500);
	assert_int_equal(child("shutdown = 0")->shutdown, 0);
	assert_int_equal(child("shutdown = brutal_kill")->shutdown,
			 SHUTDOWN_BRUTAL);
	assert_true(child("shutdown = infinity")->shutdown ==
		    SHUTDOWN_INFINITY);
	assert_true(child("type = supervisor")->shutdown == SHUTDOWN_INFINITY);
	c = child("type = supervisor\nshutdown = 3");
	assert_int_equal(c->type, TYPE_SUPERVISOR);
	assert_int_equal(c->shutdown, 3000);
	assert_false(c->is_supervisor);
	assert_false(child("autostart = no")->autostart);
	c = child("backoff = 100ms..30s\nbackoff_reset = 2m");
	assert_int_equal(c->backoff_min, 100);
	assert_int_equal(c->backoff_max, 30000);
	assert_int_equal(c->backoff_reset, 120000);
	assert_int_equal(child("backoff = 0.5..2")->backoff_min, 500);
	assert_int_equal(child("backoff = none")->backoff_min, 0);
	c = child("ready = notify");
	assert_true(c->acknowledges);
	assert_int_equal(c->start_timeout, 30000);
	c = child("ready = fd:5\nstart_timeout = 100ms");
	assert_true(c->acknowledges);
	assert_int_equal(c->start_timeout, 100);
	assert_int_equal(
		child("ready = notify\nstart_timeout = 0")->start_timeout, 0);
	assert_int_equal(
		child("ready = notify\nstart_timeout = infinity")->start_timeout,
		0);
	assert_int_equal(
		child("ready = notify\nstart_timeout = none")->start_timeout,
		0);
}

static void
keys_of_a_spawn(void **state)
{
	const struct spec *s;

	(void)state;
	s = child_spec("stop_signal = SIGUSR1\nkill_mode = group\n"
		       "umask = 027\ndirectory = /srv/my files");
	assert_int_equal(s->stop_signal, SIGUSR1);
	assert_int_equal(s->kill_mode, KILL_GROUP);
	assert_int_equal(s->umask, 027);
	assert_string_equal(s->directory, "/srv/my files");
	assert_int_equal(child_spec("kill_mode = process")->kill_mode,
			 KILL_PROCESS);
	s = child_spec("success_codes = 1, 33 255 TERM,SIGSYS RTMIN+1");
	assert_int_equal(s->ok_codes[0], 2);
	assert_int_equal(s->ok_codes[1], 2);
	assert_int_equal(s->ok_codes[7], 1u << 31);
	assert_true(s->ok_signals ==
		    (UINT64_C(1) << (SIGTERM - 1) |
		     UINT64_C(1) << (SIGSYS - 1) | UINT64_C(1) << SIGRTMIN));
	s = child_spec("ready = fd:63");
	assert_int_equal(s->ready, READY_FD);
	assert_int_equal(s->ready_fd, 63);
	s = child_spec("stdout = null\nstderr = same");
	assert_int_equal(s->out, OUTPUT_NULL);
	assert_int_equal(s->err, OUTPUT_SAME);
	s = child_spec("stdout = file:/a b\nstderr = file:/c");
	assert_int_equal(s->out, OUTPUT_FILE);
	assert_string_equal(s->out_path, "/a b");
	assert_int_equal(s->err, OUTPUT_FILE);
	assert_string_equal(s->err_path, "/c");
}

static void
environment_is_repeatable(void **state)
{
	const struct spec *s;

	(void)state;
	s = child_spec("environment = X=some words\nenvironment = _Y1=\n"
		       "environment = Q=\"a ; b\" ; comment\n"
		       "environment = S='$x \"y\"'\nenvironment = L=a=b");
	assert_int_equal(s->env_count, 5);
	assert_string_equal(s->env[0], "X=some words");
	assert_string_equal(s->env[1], "_Y1=");
	assert_string_equal(s->env[2], "Q=a ; b");
	assert_string_equal(s->env[3], "S=$x \"y\"");
	assert_string_equal(s->env[4], "L=a=b");
	assert_null(s->env[5]);
	check_line("child:a", "environment = A",
		   "child a: environment = 'A': "
		   "expected NAME=value, one to a line");
	check_line("child:a", "environment = 1A=b",
		   "child a: environment = "
		   "'1A=b': expected NAME=value, one to a line");
	check_line("child:a", "environment = A=\"1\",B=\"2\" c",
		   "child a: "
		   "environment: the quoted value must end with its quote; "
		   "write one NAME=value to a line");
	load_bad("[child:a]\ncommand = x\nenvironment = A=1\n"
		 "environment = AA=1\nenvironment = A=2\n",
		 "t.ini:1: child a: environment sets A twice\n");
}

static void
values_out_of_bounds_are_refused(void **state)
{
	static const struct {
		const char *section, *line, *said;
	} cases[] = {
		{ "supd", "intensity = 10001",
		  "supd: intensity = '10001': expected 0 to 10000" },
		{ "supd", "period = 0",
		  "supd: period = '0': expected a duration above 0, as 60, "
		  "1.5s, 100ms, 2m, 1h" },
		{ "supd", "name = a b",
		  "supd: name = 'a b': expected letters, digits and _.@- "
		  "alone, 32 at most" },
		{ "supd", "log = file:x",
		  "supd: log = 'file:x': a path must begin with '/'" },
		{ "supd", "state_dir = x",
		  "supd: state_dir = 'x': a path must begin with '/'" },
		{ "supervisor:s", "strategy = one_for_on",
		  "supervisor s: strategy = 'one_for_on': expected "
		  "one_for_one | one_for_all | rest_for_one | "
		  "simple_one_for_one (did you mean 'one_for_one'?)" },
		{ "child:a", "ready = fd:2",
		  "child a: ready = 'fd:2': expected exec | notify | fd:N "
		  "with N from 3 to 63" },
		{ "child:a", "ready = fd:64",
		  "child a: ready = 'fd:64': expected exec | notify | fd:N "
		  "with N from 3 to 63" },
		{ "child:a", "backoff = 2s..1s",
		  "child a: backoff = '2s..1s': expected none | FROM..TO, as "
		  "100ms..30s" },
		{ "child:a", "watchdog = 0",
		  "child a: watchdog = '0': expected none | a duration above "
		  "0, as 500ms, 2s" },
		{ "child:a", "watchdog = no",
		  "child a: watchdog = 'no': expected none | a duration above "
		  "0, as 500ms, 2s" },
		{ "child:a", "instances = 0",
		  "child a: instances = '0': expected 1 to 65000" },
		{ "child:a", "success_codes = 256",
		  "child a: success_codes = '256': expected exit codes 0 to "
		  "255 and names of signals" },
		{ "child:a", "directory = srv",
		  "child a: directory = 'srv': a path must begin with '/'" },
		{ "child:a",
		  "umask = ", "child a: umask = '': expected 000 to 777" },
		{ "child:a", "restart = always",
		  "child a: restart = 'always': expected permanent | "
		  "transient | temporary (did you mean 'permanent'?)" },
		{ "child:a", "restart = on-failure",
		  "child a: restart = 'on-failure': expected permanent | "
		  "transient | temporary (did you mean 'transient'?)" },
		{ "child:a", "kill_mode = control-group",
		  "child a: kill_mode = 'control-group': expected all | group "
		  "| process (did you mean 'all'?)" },
		{ "child:a", "stdout = journal",
		  "child a: stdout = 'journal': not supported yet" },
		{ "child:a", "stderr = log",
		  "child a: stderr = 'log': not supported yet" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		check_line(cases[i].section, cases[i].line, cases[i].said);
}

static void
a_socket_path_has_107_bytes(void **state)
{
	char line[256];

	(void)state;
	sprintf(line, "[supd]\nsocket = /%0106d", 1);
	load_good(line);
	sprintf(line, "[supd]\nsocket = /%0107d", 1);
	load(line);
	assert_non_null(strstr(loaded.said, "the path of a socket has 107 "
					    "bytes at most\n"));
	assert_int_equal(loaded.errors, 1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(defaults_of_a_child),
		cmocka_unit_test(defaults_of_a_supervisor),
		cmocka_unit_test(keys_of_the_core),
		cmocka_unit_test(keys_of_a_spawn),
		cmocka_unit_test(environment_is_repeatable),
		cmocka_unit_test(values_out_of_bounds_are_refused),
		cmocka_unit_test(a_socket_path_has_107_bytes),
	};

	return cmocka_run_group_tests_name("config_keys", tests, folder_make,
					   folder_remove);
}
