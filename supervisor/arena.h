/* SPDX-License-Identifier: MIT */
/*
 * arena.h - memory that is given in pieces and released as a whole.
 *
 * Whoever makes an arena says with setjmp() where to go on when there is no
 * memory, so that nobody else has to ask:
 *
 *	struct arena *a = arena_new();
 *	if (!a || setjmp(*arena_exhausted(a)))
 *		... arena_free(a), give up ...
 */
#ifndef ARENA_H
#define ARENA_H

#include <setjmp.h>
#include <stddef.h>

struct arena;

/* NULL: no memory. */
struct arena *
arena_new(void);

/* NULL is fine. */
void
arena_free(struct arena *a);

jmp_buf *
arena_exhausted(struct arena *a);

/* Zeroed, aligned for anything, never NULL. */
void *
arena_alloc(struct arena *a, size_t size);

char *
arena_copy(struct arena *a, const char *text);

/* The first length bytes of text and a NUL. */
char *
arena_copy_n(struct arena *a, const char *text, size_t length);

__attribute__((format(printf, 2, 3))) char *
arena_print(struct arena *a, const char *format, ...);

#endif
