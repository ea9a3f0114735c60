/* SPDX-License-Identifier: MIT */
/*
 * status_list.h - the methods Status and Table.
 *
 * Ten thousand children are told in small portions, so that the loop is never
 * held up: the request keeps the list of those that are still to come.
 */
#ifndef STATUS_LIST_H
#define STATUS_LIST_H

struct request;

void
status_begin(struct request *r);

void
status_produce(struct request *r);

void
status_begin_table(struct request *r);

void
status_produce_table(struct request *r);

#endif
