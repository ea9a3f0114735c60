/* SPDX-License-Identifier: MIT */
/*
 * status.h - what the control socket tells of a child: the methods Status and
 * Table.
 *
 * Ten thousand children are told in small portions, so that the loop is never
 * held up: the request keeps the list of those that are still to come.
 */
#ifndef STATUS_H
#define STATUS_H

#include <stdint.h>

struct emit;
struct node;
struct request;
struct supd;

/* The type Child of the interface. */
void
status_child(struct emit *out, const char *key, const struct supd *d,
	     uint32_t node);

/* Its process; a nested supervisor, which has none, is the supervisor process.
   0: none. */
int32_t
status_pid(const struct supd *d, uint32_t node);

/* "RUNNING", ... */
const char *
status_state(const struct node *node);

void
status_begin(struct request *r);

void
status_produce(struct request *r);

void
status_begin_table(struct request *r);

void
status_produce_table(struct request *r);

#endif
