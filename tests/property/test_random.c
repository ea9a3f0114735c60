/* SPDX-License-Identifier: MIT */
/*
 * test_random.c - random strings of events on random trees: whatever happens,
 * the core keeps its promises.  A string that breaks one is shrunk and shown.
 *
 * SUPD_RANDOM_STEPS: how many events (default 200,000; after each all
 * invariants are checked).  SUPD_RANDOM_SEED: the first string's seed.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "op_lib.h"
#include "world_lib.h"

#define STRING_MAX 400
#define SHRINK_ROUNDS 2000

static uint64_t
setting(const char *name, uint64_t otherwise)
{
	const char *value = getenv(name);

	return value ? strtoull(value, NULL, 10) : otherwise;
}

/* Delta debugging: takes out whatever is not needed for the failure. */
static size_t
shrink(uint64_t seed, struct op *ops, size_t count)
{
	static struct op trial[STRING_MAX];
	size_t chunk = count / 2, at, rounds = 0;

	while (chunk > 0 && rounds < SHRINK_ROUNDS) {
		for (at = 0; at + chunk <= count && rounds < SHRINK_ROUNDS;
		     rounds++) {
			memcpy(trial, ops, at * sizeof(*ops));
			memcpy(trial + at, ops + at + chunk,
			       (count - at - chunk) * sizeof(*ops));
			if (world_run(seed, trial, count - chunk)) {
				count -= chunk;
				memcpy(ops, trial, count * sizeof(*ops));
			} else {
				at += chunk;
			}
		}
		chunk /= 2;
	}
	return count;
}

static void
show(uint64_t seed, struct op *ops, size_t count)
{
	const char *what;
	size_t i;

	count = shrink(seed, ops, count);
	what = world_run(seed, ops, count);
	fprintf(stderr, "# seed %llu: %s, after\n", (unsigned long long)seed,
		what);
	for (i = 0; i < count; i++)
		fprintf(stderr, "#   %-12s { %u, %uu, %uu },\n",
			op_name(&ops[i]), ops[i].kind, ops[i].a, ops[i].b);
}

static void
whatever_happens_the_promises_are_kept(void **state)
{
	uint64_t first = setting("SUPD_RANDOM_SEED", 1), seed = first;
	uint64_t steps = setting("SUPD_RANDOM_STEPS", 200000), done = 0;
	static struct op ops[STRING_MAX];

	(void)state;
	for (; done < steps; seed++) {
		size_t count = 20 + (seed * 37) % (STRING_MAX - 20), i;

		for (i = 0; i < count; i++)
			ops[i] = op_of(seed, i);
		if (world_run(seed, ops, count)) {
			show(seed, ops, count);
			fail();
		}
		done = world_events();
	}
	print_message("# %llu events in %llu strings\n",
		      (unsigned long long)done,
		      (unsigned long long)(seed - first));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(whatever_happens_the_promises_are_kept),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
