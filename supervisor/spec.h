/* SPDX-License-Identifier: MIT */
/*
 * spec.h - one child's keys: the table of them all, and their text form.
 *
 * The text ("key=value\n" lines, values validated, ${} expanded, key order as
 * in the table) is what the shared state keeps of a child; it is parsed again
 * at each spawn, into a struct that points into a caller's buffer.
 */
#ifndef SPEC_H
#define SPEC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/core.h"
#include "os/state.h"

#define SPEC_ARGS_MAX 1024
#define SPEC_ENV_MAX 1024
#define SPEC_LINK_ENDS " \t," /* between the ids of links */

enum ready_kind { READY_EXEC, READY_NOTIFY, READY_FD };
enum standby_kind { STANDBY_NONE, STANDBY_GATE, STANDBY_HOT };
enum output_kind { OUTPUT_INHERIT, OUTPUT_NULL, OUTPUT_FILE, OUTPUT_SAME };

struct spec {
	char *argv[SPEC_ARGS_MAX + 1]; /* command, split; NULL-terminated */
	unsigned argc;
	char *env[SPEC_ENV_MAX + 1]; /* environment: KEY=value */
	unsigned env_count;
	const char *directory; /* NULL: supd's */
	int umask;             /* -1: supd's */
	int stop_signal;
	enum kill_mode kill_mode;
	enum ready_kind ready;
	int ready_fd;     /* READY_FD: the child's number */
	int64_t watchdog; /* ms; 0: none */
	enum standby_kind standby;
	bool mailbox;
	const char *links; /* ids and SPEC_LINK_ENDS; "": none */
	enum output_kind out, err;
	const char *out_path, *err_path;
	uint32_t ok_codes[8]; /* success_codes: bit per exit code */
	uint64_t ok_signals;  /* bit (signal - 1) */
};

/* Parses text that config_load(), spec_build() or spec_instance() made.
   Strings lie in buf (size >= 2 * strlen(text) + 64 is always enough).  0,
   -ENOBUFS, or -EINVAL if nobody of these made it. */
int
spec_parse(const char *text, struct spec *ret, char *buf, size_t size);

/* The next id of links, from *at on, which is moved on; false: no more. */
bool
spec_next_link(const char **at, char id[ID_SIZE]);

/*
 * Builds a dynamic child from "key=value" settings (start-child --set) and an
 * argv that becomes its command (NULL: settings must have one).  On success 0,
 * *spec for tree_add() and *text (malloc) for the state; on error -EINVAL and
 * a message in err.
 */
int
spec_build(const char *id, const char *const *settings, size_t settings_count,
	   const char *const *argv, size_t argc, struct child_spec *spec,
	   char **text, char *err, size_t err_size);

/* A template's text with args appended to its command and ${instance}, ${id}
   set: what an instance of a simple_one_for_one runs. malloc; NULL: no memory,
   or too many or too long args. */
char *
spec_instance(const char *text, const char *id, unsigned instance,
	      const char *const *args, size_t argc);

#endif
