/* SPDX-License-Identifier: MIT */
/*
 * stalker_lib.h - finds each worker of a supd before its first instruction and
 * walks it, system call by system call, to where it shall die.
 *
 * It traces keeper, supervisors and workers; all but the worker in hand run
 * freely.
 */
#ifndef STALKER_LIB_H
#define STALKER_LIB_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

struct stalker {
	pid_t keeper;
	bool is_over; /* the keeper has ended, with: */
	int status;
};

/* One life of the worker. */
struct life {
	struct stalker *stalker;
	pid_t pid;
	int signal;       /* to be delivered when it goes on */
	bool is_entering; /* it is stopped at the entry of: */
	uint64_t number, argument[3];
	int64_t result; /* at an exit */
	bool has_executed;
	bool is_in_main; /* it has set its signals */
	unsigned lines;  /* ends of lines that it has written */
	bool has_ended;
};

/* 0; -errno if it may not be traced. */
int
stalker_attach(struct stalker *st, pid_t keeper);

/* The next worker, stopped where it was born.  False: the keeper has ended, or
   none came for a long time. */
bool
stalker_next(struct stalker *st, struct life *l);

/* To the entry of its next system call, or to the exit of the one that it is
   in.  False: it has ended. */
bool
life_step(struct life *l);

/* Is it entering a write to its standard output? */
bool
life_is_printing(const struct life *l);

/* Makes the write that it enters one of `length` bytes. */
bool
life_cut(const struct life *l, uint64_t length);

/* Runs freely until it has a signal.  False: it has ended. */
bool
life_run(struct life *l);

/* Runs freely for some nanoseconds, and is killed. */
void
life_kill_after(struct life *l, unsigned nanoseconds);

void
life_kill(struct life *l);

/* Lets it, and all the others, run until `is_so`; a deadline makes it false. */
bool
stalker_wait(struct stalker *st, bool (*is_so)(void *arg), void *arg);

/* Lets the worker run freely from now on. */
void
life_spare(struct life *l);

#endif
