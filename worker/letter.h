/* SPDX-License-Identifier: MIT */
/*
 * letter.h - one message of supd in the mailbox, read.
 */
#ifndef LETTER_H
#define LETTER_H

#include <stddef.h>

#include "supworker.h"

/* The longest one, in bytes. */
#define LETTER_MAX 8192

struct letter {
	long long number;
	long long serial;     /* of the request that it is the reply to; 0 */
	struct sup_message m; /* of a reply: text alone */
};

/* Reads length bytes, behind which there is a NUL.  0, or -EBADMSG: they are
   none of the protocol's messages, and ret is undefined. */
int
sup_letter_read(struct letter *ret, const char *text, size_t length);

#endif
