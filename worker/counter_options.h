/* SPDX-License-Identifier: MIT */
/*
 * counter_options.h - counter's command line.
 */
#ifndef COUNTER_OPTIONS_H
#define COUNTER_OPTIONS_H

#include <stdbool.h>
#include <stdint.h>

#define NS_PER_S 1000000000

struct options {
	const char *checkpoint;
	const char *inspect;
	const char *terminal;       /* the command that opens a window */
	int64_t interval;           /* ns */
	uint64_t count;             /* 0: for ever */
	uint64_t crash_at, hang_at; /* 0: never */
	bool crash_once, ignore_term, fallback;
	bool pair, backup, reexec;
};

/* Fills o in over its defaults.  -1: go on; else the exit code: all was said. */
int
options_parse(int argc, char **argv, struct options *o);

#endif
