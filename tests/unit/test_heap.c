/* SPDX-License-Identifier: MIT */
/*
 * test_heap.c - blocks are never lost and never given twice.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/heap.h"
#include "core/journal.h"

#define CAPACITY ((size_t)4 << 20)
#define JOURNAL ((size_t)64 << 10)
#define BLOCKS 200

static unsigned char *region;
static struct journal *j;
static struct heap *h;

static int
prepare(void **state)
{
	(void)state;
	region = calloc(1, sizeof(*j) + JOURNAL + sizeof(*h) + CAPACITY);
	j = (struct journal *)(void *)region;
	h = (struct heap *)(void *)(region + sizeof(*j) + JOURNAL);
	journal_init(j, JOURNAL);
	heap_init(h, CAPACITY);
	return 0;
}

static int
finish(void **state)
{
	(void)state;
	free(region);
	return 0;
}

static void
a_freed_block_is_used_again(void **state)
{
	uint64_t a, b;

	(void)state;
	journal_begin(j);
	a = heap_alloc(h, j, 100);
	journal_commit(j);
	assert_int_not_equal(a, 0);
	assert_int_equal((uintptr_t)heap_at(h, a) % 8, 0);
	journal_begin(j);
	heap_free(h, j, a);
	heap_free(h, j, 0);
	journal_commit(j);
	journal_begin(j);
	b = heap_alloc(h, j, 128);
	journal_commit(j);
	assert_int_equal(a, b);
}

static void
a_block_freed_in_a_transaction_keeps_its_bytes_until_the_end(void **state)
{
	uint64_t a, b;

	(void)state;
	journal_begin(j);
	a = heap_alloc(h, j, 50);
	strcpy(heap_at(h, a), "old");
	journal_commit(j);
	journal_begin(j);
	heap_free(h, j, a);
	b = heap_alloc(h, j, 50);
	assert_int_not_equal(a, b);
	strcpy(heap_at(h, b), "new");
	journal_rollback(j);
	assert_string_equal(heap_at(h, a), "old");
	journal_begin(j);
	assert_int_equal(heap_alloc(h, j, 50), b);
	journal_commit(j);
}

static void
too_much_is_refused(void **state)
{
	size_t count = 0;

	(void)state;
	journal_begin(j);
	assert_int_equal(heap_alloc(h, j, HEAP_BLOCK_MAX + 1), 0);
	while (heap_alloc(h, j, HEAP_BLOCK_MAX))
		count++;
	assert_int_equal(count, 3);
	assert_int_not_equal(heap_alloc(h, j, 1), 0);
	journal_commit(j);
}

/* Every byte of every block is its own, through any mixture of transactions
   that are committed or undone. */
static void
blocks_never_overlap(void **state)
{
	struct {
		uint64_t block;
		size_t size;
	} blocks[BLOCKS] = { 0 };
	uint64_t given;
	size_t i, k, n;
	bool undo;

	(void)state;
	srand(1);
	for (i = 0; i < 20000; i++) {
		n = (size_t)rand() % BLOCKS;
		undo = rand() % 4 == 0;
		for (k = 0; k < blocks[n].size; k += 7)
			assert_int_equal(((unsigned char *)heap_at(
						 h, blocks[n].block))[k],
					 n);
		journal_begin(j);
		given = 0;
		if (blocks[n].block) {
			heap_free(h, j, blocks[n].block);
		} else {
			given = heap_alloc(h, j, k = (size_t)rand() % 5000);
			assert_int_not_equal(given, 0);
		}
		if (undo) {
			journal_rollback(j);
			continue;
		}
		journal_commit(j);
		blocks[n].block = given;
		blocks[n].size = given ? k : 0;
		if (given)
			memset(heap_at(h, given), (int)n, k);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(f) cmocka_unit_test_setup_teardown(f, prepare, finish)
		TEST(a_freed_block_is_used_again),
		TEST(a_block_freed_in_a_transaction_keeps_its_bytes_until_the_end),
		TEST(too_much_is_refused),
		TEST(blocks_never_overlap),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
