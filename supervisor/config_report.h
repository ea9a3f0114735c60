/* SPDX-License-Identifier: MIT */
/*
 * config_report.h - what is wrong with a configuration: collected while it is
 * read and checked, said in the order of the lines.
 */
#ifndef CONFIG_REPORT_H
#define CONFIG_REPORT_H

#include <stdbool.h>

struct arena;
struct config_errors;

/* Where something stands. */
struct place {
	const char *file;
	unsigned order; /* of the file: 1 is read first */
	unsigned line;  /* 0: the file as a whole */
};

struct config_message;

struct config_report {
	struct arena *arena;
	struct config_message *last;
	unsigned count;  /* of messages */
	unsigned errors; /* of those, no warnings */
};

__attribute__((format(printf, 3, 4))) void
report_error(struct config_report *r, const struct place *at,
	     const char *format, ...);

/* Behind an error warnings may be only what follows from it: they are not
   kept. */
__attribute__((format(printf, 3, 4))) void
report_warning(struct config_report *r, const struct place *at,
	       const char *format, ...);

/* Says all of them. */
void
report_say(const struct config_report *r, struct config_errors *to);

#endif
