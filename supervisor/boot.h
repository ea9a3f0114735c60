/* SPDX-License-Identifier: MIT */
/*
 * boot.h - a supervisor's beginning: the first one's from the configuration, a
 * later one's from the state that its predecessor has left.
 */
#ifndef BOOT_H
#define BOOT_H

#include <stdbool.h>

#define EX_RUNNING 69 /* another supd runs on this configuration */

struct supd;

/* What the command line says (supd.8). */
struct options {
	const char *config;   /* -c */
	const char *pid_file; /* -p: instead of the configuration's */
	int log_level;        /* -l; -1: the configuration's */
	bool daemonise;       /* -d */
	bool ensure;          /* --ensure */
};

/* For struct config_errors: a line on the standard error. */
void
boot_say_error(void *arg, const char *line);

/* 0, or the exit status (sysexits) with which supd ends; errors were said. */
int
boot_first(struct supd *d, const struct options *o);

/* The same after a predecessor's death. */
int
boot_again(struct supd *d, const struct options *o);

#endif
