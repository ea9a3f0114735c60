/* SPDX-License-Identifier: MIT */
/*
 * test_checkpoint.c - what a program sees of a checkpoint that is well: open,
 * load, save, the lock, the fallback to an older generation.
 */
#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "checkpoint_lib.h"
#include "supworker.h"

#define CONTENDERS 12

static struct sup_checkpoint *
open_it(size_t payload_max, unsigned flags)
{
	struct sup_checkpoint *c = NULL;
	int error = sup_checkpoint_open(&c, ck_file, payload_max, flags);

	if (error)
		fail_msg("open: %d: %s", error, sup_error());
	return c;
}

static void
save_number(struct sup_checkpoint *c, unsigned number)
{
	assert_int_equal(sup_checkpoint_save(c, &number, sizeof(number)), 0);
}

/* 0 if there is none. */
static unsigned
loaded(struct sup_checkpoint *c)
{
	unsigned number = 0;
	ssize_t n = sup_checkpoint_load(c, &number, sizeof(number));

	assert_true(n == 0 || n == (ssize_t)sizeof(number));
	return number;
}

/* A child that opens, loads, saves (unless 0), and dies by SIGKILL. */
static unsigned
start_and_die(unsigned flags, unsigned save)
{
	int pipes[2];
	unsigned number = 0;
	pid_t pid;

	assert_int_equal(pipe(pipes), 0);
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		struct sup_checkpoint *c;

		if (sup_checkpoint_open(&c, ck_file, 8, flags) ||
		    sup_checkpoint_load(c, &number, sizeof(number)) < 0 ||
		    (save && sup_checkpoint_save(c, &save, sizeof(save))) ||
		    write(pipes[1], &number, sizeof(number)) < 0)
			_exit(1);
		raise(SIGKILL);
	}
	close(pipes[1]);
	assert_int_equal(read(pipes[0], &number, sizeof(number)),
			 sizeof(number));
	close(pipes[0]);
	assert_int_equal(waitpid(pid, NULL, 0), pid);
	return number;
}

static void
a_new_one_is_empty_and_private(void **state)
{
	struct sup_checkpoint *c = open_it(8, 0);
	struct stat st;

	(void)state;
	assert_int_equal(loaded(c), 0);
	assert_string_equal(sup_checkpoint_report(c), "");
	assert_int_equal(stat(ck_file, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	assert_true(st.st_blocks * 512 >= st.st_size);
	sup_checkpoint_close(c);
	c = open_it(8, 0);
	assert_int_equal(loaded(c), 0);
	sup_checkpoint_close(c);
}

static void
comes_back_as_saved(void **state)
{
	static const unsigned flags[] = { 0, SUP_DISK };

	(void)state;
	for (unsigned f = 0; f < 2; f++) {
		struct sup_checkpoint *c;

		for (unsigned i = 1; i <= 11; i++) {
			c = open_it(8, flags[f]);
			assert_int_equal(loaded(c), (i - 1) * 10);
			for (unsigned k = 9; k-- > 0;)
				save_number(c, i * 10 - k);
			sup_checkpoint_close(c);
		}
		assert_int_equal(unlink(ck_file), 0);
	}
}

static void
of_any_size(void **state)
{
	static const size_t sizes[] = { 1,    4063,   4064,
					4065, 100000, SUP_PAYLOAD_MAX };
	unsigned char *data = malloc(SUP_PAYLOAD_MAX);
	unsigned char *back = malloc(SUP_PAYLOAD_MAX);

	(void)state;
	assert_non_null(data);
	assert_non_null(back);
	for (size_t i = 0; i < SUP_PAYLOAD_MAX; i++)
		data[i] = (unsigned char)(i * 2654435761u >> 24);
	for (unsigned i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		size_t n = sizes[i];
		struct sup_checkpoint *c = open_it(n, 0);

		for (unsigned k = 0; k < 5; k++)
			assert_int_equal(sup_checkpoint_save(c, data, n), 0);
		assert_int_equal(sup_checkpoint_save(c, data, n + 1),
				 -EMSGSIZE);
		assert_int_equal(sup_checkpoint_save(c, data, 0), -EMSGSIZE);
		sup_checkpoint_close(c);
		c = open_it(n, 0);
		if (n > 1)
			assert_int_equal(sup_checkpoint_load(c, back, n - 1),
					 -EMSGSIZE);
		memset(back, 0, n);
		assert_int_equal(sup_checkpoint_load(c, back, n), n);
		assert_memory_equal(back, data, n);
		sup_checkpoint_close(c);
		assert_int_equal(unlink(ck_file), 0);
	}
	free(data);
	free(back);
}

static void
impossible_sizes_and_flags_are_refused(void **state)
{
	struct sup_checkpoint *c = NULL;

	(void)state;
	assert_int_equal(sup_checkpoint_open(&c, ck_file, 0, 0), -EINVAL);
	assert_int_equal(sup_checkpoint_open(&c, ck_file, SUP_PAYLOAD_MAX + 1,
					     0),
			 -EINVAL);
	assert_int_equal(sup_checkpoint_open(&c, ck_file, 1, 0x80), -EINVAL);
	assert_null(c);
	assert_int_equal(access(ck_file, F_OK), -1);
	sup_checkpoint_close(NULL);
}

static void
a_second_opener_is_told_who_has_it(void **state)
{
	struct sup_checkpoint *c = open_it(8, 0);
	struct sup_checkpoint *second = NULL;
	char pid[32];

	(void)state;
	save_number(c, 5);
	assert_int_equal(sup_checkpoint_open(&second, ck_file, 8, 0), -EBUSY);
	assert_null(second);
	snprintf(pid, sizeof(pid), "process %d;", (int)getpid());
	assert_non_null(strstr(sup_error(), pid));
	save_number(c, 6);
	sup_checkpoint_close(c);
	c = open_it(8, 0);
	assert_int_equal(loaded(c), 6);
	sup_checkpoint_close(c);
}

static pid_t contenders[CONTENDERS];

/* Of many that make it at once, one gets it, and it is whole. */
static void
made_by_many_at_once(void **state)
{
	unsigned holders = 0;
	int ready[2], go[2];
	char byte;

	(void)state;
	assert_int_equal(pipe(ready) | pipe(go), 0);
	for (int i = 0; i < CONTENDERS; i++) {
		struct sup_checkpoint *c = NULL;

		contenders[i] = fork();
		assert_true(contenders[i] >= 0);
		if (contenders[i])
			continue;
		alarm(60);
		close(go[1]);
		if (read(go[0], &byte, 1) < 0)
			_exit(1);
		byte = sup_checkpoint_open(&c, ck_file, 8, 0) ? 'n' : 'y';
		if (write(ready[1], &byte, 1) != 1)
			_exit(1);
		pause();
	}
	close(go[1]);
	for (int i = 0; i < CONTENDERS; i++) {
		assert_int_equal(read(ready[0], &byte, 1), 1);
		holders += byte == 'y';
	}
	assert_int_equal(holders, 1);
	close(go[0]);
	close(ready[0]);
	close(ready[1]);
}

static int
end_contenders(void **state)
{
	for (int i = 0; i < CONTENDERS; i++)
		if (contenders[i] > 0)
			kill(contenders[i], SIGKILL);
	while (wait(NULL) > 0)
		;
	return ck_remove_folder(state);
}

static void
failed_starts_fall_back_one_generation_after_three(void **state)
{
	struct sup_checkpoint *c = open_it(8, 0);
	static const unsigned want[] = { 9, 9, 9, 8, 8, 8, 7, 7, 7,
					 6, 6, 6, 0, 0, 0, 0, 0 };

	(void)state;
	for (unsigned i = 1; i <= 9; i++)
		save_number(c, i);
	sup_checkpoint_close(c);
	for (unsigned i = 0; i < sizeof(want) / sizeof(want[0]); i++)
		assert_int_equal(start_and_die(0, 0), want[i]);
	c = open_it(8, 0);
	assert_non_null(strstr(sup_checkpoint_report(c), "starting anew"));
	sup_checkpoint_close(c);
}

static void
a_save_makes_the_start_good(void **state)
{
	(void)state;
	for (unsigned i = 1; i <= 5; i++)
		assert_int_equal(start_and_die(0, i), i - 1);
	for (unsigned i = 5; i <= 20; i++) {
		assert_int_equal(start_and_die(0, 0), i);
		assert_int_equal(start_and_die(0, 0), i);
		assert_int_equal(start_and_die(0, i + 1), i);
	}
}

static void
what_was_given_up_is_gone_with_the_next_save(void **state)
{
	struct sup_checkpoint *c;

	(void)state;
	for (unsigned i = 1; i <= 4; i++)
		start_and_die(0, i);
	for (unsigned i = 0; i < 6; i++)
		start_and_die(0, 0);
	/* 4 and 3 are refused; 2 it is, and 20 follows it. */
	assert_int_equal(start_and_die(0, 20), 2);
	for (unsigned i = 0; i < 3; i++)
		assert_int_equal(start_and_die(0, 0), 20);
	c = open_it(8, 0);
	assert_int_equal(loaded(c), 2);
	assert_string_equal(sup_checkpoint_report(c), "3 starts in a row "
						      "failed: the newest 1 "
						      "generation "
						      "given up; going on from "
						      "generation 2");
	sup_checkpoint_close(c);
}

static void
ending_in_order_is_no_failed_start(void **state)
{
	(void)state;
	start_and_die(0, 1);
	start_and_die(0, 2);
	for (unsigned i = 0; i < 10; i++) {
		struct sup_checkpoint *c = open_it(8, 0);

		assert_int_equal(loaded(c), 2);
		sup_checkpoint_close(c);
	}
}

static void
no_fallback_never_goes_back(void **state)
{
	(void)state;
	start_and_die(SUP_NO_FALLBACK, 1);
	start_and_die(SUP_NO_FALLBACK, 2);
	for (unsigned i = 0; i < 20; i++)
		assert_int_equal(start_and_die(SUP_NO_FALLBACK, 0), 2);
	assert_int_equal(start_and_die(0, 0), 2);
}

#define TEST(f) \
	cmocka_unit_test_setup_teardown(f, ck_make_folder, ck_remove_folder)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_new_one_is_empty_and_private),
		TEST(comes_back_as_saved),
		TEST(of_any_size),
		TEST(impossible_sizes_and_flags_are_refused),
		TEST(a_second_opener_is_told_who_has_it),
		cmocka_unit_test_setup_teardown(made_by_many_at_once,
						ck_make_folder, end_contenders),
		TEST(failed_starts_fall_back_one_generation_after_three),
		TEST(a_save_makes_the_start_good),
		TEST(what_was_given_up_is_gone_with_the_next_save),
		TEST(ending_in_order_is_no_failed_start),
		TEST(no_fallback_never_goes_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
