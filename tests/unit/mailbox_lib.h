/* SPDX-License-Identifier: MIT */
/*
 * mailbox_lib.h - a worker with a mailbox, in a process of its own that has
 * supd's end of it as well.
 */
#ifndef MAILBOX_LIB_H
#define MAILBOX_LIB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <unistd.h>

#include "supworker.h"

/* In the worker's process. */
#define CHECK(what)                                                        \
	do {                                                               \
		if (!(what)) {                                             \
			fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, \
				#what);                                    \
			_exit(1);                                          \
		}                                                          \
	} while (0)

/* Runs it in a worker with a mailbox, or with none; it must return. */
void
mb_worker(void (*run)(void));
void
mb_worker_alone(void (*run)(void));

/* The following are for the worker. */

/* supd sends this; or these bytes; or closes. */
__attribute__((format(printf, 1, 2))) void
mb_say(const char *format, ...);
void
mb_say_bytes(const void *bytes, size_t length);
void
mb_hang_up(void);

/* supd has got exactly this, or nothing. */
void
mb_hears(const char *text);
void
mb_hears_nothing(void);

/* sup_mailbox() is readable. */
bool
mb_is_readable(void);

/* The next message, which is there already, is of this kind and text. */
struct sup_message *
mb_next(enum sup_kind kind, const char *text);

/* There is none. */
void
mb_nothing(void);

/* The error is this one, and was put in words that have this in them. */
void
mb_failed(long long result, int error, const char *words);

#endif
