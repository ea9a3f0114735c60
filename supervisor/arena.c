/* SPDX-License-Identifier: MIT */
/*
 * arena.c - memory that is given in pieces and released as a whole.
 */
#include <stdalign.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "arena.h"

#define CHUNK_SIZE 65536

/* Mapped, so that releasing it gives the memory back for certain. */
struct chunk {
	struct chunk *next;
	size_t used, size; /* in bytes, this struct included */
};

struct arena {
	struct chunk *chunks; /* the first has room */
	jmp_buf exhausted;
};

struct arena *
arena_new(void)
{
	return calloc(1, sizeof(struct arena));
}

void
arena_free(struct arena *a)
{
	struct chunk *c = a ? a->chunks : NULL;

	while (c) {
		struct chunk *next = c->next;

		munmap(c, c->size);
		c = next;
	}
	free(a);
}

jmp_buf *
arena_exhausted(struct arena *a)
{
	return &a->exhausted;
}

static size_t
round_up(size_t size, size_t unit)
{
	return (size + unit - 1) / unit * unit;
}

static struct chunk *
add_chunk(struct arena *a, size_t size)
{
	const size_t head =
		round_up(sizeof(struct chunk), alignof(max_align_t));
	struct chunk *c;

	size = round_up(head + size, CHUNK_SIZE);
	c = mmap(NULL, size, PROT_READ | PROT_WRITE,
		 MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (c == MAP_FAILED)
		longjmp(a->exhausted, 1);
	*c = (struct chunk){
		.next = a->chunks,
		.used = head,
		.size = size,
	};
	a->chunks = c;
	return c;
}

void *
arena_alloc(struct arena *a, size_t size)
{
	struct chunk *c = a->chunks;
	void *piece;

	if (size > PTRDIFF_MAX)
		longjmp(a->exhausted, 1);
	size = round_up(size, alignof(max_align_t));
	if (!c || c->size - c->used < size)
		c = add_chunk(a, size);
	piece = (unsigned char *)c + c->used;
	c->used += size;
	return piece;
}

char *
arena_copy(struct arena *a, const char *text)
{
	return arena_copy_n(a, text, strlen(text));
}

char *
arena_copy_n(struct arena *a, const char *text, size_t length)
{
	char *copy = arena_alloc(a, length + 1);

	memcpy(copy, text, length);
	return copy;
}

char *
arena_print(struct arena *a, const char *format, ...)
{
	va_list args, again;
	char *text;
	int length;

	va_start(args, format);
	va_copy(again, args);
	length = vsnprintf(NULL, 0, format, args);
	va_end(args);
	text = arena_alloc(a, (size_t)(length > 0 ? length : 0) + 1);
	vsnprintf(text, (size_t)(length > 0 ? length : 0) + 1, format, again);
	va_end(again);
	return text;
}
