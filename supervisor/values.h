/* SPDX-License-Identifier: MIT */
/*
 * values.h - the parsers of the keys' values (keys.h, struct key, set).
 */
#ifndef VALUES_H
#define VALUES_H

#include <stdbool.h>

struct target;

#define VALUE_PARSER(name) const char *name(struct target *t, char *value)

VALUE_PARSER(set_name);
VALUE_PARSER(set_state_dir);
VALUE_PARSER(set_socket);
VALUE_PARSER(set_socket_mode);
VALUE_PARSER(set_socket_group);
VALUE_PARSER(set_log);
VALUE_PARSER(set_log_level);
VALUE_PARSER(set_pid_file);
VALUE_PARSER(set_supervisor);
VALUE_PARSER(set_strategy);
VALUE_PARSER(set_intensity);
VALUE_PARSER(set_period);
VALUE_PARSER(set_on_limit);
VALUE_PARSER(set_auto_shutdown);
VALUE_PARSER(set_command);
VALUE_PARSER(set_type);
VALUE_PARSER(set_restart);
VALUE_PARSER(set_shutdown);
VALUE_PARSER(set_stop_signal);
VALUE_PARSER(set_kill_mode);
VALUE_PARSER(set_success_codes);
VALUE_PARSER(set_significant);
VALUE_PARSER(set_autostart);
VALUE_PARSER(set_instances);
VALUE_PARSER(set_backoff);
VALUE_PARSER(set_backoff_reset);
VALUE_PARSER(set_ready);
VALUE_PARSER(set_start_timeout);
VALUE_PARSER(set_watchdog);
VALUE_PARSER(set_standby);
VALUE_PARSER(set_links);
VALUE_PARSER(set_trap_exit);
VALUE_PARSER(set_mailbox);
VALUE_PARSER(set_directory);
VALUE_PARSER(set_umask);
VALUE_PARSER(set_environment);
VALUE_PARSER(set_stdout);
VALUE_PARSER(set_stderr);

/* Is it an id, or the name of a supd: [A-Za-z0-9_.@-]{1,32}? */
bool
value_is_id(const char *text);

#endif
