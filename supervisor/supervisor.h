/* SPDX-License-Identifier: MIT */
/*
 * supervisor.h - the supervisor process: its loop from beginning to end.
 */
#ifndef SUPERVISOR_H
#define SUPERVISOR_H

struct options;
struct state;
struct supd;

/* Before keeper_run(): what every supervisor is to know (the forks inherit
   it). */
void
supervisor_options(const struct options *o);

/* The supervisor's main: for keeper_run().  Its exit status. */
int
supervisor_run(struct state *s);

/* The shell has done what there was to do for now. */
void
supervisor_settled(struct supd *d);

/* DO_EXIT: the root is down; supd ends with status. */
void
supervisor_end(struct supd *d, int status);

#endif
