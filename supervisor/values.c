/* SPDX-License-Identifier: MIT */
/*
 * values.c - the parsers of the keys' values.
 *
 * The checks that need more than the one value are made elsewhere
 * (config_tree.c, spec.c).
 */
#include <ctype.h>
#include <stddef.h>
#include <string.h>

#include "keys.h"
#include "settings.h"
#include "spec.h"
#include "units.h"
#include "values.h"
#include "words.h"

#define LENGTH(array) ((unsigned)(sizeof(array) / sizeof((array)[0])))
#define SOCKET_PATH_MAX 107 /* of struct sockaddr_un, without its NUL */

static const char none_of_them[] = "";
static const char not_yet[] = "not supported yet";
static const char not_absolute[] = "a path must begin with '/'";

static const char *
verdict(bool is_good)
{
	return is_good ? NULL : none_of_them;
}

/* The index of value among names, count if it is none. */
static unsigned
choose(const char *value, const char *const *names, unsigned count)
{
	unsigned i = 0;

	while (i < count && strcmp(value, names[i]) != 0)
		i++;
	return i;
}

/* One of the names, which are indexed by an enum. */
#define CHOICE_PARSER(parser, member, ...)                          \
	VALUE_PARSER(parser)                                        \
	{                                                           \
		static const char *const names[] = { __VA_ARGS__ }; \
                                                                    \
		t->member = choose(value, names, LENGTH(names));    \
		return verdict(t->member < LENGTH(names));          \
	}

static bool
has_id_characters(const char *text)
{
	for (; *text; text++) {
		if (!isalnum((unsigned char)*text) && !strchr("_.@-", *text))
			return false;
	}
	return true;
}

bool
value_is_id(const char *text)
{
	size_t n = strlen(text);

	return n > 0 && n <= 32 && has_id_characters(text);
}

static const char *
take_path(char **to, char *value)
{
	if (*value != '/')
		return not_absolute;
	*to = value;
	return NULL;
}

VALUE_PARSER(set_name)
{
	t->settings->name = value;
	return verdict(value_is_id(value));
}

VALUE_PARSER(set_state_dir)
{
	return take_path(&t->settings->state_dir, value);
}

VALUE_PARSER(set_socket)
{
	if (strlen(value) > SOCKET_PATH_MAX)
		return "the path of a socket has 107 bytes at most";
	return take_path(&t->settings->socket, value);
}

VALUE_PARSER(set_socket_mode)
{
	return verdict(unit_mode(value, &t->settings->socket_mode));
}

VALUE_PARSER(set_socket_group)
{
	t->settings->socket_group = value;
	return verdict(*value);
}

VALUE_PARSER(set_log)
{
	static const char *const names[] = { "stderr", "syslog", "journal" };

	t->settings->log = value;
	if (strncmp(value, "file:", 5) == 0)
		return value[5] == '/' ? NULL : not_absolute;
	return verdict(choose(value, names, LENGTH(names)) < LENGTH(names));
}

VALUE_PARSER(set_log_level)
{
	return verdict(unit_log_level(value, &t->settings->log_level));
}

VALUE_PARSER(set_pid_file)
{
	return take_path(&t->settings->pid_file, value);
}

VALUE_PARSER(set_supervisor)
{
	t->supervisor = value;
	return verdict(value_is_id(value));
}

CHOICE_PARSER(set_strategy, core->strategy, [ONE_FOR_ONE] = "one_for_one",
	      [ONE_FOR_ALL] = "one_for_all", [REST_FOR_ONE] = "rest_for_one",
	      [SIMPLE_ONE_FOR_ONE] = "simple_one_for_one")

VALUE_PARSER(set_intensity)
{
	return verdict(unit_number(value, 0, 10000, &t->core->intensity));
}

VALUE_PARSER(set_period)
{
	return verdict(unit_duration(value, &t->core->period) &&
		       t->core->period > 0);
}

CHOICE_PARSER(
	set_on_limit,
	core->on_limit, [LIMIT_REMOVE] = "remove", [LIMIT_SHUTDOWN] = "shutdown")

CHOICE_PARSER(set_auto_shutdown, core->auto_shutdown, [AUTO_NEVER] = "never",
	      [AUTO_ANY] = "any_significant", [AUTO_ALL] = "all_significant")

VALUE_PARSER(set_command)
{
	struct spec *spec = t->spec;
	const char *why =
		words_split(value, spec->argv, SPEC_ARGS_MAX, &spec->argc);

	if (!why && (spec->argc == 0 || !*spec->argv[0]))
		why = none_of_them;
	return why;
}

CHOICE_PARSER(
	set_type,
	core->type, [TYPE_WORKER] = "worker", [TYPE_SUPERVISOR] = "supervisor")

CHOICE_PARSER(set_restart, core->restart, [PERMANENT] = "permanent",
	      [TRANSIENT] = "transient", [TEMPORARY] = "temporary")

VALUE_PARSER(set_shutdown)
{
	if (strcmp(value, "infinity") == 0)
		t->core->shutdown = SHUTDOWN_INFINITY;
	else if (strcmp(value, "brutal_kill") == 0)
		t->core->shutdown = SHUTDOWN_BRUTAL;
	else
		return verdict(unit_duration(value, &t->core->shutdown));
	return NULL;
}

VALUE_PARSER(set_stop_signal)
{
	return verdict(unit_signal(value, &t->spec->stop_signal));
}

CHOICE_PARSER(set_kill_mode, spec->kill_mode, [KILL_ALL] = "all",
	      [KILL_GROUP] = "group", [KILL_PROCESS] = "process")

VALUE_PARSER(set_success_codes)
{
	struct spec *spec = t->spec;
	char *rest = NULL;
	unsigned code;
	int sig;

	memset(spec->ok_codes, 0, sizeof(spec->ok_codes));
	spec->ok_signals = 0;
	for (char *word = strtok_r(value, " \t,", &rest); word;
	     word = strtok_r(NULL, " \t,", &rest)) {
		if (unit_number(word, 0, 255, &code))
			spec->ok_codes[code / 32] |= 1u << code % 32;
		else if (!isdigit((unsigned char)*word) &&
			 unit_signal(word, &sig))
			spec->ok_signals |= UINT64_C(1) << (sig - 1);
		else
			return none_of_them;
	}
	return NULL;
}

VALUE_PARSER(set_significant)
{
	return verdict(unit_boolean(value, &t->core->significant));
}

VALUE_PARSER(set_autostart)
{
	return verdict(unit_boolean(value, &t->core->autostart));
}

VALUE_PARSER(set_instances)
{
	return verdict(unit_number(value, 1, 65000, &t->instances));
}

VALUE_PARSER(set_backoff)
{
	struct child_spec *core = t->core;
	char *dots = strstr(value, "..");

	if (strcmp(value, "none") == 0) {
		core->backoff_min = core->backoff_max = 0;
		return NULL;
	}
	if (!dots)
		return none_of_them;
	*dots = '\0';
	return verdict(unit_duration(value, &core->backoff_min) &&
		       unit_duration(dots + 2, &core->backoff_max) &&
		       core->backoff_min > 0 &&
		       core->backoff_min <= core->backoff_max);
}

VALUE_PARSER(set_backoff_reset)
{
	return verdict(unit_duration(value, &t->core->backoff_reset));
}

VALUE_PARSER(set_ready)
{
	struct spec *spec = t->spec;
	unsigned fd = 0;

	if (strcmp(value, "exec") == 0)
		spec->ready = READY_EXEC;
	else if (strcmp(value, "notify") == 0)
		spec->ready = READY_NOTIFY;
	else if (strncmp(value, "fd:", 3) == 0 &&
		 unit_number(value + 3, 3, FD_RESERVED - 1, &fd))
		spec->ready = READY_FD;
	else
		return none_of_them;
	spec->ready_fd = (int)fd;
	return NULL;
}

VALUE_PARSER(set_start_timeout)
{
	if (strcmp(value, "infinity") != 0 && strcmp(value, "none") != 0)
		return verdict(unit_duration(value, &t->core->start_timeout));
	t->core->start_timeout = 0;
	return NULL;
}

VALUE_PARSER(set_watchdog)
{
	if (strcmp(value, "none") != 0)
		return verdict(unit_duration(value, &t->spec->watchdog) &&
			       t->spec->watchdog > 0);
	t->spec->watchdog = 0;
	return NULL;
}

CHOICE_PARSER(set_standby, spec->standby, [STANDBY_NONE] = "none",
	      [STANDBY_GATE] = "gate", [STANDBY_HOT] = "hot")

VALUE_PARSER(set_links)
{
	const char *rest = value;
	char id[ID_SIZE];

	while (*(rest += strspn(rest, SPEC_LINK_ENDS))) {
		size_t n = strcspn(rest, SPEC_LINK_ENDS);

		snprintf(id, sizeof(id), "%.*s", (int)n, rest);
		if (n >= sizeof(id) || !has_id_characters(id))
			return none_of_them;
		rest += n;
	}
	t->spec->links = value;
	return NULL;
}

VALUE_PARSER(set_trap_exit)
{
	return verdict(unit_boolean(value, &t->core->trap_exit));
}

VALUE_PARSER(set_mailbox)
{
	return verdict(unit_boolean(value, &t->spec->mailbox));
}

VALUE_PARSER(set_directory)
{
	t->spec->directory = value;
	return *value == '/' ? NULL : not_absolute;
}

VALUE_PARSER(set_umask)
{
	unsigned mode;

	if (!unit_mode(value, &mode))
		return none_of_them;
	t->spec->umask = (int)mode;
	return NULL;
}

/* NAME=value, where a value that begins with a quote is one quoted word. */
VALUE_PARSER(set_environment)
{
	struct spec *spec = t->spec;
	size_t name = strspn(value, "ABCDEFGHIJKLMNOPQRSTUVWXYZ_0123456789"
				    "abcdefghijklmnopqrstuvwxyz");
	char *word[2];
	unsigned count;

	if (name == 0 || value[name] != '=' || isdigit((unsigned char)*value))
		return none_of_them;
	if (spec->env_count == SPEC_ENV_MAX)
		return "there are too many";
	if (words_is_quoted(value + name + 1) &&
	    words_split(value + name + 1, word, 1, &count) != NULL)
		return none_of_them;
	spec->env[spec->env_count++] = value;
	spec->env[spec->env_count] = NULL;
	return NULL;
}

static const char *
take_output(char *value, enum output_kind *kind, const char **path)
{
	static const char *const names[] = {
		[OUTPUT_INHERIT] = "inherit",
		[OUTPUT_NULL] = "null",
	};
	static const char *const later[] = { "log", "syslog", "journal" };
	unsigned i = choose(value, names, LENGTH(names));

	*path = NULL;
	if (i < LENGTH(names)) {
		*kind = i;
		return NULL;
	}
	if (strncmp(value, "file:", 5) == 0) {
		*kind = OUTPUT_FILE;
		*path = value + 5;
		return **path == '/' ? NULL : not_absolute;
	}
	return choose(value, later, LENGTH(later)) < LENGTH(later) ?
		       not_yet :
		       none_of_them;
}

VALUE_PARSER(set_stdout)
{
	return take_output(value, &t->spec->out, &t->spec->out_path);
}

VALUE_PARSER(set_stderr)
{
	if (strcmp(value, "same") != 0)
		return take_output(value, &t->spec->err, &t->spec->err_path);
	t->spec->err = OUTPUT_SAME;
	t->spec->err_path = NULL;
	return NULL;
}
