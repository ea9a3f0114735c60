/* SPDX-License-Identifier: MIT */
/*
 * mailbox.h - the mailbox, as the rest of the library fills it.
 */
#ifndef MAILBOX_H
#define MAILBOX_H

struct sup_message;
struct sup_watch;

/* From now on sup_receive() also waits for fd: the pidfd of a watch; NULL: the
   socket of supd.  0 or -errno. */
int
sup_mailbox_watch(int fd, struct sup_watch *watch);

/* No longer; and closes it. */
void
sup_mailbox_unwatch(int fd);

/* Where to write the next message to; the same until it is put.  NULL: there is
   no memory, or no descriptor. */
struct sup_message *
sup_mailbox_room(void);

/* Puts what was written there behind everything else. */
void
sup_mailbox_put(void);

/* Nothing more comes from supd. */
void
sup_mailbox_end(void);

/* Takes the DOWN of a monitor out of what has come. */
void
sup_mailbox_flush(long long ref);

#endif
