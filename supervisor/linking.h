/* SPDX-License-Identifier: MIT */
/*
 * linking.h - the methods Link, Unlink and Send, and `links` of a child.
 */
#ifndef LINKING_H
#define LINKING_H

#include <stdbool.h>
#include <stdint.h>

#include "core/core.h"

struct request;
struct supd;

/* Link, Unlink */
void
linking_begin_pair(struct request *r);
void
linking_link(struct request *r);
void
linking_unlink(struct request *r);

void
linking_begin_send(struct request *r);
void
linking_send(struct request *r);

/* Is everybody there whom `links` in a child's text names?  Else the first who
   is not is in id. */
bool
linking_check(const struct supd *d, const char *text, char id[ID_SIZE]);

/* node is in the tree now: `links` of its text hold. */
void
linking_apply(struct supd *d, uint32_t node);

#endif
