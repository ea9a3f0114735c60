/* SPDX-License-Identifier: MIT */
/*
 * mailbox.h - a supervisor's mailbox: what arrives while it is busy waits.
 */
#ifndef MAILBOX_H
#define MAILBOX_H

#include "layout.h"

/* Puts a letter at the end and returns its cell. */
uint32_t
mailbox_put(struct tree *t, uint32_t supervisor, const struct letter *letter);

/* Takes the first letter out; 0: there is none.  The cell is the caller's
   until mailbox_free(). */
uint32_t
mailbox_take(struct tree *t, uint32_t supervisor);

void
mailbox_free(struct tree *t, uint32_t cell);

/* n has ended by itself: {'EXIT', n, ...} to its supervisor. */
void
mailbox_put_exit(struct tree *t, uint32_t n);

/* unlink/1 and flush: takes that letter back. */
void
mailbox_drop_exit(struct tree *t, uint32_t n);

/* gen_server:cast(self(), {try_again_restart, n}). */
void
mailbox_put_retry(struct tree *t, uint32_t n, bool counted);

#endif
