/* SPDX-License-Identifier: MIT */
/*
 * test_sup_links.c - what the library asks supd for, and what it makes of the
 * answers.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>

#include <cmocka.h>

#include "mailbox_lib.h"

#define LONG_REASON "a reason of forty-seven bytes, the longest of all"

static void
link_and_unlink(void)
{
	mb_say("1 REPLY 1 ok");
	mb_say("2 REPLY 2 ok");
	CHECK(sup_link("peer") == 0);
	CHECK(sup_unlink("peer") == 0);
	mb_hears("1 LINK peer");
	mb_hears("2 UNLINK peer");
	mb_say("3 REPLY 3 error noproc");
	mb_failed(sup_link("peer"), ESRCH, "peer: it does not run");
	mb_say("4 REPLY 4 error not_found");
	mb_failed(sup_link("pear"), ENXIO, "pear: there is no such child");
	mb_say("5 REPLY 5 error simple_one_for_one");
	mb_failed(sup_link("job"), EINVAL, "job: it is a template");
	mb_say("6 REPLY 6 error bad_request");
	mb_failed(sup_link("me"), EINVAL, "me: supd refuses: bad_request");
	mb_nothing();
}

static void
links_are_made_and_ended(void **state)
{
	(void)state;
	mb_worker(link_and_unlink);
}

static void
monitor_twice(void)
{
	mb_say("1 REPLY 1 ok 41");
	mb_say("2 REPLY 2 ok 42");
	CHECK(sup_monitor("db") == 41);
	CHECK(sup_monitor("db") == 42);
	mb_hears("1 MONITOR db");
	mb_hears("2 MONITOR db");
	mb_say("3 DOWN 41 db 7 killed");
	mb_say("4 DOWN 42 db 7 killed");
	CHECK(mb_next(SUP_DOWN, "killed")->ref == 41);
	CHECK(mb_next(SUP_DOWN, "killed")->ref == 42);
	mb_say("5 DOWN 43 none - noproc"); /* in front of its reply */
	mb_say("6 REPLY 3 ok 43");
	CHECK(sup_monitor("none") == 43);
	CHECK(mb_next(SUP_DOWN, "noproc")->ref == 43);
}

static void
monitors_are_independent(void **state)
{
	(void)state;
	mb_worker(monitor_twice);
}

static void
end_monitors(void)
{
	mb_say("1 MESSAGE first");
	mb_say("2 DOWN 5 db 7 killed");
	mb_say("3 DOWN 6 db 7 killed");
	mb_say("4 MESSAGE last");
	mb_say("5 REPLY 1 ok");
	CHECK(sup_demonitor(5, SUP_FLUSH) == 0);
	mb_hears("1 DEMONITOR 5");
	mb_next(SUP_TEXT, "first");
	CHECK(mb_next(SUP_DOWN, "killed")->ref == 6);
	mb_next(SUP_TEXT, "last");
	mb_nothing();

	mb_say("6 DOWN 8 db 9 killed");
	mb_say("7 REPLY 2 error not_found");
	CHECK(sup_demonitor(8, 0) == 0);
	mb_next(SUP_DOWN, "killed");

	mb_say("8 DOWN 9 db 9 killed");
	mb_say("9 REPLY 3 error not_found");
	CHECK(sup_demonitor(9, SUP_FLUSH) == 0);
	mb_nothing();
	mb_say("10 MESSAGE more");
	mb_next(SUP_TEXT, "more");

	mb_failed(sup_demonitor(0, 0), EINVAL, "no monitor");
	mb_failed(sup_demonitor(1, 2), EINVAL, "unknown flag");
}

static void
a_monitor_that_is_ended_leaves_no_down_behind(void **state)
{
	(void)state;
	mb_worker(end_monitors);
}

static void
trap(void)
{
	mb_say("1 REPLY 1 ok 0");
	mb_say("2 REPLY 2 ok 1");
	CHECK(sup_trap_exit(1) == 0);
	CHECK(sup_trap_exit(0) == 1);
	mb_hears("1 TRAP 1");
	mb_hears("2 TRAP 0");
}

static void
trapping_tells_what_it_was(void **state)
{
	(void)state;
	mb_worker(trap);
}

static void
send_texts(void)
{
	static char text[SUP_TEXT_MAX + 2];
	static char heard[SUP_TEXT_MAX + 100];

	mb_say("1 REPLY 1 ok");
	CHECK(sup_send("b", "two words") == 0);
	mb_hears("1 SEND b two words");
	memset(text, 'x', SUP_TEXT_MAX);
	mb_say("2 REPLY 2 ok");
	CHECK(sup_send("b", text) == 0);
	snprintf(heard, sizeof(heard), "2 SEND b %s", text);
	mb_hears(heard);
	text[SUP_TEXT_MAX] = 'x';
	mb_failed(sup_send("b", text), EMSGSIZE, "more than 8000");
	mb_failed(sup_send("b", "a\nb"), EINVAL, "one line");
	mb_hears_nothing();
	mb_say("3 REPLY 3 error no_mailbox");
	mb_failed(sup_send("b", ""), EOPNOTSUPP, "b: it has no mailbox");
	mb_say("4 REPLY 4 error full");
	mb_failed(sup_send("b", "x"), ENOBUFS, "b: its mailbox is full");
	mb_say("5 REPLY 5 error noproc");
	mb_failed(sup_send("b", "x"), ESRCH, "b: it does not run");
}

static void
messages_are_sent(void **state)
{
	(void)state;
	mb_worker(send_texts);
}

static void
use_bad_ids(void)
{
	mb_failed(sup_link(""), EINVAL, "no child's id");
	mb_failed(sup_unlink("a b"), EINVAL, "no child's id");
	mb_failed(sup_monitor("a\n"), EINVAL, "no child's id");
	mb_failed(sup_send("a b", "c"), EINVAL, "no child's id");
	mb_failed(sup_exit_child("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
				 "a"
				 "aa",
				 "kill"),
		  EINVAL, "no child's id");
	mb_hears_nothing();
}

static void
what_is_no_id_is_not_sent(void **state)
{
	(void)state;
	mb_worker(use_bad_ids);
}

static void
send_exit_signals(void)
{
	char longest[] = LONG_REASON;

	longest[47] = '\0';
	mb_say("1 REPLY 1 ok");
	CHECK(sup_exit_child("b", longest) == 0);
	mb_hears("1 EXIT b a reason of forty-seven bytes, the longest of a");
	mb_failed(sup_exit_child("b", LONG_REASON), EMSGSIZE, "47 bytes");
	mb_failed(sup_exit_child("b", ""), EINVAL, "empty");
	mb_failed(sup_exit_child("b", "a\tb"), EINVAL, "control");
	mb_failed(sup_exit_child("b", "a\177b"), EINVAL, "control");
	mb_say("2 REPLY 2 error noproc");
	mb_failed(sup_exit_child("b", "kill"), ESRCH, "b: it does not run");
}

static void
exit_signals_are_sent(void **state)
{
	(void)state;
	mb_worker(send_exit_signals);
}

/* What a process says that ends so, "" for nothing, and its exit code. */
static int
end_with(const char *reason, char *said, size_t size)
{
	struct sockaddr_un name = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	int status, length;
	ssize_t n;
	pid_t pid;

	length = snprintf(name.sun_path, sizeof(name.sun_path), "@supd-t.%d",
			  (int)getpid());
	setenv("NOTIFY_SOCKET", name.sun_path, 1);
	name.sun_path[0] = '\0';
	assert_true(fd >= 0);
	assert_int_equal(
		bind(fd, (struct sockaddr *)&name,
		     (socklen_t)sizeof(name.sun_family) + (socklen_t)length),
		0);
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0)
		sup_exit(reason);
	unsetenv("NOTIFY_SOCKET");
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	n = recv(fd, said, size - 1, MSG_DONTWAIT);
	said[n > 0 ? n : 0] = '\0';
	close(fd);
	return WEXITSTATUS(status);
}

static void
a_process_ends_with_a_reason_of_its_own(void **state)
{
	char said[512];

	(void)state;
	assert_int_equal(end_with("badarith", said, sizeof(said)), 1);
	assert_string_equal(said, "EXIT_REASON=badarith");
	assert_int_equal(end_with("normal", said, sizeof(said)), 0);
	assert_string_equal(said, "EXIT_REASON=normal");
	assert_int_equal(end_with("two\nlines", said, sizeof(said)), 1);
	assert_string_equal(said, "");
	assert_int_equal(end_with(LONG_REASON, said, sizeof(said)), 1);
	assert_string_equal(said, "");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(links_are_made_and_ended),
		cmocka_unit_test(monitors_are_independent),
		cmocka_unit_test(a_monitor_that_is_ended_leaves_no_down_behind),
		cmocka_unit_test(trapping_tells_what_it_was),
		cmocka_unit_test(messages_are_sent),
		cmocka_unit_test(what_is_no_id_is_not_sent),
		cmocka_unit_test(exit_signals_are_sent),
		cmocka_unit_test(a_process_ends_with_a_reason_of_its_own),
	};

	return cmocka_run_group_tests_name("sup_links", tests, NULL, NULL);
}
