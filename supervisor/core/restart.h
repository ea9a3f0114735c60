/* SPDX-License-Identifier: MIT */
/*
 * restart.h - what a supervisor does about a child that has ended.
 */
#ifndef RESTART_H
#define RESTART_H

#include "layout.h"

/* supervisor:do_restart/3: n has ended by itself. */
void
restart_ended(struct tree *t, uint32_t s, uint32_t n);

/* supervisor:handle_cast({try_again_restart, n}); counted: this restart was. */
void
restart_again(struct tree *t, uint32_t s, uint32_t n, bool counted);

#endif
