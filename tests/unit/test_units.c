/* SPDX-License-Identifier: MIT */
/*
 * test_units.c - how numbers, durations, booleans, signals and log levels are
 * written.
 */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <syslog.h>

#include <cmocka.h>

#include "units.h"

static void
durations_are_seconds_unless_they_carry_a_unit(void **state)
{
	static const struct {
		const char *text;
		int64_t ms;
	} good[] = {
		{ "0", 0 },
		{ "5", 5000 },
		{ "60", 60000 },
		{ "100ms", 100 },
		{ "2s", 2000 },
		{ "3m", 180000 },
		{ "1h", 3600000 },
		{ "1.5", 1500 },
		{ "0.25s", 250 },
		{ "0.001", 1 },
		{ "1.5h", 5400000 },
		{ "0.5m", 30000 },
		{ "007", 7000 },
		{ "2 s", 2000 },
		{ "1.000ms", 1 },
		{ "277777h", 999997200000 },
		{ "1000000000", 1000000000000 },
	};
	static const char *const bad[] = {
		"",
		"s",
		"-1",
		"+1",
		"1d",
		"1.",
		".5",
		"0.0001",
		"1.5ms",
		"1 2",
		"1s s",
		"1e3",
		"infinity",
		"0x10",
		"1000000001",
		"277778h",
		"99999999999999999999",
		"1.0000000",
		" 1",
		"1,5",
		"1..2",
	};
	int64_t ms;

	(void)state;
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		ms = -7;
		assert_true(unit_duration(good[i].text, &ms));
		assert_int_equal(ms, good[i].ms);
	}
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		ms = -7;
		if (unit_duration(bad[i], &ms))
			fail_msg("'%s' is no duration", bad[i]);
		assert_int_equal(ms, -7);
	}
}

static void
numbers_have_bounds(void **state)
{
	unsigned n = 77;

	(void)state;
	assert_true(unit_number("0", 0, 10000, &n));
	assert_int_equal(n, 0);
	assert_true(unit_number("10000", 0, 10000, &n));
	assert_int_equal(n, 10000);
	assert_true(unit_number("4294967295", 0, UINT32_MAX, &n));
	assert_int_equal(n, UINT32_MAX);
	n = 77;
	assert_false(unit_number("10001", 0, 10000, &n));
	assert_false(unit_number("2", 3, 63, &n));
	assert_false(unit_number("4294967296", 0, UINT32_MAX, &n));
	assert_false(unit_number("18446744073709551617", 0, 5, &n));
	assert_false(unit_number("", 0, 5, &n));
	assert_false(unit_number("-1", 0, 5, &n));
	assert_false(unit_number(" 1", 0, 5, &n));
	assert_false(unit_number("1 ", 0, 5, &n));
	assert_int_equal(n, 77);
}

static void
modes_are_octal(void **state)
{
	unsigned mode;

	(void)state;
	assert_true(unit_mode("0600", &mode));
	assert_int_equal(mode, 0600);
	assert_true(unit_mode("27", &mode));
	assert_int_equal(mode, 027);
	assert_true(unit_mode("777", &mode));
	assert_int_equal(mode, 0777);
	assert_false(unit_mode("1000", &mode));
	assert_false(unit_mode("8", &mode));
	assert_false(unit_mode("", &mode));
	assert_false(unit_mode("rw", &mode));
	assert_int_equal(mode, 0777);
}

static void
booleans_are_six_words(void **state)
{
	static const char *const yes[] = { "yes", "true", "on" };
	static const char *const no[] = { "no", "false", "off" };
	bool value;

	(void)state;
	for (int i = 0; i < 3; i++) {
		value = false;
		assert_true(unit_boolean(yes[i], &value));
		assert_true(value);
		assert_true(unit_boolean(no[i], &value));
		assert_false(value);
	}
	assert_false(unit_boolean("1", &value));
	assert_false(unit_boolean("Yes", &value));
	assert_false(unit_boolean("", &value));
}

static void
signals_have_names_and_numbers(void **state)
{
	int sig = 0;

	(void)state;
	assert_true(unit_signal("TERM", &sig));
	assert_int_equal(sig, SIGTERM);
	assert_true(unit_signal("SIGKILL", &sig));
	assert_int_equal(sig, SIGKILL);
	assert_true(unit_signal("usr1", &sig));
	assert_int_equal(sig, SIGUSR1);
	assert_true(unit_signal("9", &sig));
	assert_int_equal(sig, 9);
	assert_true(unit_signal("RTMIN", &sig));
	assert_int_equal(sig, SIGRTMIN);
	assert_true(unit_signal("SIGRTMIN+3", &sig));
	assert_int_equal(sig, SIGRTMIN + 3);
	assert_false(unit_signal("RTMIN+99", &sig));
	assert_false(unit_signal("RTMIN3", &sig));
	assert_false(unit_signal("0", &sig));
	assert_false(unit_signal("65", &sig));
	assert_false(unit_signal("", &sig));
	assert_false(unit_signal("SIG", &sig));
	assert_false(unit_signal("NOSUCH", &sig));
	assert_int_equal(sig, SIGRTMIN + 3);
}

static void
log_levels_are_those_of_syslog(void **state)
{
	int level = -1;

	(void)state;
	assert_true(unit_log_level("err", &level));
	assert_int_equal(level, LOG_ERR);
	assert_true(unit_log_level("warning", &level));
	assert_int_equal(level, LOG_WARNING);
	assert_true(unit_log_level("notice", &level));
	assert_int_equal(level, LOG_NOTICE);
	assert_true(unit_log_level("info", &level));
	assert_int_equal(level, LOG_INFO);
	assert_true(unit_log_level("debug", &level));
	assert_int_equal(level, LOG_DEBUG);
	assert_false(unit_log_level("verbose", &level));
	assert_int_equal(level, LOG_DEBUG);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			durations_are_seconds_unless_they_carry_a_unit),
		cmocka_unit_test(numbers_have_bounds),
		cmocka_unit_test(modes_are_octal),
		cmocka_unit_test(booleans_are_six_words),
		cmocka_unit_test(signals_have_names_and_numbers),
		cmocka_unit_test(log_levels_are_those_of_syslog),
	};

	return cmocka_run_group_tests_name("units", tests, NULL, NULL);
}
