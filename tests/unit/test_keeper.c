/* SPDX-License-Identifier: MIT */
/*
 * test_keeper.c - deaths are recorded, signals and the outer service manager are
 * served.
 */
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "keeper.h"
#include "pair_lib.h"

static int
record_deaths(struct state *s)
{
	CHECK(pair_shell(s, 2, "exit 7", NULL) == 0);
	WAIT(pair_has_ended(s, 2));
	CHECK(s->process[2].code == CLD_EXITED && s->process[2].status == 7);
	CHECK(s->process[2].ended <= clock_ms());
	CHECK(kill(s->process[2].tid, 0) < 0); /* reaped */
	CHECK(pair_shell(s, 3, "kill -USR1 $$", NULL) == 0);
	WAIT(pair_has_ended(s, 3));
	CHECK(s->process[3].code == CLD_KILLED);
	CHECK(s->process[3].status == SIGUSR1);
	CHECK(s->exits_head == 2 && s->exits[0] == 2 && s->exits[1] == 3);
	CHECK(s->orphans == 0);
	return 0;
}

static void
test_each_death_is_recorded_and_reaped(void **state)
{
	(void)state;
	assert_int_equal(pair_run(record_deaths), 0);
}

static int
count_bytes(struct state *s)
{
	CHECK(pair_shell(s, 2, "echo 12345 >/dev/null; kill -KILL $$", NULL) ==
	      0);
	WAIT(pair_has_ended(s, 2));
	CHECK(s->process[2].written == 6 ||
	      s->process[2].written == UINT64_MAX);
	return 0;
}

static void
test_the_bytes_written_by_the_dead_are_counted(void **state)
{
	(void)state;
	assert_int_equal(pair_run(count_bytes), 0);
}

#define CROWD 300

/* All at once: their SIGCHLDs are merged. */
static int
kill_crowd(struct state *s)
{
	const char *argv[] = { "/bin/sleep", "1000", NULL };
	enum spawn_stage stage;

	for (uint32_t n = 2; n < 2 + CROWD; n++)
		CHECK(pair_spawn(s, n, argv, NULL, &stage) == 0);
	for (uint32_t n = 2; n < 2 + CROWD; n++)
		kill(s->process[n].tid, SIGKILL);
	for (uint32_t n = 2; n < 2 + CROWD; n++)
		WAIT(pair_has_ended(s, n));
	CHECK(s->exits_head == CROWD);
	return 0;
}

static void
test_no_death_is_missed_in_a_crowd(void **state)
{
	(void)state;
	assert_int_equal(pair_run(kill_crowd), 0);
}

static int
leave_orphans(struct state *s)
{
	CHECK(pair_shell(s, 2, "for i in 1 2 3; do sh -c : & done", NULL) == 0);
	WAIT(pair_has_ended(s, 2));
	WAIT(waitpid(-1, NULL, WNOHANG) < 0); /* they are not ours */
	CHECK(pair_shell(s, 3, "sleep 0.01 & exit 0", NULL) == 0);
	WAIT(pair_has_ended(s, 3));
	WAIT(s->orphans > 0);
	return 0;
}

static void
test_orphans_are_reaped_and_counted(void **state)
{
	(void)state;
	assert_int_equal(pair_run(leave_orphans), 0);
}

static int
hear_signals(struct state *s)
{
	pair_rest(s);
	kill(s->keeper, SIGHUP);
	kill(s->keeper, SIGUSR1);
	kill(s->keeper, SIGUSR2);
	WAIT(s->asked[ASK_RELOAD] == 1 && s->asked[ASK_REOPEN] == 1 &&
	     s->asked[ASK_DUMP] == 1);
	kill(s->keeper, SIGTERM);
	WAIT(s->asked[ASK_STOP] == 1);
	CHECK(s->asked[ASK_HURRY] == 0);
	kill(s->keeper, SIGINT);
	WAIT(s->asked[ASK_HURRY] == 1);
	CHECK(s->asked[ASK_STOP] == 1);
	return 0;
}

static void
test_signals_are_passed_on_as_what_they_ask_for(void **state)
{
	(void)state;
	assert_int_equal(pair_run(hear_signals), 0);
}

static int
report(struct state *s)
{
	const uint64_t one = 1;

	CHECK(!getenv("NOTIFY_SOCKET") && !getenv("WATCHDOG_USEC"));
	CHECK(s->watchdog_usec == 2000000);
	strcpy(s->status_text, "all up");
	s->ready = 1;
	CHECK(write(s->fds[FD_KEEPER], &one, sizeof(one)) == sizeof(one));
	WAIT(notes->round == 2); /* STATUS, READY */
	s->beats++;
	CHECK(write(s->fds[FD_KEEPER], &one, sizeof(one)) == sizeof(one));
	WAIT(notes->round == 3);
	s->stopping = 1;
	CHECK(write(s->fds[FD_KEEPER], &one, sizeof(one)) == sizeof(one));
	WAIT(notes->round == 4);
	return 0;
}

static int
end_with_report(struct state *s)
{
	pair_rest(s);
	return pair_end(s, report(s));
}

static void
expect_message(int fd, const char *expected)
{
	char text[256];
	ssize_t n = recv(fd, text, sizeof(text) - 1, 0);

	assert_true(n > 0);
	text[n] = '\0';
	assert_string_equal(text, expected);
	notes->round++;
}

/* An address of our own in NOTIFY_SOCKET, not bound yet. */
static int
make_outer(struct sockaddr_un *a)
{
	const struct timeval patience = { .tv_sec = 20 };
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	*a = (struct sockaddr_un){ .sun_family = AF_UNIX };
	snprintf(a->sun_path, sizeof(a->sun_path), "@supd-test-keeper-%d",
		 getpid());
	setenv("NOTIFY_SOCKET", a->sun_path, 1);
	a->sun_path[0] = '\0';
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
	return fd;
}

static void
bind_outer(int fd, const struct sockaddr_un *a)
{
	assert_return_code(
		bind(fd, (const struct sockaddr *)a,
		     (socklen_t)(offsetof(struct sockaddr_un, sun_path) + 1 +
				 strlen(a->sun_path + 1))),
		0);
}

static void
test_the_outer_service_manager_is_told(void **state)
{
	struct sockaddr_un a;
	int fd = make_outer(&a);
	struct pair p;

	(void)state;
	setenv("WATCHDOG_USEC", "2000000", 1);
	unsetenv("WATCHDOG_PID");
	bind_outer(fd, &a);
	pair_prepare(&p);
	pair_start(&p, end_with_report);
	expect_message(fd, "STATUS=all up");
	expect_message(fd, "READY=1");
	expect_message(fd, "WATCHDOG=1");
	expect_message(fd, "STOPPING=1");
	assert_int_equal(pair_wait(&p), 0);
	unsetenv("NOTIFY_SOCKET");
	unsetenv("WATCHDOG_USEC");
	close(fd);
}

static bool
has_been_heard(const struct state *s)
{
	struct pollfd keeper = { .fd = s->fds[FD_KEEPER], .events = POLLIN };

	return poll(&keeper, 1, 0) == 0;
}

static int
be_ready_too_early(struct state *s)
{
	const uint64_t one = 1;

	s->ready = 1;
	CHECK(write(s->fds[FD_KEEPER], &one, sizeof(one)) == sizeof(one));
	WAIT(has_been_heard(s));
	/* It tells before it takes the next one. */
	CHECK(write(s->fds[FD_KEEPER], &one, sizeof(one)) == sizeof(one));
	WAIT(has_been_heard(s));
	notes->round = 1;
	WAIT(notes->round == 2);
	CHECK(write(s->fds[FD_KEEPER], &one, sizeof(one)) == sizeof(one));
	WAIT(notes->round == 3);
	return 0;
}

static int
end_with_early_report(struct state *s)
{
	pair_rest(s);
	return pair_end(s, be_ready_too_early(s));
}

static void
test_what_could_not_be_told_is_told_later(void **state)
{
	struct sockaddr_un a;
	int fd = make_outer(&a);
	struct pair p;

	(void)state;
	pair_prepare(&p);
	pair_start(&p, end_with_early_report);
	while (notes->round != 1)
		pair_pause();
	bind_outer(fd, &a);
	notes->round = 2;
	expect_message(fd, "READY=1");
	assert_int_equal(pair_wait(&p), 0);
	unsetenv("NOTIFY_SOCKET");
	close(fd);
}

static int
wait_for_the_end(struct state *s)
{
	pair_rest(s);
	CHECK(pair_shell(s, 2, "exec sleep 1000", NULL) == 0);
	notes->pid[0] = getpid();
	notes->pid[1] = s->process[2].tid;
	__atomic_store_n(&notes->round, 1, __ATOMIC_RELEASE);
	for (;;)
		pause();
}

static void
test_all_dies_with_the_keeper(void **state)
{
	int64_t until = clock_ms() + PATIENCE_MS;
	struct pair p;

	(void)state;
	pair_prepare(&p);
	pair_start(&p, wait_for_the_end);
	while (!__atomic_load_n(&notes->round, __ATOMIC_ACQUIRE)) {
		assert_true(clock_ms() < until);
		pair_pause();
	}
	kill(p.keeper, SIGKILL);
	assert_int_equal(pair_wait(&p), 256 + SIGKILL);
	while (pair_is_alive(notes->pid[0]) || pair_is_alive(notes->pid[1])) {
		assert_true(clock_ms() < until);
		pair_pause();
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_each_death_is_recorded_and_reaped),
		cmocka_unit_test(
			test_the_bytes_written_by_the_dead_are_counted),
		cmocka_unit_test(test_no_death_is_missed_in_a_crowd),
		cmocka_unit_test(test_orphans_are_reaped_and_counted),
		cmocka_unit_test(
			test_signals_are_passed_on_as_what_they_ask_for),
		cmocka_unit_test(test_the_outer_service_manager_is_told),
		cmocka_unit_test(test_what_could_not_be_told_is_told_later),
		cmocka_unit_test(test_all_dies_with_the_keeper),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
