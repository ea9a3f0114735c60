/* SPDX-License-Identifier: MIT */
/*
 * test_sup_mailbox.c - what is received, in which order, by whom and how long.
 */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>

#include <cmocka.h>

#include "mailbox_lib.h"

static struct sup_message message;

static int64_t
now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void
receive_each_kind(void)
{
	struct sup_message *m;

	mb_say("1 EXIT peer 12 signal:SEGV");
	mb_say("2 EXIT - - shutdown");
	mb_say("4 DOWN 17 db 99 no more room");
	mb_say("5 DOWN 18 gone - noproc");
	mb_say("6 PRIMARY");
	mb_say("7 STOP shutdown");
	mb_say("8 MESSAGE two  words ");
	mb_say("9 MESSAGE ");
	mb_say("10 LOST 3");
	m = mb_next(SUP_EXIT, "signal:SEGV");
	CHECK(strcmp(m->id, "peer") == 0 && m->pid == 12);
	m = mb_next(SUP_EXIT, "shutdown");
	CHECK(strcmp(m->id, "-") == 0 && m->pid == 0);
	m = mb_next(SUP_DOWN, "no more room");
	CHECK(strcmp(m->id, "db") == 0 && m->pid == 99 && m->ref == 17);
	m = mb_next(SUP_DOWN, "noproc");
	CHECK(strcmp(m->id, "gone") == 0 && m->pid == 0 && m->ref == 18);
	mb_next(SUP_PRIMARY, "");
	mb_next(SUP_STOP, "shutdown");
	mb_next(SUP_TEXT, "two  words ");
	mb_next(SUP_TEXT, "");
	m = mb_next(SUP_LOST, "");
	CHECK(m->ref == 3);
	mb_nothing();
}

static void
each_kind_is_received_in_order(void **state)
{
	(void)state;
	mb_worker(receive_each_kind);
}

static void
receive_repeated(void)
{
	mb_say("3 MESSAGE a");
	mb_say("3 MESSAGE a");
	mb_say("1 MESSAGE older");
	mb_say("4 MESSAGE b");
	mb_say("4 MESSAGE b");
	mb_next(SUP_TEXT, "a");
	mb_next(SUP_TEXT, "b");
	CHECK(sup_receive(&message, 0) == 0);
	mb_nothing();
	mb_say("9223372036854775797 MESSAGE the last number");
	mb_next(SUP_TEXT, "the last number");
}

static void
a_message_that_is_repeated_is_ignored(void **state)
{
	(void)state;
	mb_worker(receive_repeated);
}

static void
receive_the_longest(void)
{
	static char text[SUP_TEXT_MAX + 2];

	memset(text, 'x', SUP_TEXT_MAX);
	mb_say("1 MESSAGE %s", text);
	mb_next(SUP_TEXT, text);
	text[SUP_TEXT_MAX] = 'y';
	mb_say("2 MESSAGE %s", text);
	mb_failed(sup_receive(&message, 0), EBADMSG, "not a message");
	mb_say("3 MESSAGE %s%s", text, text);
	mb_failed(sup_receive(&message, 0), EBADMSG, "bytes");
	mb_nothing();
}

static void
the_longest_message_fits_a_longer_one_is_an_error(void **state)
{
	(void)state;
	mb_worker(receive_the_longest);
}

static void
receive_while_asking(void)
{
	mb_say("1 MESSAGE before");
	mb_say("2 REPLY 1 ok");
	mb_say("3 MESSAGE after");
	CHECK(sup_link("a") == 0);
	mb_say("4 EXIT a 5 killed");
	mb_say("5 REPLY 2 error not_found");
	CHECK(mb_is_readable());
	mb_failed(sup_link("b"), ENXIO, "b: there is no such child");
	mb_next(SUP_TEXT, "before");
	mb_next(SUP_TEXT, "after");
	mb_next(SUP_EXIT, "killed");
	mb_nothing();
}

static void
what_comes_before_a_reply_is_kept_in_order(void **state)
{
	(void)state;
	mb_worker(receive_while_asking);
}

static void
receive_nothing(void)
{
	int64_t began = now_ms();

	CHECK(sup_mailbox() >= 0 && sup_mailbox() == sup_mailbox());
	CHECK(sup_receive(&message, 120) == 0);
	CHECK(now_ms() - began >= 119);
	began = now_ms();
	mb_say("7 MESSAGE a");
	mb_next(SUP_TEXT, "a");
	mb_say("7 MESSAGE a"); /* wakes, but is none */
	CHECK(sup_receive(&message, 120) == 0);
	CHECK(now_ms() - began >= 119);
}

static void
receiving_ends_in_time(void **state)
{
	(void)state;
	mb_worker(receive_nothing);
}

static void
ignore(int sig)
{
	(void)sig;
}

static void
receive_a_signal(void)
{
	struct itimerval soon = { .it_value.tv_usec = 20000,
				  .it_interval.tv_usec = 20000 };
	struct sigaction act = { .sa_handler = ignore };

	CHECK(sigaction(SIGALRM, &act, NULL) == 0);
	CHECK(setitimer(ITIMER_REAL, &soon, NULL) == 0);
	CHECK(sup_receive(&message, -1) == -EINTR);
}

static void
a_signal_ends_receiving(void **state)
{
	(void)state;
	mb_worker(receive_a_signal);
}

static void
receive_the_end(void)
{
	mb_say("1 MESSAGE last words");
	CHECK(mb_is_readable());
	mb_hang_up();
	mb_next(SUP_TEXT, "last words");
	CHECK(mb_is_readable());
	mb_failed(sup_receive(&message, -1), EPIPE, "closed it, or is gone");
	CHECK(!mb_is_readable());
	mb_failed(sup_receive(&message, -1), EPIPE, "closed it, or is gone");
	mb_failed(sup_link("a"), EPIPE, "closed it, or is gone");
}

static void
end_while_asking(void)
{
	mb_say("1 MESSAGE last words");
	mb_hang_up();
	mb_failed(sup_monitor("a"), EPIPE, "closed it, or is gone");
	mb_next(SUP_TEXT, "last words");
	mb_failed(sup_receive(&message, 0), EPIPE, "closed it, or is gone");
}

static void
the_end_comes_behind_what_was_sent(void **state)
{
	(void)state;
	mb_worker(receive_the_end);
	mb_worker(end_while_asking);
}

static void
have_none(void)
{
	mb_failed(sup_mailbox(), ENOENT, "mailbox = yes");
	mb_failed(sup_receive(&message, -1), ENOENT, "mailbox = yes");
	mb_failed(sup_link("a"), ENOENT, "mailbox = yes");
	mb_failed(sup_monitor("a"), ENOENT, "mailbox = yes");
	mb_failed(sup_demonitor(1, 0), ENOENT, "mailbox = yes");
	mb_failed(sup_trap_exit(1), ENOENT, "mailbox = yes");
	mb_failed(sup_send("a", "b"), ENOENT, "mailbox = yes");
	mb_failed(sup_exit_child("a", "kill"), ENOENT, "mailbox = yes");
}

static void
have_another_descriptor(void)
{
	int fd = open("/dev/null", O_RDONLY);
	char number[16];

	snprintf(number, sizeof(number), "%d", fd);
	setenv("SUPD_MAILBOX_FD", number, 1);
	have_none();
	CHECK(fcntl(fd, F_GETFD) >= 0);
}

static void
have_no_number(void)
{
	setenv("SUPD_MAILBOX_FD", "none", 1);
	have_none();
}

static void
without_a_mailbox_each_call_says_how_to_get_one(void **state)
{
	(void)state;
	mb_worker_alone(have_none);
	mb_worker_alone(have_another_descriptor);
	mb_worker_alone(have_no_number);
}

static void
be_a_standby(void)
{
	setenv("SUPD_ROLE", "standby", 1);
	mb_failed(sup_link("a"), EBUSY, "standby");
	mb_failed(sup_trap_exit(1), EBUSY, "standby");
	mb_hears_nothing();
	mb_say("1 PRIMARY");
	mb_next(SUP_PRIMARY, "");
	mb_say("2 REPLY 1 ok");
	CHECK(sup_link("a") == 0);
	mb_hears("1 LINK a");
}

static void
a_standby_is_not_heard_until_it_is_promoted(void **state)
{
	(void)state;
	mb_worker(be_a_standby);
}

static void
fork_with_a_mailbox(void)
{
	int status, before;
	pid_t pid;

	mb_say("1 MESSAGE kept");
	mb_say("2 REPLY 1 ok");
	CHECK(sup_link("a") == 0);
	before = sup_mailbox();
	pid = fork();
	CHECK(pid >= 0);
	if (pid == 0) {
		CHECK(fcntl(before, F_GETFD) < 0);
		mb_failed(sup_mailbox(), ENOENT, "parent's");
		mb_failed(sup_receive(&message, -1), ENOENT, "parent's");
		mb_failed(sup_link("a"), ENOENT, "parent's");
		CHECK(sup_monitor_pid(getppid()) > 0);
		CHECK(sup_receive(&message, 0) == 0);
		_exit(0);
	}
	CHECK(waitpid(pid, &status, 0) == pid && status == 0);
	mb_say("3 MESSAGE for the parent");
	mb_next(SUP_TEXT, "kept");
	mb_next(SUP_TEXT, "for the parent");
}

static void
a_fork_has_none_of_its_parents_mailbox(void **state)
{
	(void)state;
	mb_worker(fork_with_a_mailbox);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_kind_is_received_in_order),
		cmocka_unit_test(a_message_that_is_repeated_is_ignored),
		cmocka_unit_test(
			the_longest_message_fits_a_longer_one_is_an_error),
		cmocka_unit_test(what_comes_before_a_reply_is_kept_in_order),
		cmocka_unit_test(receiving_ends_in_time),
		cmocka_unit_test(a_signal_ends_receiving),
		cmocka_unit_test(the_end_comes_behind_what_was_sent),
		cmocka_unit_test(
			without_a_mailbox_each_call_says_how_to_get_one),
		cmocka_unit_test(a_standby_is_not_heard_until_it_is_promoted),
		cmocka_unit_test(a_fork_has_none_of_its_parents_mailbox),
	};

	return cmocka_run_group_tests_name("sup_mailbox", tests, NULL, NULL);
}
