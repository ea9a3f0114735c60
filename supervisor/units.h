/* SPDX-License-Identifier: MIT */
/*
 * units.h - how values are written: numbers, durations, booleans, signals.
 *
 * Each returns whether the whole text is such a value, and writes *ret then
 * alone.
 */
#ifndef UNITS_H
#define UNITS_H

#include <stdbool.h>
#include <stdint.h>

/* Decimal digits, min to max. */
bool
unit_number(const char *text, unsigned min, unsigned max, unsigned *ret);

/* Octal digits, 0 to 0777. */
bool
unit_mode(const char *text, unsigned *ret);

/* Seconds, or with ms, s, m, h; a fraction is fine down to a millisecond.
   *ret in milliseconds, at most UNIT_DURATION_MAX. */
#define UNIT_DURATION_MAX INT64_C(1000000000000)
bool
unit_duration(const char *text, int64_t *ret);

/* yes no true false on off */
bool
unit_boolean(const char *text, bool *ret);

/* TERM, SIGTERM, RTMIN+3 or a number. */
bool
unit_signal(const char *text, int *ret);

/* err warning notice info debug; *ret as in syslog.h. */
bool
unit_log_level(const char *text, int *ret);

#endif
