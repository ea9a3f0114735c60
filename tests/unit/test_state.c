/* SPDX-License-Identifier: MIT */
/*
 * test_state.c - the shared memory and the descriptors that outlive
 * supervisors.
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
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "core/heap.h"
#include "core/journal.h"
#include "core/tree.h"
#include "os/state.h"

static struct state *s;

static int
set_up(void **state)
{
	(void)state;
	return state_create(&s);
}

static bool
is_open(int fd)
{
	return fcntl(fd, F_GETFD) >= 0;
}

static void
test_every_region_can_be_used_to_its_end(void **state)
{
	(void)state;
	assert_true(s->journal->capacity > 2 * sizeof(struct node) * 65536);
	s->journal->entries[s->journal->capacity - 1] = 1;
	assert_int_equal(*((char *)s->tree + tree_size() - 1), 0);
	*((char *)s->tree + tree_size() - 1) = 2;
	s->heap->bytes[s->heap->capacity - 1] = 3;
	s->process[NODES_MAX - 1].started = INT64_MAX;
	s->child[NODES_MAX - 1].last_pid = 4;
	s->exits[NODES_MAX - 1] = 5;
	s->slot_of_pid[PID_MAX] = 6;
	s->event[EVENTS_MAX - 1].text[sizeof(s->event->text) - 1] = 7;
	assert_int_equal(s->journal->entries[s->journal->capacity - 1], 1);
	assert_int_equal(*((char *)s->tree + tree_size() - 1), 2);
	assert_int_equal(s->heap->bytes[s->heap->capacity - 1], 3);
	assert_int_equal(s->child[NODES_MAX - 1].last_pid, 4);
	assert_int_equal(s->exits[NODES_MAX - 1], 5);
	assert_int_equal(s->slot_of_pid[PID_MAX], 6);
}

static void
test_memory_is_used_only_where_it_is_touched(void **state)
{
	struct stat stat;

	(void)state;
	assert_return_code(fstat(s->fds[FD_STATE], &stat), errno);
	assert_true(stat.st_size > 300 << 20);
	assert_true(stat.st_blocks * 512 < 1 << 20);
}

static void
test_a_child_sees_what_its_parent_writes(void **state)
{
	int status;
	pid_t pid;

	(void)state;
	s->process[9].tid = 0;
	pid = fork();
	if (pid == 0) {
		s->process[9].tid = getpid();
		_exit(0);
	}
	waitpid(pid, &status, 0);
	assert_int_equal(s->process[9].tid, pid);
	s->process[9].tid = 0;
}

static void
test_reserved_descriptors_are_dev_null(void **state)
{
	struct stat null, stat;

	(void)state;
	assert_return_code(fstat(FD_NULL, &null), errno);
	assert_true(S_ISCHR(null.st_mode));
	for (int fd = FD_RESERVED; fd < FD_LIMIT; fd++) {
		assert_return_code(fstat(fd, &stat), errno);
		assert_int_equal(stat.st_rdev, null.st_rdev);
		assert_int_equal(fcntl(fd, F_GETFD), FD_CLOEXEC);
	}
}

static void
test_kept_descriptors_lie_above_the_limit_and_close_on_exec(void **state)
{
	const int kept[] = { FD_STATE, FD_WAKE, FD_KEEPER, FD_DEADMAN,
			     FD_EVENTS };

	(void)state;
	for (size_t i = 0; i < sizeof(kept) / sizeof(*kept); i++) {
		assert_true(s->fds[kept[i]] >= FD_LIMIT);
		assert_int_equal(fcntl(s->fds[kept[i]], F_GETFD), FD_CLOEXEC);
	}
	assert_int_equal(s->fds[FD_CONTROL], -1);
	assert_int_equal(state_keep_fd(s, FD_LOG, dup(0)), 0);
	assert_true(s->fds[FD_LOG] >= FD_LIMIT);
	assert_int_equal(state_keep_fd(s, FD_LOG, 9999), -EBADF);
}

static void
test_the_limit_of_descriptors_is_raised_and_remembered(void **state)
{
	struct rlimit now;

	(void)state;
	assert_return_code(getrlimit(RLIMIT_NOFILE, &now), errno);
	assert_true(now.rlim_cur >= s->nofile_soft);
	assert_int_equal(now.rlim_max, s->nofile_hard);
}

/* In a process of its own, since it closes what is not in the state. */
static void
test_the_sweep_closes_what_is_not_recorded(void **state)
{
	int status;
	pid_t pid;

	(void)state;
	pid = fork();
	if (pid == 0) {
		int low = dup(0), high = fcntl(0, F_DUPFD, 500);
		int pidfd = fcntl(0, F_DUPFD, 300);

		s->process_end = 4;
		s->process[3].tid = 1;
		s->process[3].pidfd = pidfd;
		s->process[3].ready_fd = -1;
		state_sweep_fds(s);
		_exit(is_open(low) || is_open(high) || !is_open(pidfd) ||
		      !is_open(0) || !is_open(FD_NULL) ||
		      !is_open(FD_LIMIT - 1) || !is_open(s->fds[FD_WAKE]));
	}
	waitpid(pid, &status, 0);
	assert_int_equal(status, 0);
	s->process[3].tid = 0;
}

static void
test_a_pid_belongs_to_a_node_until_its_end_is_recorded(void **state)
{
	(void)state;
	assert_int_equal(state_slot_of(s, 77), NO_NODE);
	s->process[5].tid = 77;
	s->process[5].exited = 0;
	s->spawning = 5; /* the clone has just happened */
	assert_int_equal(state_slot_of(s, 77), 5);
	s->spawning = NO_NODE;
	assert_int_equal(state_slot_of(s, 77), NO_NODE);
	s->slot_of_pid[77] = 5;
	assert_int_equal(state_slot_of(s, 77), 5);
	s->process[5].exited = 1;
	assert_int_equal(state_slot_of(s, 77), NO_NODE);
	s->process[5].exited = 0;
	s->process[5].tid = 78;
	assert_int_equal(state_slot_of(s, 77), NO_NODE);
	assert_int_equal(state_slot_of(s, -1), NO_NODE);
	assert_int_equal(state_slot_of(s, INT32_MAX), NO_NODE);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_memory_is_used_only_where_it_is_touched),
		cmocka_unit_test(test_every_region_can_be_used_to_its_end),
		cmocka_unit_test(test_a_child_sees_what_its_parent_writes),
		cmocka_unit_test(test_reserved_descriptors_are_dev_null),
		cmocka_unit_test(
			test_kept_descriptors_lie_above_the_limit_and_close_on_exec),
		cmocka_unit_test(
			test_the_limit_of_descriptors_is_raised_and_remembered),
		cmocka_unit_test(test_the_sweep_closes_what_is_not_recorded),
		cmocka_unit_test(
			test_a_pid_belongs_to_a_node_until_its_end_is_recorded),
	};

	return cmocka_run_group_tests(tests, set_up, NULL);
}
