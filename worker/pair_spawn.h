/* SPDX-License-Identifier: MIT */
/*
 * pair_spawn.h - starts this program once more, beside it or in a window.
 */
#ifndef PAIR_SPAWN_H
#define PAIR_SPAWN_H

#include <sys/types.h>

#include "counter_options.h"

/*
 * Executes this program with argv and --backup; with --terminal, the words of
 * that command and behind them this program, its arguments and --checkpoint
 * with the full path.  The pid of the child, or -1: all was said.
 */
pid_t
pair_spawn(const struct options *o, char *const *argv);

#endif
