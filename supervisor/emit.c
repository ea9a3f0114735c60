/* SPDX-License-Identifier: MIT */
/*
 * emit.c - writes JSON into a growing buffer.
 */
#include <stdlib.h>
#include <string.h>

#include "emit.h"

#define ROOM_KEPT (256u << 10) /* by a buffer that is empty */

void
emit_done(struct emit *e)
{
	free(e->data);
	*e = (struct emit){ .limit = e->limit };
}

size_t
emit_pending(const struct emit *e)
{
	return e->length - e->taken;
}

void
emit_take(struct emit *e, size_t n)
{
	e->taken += n;
	if (e->taken < e->length)
		return;
	e->taken = e->length = 0;
	if (e->room <= ROOM_KEPT)
		return;
	free(e->data);
	e->data = NULL;
	e->room = 0;
}

/* Room for n more bytes; what was sent makes room first. */
static bool
reserve(struct emit *e, size_t n)
{
	size_t room = e->room ? e->room : 1024;
	char *p;

	if (e->failed || emit_pending(e) + n > e->limit) {
		e->failed = true;
		return false;
	}
	if (e->length + n <= e->room)
		return true;
	if (e->taken > e->length / 2) {
		memmove(e->data, e->data + e->taken, emit_pending(e));
		e->length -= e->taken;
		e->taken = 0;
	}
	while (room < e->length + n)
		room *= 2;
	p = realloc(e->data, room);
	if (!p) {
		e->failed = true;
		return false;
	}
	e->data = p;
	e->room = room;
	return true;
}

void
emit_bytes(struct emit *e, const char *bytes, size_t n)
{
	if (n == 0 || !reserve(e, n))
		return;
	memcpy(e->data + e->length, bytes, n);
	e->length += n;
	e->last = bytes[n - 1];
}

/* The comma that separates the coming value from the one before, and its
   key. */
static void
separate(struct emit *e, const char *key)
{
	if (e->last != '\0' && e->last != '{' && e->last != '[' &&
	    e->last != ':')
		emit_bytes(e, ",", 1);
	if (!key)
		return;
	emit_bytes(e, "\"", 1);
	emit_bytes(e, key, strlen(key));
	emit_bytes(e, "\":", 2);
}

void
emit_open(struct emit *e, const char *key, char kind)
{
	separate(e, key);
	emit_bytes(e, &kind, 1);
}

void
emit_close(struct emit *e, char kind)
{
	emit_bytes(e, &kind, 1);
}

/* Length of the UTF-8 sequence at s; 0: it is none (or a surrogate, overlong,
   beyond U+10FFFF). */
static size_t
sequence(const unsigned char *s)
{
	unsigned char low = 0x80, high = 0xbf;
	size_t n;

	if (s[0] < 0xc2 || s[0] > 0xf4)
		return 0;
	n = s[0] < 0xe0 ? 2 : s[0] < 0xf0 ? 3 : 4;
	if (s[0] == 0xe0)
		low = 0xa0;
	else if (s[0] == 0xed)
		high = 0x9f;
	else if (s[0] == 0xf0)
		low = 0x90;
	else if (s[0] == 0xf4)
		high = 0x8f;
	if (s[1] < low || s[1] > high)
		return 0;
	for (size_t i = 2; i < n; i++)
		if ((s[i] & 0xc0) != 0x80)
			return 0;
	return n;
}

/* One character of a string, escaped; bytes of it that were used. */
static size_t
emit_character(struct emit *e, const char *s)
{
	static const char hex[] = "0123456789abcdef";
	unsigned char c = (unsigned char)*s;
	size_t n;

	if (c == '"' || c == '\\') {
		emit_bytes(e, (char[]){ '\\', (char)c }, 2);
		return 1;
	}
	if (c < ' ' || c == 0x7f) {
		emit_bytes(e, "\\u00", 4);
		emit_bytes(e, (char[]){ hex[c >> 4], hex[c & 15] }, 2);
		return 1;
	}
	n = sequence((const unsigned char *)s);
	if (n == 0) {
		emit_bytes(e, "\\ufffd", 6);
		return 1;
	}
	emit_bytes(e, s, n);
	return n;
}

static bool
is_plain(char c)
{
	return c >= ' ' && c < 0x7f && c != '"' && c != '\\';
}

void
emit_begin(struct emit *e, const char *key)
{
	separate(e, key);
	emit_bytes(e, "\"", 1);
}

void
emit_part(struct emit *e, const char *text)
{
	size_t n;

	while (*text) {
		for (n = 0; is_plain(text[n]);)
			n++;
		emit_bytes(e, text, n);
		text += n;
		if (*text)
			text += emit_character(e, text);
	}
}

void
emit_digits(struct emit *e, int64_t value)
{
	char digits[24];
	size_t at = sizeof(digits);
	uint64_t rest = value < 0 ? -(uint64_t)value : (uint64_t)value;

	do {
		digits[--at] = (char)('0' + rest % 10);
		rest /= 10;
	} while (rest);
	if (value < 0)
		digits[--at] = '-';
	emit_bytes(e, digits + at, sizeof(digits) - at);
}

void
emit_end(struct emit *e)
{
	emit_bytes(e, "\"", 1);
}

void
emit_string(struct emit *e, const char *key, const char *value)
{
	emit_begin(e, key);
	emit_part(e, value);
	emit_end(e);
}

void
emit_int(struct emit *e, const char *key, int64_t value)
{
	separate(e, key);
	emit_digits(e, value);
}

void
emit_bool(struct emit *e, const char *key, bool value)
{
	separate(e, key);
	emit_bytes(e, value ? "true" : "false", value ? 4 : 5);
}

void
emit_null(struct emit *e, const char *key)
{
	separate(e, key);
	emit_bytes(e, "null", 4);
}
