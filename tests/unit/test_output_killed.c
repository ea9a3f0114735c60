/* SPDX-License-Identifier: MIT */
/*
 * test_output_killed.c - text comes once, whole and in order, to whatever sink,
 * where ever its writers are killed.
 */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/ptrace.h>
#include <sys/wait.h>

#include <cmocka.h>

#include "checkpoint_lib.h"
#include "lines_lib.h"
#include "output_lib.h"

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
	pid_t pid = out_start(lines_write, &last, 1);
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
	lines_size = 5000;
	for (enum out_kind kind = 0; kind < end; kind++) {
		unsigned n = 0;
		bool killed;

		do {
			out_begin(kind);
			out_read();
			killed = kill_at(++n);
			if (killed)
				kill_at(n * 7 % 31 + 1);
			lines_to_the_end();
			lines_check(out_names[kind]);
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
	lines_size = LINES_MOST;
	for (enum out_kind kind = OUT_PIPE; kind < OUT_KINDS; kind++) {
		unsigned last = LINES;

		out_begin(kind);
		for (unsigned i = 0; i < 3; i++) {
			pid_t pid = out_start(lines_write, &last, 0);

			out_wait_asleep(pid);
			kill(pid, SIGKILL);
			assert_true(WIFSIGNALED(out_end(pid)));
		}
		out_read();
		lines_to_the_end();
		lines_check(out_names[kind]);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(killed_at_every_system_call),
		cmocka_unit_test(torn_lines_are_completed),
	};

	return cmocka_run_group_tests(tests, ck_make_folder, ck_remove_folder);
}
