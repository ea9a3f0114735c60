/* SPDX-License-Identifier: MIT */
/*
 * test_checkpoint_damage.c - checkpoint files that are not what they should
 * be: each gives the newest valid generation with a report, or an error in
 * words that leaves the file as it is; never a crash, never a silent zero.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "checkpoint_lib.h"
#include "ckfile.h"
#include "crc32c.h"
#include "generations.h"
#include "supworker.h"

#define FILE_SIZE ((LAYOUT_SLOTS + 1) * LAYOUT_BLOCK)

/* Nothing was changed by the failed open. */
static void
assert_refused(int want, const char *words)
{
	struct stat before, after;
	char text[512];

	assert_int_equal(stat(ck_file, &before), 0);
	assert_int_equal(ck_resume(text, sizeof(text)), want);
	if (!strstr(text, words))
		fail_msg("'%s' does not say '%s'", text, words);
	assert_int_equal(stat(ck_file, &after), 0);
	assert_int_equal(before.st_size, after.st_size);
	assert_int_equal(before.st_ino, after.st_ino);
	assert_int_equal(before.st_mtim.tv_nsec, after.st_mtim.tv_nsec);
}

static void
a_flipped_bit_anywhere_in_a_slot_costs_one_generation(void **state)
{
	size_t used = sizeof(struct layout_slot) + sizeof(unsigned);
	char text[512];

	(void)state;
	for (size_t i = 0; i < used; i++) {
		int number;

		ck_make(7, 0);
		ck_flip(ck_slot_of(7) + (off_t)i);
		number = ck_resume(text, sizeof(text));
		assert_int_equal(number, 6);
		assert_string_equal(text, "1 damaged generation passed over; "
					  "going on from generation 6");
	}
}

static void
damaged_generations_are_overwritten_first(void **state)
{
	struct sup_checkpoint *c;
	unsigned number = 42;
	char text[512];

	(void)state;
	ck_make(7, 0);
	ck_flip(ck_slot_of(7));
	ck_flip(ck_slot_of(6) + 30);
	assert_int_equal(sup_checkpoint_open(&c, ck_file, CK_STATE_MAX, 0), 0);
	assert_int_equal(sup_checkpoint_save(c, &number, sizeof(number)), 0);
	sup_checkpoint_close(c);
	assert_int_equal(ck_resume(text, sizeof(text)), 42);
	ck_flip(ck_slot_of(7) + 33);
	assert_int_equal(ck_resume(text, sizeof(text)), 5);
}

static void
no_valid_generation_is_an_error_and_not_zero(void **state)
{
	static const unsigned char zeros[LAYOUT_BLOCK];

	(void)state;
	for (unsigned last = 1; last <= 6; last++) {
		ck_make(last, last % 2 ? SUP_DISK : 0);
		for (unsigned i = 1; i <= LAYOUT_SLOTS && i <= last; i++)
			ck_flip(ck_slot_of(i) + 33);
		assert_refused(-EBADMSG, "damaged in every generation");
		for (unsigned i = 1; i <= LAYOUT_SLOTS; i++)
			ck_overwrite(ck_slot_of(i), zeros, sizeof(zeros));
		assert_refused(-EBADMSG, "damaged in every generation");
	}
}

static void
truncated_anywhere_is_an_error(void **state)
{
	static const off_t sizes[] = { 0,    1,    8,     63,
				       64,   79,   4095,  4096,
				       4100, 8192, 20000, FILE_SIZE - 1 };

	(void)state;
	for (unsigned i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		ck_make(9, 0);
		assert_int_equal(truncate(ck_file, sizes[i]), 0);
		assert_refused(-EBADMSG, sizes[i] < 64 ? "not a checkpoint "
							 "file" :
							 "truncated");
	}
}

static void
foreign_files_are_refused(void **state)
{
	char text[512];
	char page[LAYOUT_BLOCK];

	(void)state;
	memset(page, 'x', sizeof(page));
	ck_make(0, 0);
	for (off_t at = 0; at < FILE_SIZE; at += LAYOUT_BLOCK)
		ck_overwrite(at, page, sizeof(page));
	assert_refused(-EBADMSG, "not a checkpoint file");
	assert_int_equal(truncate(ck_file, 5000), 0);
	assert_refused(-EBADMSG, "not a checkpoint file");
	assert_int_equal(unlink(ck_file), 0);
	assert_int_equal(mkfifo(ck_file, 0600), 0);
	assert_int_equal(ck_resume(text, sizeof(text)), -EBADMSG);
	assert_non_null(strstr(text, "not a regular file"));
	assert_int_equal(unlink(ck_file), 0);
	assert_int_equal(mkdir(ck_file, 0700), 0);
	assert_int_equal(ck_resume(text, sizeof(text)), -EISDIR);
	assert_int_equal(rmdir(ck_file), 0);
}

static void
a_damaged_header_is_restored_if_a_generation_is_valid(void **state)
{
	char text[512];

	(void)state;
	for (off_t i = 0; i < (off_t)sizeof(struct layout_header); i++) {
		ck_make(5, 0);
		ck_flip(i);
		assert_int_equal(ck_resume(text, sizeof(text)), 5);
		assert_non_null(strstr(text, "header was damaged"));
		assert_int_equal(ck_resume(text, sizeof(text)), 5);
		assert_string_equal(text, "");
	}
	ck_make(0, 0);
	ck_flip(3);
	assert_refused(-EBADMSG, "not a checkpoint file");
}

static void
a_newer_format_and_another_size_are_refused(void **state)
{
	struct layout_header h = sup_ckfile_header(CK_STATE_MAX);
	struct sup_checkpoint *c;

	(void)state;
	ck_make(3, 0);
	h.version = LAYOUT_VERSION + 1;
	h.crc = sup_crc32c(0, &h, offsetof(struct layout_header, crc));
	ck_overwrite(0, &h, sizeof(h));
	assert_refused(-EPROTONOSUPPORT, "use a newer one");
	h.version = LAYOUT_VERSION;
	h.payload_max = UINT64_MAX;
	h.crc = sup_crc32c(0, &h, offsetof(struct layout_header, crc));
	ck_overwrite(0, &h, sizeof(h));
	assert_refused(-EBADMSG, "damaged header");
	ck_make(3, 0);
	assert_int_equal(sup_checkpoint_open(&c, ck_file, CK_STATE_MAX + 1, 0),
			 -EMSGSIZE);
	assert_non_null(strstr(sup_error(), "up to 100 bytes, not 101"));
}

static void
garbage_in_the_progress_harms_nothing(void **state)
{
	struct layout_progress garbage;
	char text[512];

	(void)state;
	memset(&garbage, 0xee, sizeof(garbage));
	ck_make(6, 0);
	ck_overwrite(LAYOUT_PROGRESS_OFFSET, &garbage, sizeof(garbage));
	assert_int_equal(ck_resume(text, sizeof(text)), 6);
	memset(&garbage, 0, sizeof(garbage));
	ck_overwrite(LAYOUT_PROGRESS_OFFSET, &garbage, sizeof(garbage));
	assert_int_equal(ck_resume(text, sizeof(text)), 6);
	assert_string_equal(text, "");
}

static void
random_damage_gives_a_saved_state_or_an_error(void **state)
{
	uint32_t random = 20250117;
	unsigned whole = 0, older = 0, refused = 0;
	char text[512];

	(void)state;
	for (unsigned round = 0; round < 2000; round++) {
		int number;

		ck_make(8, 0);
		for (unsigned i = round % 12; i-- > 0;) {
			random = random * 1664525 + 1013904223;
			/* The blocks' first bytes, where something is. */
			ck_flip((off_t)((random >> 28) % 5 * LAYOUT_BLOCK +
					(random >> 16) % 80));
		}
		number = ck_resume(text, sizeof(text));
		assert_true(number == -EBADMSG || (number >= 5 && number <= 8));
		assert_true(number == 8 || text[0]);
		whole += number == 8;
		older += number > 0 && number < 8;
		refused += number < 0;
	}
	assert_true(whole && older && refused);
}

#define TEST(f) \
	cmocka_unit_test_setup_teardown(f, ck_make_folder, ck_remove_folder)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_flipped_bit_anywhere_in_a_slot_costs_one_generation),
		TEST(damaged_generations_are_overwritten_first),
		TEST(no_valid_generation_is_an_error_and_not_zero),
		TEST(truncated_anywhere_is_an_error),
		TEST(foreign_files_are_refused),
		TEST(a_damaged_header_is_restored_if_a_generation_is_valid),
		TEST(a_newer_format_and_another_size_are_refused),
		TEST(garbage_in_the_progress_harms_nothing),
		TEST(random_damage_gives_a_saved_state_or_an_error),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
