/* SPDX-License-Identifier: MIT */
/*
 * test_config_foreign.c - what is said of names that are not ours: of others, of
 * nobody, and of later.
 */
#include <stdio.h>
#include <string.h>

#include "config_lib.h"

static void
keys_of_later_are_refused(void **state)
{
	static const char *const names[] = {
		"sockets",
		"user",
		"group",
		"nice",
		"oom_score_adjust",
		"cpu_affinity",
		"no_new_privileges",
		"capabilities",
		"environment_file",
		"limit_nofile",
		"limit_core",
		"limit_as",
		"memory_max",
		"cpu_max",
		"pids_max",
		"log_max_size",
		"log_keep",
		"log_timestamp",
	};
	char line[64], said[128];

	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		snprintf(line, sizeof(line), "%s = 1", names[i]);
		snprintf(said, sizeof(said),
			 "child a: key '%s' is not supported yet", names[i]);
		check_line("child:a", line, said);
	}
	check_line("supd", "user = x", "supd: key 'user' is not supported yet");
	load_bad("[socket:web]\nlisten = 1\n", "t.ini:1: section [socket:web] "
					       "is not supported yet\n");
}

static void
names_of_others_are_recognised(void **state)
{
	static const struct {
		const char *section, *line, *hint;
	} cases[] = {
		{ "child:a", "autorestart = x", "did you mean 'restart'?" },
		{ "child:a", "autorestart = unexpected",
		  "did you mean 'restart'?); its 'unexpected' is 'transient' "
		  "here" },
		{ "child:a", "stopwaitsecs = 1", "did you mean 'shutdown'?" },
		{ "child:a", "stopsignal = INT",
		  "did you mean 'stop_signal'?" },
		{ "child:a", "numprocs = 2", "did you mean 'instances'?" },
		{ "child:a", "startsecs = 1", "did you mean 'ready'?" },
		{ "child:a", "exitcodes = 1", "did you mean 'success_codes'?" },
		{ "child:a", "startretries = 3",
		  "did you mean 'intensity' in [supd] or [supervisor:]?" },
		{ "child:a", "priority = 1",
		  "children start in the order of the file" },
		{ "child:a", "ExecStart = x", "did you mean 'command'?" },
		{ "child:a", "Restart = always",
		  "did you mean 'restart'?); its 'always' is 'permanent' "
		  "here" },
		{ "child:a", "TimeoutStopSec = 1", "did you mean 'shutdown'?" },
		{ "child:a", "WorkingDirectory = /",
		  "did you mean 'directory'?" },
		{ "child:a", "WatchdogSec = 1", "did you mean 'watchdog'?" },
		{ "child:a", "KillSignal = INT",
		  "did you mean 'stop_signal'?" },
		{ "child:a", "restrat = x", "did you mean 'restart'?" },
		{ "child:a", "comand = x", "did you mean 'command'?" },
		{ "child:a", "enviroment = x", "did you mean 'environment'?" },
		{ "supd", "loglevel = warn",
		  "did you mean 'log_level'?); its 'warn' is 'warning' here" },
		{ "supd", "logfile = x", "did you mean 'log'?" },
		{ "supervisor:s", "StartLimitBurst = 3",
		  "did you mean 'intensity'?" },
	};
	char said[256];

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const char *name = cases[i].line;
		const char *label = cases[i].section;
		bool is_open = strstr(cases[i].hint, "); ");

		label = *label == 'c'   ? "child a" :
			label[3] == 'd' ? "supd" :
					  "supervisor s";
		snprintf(said, sizeof(said), "%s: unknown key '%.*s' (%s%s",
			 label, (int)strcspn(name, " "), name, cases[i].hint,
			 is_open ? "" : ")");
		check_line(cases[i].section, cases[i].line, said);
	}
	check_line("child:a", "zzz = 1", "child a: unknown key 'zzz'");
	check_line("child:a", "strategy = one_for_one",
		   "child a: key "
		   "'strategy' belongs in [supd] or [supervisor:], not in "
		   "[child:]");
	check_line("supervisor:s", "autostart = no",
		   "supervisor s: key "
		   "'autostart' belongs in [child:], not in [supervisor:]");
}

static void
sections_of_others_are_recognised(void **state)
{
	(void)state;
	load_bad("[program:web]\ncommand = x\nautorestart = true\n"
		 "[supervisord]\nnodaemon = true\n[group:g]\n"
		 "programs = web\n[chlid:y]\ncommand = x\n"
		 "[Service]\nExecStart = /bin/x\n[include]\nfiles = x\n"
		 "[zzzzz]\nx = y\n[supd:x]\n[child]\n",
		 "t.ini:1: unknown section [program:web] (did you mean "
		 "[child:web]?)\n"
		 "t.ini:3: child web: unknown key 'autorestart' (did you mean "
		 "'restart'?); its 'true' is 'permanent' here\n"
		 "t.ini:4: unknown section [supervisord] (did you mean "
		 "[supd]?)\n"
		 "t.ini:5: supd: unknown key 'nodaemon' (supd stays in the "
		 "foreground unless told -d)\n"
		 "t.ini:6: unknown section [group:g] (did you mean "
		 "[supervisor:g]?)\n"
		 "t.ini:7: supervisor g: unknown key 'programs' (each member "
		 "says 'supervisor = NAME' itself)\n"
		 "t.ini:8: unknown section [chlid:y] (did you mean "
		 "[child:y]?)\n"
		 "t.ini:10: unknown section [Service] (did you mean "
		 "[child:NAME]?)\n"
		 "t.ini:12: unknown section [include] (write 'include = "
		 "PATTERN' in [supd])\n"
		 "t.ini:14: unknown section [zzzzz]\n"
		 "t.ini:16: unknown section [supd:x] (did you mean [supd]?)\n"
		 "t.ini:17: unknown section [child] (did you mean "
		 "[child:NAME]?)\n");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(keys_of_later_are_refused),
		cmocka_unit_test(names_of_others_are_recognised),
		cmocka_unit_test(sections_of_others_are_recognised),
	};

	return cmocka_run_group_tests_name("config_foreign", tests, folder_make,
					   folder_remove);
}
