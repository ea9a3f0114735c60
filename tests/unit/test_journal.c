/* SPDX-License-Identifier: MIT */
/*
 * test_journal.c - all or nothing, whenever the writer dies.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/journal.h"

#define CAPACITY 4096

static struct {
	_Alignas(8) unsigned char journal[sizeof(struct journal) + CAPACITY];
	char data[64];
} region;

static struct journal *j = (struct journal *)(void *)region.journal;

static int
prepare(void **state)
{
	(void)state;
	memset(&region, 0, sizeof(region));
	journal_init(j, CAPACITY);
	strcpy(region.data, "the quick brown fox");
	return 0;
}

static void
write_at(size_t at, const char *text)
{
	journal_save(j, region.data + at, strlen(text));
	memcpy(region.data + at, text, strlen(text));
}

static void
what_is_committed_stays(void **state)
{
	(void)state;
	journal_begin(j);
	write_at(4, "slow ");
	journal_commit(j);
	assert_int_equal(journal_rollback(j), 0);
	assert_string_equal(region.data, "the slow  brown fox");
}

static void
what_is_not_is_undone_in_reverse(void **state)
{
	(void)state;
	journal_begin(j);
	write_at(4, "slow ");
	write_at(0, "one two three");
	write_at(2, "x");
	assert_int_equal(journal_rollback(j), 1);
	assert_string_equal(region.data, "the quick brown fox");
	assert_int_equal(journal_rollback(j), 0);
	journal_begin(j);
	journal_commit(j);
}

static void
the_outermost_transaction_counts(void **state)
{
	uint64_t step;

	(void)state;
	journal_begin(j);
	step = j->step;
	write_at(0, "one");
	journal_begin(j);
	write_at(4, "two");
	journal_commit(j);
	assert_int_equal(j->step, step);
	assert_int_equal(journal_rollback(j), 1);
	assert_string_equal(region.data, "the quick brown fox");
	journal_begin(j);
	assert_int_not_equal(j->step, step);
	journal_commit(j);
}

/* A rollback that dies after any of its stores is repeated by the next. */
static void
a_rollback_may_be_interrupted(void **state)
{
	unsigned char copy[sizeof(region)];

	(void)state;
	journal_begin(j);
	write_at(4, "slow ");
	write_at(0, "one two three");
	memcpy(copy, &region, sizeof(region));
	/* It had put the last entry's bytes back, but not yet said so. */
	memcpy(region.data, "the slow ", 9);
	assert_int_equal(journal_rollback(j), 1);
	assert_string_equal(region.data, "the quick brown fox");
	memcpy(&region, copy, sizeof(region));
	assert_int_equal(journal_rollback(j), 1);
	assert_string_equal(region.data, "the quick brown fox");
}

static void
a_saved_entry_that_was_not_yet_overwritten_is_harmless(void **state)
{
	(void)state;
	journal_begin(j);
	journal_save(j, region.data, 9);
	assert_int_equal(journal_rollback(j), 1);
	assert_string_equal(region.data, "the quick brown fox");
}

static void
a_journal_can_be_mapped_elsewhere(void **state)
{
	unsigned char *moved = malloc(sizeof(region));

	(void)state;
	journal_begin(j);
	write_at(4, "slow ");
	memcpy(moved, &region, sizeof(region));
	journal_rollback((struct journal *)(void *)moved);
	assert_string_equal((char *)moved + offsetof(__typeof__(region), data),
			    "the quick brown fox");
	free(moved);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(f) cmocka_unit_test_setup(f, prepare)
		TEST(what_is_committed_stays),
		TEST(what_is_not_is_undone_in_reverse),
		TEST(the_outermost_transaction_counts),
		TEST(a_rollback_may_be_interrupted),
		TEST(a_saved_entry_that_was_not_yet_overwritten_is_harmless),
		TEST(a_journal_can_be_mapped_elsewhere),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
