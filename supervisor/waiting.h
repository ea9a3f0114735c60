/* SPDX-License-Identifier: MIT */
/*
 * waiting.h - the Wait method: until children run and are ready, or have ended.
 */
#ifndef WAITING_H
#define WAITING_H

struct request;

void
waiting_begin(struct request *r);

/* Looks again. */
void
waiting_look(struct request *r);

#endif
