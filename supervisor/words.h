/* SPDX-License-Identifier: MIT */
/*
 * words.h - a command line in words, by the quoting rules of sh(1).
 *
 * '...' as it stands; "..." with \" \\ \$ \` ; a backslash before any other
 * character; $'...' with \n \t \r \e \a \b \f \v \\ \' \" \xHH.  Nothing is
 * expanded and no operator is known: | > & are characters like others.
 */
#ifndef WORDS_H
#define WORDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

/*
 * Splits text where it stands; words[0 .. *count - 1] then point into it, and
 * words[*count] is NULL, so there must be room for max + 1.
 * NULL, or what is wrong.
 */
const char *
words_split(char *text, char **words, size_t max, unsigned *count);

/* Does it begin with a quote ('  "  $')? */
bool
words_is_quoted(const char *text);

/* Writes word so that words_split() reads it back as one, on one line. */
void
words_quote(FILE *to, const char *word);

#endif
