/* SPDX-License-Identifier: MIT */
/*
 * mail.h - the mailboxes of children: messages to their processes, in order,
 * each once.
 *
 * `mailbox = yes` gives a process one end of a SOCK_SEQPACKET.  A message
 * waits in the shared state until the socket takes it; its number makes it
 * known to the receiver if a supervisor dies between sending and forgetting
 * it, and its successor sends it again.  The queue is bounded: what does not
 * fit is counted and told of (LOST), the oldest are kept.  The formats are in
 * supd.ini(5), MAILBOX.
 */
#ifndef MAIL_H
#define MAIL_H

#include <stdbool.h>
#include <stdint.h>

struct action;
struct mail;
struct spec;
struct state;
struct supd;

#define MAIL_TEXT_MAX 8192 /* bytes of a message, */
#define MAIL_SENT_MAX 8000 /* and of a text in it */

/* The number of the descriptor in the child; it leaves that of ready = fd:N
   alone. */
int
mail_number(const struct spec *spec);

/* Makes the mailbox of the slot's process to come, if it is to have one: its
   end in *ret, else -1.  -errno. */
int
mail_open(struct state *s, uint32_t slot, const struct spec *spec, int *ret);

/* Queues a message (its number comes by itself) in the open transaction;
   nothing if there is no mailbox.  false: it is lost. */
__attribute__((format(printf, 3, 4))) bool
mail_post(struct supd *d, uint32_t slot, const char *format, ...);

/* The same for the answer that a request is owed: there is always room. */
void
mail_reply(struct supd *d, uint32_t slot, uint64_t serial, const char *answer);

/* Is there room for answers?  Else the process has to read first. */
bool
mail_takes_requests(const struct mail *mail);

/* Sends what waits, as far as the process takes it. */
void
mail_flush(struct supd *d, uint32_t slot);

/* DO_MESSAGE. */
void
mail_perform(struct supd *d, const struct action *a);

/* DO_STOP of one that traps exits: STOP instead of a signal. */
void
mail_stop(struct supd *d, uint32_t node);

/* The process has ended: so have its messages.  In the open transaction; the
   descriptor is closed with the others. */
void
mail_forget(struct state *s, uint32_t slot);

/* The process has closed its end, or is dying: it hears nothing any more, and
   traps no more. */
void
mail_close(struct supd *d, uint32_t slot);

/* It has broken the rules: loses its mailbox. */
void
mail_revoke(struct supd *d, uint32_t slot, const char *why);

#endif
