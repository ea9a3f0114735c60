/* SPDX-License-Identifier: MIT */
/*
 * standby_lock.h - supd's side of the page with the primary's lock
 * (lockpage.h): one for each child with standby = hot.
 */
#ifndef STANDBY_LOCK_H
#define STANDBY_LOCK_H

struct child;

/* Makes the page, if it is not there: c->lock_fd.  0 or -errno. */
int
standby_lock_make(struct child *c);

/* The lock is not yet held: there is a new primary. */
void
standby_lock_reset(const struct child *c);

/* For those who wait for nothing else: the kernel has not woken them if the
   last primary did not hold the lock. */
void
standby_lock_wake(const struct child *c);

#endif
