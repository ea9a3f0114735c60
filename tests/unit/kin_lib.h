/* SPDX-License-Identifier: MIT */
/*
 * kin_lib.h - a scene of workers that can be linked.
 */
#ifndef KIN_LIB_H
#define KIN_LIB_H

#include "scene_lib.h"

/* They run; one letter each, and those of capital letters trap exits. */
void
kin_begin(struct scene *s, const char *letters);

/* tree_link(), and what follows from it; returns its result. */
int
kin_link(struct scene *s, const char *a, const char *b);

/* Asserts what the last end of id was. */
void
kin_ended_as(struct scene *s, const char *id, const char *reason);

#endif
