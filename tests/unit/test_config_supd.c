/* SPDX-License-Identifier: MIT */
/*
 * test_config_supd.c - [supd]: its defaults for root and for others, its text,
 * included files, and ${} in values.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <syslog.h>
#include <unistd.h>

#include "config_lib.h"
#include "settings.h"

/* What root gets is seen by root alone; the rest by everybody. */
static void
defaults_of_root(void)
{
	load_file("my.app.ini");
	assert_non_null(loaded.config);
	assert_string_equal(loaded.config->name, "my.app");
	assert_string_equal(loaded.config->state_dir, "/var/lib/supd/my.app");
	assert_string_equal(loaded.config->socket, "/run/supd/my.app.sock");
}

static void
defaults_of_a_user(void)
{
	setenv("HOME", "/h", 1);
	setenv("XDG_STATE_HOME", "/s", 1);
	setenv("XDG_RUNTIME_DIR", "/r", 1);
	load_file("my.app.ini");
	assert_string_equal(loaded.config->state_dir, "/s/supd/my.app");
	assert_string_equal(loaded.config->socket, "/r/supd/my.app.sock");
	setenv("XDG_STATE_HOME", "relative", 1);
	unsetenv("XDG_RUNTIME_DIR");
	load_file("my.app.ini");
	assert_string_equal(loaded.config->state_dir, "/h/.local/state/supd/"
						      "my.app");
	assert_string_equal(loaded.config->socket, "/h/.local/state/supd/"
						   "my.app/supd.sock");
	unsetenv("HOME");
	load_file("my.app.ini");
	assert_string_equal(loaded.said, "\nmy.app.ini: supd: HOME is not "
					 "set: set 'state_dir'\n");
	setenv("HOME", "/h", 1);
}

static void
defaults_depend_on_who_runs_it(void **state)
{
	uid_t user = geteuid();

	(void)state;
	write_file("my.app.ini", "");
	if (user == 0) {
		defaults_of_root();
		assert_int_equal(chmod(".", 0755), 0);
		assert_int_equal(chmod("my.app.ini", 0644), 0);
		assert_int_equal(seteuid(65534), 0);
	}
	defaults_of_a_user();
	assert_int_equal(seteuid(user), 0);
}

static void
defaults_of_everybody(void **state)
{
	struct config *c;

	(void)state;
	load_good("[supd]\nstate_dir = /s\nsocket = ${state_dir}/x\n");
	c = loaded.config;
	assert_string_equal(c->name, "t");
	assert_string_equal(c->socket, "/s/x");
	assert_int_equal(c->socket_mode, 0600);
	assert_null(c->socket_group);
	assert_string_equal(c->log, "stderr");
	assert_int_equal(c->log_level, LOG_INFO);
	assert_null(c->pid_file);
	assert_string_equal(c->text, "name=t\nstate_dir=/s\nsocket=/s/x\n"
				     "socket_mode=0600\nlog=stderr\n"
				     "log_level=info\n");
}

static void
a_file_whose_name_is_no_name_needs_one(void **state)
{
	(void)state;
	write_file("a b.ini", "[supd]\nstate_dir = /s\n");
	load_file("a b.ini");
	assert_string_equal(loaded.said, "\na b.ini: supd: the file's name "
					 "cannot be the "
					 "daemon's: set 'name'\n");
	write_file("a b.ini", "[supd]\nstate_dir = /s\nname = ab\n");
	load_file("a b.ini");
	assert_non_null(loaded.config);
}

static void
settings_are_read_back(void **state)
{
	struct settings *s;

	(void)state;
	load_good("[supd]\nlog_level = debug\nname = n\npid_file = /p\n"
		  "log = file:/l\nsocket_mode = 660\nstate_dir = /s\n"
		  "socket = /k\nsocket_group = root\nstrategy = one_for_all\n"
		  "intensity = 3\n");
	assert_int_equal(loaded.config->root.strategy, ONE_FOR_ALL);
	assert_int_equal(loaded.config->root.intensity, 3);
	assert_null(strstr(loaded.config->text, "strategy"));
	s = settings_parse(loaded.config->text);
	assert_non_null(s);
	assert_string_equal(s->name, "n");
	assert_string_equal(s->state_dir, "/s");
	assert_string_equal(s->socket, "/k");
	assert_string_equal(s->socket_group, "root");
	assert_string_equal(s->log, "file:/l");
	assert_string_equal(s->pid_file, "/p");
	assert_int_equal(s->socket_mode, 0660);
	assert_int_equal(s->log_level, LOG_DEBUG);
	settings_free(s);
	settings_free(NULL);
	load_bad("[supd]\nsocket_group = no-such-group\n", "t.ini:2: supd: "
							   "there is no group "
							   "'no-such-group'\n");
}

static void
included_files_stand_where_they_are_included(void **state)
{
	const struct config *c;

	(void)state;
	mkdir("conf[d]", 0700);
	write_file("conf[d]/b.conf", "[child:b]\ncommand = x\n");
	write_file("conf[d]/a.conf", "[child:a]\ncommand = x\n"
				     "[supd]\ninclude = sub*.inc\n");
	write_file("conf[d]/sub1.inc", "[supervisor:s]\n");
	write_file("conf[d]/t.ini", "[child:first]\ncommand = x\n[supd]\n"
				    "include = *.conf\ninclude = none-*.conf\n"
				    "include = nodir/*.conf\nlog_level = "
				    "debug\n"
				    "[child:last]\ncommand = x\n");
	load_file("conf[d]/t.ini");
	c = loaded.config;
	assert_string_equal(loaded.said, "\n");
	assert_int_equal(c->count, 5);
	assert_string_equal(c->nodes[0].spec.id, "first");
	assert_string_equal(c->nodes[1].spec.id, "a");
	assert_string_equal(c->nodes[2].spec.id, "s");
	assert_string_equal(c->nodes[2].file, "conf[d]/sub1.inc");
	assert_string_equal(c->nodes[3].spec.id, "b");
	assert_string_equal(c->nodes[4].spec.id, "last");
	assert_int_equal(c->log_level, LOG_DEBUG);
}

static void
includes_that_fail_are_errors(void **state)
{
	char file[32], text[64];

	(void)state;
	write_file("loop.inc", "[supd]\ninclude = t.ini\n");
	write_file("dup.inc", "[supd]\nlog = syslog\n[child:a]\n"
			      "command = x\nzz = 1\n");
	load_bad("[supd]\nlog = stderr\ninclude = nofile.ini\n"
		 "include = loop.inc\ninclude = dup.inc\ninclude =\n"
		 "include = ${env:no_such_variable}\ninclude = .\n"
		 "[child:a]\ncommand = x\n[supd]\n",
		 "t.ini:3: cannot include nofile.ini: No such file or "
		 "directory\n"
		 "t.ini:6: include: a file is missing\n"
		 "t.ini:7: include: the environment variable no_such_variable "
		 "is not set\n"
		 "t.ini:8: cannot include .: Is a directory\n"
		 "t.ini:9: the id 'a' is used twice, first at dup.inc:3\n"
		 "t.ini:11: section [supd] stands here twice, first in line "
		 "1\n"
		 "loop.inc:2: cannot include t.ini: it includes itself\n"
		 "dup.inc:2: supd: key 'log' is set twice, first at t.ini:2\n"
		 "dup.inc:5: child a: unknown key 'zz'\n");
	for (int i = 0; i < 20; i++) {
		sprintf(file, "deep%d.ini", i);
		sprintf(text, "[supd]\ninclude = deep%d.ini\n", i + 1);
		write_file(file, text);
	}
	load_file("deep0.ini");
	assert_string_equal(loaded.said, "\ndeep16.ini:2: cannot include "
					 "deep17.ini: files "
					 "include each other more than 16 "
					 "deep\n");
}

static void
variables_are_expanded(void **state)
{
	(void)state;
	setenv("SUPD_TEST", "a  'b' ${id} \"", 1);
	load_good("[supd]\nstate_dir = /s t\nsocket = /k\n[child:c]\n"
		  "instances = 2\n"
		  "command = x ${id} '${instance}' --d=${state_dir} "
		  "${log_dir} ${env:SUPD_TEST} $${id} $$ $x\n"
		  "directory = ${state_dir}/${id}\n"
		  "environment = A=${env:SUPD_TEST}\n"
		  "environment = B=\"${state_dir}; ${id}\"\n"
		  "environment = C=${log_dir}\n"
		  "[child:d]\ncommand = x ${instance}\n");
	assert_string_equal(node("c@2")->text, "command=x c@2 2 '--d=/s t' '/s "
					       "t/log' "
					       "$'a  \\'b\\' ${id} \\\"' "
					       "'${id}' "
					       "'$$' '$x'\n"
					       "directory=/s t/c@2\n"
					       "environment=A=a  'b' ${id} \"\n"
					       "environment=B=/s t; c@2\n"
					       "environment=C=/s t/log\n");
	assert_string_equal(node("d")->text, "command=x 1\n");
	setenv("SUPD_TEST", "\"quoted", 1);
	load_good("[child:c]\ncommand = x\nenvironment=A=${env:SUPD_TEST}\n");
	assert_string_equal(node("c")->text, "command=x\nenvironment=A='"
					     "\"quoted'\n");
	setenv("SUPD_TEST", "a\nb", 1);
	unsetenv("SUPD_NONE");
	load_bad("[supd]\nstate_dir = ${state_dir}\n[child:c]\n"
		 "command = x ${foo}\ndirectory = ${env:SUPD_NONE}\n"
		 "environment = A=${\nstdout = file:/${env:SUPD_TEST}\n",
		 "t.ini:2: supd: state_dir: there is no variable ${state_dir} "
		 "here; a '${' of its own is written '$${'\n"
		 "t.ini:4: child c: command: there is no variable ${foo} "
		 "here; a '${' of its own is written '$${'\n"
		 "t.ini:5: child c: directory: the environment variable "
		 "SUPD_NONE is not set\n"
		 "t.ini:6: child c: environment: '${' has no '}'; a '${' of "
		 "its own is written '$${'\n"
		 "t.ini:7: child c: stdout: the environment variable SUPD_TEST "
		 "has a control character\n");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(defaults_depend_on_who_runs_it),
		cmocka_unit_test(defaults_of_everybody),
		cmocka_unit_test(a_file_whose_name_is_no_name_needs_one),
		cmocka_unit_test(settings_are_read_back),
		cmocka_unit_test(included_files_stand_where_they_are_included),
		cmocka_unit_test(includes_that_fail_are_errors),
		cmocka_unit_test(variables_are_expanded),
	};

	return cmocka_run_group_tests_name("config_supd", tests, folder_make,
					   folder_remove);
}
