/* SPDX-License-Identifier: MIT */
/*
 * status.h - what the control socket tells of a child.
 */
#ifndef STATUS_H
#define STATUS_H

#include <stdint.h>

#include "core/core.h"

struct emit;
struct node;
struct supd;

/* The type Child of the interface. */
void
status_child(struct emit *out, const char *key, const struct supd *d,
	     uint32_t node);

/* The same as a line of the table, in which a tab ends the status text: it has
   none itself, by log_escape(). */
void
status_line(struct emit *out, const char *key, const struct supd *d,
	    uint32_t node);

/* Its process; a nested supervisor, which has none, is the supervisor process.
   0: none. */
int32_t
status_pid(const struct supd *d, uint32_t node);

/* As people are told it: one that an exit signal ends is STOPPING. */
enum child_state
status_state(const struct node *node);

/* "RUNNING", ... */
const char *
status_word(const struct node *node);

#endif
