/* SPDX-License-Identifier: MIT */
/*
 * test_output.c - what hinders a text on its way: limits, signals, others who
 * write, and bad arguments.
 */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cmocka.h>

#include "checkpoint_lib.h"
#include "lines_lib.h"
#include "output_lib.h"
#include "supworker.h"

static int
write_beyond_limit(void *arg)
{
	const struct rlimit limit = { 8000, 8000 };
	static char line[LINES_MOST];
	struct sup_checkpoint *c;
	struct sup_output *o;
	unsigned state;
	int error;

	(void)arg;
	if (lines_open(&c, &o, &state))
		return 2;
	setrlimit(RLIMIT_FSIZE, &limit);
	lines_compose(line, 1);
	state = 1;
	error = sup_output_write(o, line, lines_size, &state, sizeof(state));
	if (error)
		return 3;
	lines_compose(line, 2);
	state = 2;
	error = sup_output_write(o, line, lines_size, &state, sizeof(state));
	if (error != 1 || !strstr(sup_error(), "File too large"))
		return 4;
	lines_compose(line, 3);
	state = 3;
	error = sup_output_write(o, line, lines_size, &state, sizeof(state));
	if (error != -EFBIG || sup_output_finish(o) != -EFBIG)
		return 5;
	if (sup_output_load(o, &state, sizeof(state)) != sizeof(state) ||
	    state != 2)
		return 6;
	sup_output_close(o);
	sup_checkpoint_close(c);
	return 0;
}

static void
a_line_that_is_cut_short_is_completed_later(void **unused)
{
	(void)unused;
	lines_size = 5000;
	for (enum out_kind kind = OUT_FILE; kind <= OUT_APPEND; kind++) {
		out_begin(kind);
		assert_int_equal(
			out_end(out_start(write_beyond_limit, NULL, 0)), 0);
		lines_to_the_end();
		lines_check(out_names[kind]);
	}
}

static void
on_alarm(int signal)
{
	(void)signal;
}

/* Fills the sink with another's bytes first, so that nothing of the text gets
   in; then writes to it twice. */
static int
write_and_be_interrupted(void *arg)
{
	struct sigaction interrupt = { .sa_handler = on_alarm };
	static char line[LINES_MOST];
	struct sup_checkpoint *c;
	struct sup_output *o;
	unsigned state;
	int full[2];

	(void)arg;
	if (pipe(full))
		return 2;
	fcntl(full[1], F_SETFL, O_NONBLOCK);
	while (write(full[1], line, 4096) > 0)
		;
	out_fd = full[1]; /* waits in poll() */
	if (lines_open(&c, &o, &state))
		return 3;
	sigaction(SIGALRM, &interrupt, NULL);
	lines_compose(line, 1);
	state = 1;
	alarm(1);
	if (sup_output_write(o, line, lines_size, &state, sizeof(state)) !=
	    -EINTR)
		return 4;
	if (sup_output_load(o, &state, sizeof(state)) != 0)
		return 5;
	/* What is written elsewhere now must not count. */
	if (write(STDERR_FILENO, "", 0) < 0 || pipe(full) ||
	    write(full[1], line, 4096) != 4096)
		return 6;
	_exit(0);
}

static void
an_interrupted_line_has_not_begun(void **unused)
{
	(void)unused;
	lines_size = 5000;
	out_begin(OUT_PIPE);
	out_read();
	assert_int_equal(out_end(out_start(write_and_be_interrupted, NULL, 0)),
			 0);
	lines_to_the_end();
	lines_check("pipe");
}

static int
write_and_die_in_a_crowd(void *arg)
{
	static char line[LINES_MOST];
	struct sup_checkpoint *c;
	struct sup_output *o;
	unsigned state;

	(void)arg;
	if (lines_open(&c, &o, &state))
		return 2;
	for (unsigned i = 1; i <= 2; i++) {
		lines_compose(line, i);
		if (sup_output_write(o, line, lines_size, &i, sizeof(i)))
			return 3;
		if (write(out_fd, "crowd\n", 6) != 6)
			return 4;
	}
	_exit(0); /* no end in order */
}

static void
others_may_write_to_the_file(void **unused)
{
	char want[64];
	size_t size;
	char *all;

	(void)unused;
	if (!out_has_counts())
		skip(); /* the kernel's counts are for root alone */
	lines_size = 4;
	for (enum out_kind kind = OUT_FILE; kind <= OUT_APPEND; kind++) {
		out_begin(kind);
		assert_int_equal(
			out_end(out_start(write_and_die_in_a_crowd, NULL, 0)),
			0);
		lines_to_the_end();
		all = out_finish(&size);
		snprintf(want, sizeof(want),
			 "bbb\ncrowd\nccc\ncrowd\nddd\neee\n");
		assert_int_equal(size, strlen(want));
		assert_memory_equal(all, want, size);
		free(all);
	}
}

static void
bad_arguments_change_nothing(void **unused)
{
	static char line[LINES_MOST + 1];
	struct sup_checkpoint *c;
	struct sup_output *o;
	unsigned state = 7;
	char small;
	size_t size;

	(void)unused;
	lines_size = 5;
	out_begin(OUT_FILE);
	assert_int_equal(lines_open(&c, &o, &state), 0);
	assert_int_equal(state, 0);
	state = 9;
	assert_int_equal(sup_output_write(o, line, LINES_MOST + 1, &state, 4),
			 -EMSGSIZE);
	assert_int_equal(sup_output_write(o, line, SIZE_MAX, &state, 4),
			 -EMSGSIZE);
	assert_int_equal(sup_output_write(o, line, 0, line, LINES_MOST + 5),
			 -EMSGSIZE);
	assert_int_equal(sup_output_write(o, NULL, 0, &state, 4), 0);
	assert_int_equal(sup_output_load(o, &small, 1), -EMSGSIZE);
	sup_output_close(o);
	sup_output_close(NULL);
	sup_checkpoint_close(c);
	assert_int_equal(lines_open(&c, &o, &state), 0);
	assert_int_equal(state, 9);
	sup_output_close(o);
	assert_int_equal(sup_output_open(&o, c, -1), -EBADF);
	/* Of another program: one that does not use this. */
	assert_int_equal(sup_checkpoint_save(c, "state", 5), 0);
	sup_checkpoint_close(c);
	assert_int_equal(lines_open(&c, &o, &state), 3);
	assert_non_null(strstr(sup_error(), "another program"));
	sup_checkpoint_close(c);
	free(out_finish(&size));
	assert_int_equal(size, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_line_that_is_cut_short_is_completed_later),
		cmocka_unit_test(an_interrupted_line_has_not_begun),
		cmocka_unit_test(others_may_write_to_the_file),
		cmocka_unit_test(bad_arguments_change_nothing),
	};

	return cmocka_run_group_tests(tests, ck_make_folder, ck_remove_folder);
}
