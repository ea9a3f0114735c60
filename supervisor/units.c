/* SPDX-License-Identifier: MIT */
/*
 * units.c - how values are written: numbers, durations, booleans, signals.
 */
#include <signal.h>
#include <stddef.h>
#include <string.h>
#include <strings.h>
#include <syslog.h>

#include "units.h"

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

bool
unit_number(const char *text, unsigned min, unsigned max, unsigned *ret)
{
	uint64_t value = 0;

	if (!*text)
		return false;
	for (; *text; text++) {
		if (!is_digit(*text))
			return false;
		value = value * 10 + (uint64_t)(*text - '0');
		if (value > max)
			return false;
	}
	if (value < min)
		return false;
	*ret = (unsigned)value;
	return true;
}

bool
unit_mode(const char *text, unsigned *ret)
{
	unsigned value = 0;

	if (!*text)
		return false;
	for (; *text; text++) {
		if (*text < '0' || *text > '7')
			return false;
		value = value * 8 + (unsigned)(*text - '0');
		if (value > 0777)
			return false;
	}
	*ret = value;
	return true;
}

/* How many ms the unit has, 0 if it is none. */
static int64_t
unit_length(const char *unit)
{
	static const struct {
		const char *name;
		int64_t ms;
	} units[] = {
		{ "", 1000 },   { "ms", 1 },      { "s", 1000 },
		{ "m", 60000 }, { "h", 3600000 },
	};

	while (*unit == ' ' || *unit == '\t')
		unit++;
	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
		if (strcmp(unit, units[i].name) == 0)
			return units[i].ms;
	}
	return 0;
}

/* "25" of "1.25s" is 250 ms: digits / scale of a unit must be whole ms. */
bool
unit_duration(const char *text, int64_t *ret)
{
	int64_t whole = 0, fraction = 0, scale = 1, unit;

	if (!is_digit(*text))
		return false;
	for (; is_digit(*text); text++) {
		whole = whole * 10 + (*text - '0');
		if (whole > UNIT_DURATION_MAX)
			return false;
	}
	if (*text == '.') {
		text++;
		if (!is_digit(*text))
			return false;
	}
	for (; is_digit(*text); text++) {
		if (scale >= 1000000)
			return false;
		fraction = fraction * 10 + (*text - '0');
		scale *= 10;
	}
	unit = unit_length(text);
	if (unit == 0 || whole > UNIT_DURATION_MAX / unit ||
	    fraction * unit % scale != 0)
		return false;
	*ret = whole * unit + fraction * unit / scale;
	return true;
}

bool
unit_boolean(const char *text, bool *ret)
{
	static const char *const names[2][3] = {
		{ "no", "false", "off" },
		{ "yes", "true", "on" },
	};

	for (int value = 0; value < 2; value++) {
		for (int i = 0; i < 3; i++) {
			if (strcmp(text, names[value][i]) == 0) {
				*ret = value;
				return true;
			}
		}
	}
	return false;
}

bool
unit_signal(const char *text, int *ret)
{
	unsigned number;

	if (strncasecmp(text, "SIG", 3) == 0)
		text += 3;
	if (unit_number(text, 1, (unsigned)SIGRTMAX, &number)) {
		*ret = (int)number;
		return true;
	}
	if (strncasecmp(text, "RTMIN", 5) == 0) {
		number = 0;
		if (text[5] &&
		    (text[5] != '+' ||
		     !unit_number(text + 6, 0, (unsigned)(SIGRTMAX - SIGRTMIN),
				  &number)))
			return false;
		*ret = SIGRTMIN + (int)number;
		return true;
	}
	for (int sig = 1; sig < 32; sig++) {
		const char *name = sigabbrev_np(sig);

		if (name && strcasecmp(text, name) == 0) {
			*ret = sig;
			return true;
		}
	}
	return false;
}

bool
unit_log_level(const char *text, int *ret)
{
	static const struct {
		const char *name;
		int level;
	} levels[] = {
		{ "err", LOG_ERR },       { "warning", LOG_WARNING },
		{ "notice", LOG_NOTICE }, { "info", LOG_INFO },
		{ "debug", LOG_DEBUG },
	};

	for (size_t i = 0; i < sizeof(levels) / sizeof(levels[0]); i++) {
		if (strcmp(text, levels[i].name) == 0) {
			*ret = levels[i].level;
			return true;
		}
	}
	return false;
}
