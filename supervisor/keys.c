/* SPDX-License-Identifier: MIT */
/*
 * keys.c - all keys of the configuration, in one table.
 */
#include <stdio.h>
#include <string.h>

#include "keys.h"
#include "values.h"

#define ANY_SUPERVISOR (IN_SUPD | IN_SUPERVISOR)
#define ANY_CHILD (IN_SUPERVISOR | IN_CHILD)

const struct key keys[KEYS] = {
	[KEY_NAME] = { "name", IN_SUPD, FOR_SETTINGS, FORM_PLAIN, false, NULL,
		       "letters, digits and _.@- alone, 32 at most", set_name },
	[KEY_STATE_DIR] = { "state_dir", IN_SUPD, FOR_SETTINGS, FORM_PLAIN,
			    false, NULL, "/PATH", set_state_dir },
	[KEY_SOCKET] = { "socket", IN_SUPD, FOR_SETTINGS, FORM_PLAIN, false,
			 NULL, "/PATH", set_socket },
	[KEY_SOCKET_MODE] = { "socket_mode", IN_SUPD, FOR_SETTINGS, FORM_PLAIN,
			      false, "0600", "0000 to 0777", set_socket_mode },
	[KEY_SOCKET_GROUP] = { "socket_group", IN_SUPD, FOR_SETTINGS,
			       FORM_PLAIN, false, NULL, "GROUP",
			       set_socket_group },
	[KEY_LOG] = { "log", IN_SUPD, FOR_SETTINGS, FORM_PLAIN, false, "stderr",
		      "stderr | syslog | journal | file:/PATH", set_log },
	[KEY_LOG_LEVEL] = { "log_level", IN_SUPD, FOR_SETTINGS, FORM_PLAIN,
			    false, "info",
			    "err | warning | notice | info | debug",
			    set_log_level },
	[KEY_PID_FILE] = { "pid_file", IN_SUPD, FOR_SETTINGS, FORM_PLAIN, false,
			   NULL, "/PATH", set_pid_file },
	[KEY_INCLUDE] = { "include", IN_SUPD, FOR_CONFIG, FORM_PLAIN, true,
			  NULL, "PATTERN", NULL },
	[KEY_SUPERVISOR] = { "supervisor", ANY_CHILD, FOR_CONFIG, FORM_PLAIN,
			     false, "root", "the id of a supervisor",
			     set_supervisor },
	[KEY_STRATEGY] = { "strategy", ANY_SUPERVISOR, FOR_CORE, FORM_PLAIN,
			   false, "one_for_one",
			   "one_for_one | one_for_all | rest_for_one | "
			   "simple_one_for_one",
			   set_strategy },
	[KEY_INTENSITY] = { "intensity", ANY_SUPERVISOR, FOR_CORE, FORM_PLAIN,
			    false, "5", "0 to 10000", set_intensity },
	[KEY_PERIOD] = { "period", ANY_SUPERVISOR, FOR_CORE, FORM_PLAIN, false,
			 "60", "a duration above 0, as 60, 1.5s, 100ms, 2m, 1h",
			 set_period },
	[KEY_ON_LIMIT] = { "on_limit", ANY_SUPERVISOR, FOR_CORE, FORM_PLAIN,
			   false, "remove", "remove | shutdown", set_on_limit },
	[KEY_AUTO_SHUTDOWN] = { "auto_shutdown", ANY_SUPERVISOR, FOR_CORE,
				FORM_PLAIN, false, "never",
				"never | any_significant | all_significant",
				set_auto_shutdown },
	[KEY_COMMAND] = { "command", IN_CHILD, FOR_SPEC, FORM_WORDS, false,
			  NULL, "PROGRAM [ARGUMENT...]", set_command },
	[KEY_TYPE] = { "type", IN_CHILD, FOR_CORE, FORM_PLAIN, false, "worker",
		       "worker | supervisor", set_type },
	[KEY_RESTART] = { "restart", ANY_CHILD, FOR_CORE, FORM_PLAIN, false,
			  "permanent", "permanent | transient | temporary",
			  set_restart },
	[KEY_SHUTDOWN] = { "shutdown", ANY_CHILD, FOR_CORE, FORM_PLAIN, false,
			   "5", "DURATION | infinity | brutal_kill",
			   set_shutdown },
	[KEY_STOP_SIGNAL] = { "stop_signal", IN_CHILD, FOR_SPEC, FORM_PLAIN,
			      false, "TERM",
			      "the name or the number of a signal",
			      set_stop_signal },
	[KEY_KILL_MODE] = { "kill_mode", IN_CHILD, FOR_SPEC, FORM_PLAIN, false,
			    "all", "all | group | process", set_kill_mode },
	[KEY_SUCCESS_CODES] = { "success_codes", IN_CHILD, FOR_SPEC, FORM_PLAIN,
				false, "0",
				"exit codes 0 to 255 and names of signals",
				set_success_codes },
	[KEY_SIGNIFICANT] = { "significant", ANY_CHILD, FOR_CORE, FORM_PLAIN,
			      false, "no", "yes | no", set_significant },
	[KEY_AUTOSTART] = { "autostart", IN_CHILD, FOR_CORE, FORM_PLAIN, false,
			    "yes", "yes | no", set_autostart },
	[KEY_INSTANCES] = { "instances", IN_CHILD, FOR_CONFIG, FORM_PLAIN,
			    false, "1", "1 to 65000", set_instances },
	[KEY_BACKOFF] = { "backoff", IN_CHILD, FOR_CORE, FORM_PLAIN, false,
			  "none", "none | FROM..TO, as 100ms..30s",
			  set_backoff },
	[KEY_BACKOFF_RESET] = { "backoff_reset", IN_CHILD, FOR_CORE, FORM_PLAIN,
				false, "60",
				"a duration, as 60, 1.5s, 100ms, 2m, 1h",
				set_backoff_reset },
	[KEY_READY] = { "ready", IN_CHILD, FOR_SPEC, FORM_PLAIN, false, "exec",
			"exec | notify | fd:N with N from 3 to 63", set_ready },
	[KEY_START_TIMEOUT] = { "start_timeout", IN_CHILD, FOR_CORE, FORM_PLAIN,
				false, "30", "DURATION | infinity",
				set_start_timeout },
	[KEY_WATCHDOG] = { "watchdog", IN_CHILD, FOR_SPEC, FORM_PLAIN, false,
			   "none", "none | a duration above 0, as 500ms, 2s",
			   set_watchdog },
	[KEY_STANDBY] = { "standby", IN_CHILD, FOR_SPEC, FORM_PLAIN, false,
			  "none", "none | gate | hot", set_standby },
	[KEY_LINKS] = { "links", IN_CHILD, FOR_SPEC, FORM_PLAIN, false, NULL,
			"ids of children and supervisors, with blanks between",
			set_links },
	[KEY_TRAP_EXIT] = { "trap_exit", IN_CHILD, FOR_CORE, FORM_PLAIN, false,
			    "no", "yes | no", set_trap_exit },
	[KEY_MAILBOX] = { "mailbox", IN_CHILD, FOR_SPEC, FORM_PLAIN, false,
			  "no", "yes | no", set_mailbox },
	[KEY_DIRECTORY] = { "directory", IN_CHILD, FOR_SPEC, FORM_PLAIN, false,
			    NULL, "/PATH", set_directory },
	[KEY_UMASK] = { "umask", IN_CHILD, FOR_SPEC, FORM_PLAIN, false, NULL,
			"000 to 777", set_umask },
	[KEY_ENVIRONMENT] = { "environment", IN_CHILD, FOR_SPEC,
			      FORM_ASSIGNMENT, true, NULL,
			      "NAME=value, one to a line", set_environment },
	[KEY_STDOUT] = { "stdout", IN_CHILD, FOR_SPEC, FORM_PLAIN, false,
			 "inherit", "inherit | null | file:/PATH", set_stdout },
	[KEY_STDERR] = { "stderr", IN_CHILD, FOR_SPEC, FORM_PLAIN, false,
			 "inherit", "inherit | null | same | file:/PATH",
			 set_stderr },
};

/* Keys that are promised and not here yet. */
static const char *const planned[] = {
	"sockets",
	"user",
	"group",
	"nice",
	"oom_score_adjust",
	"cpu_affinity",
	"no_new_privileges",
	"capabilities",
	"environment_file",
	"memory_max",
	"cpu_max",
	"pids_max",
	"log_max_size",
	"log_keep",
	"log_timestamp",
	"limit_as",
	"limit_core",
	"limit_cpu",
	"limit_data",
	"limit_fsize",
	"limit_locks",
	"limit_memlock",
	"limit_msgqueue",
	"limit_nice",
	"limit_nofile",
	"limit_nproc",
	"limit_rss",
	"limit_rtprio",
	"limit_rttime",
	"limit_sigpending",
	"limit_stack",
};

const struct key *
keys_find(const char *name, size_t length)
{
	for (const struct key *k = keys; k < keys + KEYS; k++) {
		if (strncmp(k->name, name, length) == 0 && !k->name[length])
			return k;
	}
	return NULL;
}

bool
keys_is_planned(const char *name)
{
	for (size_t i = 0; i < sizeof(planned) / sizeof(planned[0]); i++) {
		if (strcmp(planned[i], name) == 0)
			return true;
	}
	return false;
}

void
keys_set_defaults(enum section in, enum reader_of_key reader, struct target *t)
{
	for (const struct key *k = keys; k < keys + KEYS; k++) {
		char value[32];

		if (!k->initial || k->reader != reader || !(k->sections & in))
			continue;
		snprintf(value, sizeof(value), "%s", k->initial);
		k->set(t, value);
	}
}
