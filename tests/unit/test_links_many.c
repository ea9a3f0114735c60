/* SPDX-License-Identifier: MIT */
/*
 * test_links_many.c - thousands of children linked to one: what its end costs
 * grows with their number, and not with its square.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/mman.h>
#include <time.h>

#include <cmocka.h>

#include "scene_lib.h"

#define FEW 1000
#define MANY 16000
#define NOISE_NS 20000000 /* of a measurement */

static struct tree *tree;

static uint32_t
add(const char *id)
{
	struct child_spec spec = scene_worker("x");
	uint32_t n;

	snprintf(spec.id, sizeof(spec.id), "%s", id);
	assert_int_equal(tree_add(tree, ROOT, &spec, &n), RESULT_OK);
	return n;
}

/* Every start succeeds, and nobody obeys. */
static void
settle(void)
{
	struct action a;

	while (tree_next(tree, &a)) {
		if (a.type == DO_START)
			tree_step(tree,
				  &(struct event){ .type = ON_STARTED,
						   .node = a.node },
				  1);
		else
			tree_done(tree);
	}
}

static void
end(uint32_t n)
{
	tree_step(tree,
		  &(struct event){
			  .type = ON_EXIT,
			  .node = n,
			  .reason = { .kind = REASON_EXIT, .value = 3 } },
		  1);
	settle();
}

static int64_t
cpu_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

/* The hub ends, and so do all, and all are linked again: what it has cost.
   by_hub: the hub says with whom. */
static int64_t
measure(int count, bool by_hub)
{
	struct child_spec root = scene_supervisor("root");
	void *memory = mmap(NULL, tree_size(), PROT_READ | PROT_WRITE,
			    MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	uint32_t hub, other[MANY];
	int64_t begin;

	assert_true(memory != MAP_FAILED);
	root.intensity = 10000;
	root.on_limit = LIMIT_REMOVE;
	tree = tree_init(memory, &root, 1, NULL);
	hub = add("hub");
	for (int i = 0; i < count; i++) {
		char id[ID_SIZE];

		snprintf(id, sizeof(id), "c%d", i);
		other[i] = add(id);
	}
	begin = cpu_ns();
	for (int i = 0; i < count; i++)
		assert_true(tree_link_always(tree, by_hub ? hub : other[i],
					     by_hub ? other[i] : hub));
	tree_step(tree, &(struct event){ .type = ON_BOOT }, 1);
	settle();
	assert_int_equal(tree_node(tree, hub)->links, count);
	end(hub);
	assert_int_equal(tree_node(tree, hub)->links, 0);
	for (int i = 0; i < count; i++)
		end(other[i]);
	begin = cpu_ns() - begin;
	assert_int_equal(tree_node(tree, hub)->links, count);
	assert_null(tree_check(tree));
	munmap(memory, tree_size());
	return begin;
}

static void
compare(bool by_hub)
{
	int64_t few = measure(FEW, by_hub), many = measure(MANY, by_hub);

	print_message("# %d: %lld us, %d: %lld us\n", FEW,
		      (long long)few / 1000, MANY, (long long)many / 1000);
	assert_true(many < 4 * (MANY / FEW) * few + NOISE_NS);
}

static void
to_end_with_thousands_is_linear(void **state)
{
	(void)state;
	compare(false);
}

static void
to_name_thousands_is_linear(void **state)
{
	(void)state;
	compare(true);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(to_end_with_thousands_is_linear),
		cmocka_unit_test(to_name_thousands_is_linear),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
