/* SPDX-License-Identifier: MIT */
/*
 * test_sup_notify.c - the worker's sd_notify datagrams, as a supervisor gets
 * them.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cmocka.h>

#include "supworker.h"

/* A bound datagram socket; name '@...' is an abstract one. */
static int
listen_at(const char *name)
{
	struct sockaddr_un at = { .sun_family = AF_UNIX };
	socklen_t size = (socklen_t)(offsetof(struct sockaddr_un, sun_path) +
				     strlen(name));
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0);

	assert_true(fd >= 0);
	strcpy(at.sun_path, name);
	if (name[0] == '@')
		at.sun_path[0] = '\0';
	assert_int_equal(bind(fd, (struct sockaddr *)&at, size), 0);
	assert_int_equal(setenv("NOTIFY_SOCKET", name, 1), 0);
	return fd;
}

static void
expect(int fd, const char *want)
{
	char got[1024];
	ssize_t n = recv(fd, got, sizeof(got) - 1, 0);

	assert_true(n >= 0);
	got[n] = '\0';
	assert_string_equal(got, want);
}

static void
exchange(const char *name)
{
	int fd = listen_at(name);

	assert_int_equal(sup_ready(), 1);
	expect(fd, "READY=1");
	assert_int_equal(sup_notify("STOPPING=1\nSTATUS=bye"), 1);
	expect(fd, "STOPPING=1\nSTATUS=bye");
	assert_int_equal(sup_status("at %d\nof %s", 7, "ten"), 1);
	expect(fd, "STATUS=at 7 of ten");
	close(fd);
}

static void
a_socket_with_a_path(void **state)
{
	const char *tmp = getenv("TMPDIR");
	char folder[80];
	char name[100];

	(void)state;
	snprintf(folder, sizeof(folder), "%s/test_sup_notify.XXXXXX",
		 tmp ? tmp : "/tmp");
	assert_non_null(mkdtemp(folder));
	snprintf(name, sizeof(name), "%s/s", folder);
	exchange(name);
	/* Nobody listens there any longer. */
	assert_int_equal(sup_ready(), -ECONNREFUSED);
	assert_non_null(strstr(sup_error(), name));
	assert_int_equal(unlink(name), 0);
	assert_int_equal(rmdir(folder), 0);
}

static void
an_abstract_socket(void **state)
{
	char name[64];

	(void)state;
	snprintf(name, sizeof(name), "@supd-test-%d", (int)getpid());
	exchange(name);
}

static void
without_a_supervisor_nothing_happens(void **state)
{
	(void)state;
	unsetenv("NOTIFY_SOCKET");
	assert_int_equal(sup_ready(), 0);
	assert_int_equal(sup_status("%s", "x"), 0);
	setenv("NOTIFY_SOCKET", "", 1);
	assert_int_equal(sup_ready(), 0);
}

static void
names_that_are_none_are_refused(void **state)
{
	char longer[200];

	(void)state;
	memset(longer, '/', sizeof(longer));
	longer[sizeof(longer) - 1] = '\0';
	setenv("NOTIFY_SOCKET", longer, 1);
	assert_int_equal(sup_ready(), -EINVAL);
	setenv("NOTIFY_SOCKET", "relative", 1);
	assert_int_equal(sup_ready(), -EINVAL);
	setenv("NOTIFY_SOCKET", "@", 1);
	assert_int_equal(sup_ready(), -EINVAL);
}

static void
a_status_is_cut_and_never_waits(void **state)
{
	char name[64], text[2000], got[2000];
	int fd, sent;

	(void)state;
	snprintf(name, sizeof(name), "@supd-test-%d", (int)getpid());
	fd = listen_at(name);
	memset(text, 'x', sizeof(text));
	text[sizeof(text) - 1] = '\0';
	assert_int_equal(sup_status("%s", text), 1);
	assert_int_equal(recv(fd, got, sizeof(got), 0), 511);
	do {
		sent = sup_status("more");
	} while (sent == 1);
	assert_int_equal(sent, -EAGAIN);
	close(fd);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_socket_with_a_path),
		cmocka_unit_test(an_abstract_socket),
		cmocka_unit_test(without_a_supervisor_nothing_happens),
		cmocka_unit_test(names_that_are_none_are_refused),
		cmocka_unit_test(a_status_is_cut_and_never_waits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
