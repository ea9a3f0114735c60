/* SPDX-License-Identifier: MIT */
/*
 * answer_lib.h - what the core answers to a call, in OTP's words.
 */
#ifndef ANSWER_LIB_H
#define ANSWER_LIB_H

#include "core/core.h"

struct world;

/* a: DO_REPLY */
void
answer_trace(struct world *w, const struct action *a);

/* The same for a call that the core was not asked: the shell knows. */
void
answer_refused(struct world *w, const char *verb, const char *subject,
	       enum result result);

#endif
