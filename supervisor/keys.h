/* SPDX-License-Identifier: MIT */
/*
 * keys.h - all keys of the configuration, in one table.
 */
#ifndef KEYS_H
#define KEYS_H

#include <stdbool.h>
#include <stddef.h>

struct child_spec;
struct settings;
struct spec;

enum section { /* bits: where a key is allowed */
	       IN_SUPD = 1,
	       IN_SUPERVISOR = 2,
	       IN_CHILD = 4
};

/* Who reads a key: its parser writes into that member of struct target. */
enum reader_of_key {
	FOR_CONFIG, /* config.c alone: it is in no text */
	FOR_CORE,
	FOR_SPEC,
	FOR_SETTINGS
};

/* What a value is made of, when ${} is expanded (expand.h). */
enum value_form {
	FORM_PLAIN,
	FORM_WORDS,     /* words.h: expanded word by word, never split again */
	FORM_ASSIGNMENT /* NAME=value or NAME="quoted" */
};

/* In the order of the texts that are made of them. */
enum key_id {
	KEY_NAME,
	KEY_STATE_DIR,
	KEY_SOCKET,
	KEY_SOCKET_MODE,
	KEY_SOCKET_GROUP,
	KEY_LOG,
	KEY_LOG_LEVEL,
	KEY_PID_FILE,
	KEY_INCLUDE,
	KEY_SUPERVISOR,
	KEY_STRATEGY,
	KEY_INTENSITY,
	KEY_PERIOD,
	KEY_ON_LIMIT,
	KEY_AUTO_SHUTDOWN,
	KEY_COMMAND,
	KEY_TYPE,
	KEY_RESTART,
	KEY_SHUTDOWN,
	KEY_STOP_SIGNAL,
	KEY_KILL_MODE,
	KEY_SUCCESS_CODES,
	KEY_SIGNIFICANT,
	KEY_AUTOSTART,
	KEY_INSTANCES,
	KEY_BACKOFF,
	KEY_BACKOFF_RESET,
	KEY_READY,
	KEY_START_TIMEOUT,
	KEY_WATCHDOG,
	KEY_STANDBY,
	KEY_LINKS,
	KEY_TRAP_EXIT,
	KEY_MAILBOX,
	KEY_DIRECTORY,
	KEY_UMASK,
	KEY_ENVIRONMENT,
	KEY_STDOUT,
	KEY_STDERR,
	KEYS
};

/* Where values go. */
struct target {
	struct child_spec *core;
	struct spec *spec;
	struct settings *settings;
	char *supervisor; /* FOR_CONFIG, as the next */
	unsigned instances;
};

struct key {
	const char *name;
	unsigned sections; /* enum section */
	enum reader_of_key reader;
	enum value_form form;
	bool repeatable;
	const char *initial; /* the default as it would be written; NULL: none,
				or not the same everywhere */
	const char *values;  /* what may be written, for messages and people */
	/* Takes value, which it may cut up and must outlive the target.
	   NULL; or what is wrong, "" if it is none of `values`.  include has
	   none: it is obeyed while files are read. */
	const char *(*set)(struct target *t, char *value);
};

extern const struct key keys[KEYS];

/* NULL: there is none of that name (length bytes). */
const struct key *
keys_find(const char *name, size_t length);

/* A name of a later version, in some section. */
bool
keys_is_planned(const char *name);

/* Every default of the keys of a section for this reader. */
void
keys_set_defaults(enum section in, enum reader_of_key reader, struct target *t);

#endif
