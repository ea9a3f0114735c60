/* SPDX-License-Identifier: MIT */
/*
 * reason.c - why a child ended, as text and back.
 */
#include "reason.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ERRNO_MAX 133
#define DELETE 127
#define SIGNAL_MAX 64

const struct reason reason_noproc = { .kind = REASON_TEXT_GIVEN,
				      .text = "noproc" };

static const char *const words[] = {
	[REASON_NONE] = "",
	[REASON_NORMAL] = "normal",
	[REASON_EXIT] = "exit:",
	[REASON_SIGNAL] = "signal:",
	[REASON_SHUTDOWN] = "shutdown",
	[REASON_KILLED] = "killed",
	[REASON_NOEXEC] = "noexec:",
	[REASON_TIMEOUT] = "timeout",
	[REASON_TEXT_GIVEN] = "",
};

/* The name behind the colon; NULL: the number itself. */
static const char *
value_name(enum reason_kind kind, int value)
{
	if (kind == REASON_SIGNAL)
		return sigabbrev_np(value);
	if (kind == REASON_NOEXEC)
		return strerrorname_np(value);
	return NULL;
}

static bool
has_value(enum reason_kind kind)
{
	return kind == REASON_EXIT || kind == REASON_SIGNAL ||
	       kind == REASON_NOEXEC;
}

char *
reason_format(const struct reason *r, char *buf, size_t size)
{
	enum reason_kind kind = (enum reason_kind)r->kind;
	const char *name = value_name(kind, r->value);

	if (kind == REASON_TEXT_GIVEN)
		snprintf(buf, size, "%.*s", REASON_TEXT - 1, r->text);
	else if (!has_value(kind))
		snprintf(buf, size, "%s", words[kind]);
	else if (name)
		snprintf(buf, size, "%s%s", words[kind], name);
	else
		snprintf(buf, size, "%s%d", words[kind], r->value);
	return buf;
}

/* The value whose name or number is text; -1: none. */
static int
parse_value(enum reason_kind kind, const char *text)
{
	char *end;
	long number;
	int i, limit = kind == REASON_SIGNAL ? SIGNAL_MAX : ERRNO_MAX;

	if (*text >= '0' && *text <= '9') {
		number = strtol(text, &end, 10);
		return *end == '\0' && number <= INT32_MAX ? (int)number : -1;
	}
	if (kind == REASON_EXIT)
		return -1;
	for (i = 1; i <= limit; i++) {
		const char *name = value_name(kind, i);

		if (name && strcmp(name, text) == 0)
			return i;
	}
	return -1;
}

static bool
parse_kind(enum reason_kind kind, const char *text, struct reason *ret)
{
	size_t length = strlen(words[kind]);
	int value = 0;

	if (length == 0)
		return false;
	if (has_value(kind)) {
		if (strncmp(text, words[kind], length) != 0)
			return false;
		value = parse_value(kind, text + length);
		if (value < 0)
			return false;
	} else if (strcmp(text, words[kind]) != 0) {
		return false;
	}
	*ret = (struct reason){ .kind = (uint8_t)kind, .value = value };
	return true;
}

static bool
has_control(const char *text)
{
	for (; *text; text++)
		if ((unsigned char)*text < ' ' || *text == DELETE)
			return true;
	return false;
}

bool
reason_parse(const char *text, struct reason *ret)
{
	size_t length = strlen(text);
	enum reason_kind kind;

	if (length == 0 || length >= REASON_TEXT || has_control(text))
		return false;
	for (kind = REASON_NORMAL; kind < REASON_TEXT_GIVEN; kind++)
		if (parse_kind(kind, text, ret))
			return true;
	*ret = (struct reason){ .kind = REASON_TEXT_GIVEN };
	memcpy(ret->text, text, length + 1);
	return true;
}

bool
reason_is_quiet(const struct reason *r)
{
	return r->kind == REASON_NORMAL || r->kind == REASON_SHUTDOWN;
}

bool
reason_is_shortage(const struct reason *r)
{
	return r->kind == REASON_NOEXEC &&
	       (r->value == EAGAIN || r->value == ENOMEM ||
		r->value == EMFILE || r->value == ENFILE);
}

bool
reason_is_kill(const struct reason *r)
{
	return r->kind == REASON_TEXT_GIVEN && strcmp(r->text, "kill") == 0;
}

int
reason_exit_status(const struct reason *r)
{
	switch ((enum reason_kind)r->kind) {
	case REASON_NORMAL:
	case REASON_EXIT:
		return r->value;
	case REASON_SIGNAL:
		return 128 + r->value;
	case REASON_NONE:
	case REASON_SHUTDOWN:
		return 0;
	case REASON_KILLED:
	case REASON_NOEXEC:
	case REASON_TIMEOUT:
	case REASON_TEXT_GIVEN:
		break;
	}
	return 1;
}
