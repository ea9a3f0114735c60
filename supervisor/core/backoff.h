/* SPDX-License-Identifier: MIT */
/*
 * backoff.h - how long a child that keeps ending waits for its next start.
 */
#ifndef BACKOFF_H
#define BACKOFF_H

#include "layout.h"

#define BACKOFF_SHORTAGE 1000 /* ticks */

/* Ticks to wait now: from backoff_min doubling to backoff_max, and up to a
   quarter more by chance; 0: none.  Without backoff, BACKOFF_SHORTAGE after a
   start for which something was lacking (reason_is_shortage()). */
int64_t
backoff_next(struct tree *t, uint32_t n);

/* n's process has ended: was it well for long enough to begin anew? */
void
backoff_ended(struct tree *t, uint32_t n);

#endif
