/* SPDX-License-Identifier: MIT */
/*
 * emit.h - writes JSON into a growing buffer, which is also the queue of what
 * is still to be sent.
 *
 * Commas come by themselves: emit looks at the byte before.  A message ends with
 * a NUL byte, as Varlink has it.  A key of NULL
 * writes a bare value (an element of an array).  Once memory or the limit is
 * exceeded nothing more is written and `failed` stays set.
 */
#ifndef EMIT_H
#define EMIT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct emit {
	char *data;
	size_t length, room;
	size_t taken; /* bytes at the beginning that have been sent */
	size_t limit; /* of the bytes not sent */
	char last;    /* the byte written last */
	bool failed;
};

void
emit_done(struct emit *e);

/* Bytes not sent yet. */
size_t
emit_pending(const struct emit *e);

/* n more bytes were sent. */
void
emit_take(struct emit *e, size_t n);

void
emit_bytes(struct emit *e, const char *bytes, size_t n);

/* kind: '{' or '['. */
void
emit_open(struct emit *e, const char *key, char kind);

/* kind: '}' or ']'. */
void
emit_close(struct emit *e, char kind);

/* Bytes that are no UTF-8 are replaced by U+FFFD. */
void
emit_string(struct emit *e, const char *key, const char *value);

/* The same in parts, between begin and end. */
void
emit_begin(struct emit *e, const char *key);

void
emit_part(struct emit *e, const char *text);

void
emit_digits(struct emit *e, int64_t value);

void
emit_end(struct emit *e);

void
emit_int(struct emit *e, const char *key, int64_t value);

void
emit_bool(struct emit *e, const char *key, bool value);

void
emit_null(struct emit *e, const char *key);

#endif
