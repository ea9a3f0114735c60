/* SPDX-License-Identifier: MIT */
/*
 * test_partner.c - supervisors that die, hang or are stopped are replaced, but
 * not in a loop.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cmocka.h>

#include "keeper.h"
#include "os/procfs.h"
#include "pair_lib.h"

/* The first two kill themselves; children live on, deaths are not lost. */
static int
die_twice(struct state *s)
{
	pair_rest(s);
	notes->pid[s->supervisors] = getpid();
	if (s->supervisors == 1) {
		CHECK(pair_shell(s, 2, "exec sleep 1000", NULL) == 0);
		CHECK(pair_shell(s, 3, "sleep 0.05; exit 3", NULL) == 0);
		notes->pid[0] = s->process[2].tid;
	}
	if (s->supervisors < 3) {
		kill(getpid(), SIGKILL);
		return 1;
	}
	WAIT(pair_has_ended(s, 3));
	CHECK(s->process[3].status == 3);
	CHECK(s->process[2].tid == notes->pid[0]);
	CHECK(pair_is_alive(s->process[2].tid));
	CHECK(getppid() == s->keeper);
	return pair_end(s, 0);
}

static void
test_a_killed_supervisor_is_replaced_and_children_stay(void **state)
{
	struct pair p;

	(void)state;
	pair_prepare(&p);
	pair_start(&p, die_twice);
	assert_int_equal(pair_wait(&p), 0);
	assert_int_equal(p.s->supervisors, 3);
	assert_int_not_equal(notes->pid[1], notes->pid[2]);
}

static int
ignores_term(pid_t pid)
{
	static const char key[] = "SigIgn:\t";
	char path[64], text[4096];
	const char *set;

	snprintf(path, sizeof(path), "/proc/%d/status", pid);
	if (proc_read(path, text, sizeof(text)) < 0)
		return 0;
	set = strstr(text, key);
	return set &&
	       strtoull(set + strlen(key), NULL, 16) >> (SIGTERM - 1) & 1;
}

static int
crash_always(struct state *s)
{
	const char *argv[] = { "/bin/sh", "-c",
			       "trap '' TERM; while :; do sleep 1000; done",
			       NULL };
	enum spawn_stage stage;

	if (s->supervisors == 1) {
		s->process[2].grace = 20000;
		CHECK(pair_shell(s, 2, "exec sleep 1000", NULL) == 0);
		s->process[3].grace = 50;
		CHECK(pair_spawn(s, 3, argv, NULL, &stage) == 0);
		WAIT(ignores_term(s->process[3].tid));
		notes->pid[2] = s->process[2].tid;
		notes->pid[3] = s->process[3].tid;
	}
	abort();
}

static void
test_a_crash_loop_of_supervisors_ends_all(void **state)
{
	int64_t began = clock_ms();
	struct pair p;

	(void)state;
	pair_prepare(&p);
	pair_start(&p, crash_always);
	assert_int_equal(pair_wait(&p), 70);
	assert_int_equal(p.s->supervisors, 1 + SUPERVISOR_INTENSITY);
	assert_int_equal(p.s->process[2].status, SIGTERM);
	assert_int_equal(p.s->process[3].status, SIGKILL);
	assert_false(pair_is_alive(notes->pid[2]));
	assert_false(pair_is_alive(notes->pid[3]));
	assert_true(clock_ms() - began < 10000);
}

static int
hang_first(struct state *s)
{
	if (s->supervisors == 1)
		for (;;)
			pause();
	pair_rest(s);
	return pair_end(s, 0);
}

static void
test_a_supervisor_that_hangs_is_replaced(void **state)
{
	struct pair p;

	(void)state;
	pair_prepare(&p);
	p.s->deadman_ms = 100;
	pair_start(&p, hang_first);
	assert_int_equal(pair_wait(&p), 0);
	assert_int_equal(p.s->supervisors, 2);
}

static int
be_stopped_asleep(struct state *s)
{
	pair_rest(s);
	if (s->supervisors == 1) {
		kill(getpid(), SIGSTOP);
		return 1;
	}
	return pair_end(s, 0);
}

static void
test_a_supervisor_that_is_stopped_asleep_is_replaced(void **state)
{
	struct pair p;

	(void)state;
	pair_prepare(&p);
	p.s->deadman_ms = 100;
	pair_start(&p, be_stopped_asleep);
	assert_int_equal(pair_wait(&p), 0);
	assert_int_equal(p.s->supervisors, 2);
}

/* Dies as if killed from outside. */
static int
be_killed(void)
{
	kill(getpid(), SIGKILL);
	return 1;
}

static int
be_killed_at_once(struct state *s)
{
	(void)s;
	return be_killed();
}

static void
test_a_loop_of_supervisors_that_do_not_come_up_ends_all(void **state)
{
	struct pair p;

	(void)state;
	pair_prepare(&p);
	pair_start(&p, be_killed_at_once);
	assert_int_equal(pair_wait(&p), 70);
	assert_int_equal(p.s->supervisors, 1 + SUPERVISOR_INTENSITY);
}

#define ROUNDS (4 * (SUPERVISOR_INTENSITY + 1))

/* Every sixth comes up, and is killed as well. */
static int
come_up_at_times(struct state *s)
{
	pair_rest(s);
	if (s->supervisors > ROUNDS)
		return pair_end(s, 0);
	if (s->supervisors % (SUPERVISOR_INTENSITY + 1) == 0)
		s->taken_over = s->supervisors;
	return be_killed();
}

static void
test_one_that_comes_up_ends_the_loop(void **state)
{
	struct pair p;

	(void)state;
	pair_prepare(&p);
	pair_start(&p, come_up_at_times);
	assert_int_equal(pair_wait(&p), 0);
	assert_int_equal(p.s->supervisors, ROUNDS + 1);
}

/* As the filter of a container engine that has never heard of it. */
static int
forbid_clone3(int error)
{
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
			 offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_clone3, 0, 1),
		BPF_STMT(BPF_RET | BPF_K,
			 SECCOMP_RET_ERRNO | (unsigned)error),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	const struct sock_fprog filter = {
		.len = sizeof(code) / sizeof(*code),
		.filter = code,
	};

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
		return -1;
	return prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter);
}

/* What a keeper that may not clone says; its status. */
static int
keep_without_clone3(int error, char *said, size_t size)
{
	struct pair p;
	int ends[2];
	ssize_t n;

	pair_prepare(&p);
	assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
	p.keeper = fork();
	if (p.keeper == 0) {
		dup2(ends[1], STDERR_FILENO);
		if (forbid_clone3(error) < 0)
			_exit(1);
		_exit(keeper_run(p.s, be_killed_at_once));
	}
	close(ends[1]);
	n = read(ends[0], said, size - 1);
	said[n > 0 ? n : 0] = '\0';
	close(ends[0]);
	assert_int_equal(p.s->supervisors, 0);
	return pair_wait(&p);
}

static void
test_where_none_can_be_made_the_keeper_ends_with_71(void **state)
{
	static const int errors[] = { ENOSYS, EPERM };

	(void)state;
	for (size_t i = 0; i < sizeof(errors) / sizeof(*errors); i++) {
		char said[1024];

		assert_int_equal(
			keep_without_clone3(errors[i], said, sizeof(said)), 71);
		assert_non_null(strstr(said, strerror(errors[i])));
		assert_non_null(strstr(said, "seccomp"));
		assert_null(strstr(said, "trying again"));
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			test_a_killed_supervisor_is_replaced_and_children_stay),
		cmocka_unit_test(test_a_crash_loop_of_supervisors_ends_all),
		cmocka_unit_test(test_a_supervisor_that_hangs_is_replaced),
		cmocka_unit_test(
			test_a_supervisor_that_is_stopped_asleep_is_replaced),
		cmocka_unit_test(
			test_a_loop_of_supervisors_that_do_not_come_up_ends_all),
		cmocka_unit_test(test_one_that_comes_up_ends_the_loop),
		cmocka_unit_test(
			test_where_none_can_be_made_the_keeper_ends_with_71),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
