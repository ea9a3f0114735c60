/* SPDX-License-Identifier: MIT */
/*
 * message.h - what the last failure of this thread was, in words.
 */
#ifndef MESSAGE_H
#define MESSAGE_H

#define MESSAGE_SIZE 512

/* Keeps the words for sup_error(). Returns -error. */
__attribute__((format(printf, 2, 3))) int
sup_fail(int error, const char *format, ...);

/* Keeps "path: what: strerror(error)". Returns -error. */
int
sup_fail_errno(int error, const char *path, const char *what);

#endif
