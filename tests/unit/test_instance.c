/* SPDX-License-Identifier: MIT */
/*
 * test_instance.c - one supd per lock file: a living holder refuses at once, a
 * dying one is waited for.
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
#include <sys/file.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "instance.h"

static struct state *s;
static char file[4096];

static int
set_up(void **state)
{
	const char *tmp = getenv("TMPDIR");
	int fd;

	(void)state;
	snprintf(file, sizeof(file), "%s/supd-lock-XXXXXX", tmp ? tmp : "/tmp");
	fd = mkstemp(file);
	s = calloc(1, sizeof(*s));
	if (fd < 0 || !s)
		return -1;
	close(fd);
	memset(s->fds, -1, sizeof(s->fds));
	return 0;
}

static int
tear_down(void **state)
{
	(void)state;
	if (s->fds[FD_LOCK] >= 0)
		close(s->fds[FD_LOCK]);
	free(s);
	return unlink(file);
}

/* A process that holds the lock, with `says` in the file, until it dies. */
static pid_t
hold(const char *says)
{
	int fd = open(file, O_RDWR | O_CLOEXEC);
	pid_t pid;

	assert_true(fd >= 0);
	assert_int_equal(flock(fd, LOCK_EX | LOCK_NB), 0);
	assert_int_equal(write(fd, says, strlen(says)), strlen(says));
	pid = fork();
	if (pid == 0)
		for (;;)
			pause();
	close(fd);
	return pid;
}

static pid_t
a_dead_pid(void)
{
	pid_t pid = fork();

	if (pid == 0)
		_exit(0);
	assert_int_equal(waitpid(pid, NULL, 0), pid);
	return pid;
}

static void
end(pid_t pid)
{
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
}

static void
test_a_free_lock_is_taken_and_says_whose_it_is(void **state)
{
	char text[32] = "";
	int fd;

	(void)state;
	assert_int_equal(instance_lock(s, FD_LOCK, file, 4711), 0);
	assert_true(s->fds[FD_LOCK] >= FD_LIMIT);
	fd = open(file, O_RDONLY);
	assert_int_equal(read(fd, text, sizeof(text) - 1), 5);
	close(fd);
	assert_string_equal(text, "4711\n");
}

static void
test_a_living_holder_refuses_at_once(void **state)
{
	int64_t began = clock_ms();
	char says[32];
	pid_t holder;

	(void)state;
	snprintf(says, sizeof(says), "%d\n", getpid());
	holder = hold(says);
	assert_int_equal(instance_lock(s, FD_LOCK, file, 4711), getpid());
	assert_true(clock_ms() - began < INSTANCE_WAIT_MS);
	assert_int_equal(s->fds[FD_LOCK], -1);
	end(holder);
}

/* The keeper is gone, what died with it has the lock a little longer. */
static void
test_a_dying_holder_is_waited_for(void **state)
{
	char says[32];
	pid_t holder, killer;

	(void)state;
	snprintf(says, sizeof(says), "%d\n", a_dead_pid());
	holder = hold(says);
	killer = fork();
	if (killer == 0) {
		usleep(100000);
		_exit(kill(holder, SIGKILL));
	}
	assert_int_equal(instance_lock(s, FD_LOCK, file, 4711), 0);
	waitpid(killer, NULL, 0);
	end(holder);
}

/* A zombie, as its parent sees it that has not waited for it. */
static void
test_a_zombie_is_no_living_holder(void **state)
{
	siginfo_t info;
	char says[32];
	pid_t holder, zombie = fork();

	(void)state;
	if (zombie == 0)
		_exit(0);
	waitid(P_PID, (id_t)zombie, &info, WEXITED | WNOWAIT);
	snprintf(says, sizeof(says), "%d\n", zombie);
	holder = hold(says);
	assert_int_equal(instance_lock(s, FD_LOCK, file, 4711), -EBUSY);
	end(holder);
	waitpid(zombie, NULL, 0);
}

/* Between its lock and its first word a new one is not mistaken for nobody. */
static void
test_a_holder_that_has_not_yet_said_its_pid_is_asked_again(void **state)
{
	pid_t holder = hold("");
	pid_t writer = fork();

	(void)state;
	if (writer == 0) {
		FILE *f;

		usleep(50000);
		f = fopen(file, "we");
		if (!f || fprintf(f, "%d\n", holder) < 0 || fclose(f))
			_exit(1);
		_exit(0);
	}
	assert_int_equal(instance_lock(s, FD_LOCK, file, 4711), holder);
	waitpid(writer, NULL, 0);
	end(holder);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			test_a_free_lock_is_taken_and_says_whose_it_is, set_up,
			tear_down),
		cmocka_unit_test_setup_teardown(
			test_a_living_holder_refuses_at_once, set_up,
			tear_down),
		cmocka_unit_test_setup_teardown(
			test_a_dying_holder_is_waited_for, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			test_a_zombie_is_no_living_holder, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			test_a_holder_that_has_not_yet_said_its_pid_is_asked_again,
			set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
