/* SPDX-License-Identifier: MIT */
/*
 * history.h - the methods that read the flight recorder: Events and Why.
 *
 * Those who follow read from the recorder at their own pace: a slow one costs
 * no memory, and is told how many records it has missed.
 */
#ifndef HISTORY_H
#define HISTORY_H

struct request;

void
history_begin_events(struct request *r);
void
history_produce_events(struct request *r);

void
history_begin_why(struct request *r);

#endif
