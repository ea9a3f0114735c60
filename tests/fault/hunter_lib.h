/* SPDX-License-Identifier: MIT */
/*
 * hunter_lib.h - kills supervisors where one wants: at the n-th instruction or
 * system call of their lives, or while they clone.
 *
 * It traces a keeper, this program's own or that of any supd, and thereby finds
 * each supervisor before its first instruction.
 */
#ifndef HUNTER_LIB_H
#define HUNTER_LIB_H

#include <stdbool.h>
#include <sys/types.h>

struct hunter {
	pid_t keeper;
	int status; /* of the keeper, when it has ended */
};

/* 0; -errno if it may not be traced. */
int
hunter_attach(struct hunter *h, pid_t keeper);

/* The next supervisor, stopped before its first instruction; 0: the keeper has
   ended. */
pid_t
hunter_next(struct hunter *h);

/* Stops one that was spared, or the keeper. */
bool
hunter_stop(pid_t pid);

enum stride { BY_INSTRUCTION, BY_SYSCALL }; /* entry and exit count */
enum hunted { HUNTED_STOPPED, HUNTED_ENDED, HUNTED_ASLEEP };

/*
 * Lets one that is stopped go on for so many steps.  One that falls asleep in
 * its loop before is spared; one that ends by itself before is gone.  *done
 * (may be NULL): the steps that it has made.
 */
enum hunted
hunter_follow(pid_t supervisor, enum stride stride, unsigned steps,
	      unsigned *done);

/* Ends one that is stopped. */
void
hunter_kill(pid_t supervisor);

/* The following end the supervisor; true if it lived that long.  One that ends
   before is gone as well. */

/* At that step. */
bool
hunter_kill_at(pid_t supervisor, enum stride stride, unsigned steps);

/* Some microseconds after it has entered its n-th clone3(), while the child is
   at work in its memory. */
bool
hunter_kill_in_clone(pid_t supervisor, unsigned clone, unsigned microseconds);

/* Some microseconds after it began, running freely. */
bool
hunter_kill_after(pid_t supervisor, unsigned microseconds);

/* Lets it live; hunter_next() returns when the next one is born.  Or the keeper
   that was stopped. */
void
hunter_spare(pid_t pid);

#endif
