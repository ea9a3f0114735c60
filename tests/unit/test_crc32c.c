/* SPDX-License-Identifier: MIT */
/*
 * test_crc32c.c - the checksum against the vectors of RFC 3720 and against
 * itself.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "crc32c.h"

static void
known_vectors(void **state)
{
	unsigned char bytes[32];

	(void)state;
	memset(bytes, 0, sizeof(bytes));
	assert_int_equal(sup_crc32c(0, bytes, 32), 0x8a9136aa);
	assert_int_equal(sup_crc32c_table(0, bytes, 32), 0x8a9136aa);
	memset(bytes, 0xff, sizeof(bytes));
	assert_int_equal(sup_crc32c(0, bytes, 32), 0x62a8ab43);
	assert_int_equal(sup_crc32c_table(0, bytes, 32), 0x62a8ab43);
	for (unsigned i = 0; i < 32; i++)
		bytes[i] = (unsigned char)i;
	assert_int_equal(sup_crc32c(0, bytes, 32), 0x46dd794e);
	for (unsigned i = 0; i < 32; i++)
		bytes[i] = (unsigned char)(31 - i);
	assert_int_equal(sup_crc32c(0, bytes, 32), 0x113fdb5c);
	assert_int_equal(sup_crc32c(0, "123456789", 9), 0xe3069283);
	assert_int_equal(sup_crc32c_table(0, "123456789", 9), 0xe3069283);
	assert_int_equal(sup_crc32c(0, "", 0), 0);
}

static void
both_ways_agree_at_any_length_offset_and_split(void **state)
{
	unsigned char bytes[300];
	uint32_t random = 1;

	(void)state;
	for (size_t i = 0; i < sizeof(bytes); i++) {
		random = random * 1664525 + 1013904223;
		bytes[i] = (unsigned char)(random >> 24);
	}
	for (size_t from = 0; from < 9; from++) {
		for (size_t n = 0; n + from <= sizeof(bytes); n++) {
			const unsigned char *at = bytes + from;
			uint32_t whole = sup_crc32c_table(0, at, n);
			uint32_t half = sup_crc32c(0, at, n / 3);

			assert_int_equal(sup_crc32c(0, at, n), whole);
			assert_int_equal(
				sup_crc32c(half, at + n / 3, n - n / 3), whole);
		}
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(known_vectors),
		cmocka_unit_test(
			both_ways_agree_at_any_length_offset_and_split),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
