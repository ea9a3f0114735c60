/* SPDX-License-Identifier: MIT */
/*
 * post.h - the socket between this process and supd.
 */
#ifndef POST_H
#define POST_H

#include <stdbool.h>

/* The longest answer, with its NUL: "error simple_one_for_one". */
#define ANSWER_SIZE 64

#define SUP_POST_CLOSED "the mailbox: supd has closed it, or is gone"

/* Opens it, the first time.  0: there is one, or has been; or -errno: -ENOENT:
   there is none. */
int
sup_post_open(void);

bool
sup_post_is_closed(void);

/* Takes in one message, if there is one, to the mailbox or as an answer.
   0 or -errno. */
int
sup_post_take(void);

/*
 * Sends a request, without its serial, and waits for the answer, "ok ..." or
 * "error ...".  What else comes meanwhile goes to the mailbox.
 * 0, or -ENOENT: there is no mailbox; -EBUSY: this is a standby; -EPIPE: supd
 * has closed it; -EMSGSIZE; -EBADMSG.
 */
__attribute__((format(printf, 2, 3))) int
sup_post_ask(char answer[ANSWER_SIZE], const char *request, ...);

/* In a fork: it was the parent's. */
void
sup_post_forget(void);

#endif
