/* SPDX-License-Identifier: MIT */
/*
 * test_output.c - text comes once, whole and in order, to whatever sink, where
 * ever its writers are killed.
 */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "checkpoint_lib.h"
#include "output_lib.h"
#include "supworker.h"

#define LINE_MOST 300000 /* more than any sink takes at once */
#define LINES 4

static size_t line_size; /* of each line of a test */

static void
compose(char *line, unsigned number)
{
	memset(line, 'a' + (int)(number % 26), line_size);
	line[line_size - 1] = '\n';
}

static int
open_output(struct sup_checkpoint **c, struct sup_output **o, unsigned *state)
{
	if (sup_checkpoint_open(c, ck_file, SUP_OUTPUT_ROOM(4, LINE_MOST),
				SUP_NO_FALLBACK))
		return 2;
	if (sup_output_open(o, *c, out_fd))
		return 3;
	*state = 0;
	return sup_output_load(*o, state, sizeof(*state)) < 0 ? 4 : 0;
}

/* Writes up to the line *arg, with an end in order. */
static int
write_lines(void *arg)
{
	static char line[LINE_MOST];
	const unsigned *last = arg;
	struct sup_checkpoint *c;
	struct sup_output *o;
	unsigned state;
	int error = open_output(&c, &o, &state);

	if (error)
		return error;
	while (state < *last) {
		compose(line, ++state);
		error = sup_output_write(o, line, line_size, &state,
					 sizeof(state));
		if (error)
			return error > 0 ? 5 : 6;
	}
	sup_output_close(o);
	sup_checkpoint_close(c);
	return 0;
}

static void
write_to_the_end(void)
{
	unsigned last = LINES;

	assert_int_equal(out_end(out_start(write_lines, &last, 0)), 0);
}

static void
check_output(const char *what)
{
	static char line[LINE_MOST];
	size_t size;
	char *all = out_finish(&size);

	for (unsigned i = 1; i <= LINES && i * line_size <= size; i++) {
		compose(line, i);
		if (memcmp(all + (i - 1) * line_size, line, line_size) != 0)
			fail_msg("%s: line %u is wrong", what, i);
	}
	if (size != LINES * line_size)
		fail_msg("%s: %zu bytes, not %zu", what, size,
			 LINES * line_size);
	free(all);
}

/* Runs to the next system call's entry or exit; false: it has ended. */
static bool
step(pid_t pid)
{
	siginfo_t info;
	int status;

	assert_int_equal(ptrace(PTRACE_SYSCALL, pid, NULL, NULL), 0);
	/* Its end is for out_end(). */
	assert_int_equal(waitid(P_PID, (id_t)pid, &info,
				WEXITED | WSTOPPED | WNOWAIT),
			 0);
	if (info.si_code == CLD_EXITED || info.si_code == CLD_KILLED)
		return false;
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return true;
}

/* Kills a writer at its n-th system call stop; false: it has ended before. */
static bool
kill_at(unsigned n)
{
	unsigned last = LINES;
	pid_t pid = out_start(write_lines, &last, 1);
	int status;

	assert_int_equal(waitpid(pid, &status, WUNTRACED), pid);
	assert_true(WIFSTOPPED(status));
	while (n && step(pid))
		n--;
	if (!n)
		kill(pid, SIGKILL);
	status = out_end(pid);
	assert_true(n ? status == 0 : WIFSIGNALED(status));
	return !n;
}

/* And the one who goes on, at another one. */
static void
killed_at_every_system_call(void **unused)
{
	enum out_kind end = out_has_counts() ? OUT_KINDS : OUT_PIPE;

	(void)unused;
	line_size = 5000;
	for (enum out_kind kind = 0; kind < end; kind++) {
		unsigned n = 0;
		bool killed;

		do {
			out_begin(kind);
			out_read();
			killed = kill_at(++n);
			if (killed)
				kill_at(n * 7 % 31 + 1);
			write_to_the_end();
			check_output(out_names[kind]);
		} while (killed);
		print_message("%s: %u kills\n", out_names[kind], 2 * (n - 1));
		assert_true(n > 20);
	}
}

/* A writer is killed while it waits for room in the middle of a line, and so
   is the one who is to complete it. */
static void
torn_lines_are_completed(void **unused)
{
	(void)unused;
	if (!out_has_counts())
		skip(); /* the kernel's counts are for root alone */
	line_size = LINE_MOST;
	for (enum out_kind kind = OUT_PIPE; kind < OUT_KINDS; kind++) {
		unsigned last = LINES;

		out_begin(kind);
		for (unsigned i = 0; i < 3; i++) {
			pid_t pid = out_start(write_lines, &last, 0);

			out_wait_asleep(pid);
			kill(pid, SIGKILL);
			assert_true(WIFSIGNALED(out_end(pid)));
		}
		out_read();
		write_to_the_end();
		check_output(out_names[kind]);
	}
}

static int
write_beyond_limit(void *arg)
{
	const struct rlimit limit = { 8000, 8000 };
	static char line[LINE_MOST];
	struct sup_checkpoint *c;
	struct sup_output *o;
	unsigned state;
	int error;

	(void)arg;
	if (open_output(&c, &o, &state))
		return 2;
	setrlimit(RLIMIT_FSIZE, &limit);
	compose(line, 1);
	state = 1;
	error = sup_output_write(o, line, line_size, &state, sizeof(state));
	if (error)
		return 3;
	compose(line, 2);
	state = 2;
	error = sup_output_write(o, line, line_size, &state, sizeof(state));
	if (error != 1 || !strstr(sup_error(), "File too large"))
		return 4;
	compose(line, 3);
	state = 3;
	error = sup_output_write(o, line, line_size, &state, sizeof(state));
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
	line_size = 5000;
	for (enum out_kind kind = OUT_FILE; kind <= OUT_APPEND; kind++) {
		out_begin(kind);
		assert_int_equal(
			out_end(out_start(write_beyond_limit, NULL, 0)), 0);
		write_to_the_end();
		check_output(out_names[kind]);
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
	static char line[LINE_MOST];
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
	if (open_output(&c, &o, &state))
		return 3;
	sigaction(SIGALRM, &interrupt, NULL);
	compose(line, 1);
	state = 1;
	alarm(1);
	if (sup_output_write(o, line, line_size, &state, sizeof(state)) !=
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
	line_size = 5000;
	out_begin(OUT_PIPE);
	out_read();
	assert_int_equal(out_end(out_start(write_and_be_interrupted, NULL, 0)),
			 0);
	write_to_the_end();
	check_output("pipe");
}

static int
write_and_die_in_a_crowd(void *arg)
{
	static char line[LINE_MOST];
	struct sup_checkpoint *c;
	struct sup_output *o;
	unsigned state;

	(void)arg;
	if (open_output(&c, &o, &state))
		return 2;
	for (unsigned i = 1; i <= 2; i++) {
		compose(line, i);
		if (sup_output_write(o, line, line_size, &i, sizeof(i)))
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
	line_size = 4;
	for (enum out_kind kind = OUT_FILE; kind <= OUT_APPEND; kind++) {
		out_begin(kind);
		assert_int_equal(
			out_end(out_start(write_and_die_in_a_crowd, NULL, 0)),
			0);
		write_to_the_end();
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
	static char line[LINE_MOST + 1];
	struct sup_checkpoint *c;
	struct sup_output *o;
	unsigned state = 7;
	char small;
	size_t size;

	(void)unused;
	line_size = 5;
	out_begin(OUT_FILE);
	assert_int_equal(open_output(&c, &o, &state), 0);
	assert_int_equal(state, 0);
	state = 9;
	assert_int_equal(sup_output_write(o, line, LINE_MOST + 1, &state, 4),
			 -EMSGSIZE);
	assert_int_equal(sup_output_write(o, line, SIZE_MAX, &state, 4),
			 -EMSGSIZE);
	assert_int_equal(sup_output_write(o, line, 0, line, LINE_MOST + 5),
			 -EMSGSIZE);
	assert_int_equal(sup_output_write(o, NULL, 0, &state, 4), 0);
	assert_int_equal(sup_output_load(o, &small, 1), -EMSGSIZE);
	sup_output_close(o);
	sup_output_close(NULL);
	sup_checkpoint_close(c);
	assert_int_equal(open_output(&c, &o, &state), 0);
	assert_int_equal(state, 9);
	sup_output_close(o);
	assert_int_equal(sup_output_open(&o, c, -1), -EBADF);
	/* Of another program: one that does not use this. */
	assert_int_equal(sup_checkpoint_save(c, "state", 5), 0);
	sup_checkpoint_close(c);
	assert_int_equal(open_output(&c, &o, &state), 3);
	assert_non_null(strstr(sup_error(), "another program"));
	sup_checkpoint_close(c);
	free(out_finish(&size));
	assert_int_equal(size, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(killed_at_every_system_call),
		cmocka_unit_test(torn_lines_are_completed),
		cmocka_unit_test(a_line_that_is_cut_short_is_completed_later),
		cmocka_unit_test(an_interrupted_line_has_not_begun),
		cmocka_unit_test(others_may_write_to_the_file),
		cmocka_unit_test(bad_arguments_change_nothing),
	};

	return cmocka_run_group_tests(tests, ck_make_folder, ck_remove_folder);
}
