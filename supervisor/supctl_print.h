/* SPDX-License-Identifier: MIT */
/*
 * supctl_print.h - small things that many verbs do with words and replies.
 */
#ifndef SUPCTL_PRINT_H
#define SUPCTL_PRINT_H

struct emit;
struct supctl;

/* -j: the parameters of the last reply, in one line. */
void
print_reply(const struct supctl *s);

/* "ID PID" of a reply that tells what was started; nothing if it does not. */
void
print_started(const struct supctl *s);

/* An array of strings. */
void
print_words(struct emit *out, const char *key, int count, char **words);

#endif
