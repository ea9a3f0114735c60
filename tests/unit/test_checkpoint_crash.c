/* SPDX-License-Identifier: MIT */
/*
 * test_checkpoint_crash.c - a saver is killed, again and again, at whatever
 * instruction it is: what comes back is a whole state, and none that was
 * reported as saved is lost.
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
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "checkpoint_lib.h"
#include "supworker.h"

#define WORDS 520 /* of a state: more than a page */

#ifdef __SANITIZE_ADDRESS__
#define STRIDE 2003 /* instructions: the same code is many times longer */
#else
#define STRIDE 251
#endif

struct saved {
	uint64_t word[WORDS]; /* all equal in a whole state */
};

/* Shared with the saver. */
struct report {
	uint64_t started; /* being saved, or saved */
	uint64_t done;    /* sup_checkpoint_save() has returned */
	uint64_t loaded;
	int error;
};

static struct report *shared;

static int
set_up(void **state)
{
	shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE,
		      MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	return shared == MAP_FAILED ? -1 : ck_make_folder(state);
}

static int
tear_down(void **state)
{
	munmap(shared, sizeof(*shared));
	unlink(ck_temporary);
	return ck_remove_folder(state);
}

/* When a saver waits for its tracer. */
enum stop_at { STOP_NEVER, STOP_AT_START, STOP_AT_SAVE };

/* The saver: goes on from what it finds, until it is killed or has saved
   `saves` states. */
static void
run_saver(unsigned flags, unsigned saves, enum stop_at stop)
{
	static struct saved state;
	struct sup_checkpoint *c;

	shared->error = sup_checkpoint_open(&c, ck_file, sizeof(state), flags);
	if (shared->error || sup_checkpoint_load(c, &state, sizeof(state)) < 0)
		_exit(1);
	for (unsigned i = 1; i < WORDS; i++)
		if (state.word[i] != state.word[0])
			_exit(2);
	shared->loaded = state.word[0];
	while (saves--) {
		for (unsigned i = 0; i < WORDS; i++)
			state.word[i]++;
		__atomic_store_n(&shared->started, state.word[0],
				 __ATOMIC_SEQ_CST);
		if (stop == STOP_AT_SAVE)
			raise(SIGSTOP);
		if (sup_checkpoint_save(c, &state, sizeof(state)))
			_exit(3);
		__atomic_store_n(&shared->done, state.word[0],
				 __ATOMIC_SEQ_CST);
	}
	_exit(0);
}

static pid_t
start_saver(unsigned flags, unsigned saves, enum stop_at stop)
{
	pid_t pid = fork();

	assert_true(pid >= 0);
	if (pid)
		return pid;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (stop != STOP_NEVER && ptrace(PTRACE_TRACEME, 0, NULL, NULL) < 0)
		_exit(4);
	if (stop == STOP_AT_START)
		raise(SIGSTOP);
	run_saver(flags, saves, stop);
	return 0;
}

/* A new saver finds what the dead one left. */
static void
check_recovery(unsigned flags)
{
	uint64_t done = shared->done, started = shared->started;
	int status;
	pid_t pid = start_saver(flags, 1, STOP_NEVER);

	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
	assert_in_range(shared->loaded, done, started);
	assert_true(started - done <= 1);
}

static void
start_anew(void)
{
	assert_int_equal(unlink(ck_file), 0);
	memset(shared, 0, sizeof(*shared));
}

static void
kill_at_random(unsigned flags, unsigned rounds)
{
	for (unsigned i = 0; i < rounds; i++) {
		uint64_t before = shared->done;
		struct timespec pause = { 0, 20000 + 7919L * (i % 97) };
		pid_t pid = start_saver(flags, UINT32_MAX, STOP_NEVER);

		while (__atomic_load_n(&shared->done, __ATOMIC_SEQ_CST) ==
		       before)
			assert_int_equal(waitpid(pid, NULL, WNOHANG), 0);
		nanosleep(&pause, NULL);
		assert_int_equal(kill(pid, SIGKILL), 0);
		assert_int_equal(waitpid(pid, NULL, 0), pid);
		check_recovery(flags);
	}
	start_anew();
}

static void
killed_at_random_without_loss(void **state)
{
	(void)state;
	kill_at_random(SUP_NO_FALLBACK, 150);
	kill_at_random(SUP_NO_FALLBACK | SUP_DISK, 60);
}

/* Lets it run for k steps of the given kind, then kills it; 0 when it ended by
   itself before; -1 if it cannot be traced. */
static int
kill_after(enum __ptrace_request how, unsigned k, unsigned flags)
{
	int status;
	pid_t pid = start_saver(flags, how == PTRACE_SYSCALL ? 2 : 1,
				how == PTRACE_SYSCALL ? STOP_AT_START :
							STOP_AT_SAVE);

	assert_int_equal(waitpid(pid, &status, 0), pid);
	if (WIFEXITED(status) && WEXITSTATUS(status) == 4)
		return -1;
	for (unsigned i = 0; i < k; i++) {
		assert_int_equal(ptrace(how, pid, NULL, NULL), 0);
		assert_int_equal(waitpid(pid, &status, 0), pid);
		if (WIFEXITED(status)) {
			assert_int_equal(WEXITSTATUS(status), 0);
			return 0;
		}
	}
	assert_int_equal(kill(pid, SIGKILL), 0);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return 1;
}

/* Creation, first save, second save, each system call's entry and exit. */
static void
killed_at_each_system_call(void **state)
{
	static const unsigned flags[] = { SUP_NO_FALLBACK,
					  SUP_NO_FALLBACK | SUP_DISK };

	(void)state;
	for (unsigned f = 0; f < 2; f++) {
		unsigned k = 0;
		int more = 1;

		while (more) {
			more = kill_after(PTRACE_SYSCALL, ++k, flags[f]);
			if (more < 0) {
				print_message("skipped: ptrace is forbidden\n");
				skip();
			}
			check_recovery(flags[f]);
			/* Every second time it is there already. */
			if (k % 2)
				start_anew();
		}
		assert_true(k > 20);
		print_message("killed at %u system call stops\n", k - 1);
	}
}

/* A save into a new file, and one after others. */
static void
killed_at_every_few_instructions(void **state)
{
	unsigned kills = 0, k = 1;
	int more = 1;

	(void)state;
	while (more) {
		more = kill_after(PTRACE_SINGLESTEP, k, SUP_NO_FALLBACK);
		if (more < 0) {
			print_message("skipped: ptrace is forbidden\n");
			skip();
		}
		check_recovery(SUP_NO_FALLBACK);
		if (kills++ % 3 == 2)
			start_anew();
		k += STRIDE;
	}
	assert_true(kills > 20);
	print_message("killed at %u instructions of a save\n", kills - 1);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(killed_at_random_without_loss),
		TEST(killed_at_each_system_call),
		TEST(killed_at_every_few_instructions),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
