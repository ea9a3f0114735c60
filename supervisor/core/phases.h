/* SPDX-License-Identifier: MIT */
/*
 * phases.h - what makes a supervisor go on.
 */
#ifndef PHASES_H
#define PHASES_H

#include "layout.h"

/* As far as s can: until it waits for a child, for a letter, or is down. */
void
phases_advance(struct tree *t, uint32_t s);

#endif
