/* SPDX-License-Identifier: MIT */
/*
 * addition.h - start_child/2: a child that comes by a call.
 */
#ifndef ADDITION_H
#define ADDITION_H

struct request;

/* StartChild: a child of its own. */
void
addition_begin_child(struct request *r);

/* StartInstance: one more of a simple_one_for_one's template. */
void
addition_begin_instance(struct request *r);

/* Adds it as soon as the shell is idle. */
void
addition_look(struct request *r);

#endif
