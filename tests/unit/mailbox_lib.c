/* SPDX-License-Identifier: MIT */
/*
 * mailbox_lib.c - a worker with a mailbox, in a process of its own that has
 * supd's end of it as well.
 */
#include "mailbox_lib.h"

#include <errno.h>
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include <cmocka.h>

#define BIGGEST 65536

static int supd = -1;

static void
in_process(void (*run)(void), bool has_mailbox)
{
	int status, fds[2];
	char number[16];
	pid_t pid = fork();

	assert_true(pid >= 0);
	if (pid == 0) {
		unsetenv("NOTIFY_SOCKET");
		unsetenv("SUPD_MAILBOX_FD");
		unsetenv("SUPD_ROLE");
		if (has_mailbox) {
			CHECK(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, fds) == 0);
			supd = fds[0];
			snprintf(number, sizeof(number), "%d", fds[1]);
			setenv("SUPD_MAILBOX_FD", number, 1);
		}
		run();
		_exit(0);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
}

void
mb_worker(void (*run)(void))
{
	in_process(run, true);
}

void
mb_worker_alone(void (*run)(void))
{
	in_process(run, false);
}

void
mb_say_bytes(const void *bytes, size_t length)
{
	CHECK(send(supd, bytes, length, MSG_NOSIGNAL | MSG_DONTWAIT) ==
	      (ssize_t)length);
}

void
mb_say(const char *format, ...)
{
	static char text[BIGGEST];
	va_list args;
	int n;

	va_start(args, format);
	n = vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	CHECK(n > 0 && n < BIGGEST);
	mb_say_bytes(text, (size_t)n);
}

void
mb_hang_up(void)
{
	close(supd);
	supd = -1;
}

static ssize_t
hear(char *text)
{
	ssize_t n = recv(supd, text, BIGGEST - 1, MSG_DONTWAIT);

	text[n > 0 ? n : 0] = '\0';
	return n;
}

void
mb_hears(const char *text)
{
	static char heard[BIGGEST];

	if (hear(heard) >= 0 && strcmp(heard, text) == 0)
		return;
	fprintf(stderr, "supd has heard '%s', not '%s'\n", heard, text);
	_exit(1);
}

void
mb_hears_nothing(void)
{
	static char heard[BIGGEST];

	CHECK(hear(heard) < 0 && errno == EAGAIN);
}

bool
mb_is_readable(void)
{
	struct pollfd it = { .fd = sup_mailbox(), .events = POLLIN };

	return poll(&it, 1, 0) == 1;
}

struct sup_message *
mb_next(enum sup_kind kind, const char *text)
{
	static struct sup_message m;

	CHECK(mb_is_readable());
	CHECK(sup_receive(&m, 0) == 1);
	if (m.kind != kind || strcmp(m.text, text) != 0) {
		fprintf(stderr, "received kind %d '%s', not %d '%s'\n",
			(int)m.kind, m.text, (int)kind, text);
		_exit(1);
	}
	CHECK(m.length == strlen(text));
	return &m;
}

void
mb_nothing(void)
{
	struct sup_message m;

	CHECK(sup_receive(&m, 0) == 0);
	CHECK(!mb_is_readable());
}

void
mb_failed(long long result, int error, const char *words)
{
	if (result == -error && strstr(sup_error(), words))
		return;
	fprintf(stderr, "%lld '%s', not %d '%s'\n", result, sup_error(), -error,
		words);
	_exit(1);
}
