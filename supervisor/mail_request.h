/* SPDX-License-Identifier: MIT */
/*
 * mail_request.h - what processes ask for through their mailboxes: link/1,
 * monitor/2, exit/2, ...
 *
 * A request is looked at (MSG_PEEK), done together with its REPLY in one
 * transaction, and only then taken out: whoever finds it again knows by its
 * serial that it was done.
 */
#ifndef MAIL_REQUEST_H
#define MAIL_REQUEST_H

#include <stdbool.h>
#include <stdint.h>

struct supd;

/* Something has come on the mailbox of a slot that is a primary's.  A process
   that sends what is no request loses its mailbox. */
void
mail_hear(struct supd *d, uint32_t slot);

/* May this be sent: is it one line, and not too long? */
bool
mail_may_send(const char *text);

/* A text for the mailbox of node's process, from outside or from another's.
   Is to be flushed then.  NULL, or the word that says why not: noproc,
   no_mailbox, full, bad_request (mail_may_send()). */
const char *
mail_send(struct supd *d, uint32_t node, const char *text);

#endif
