/* SPDX-License-Identifier: MIT */
/*
 * test_sup_beat.c - the worker's heartbeat: into the page, as datagrams, or for
 * nobody.
 */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "beatpage.h"
#include "supworker.h"

/* In the children that each test is run in. */
#define CHECK(what)                                                        \
	do {                                                               \
		if (!(what)) {                                             \
			fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, \
				#what);                                    \
			_exit(1);                                          \
		}                                                          \
	} while (0)

static void
set_number(const char *name, long value)
{
	char text[32];

	snprintf(text, sizeof(text), "%ld", value);
	CHECK(setenv(name, text, 1) == 0);
}

/* In a process of its own, which is a worker with this limit. */
static void
in_worker(void (*run)(void), long usec)
{
	int status;
	pid_t pid = fork();

	assert_true(pid >= 0);
	if (pid == 0) {
		unsetenv("NOTIFY_SOCKET");
		unsetenv("SUPD_BEAT_FD");
		set_number("WATCHDOG_USEC", usec);
		set_number("WATCHDOG_PID", getpid());
		run();
		_exit(0);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
}

static int64_t
now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

static int
make_page(uint64_t magic, size_t size)
{
	struct beat_page page = { .magic = magic };
	int fd = memfd_create("test", MFD_CLOEXEC);

	CHECK(fd >= 0 && ftruncate(fd, (off_t)size) == 0);
	CHECK(pwrite(fd, &page, sizeof(page), 0) == sizeof(page));
	set_number("SUPD_BEAT_FD", fd);
	return fd;
}

static int64_t
beat_of(int fd)
{
	struct beat_page page;

	CHECK(pread(fd, &page, sizeof(page), 0) == sizeof(page));
	return page.beat;
}

/* An abstract socket of this process. */
static int
listen_here(void)
{
	struct sockaddr_un at = { .sun_family = AF_UNIX };
	socklen_t size;
	char name[64];
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0);

	CHECK(fd >= 0);
	snprintf(name, sizeof(name), "@test_sup_beat.%d", getpid());
	strcpy(at.sun_path, name);
	at.sun_path[0] = '\0';
	size = (socklen_t)(offsetof(struct sockaddr_un, sun_path) +
			   strlen(name));
	CHECK(bind(fd, (struct sockaddr *)&at, size) == 0);
	CHECK(setenv("NOTIFY_SOCKET", name, 1) == 0);
	return fd;
}

/* How many WATCHDOG=1 have come. */
static int
messages(int fd)
{
	char text[64];
	int count = 0;
	ssize_t n;

	while ((n = recv(fd, text, sizeof(text), 0)) >= 0) {
		CHECK(n == 10 && memcmp(text, "WATCHDOG=1", 10) == 0);
		count++;
	}
	return count;
}

static void
beat_into_page(void)
{
	int socket = listen_here(), fd = make_page(BEAT_MAGIC, BEAT_PAGE_SIZE);
	int64_t before = now_ns();
	int status;
	pid_t pid;

	CHECK(sup_beat_interval() == 250000);
	CHECK(beat_of(fd) == 0);
	CHECK(sup_beat() == 1);
	CHECK(beat_of(fd) >= before && beat_of(fd) <= now_ns());
	before = now_ns();
	CHECK(sup_beat() == 1);
	CHECK(beat_of(fd) >= before);
	CHECK(messages(socket) == 0);
	/* A fork is not the one that is watched. */
	before = beat_of(fd);
	pid = fork();
	if (pid == 0)
		_exit(sup_beat() != 0 || sup_beat_interval() != 0);
	CHECK(waitpid(pid, &status, 0) == pid && status == 0);
	CHECK(beat_of(fd) == before);
	CHECK(sup_beat() == 1);
}

static void
a_beat_is_a_store_into_the_page(void **state)
{
	(void)state;
	in_worker(beat_into_page, 500000);
}

static void
beat_by_datagram(void)
{
	int fd = listen_here();
	int64_t next = now_ns() + 100000000;

	CHECK(sup_beat_interval() == 200000);
	CHECK(sup_beat() == 1 && sup_beat() == 1);
	CHECK(messages(fd) == 1 || now_ns() >= next);
	/* The next one a quarter of the limit later. */
	do
		CHECK(sup_beat() == 1);
	while (messages(fd) == 0);
	CHECK(now_ns() >= next);
}

static void
without_a_page_it_is_a_datagram(void **state)
{
	(void)state;
	in_worker(beat_by_datagram, 400000);
}

static void
beat_past_foreign_pages(void)
{
	static const struct {
		uint64_t magic;
		size_t size;
	} pages[] = { { 1, BEAT_PAGE_SIZE },
		      { BEAT_MAGIC, 64 },
		      { BEAT_MAGIC, 65536 } };
	int status;

	for (size_t i = 0; i < sizeof(pages) / sizeof(pages[0]); i++) {
		pid_t pid = fork();

		if (pid == 0) {
			int socket = listen_here(), page;

			set_number("WATCHDOG_PID", getpid());
			page = make_page(pages[i].magic, pages[i].size);
			CHECK(sup_beat() == 1 && messages(socket) == 1);
			CHECK(beat_of(page) == 0);
			_exit(0);
		}
		CHECK(waitpid(pid, &status, 0) == pid && status == 0);
	}
	setenv("SUPD_BEAT_FD", "999", 1);
	status = listen_here();
	CHECK(sup_beat() == 1 && messages(status) == 1);
}

static void
what_is_no_page_is_left_alone(void **state)
{
	(void)state;
	in_worker(beat_past_foreign_pages, 1000000);
}

static void
beat_for_another(void)
{
	int socket = listen_here(), fd = make_page(BEAT_MAGIC, BEAT_PAGE_SIZE);

	set_number("WATCHDOG_PID", getppid());
	CHECK(sup_beat() == 0 && sup_beat_interval() == 0);
	CHECK(beat_of(fd) == 0 && messages(socket) == 0);
}

static void
beat_without_limit(void)
{
	int fd = make_page(BEAT_MAGIC, BEAT_PAGE_SIZE);

	unsetenv("WATCHDOG_USEC");
	CHECK(sup_beat() == 0 && sup_beat_interval() == 0);
	CHECK(beat_of(fd) == 0);
}

static void
beat_against_nonsense(void)
{
	make_page(BEAT_MAGIC, BEAT_PAGE_SIZE);
	setenv("WATCHDOG_USEC", "12x", 1);
	CHECK(sup_beat() == 0);
}

static void
who_is_not_watched_does_nothing(void **state)
{
	(void)state;
	in_worker(beat_for_another, 1000000);
	in_worker(beat_without_limit, 1000000);
	in_worker(beat_against_nonsense, 1000000);
}

static void
beat_at_nobody(void)
{
	CHECK(sup_beat() == 0);
	setenv("NOTIFY_SOCKET", "/nowhere/at/all", 1);
	CHECK(sup_beat() == -ENOENT);
	CHECK(strstr(sup_error(), "/nowhere/at/all"));
}

static void
a_datagram_that_cannot_be_sent_is_an_error(void **state)
{
	(void)state;
	in_worker(beat_at_nobody, 1000000);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_beat_is_a_store_into_the_page),
		cmocka_unit_test(without_a_page_it_is_a_datagram),
		cmocka_unit_test(what_is_no_page_is_left_alone),
		cmocka_unit_test(who_is_not_watched_does_nothing),
		cmocka_unit_test(a_datagram_that_cannot_be_sent_is_an_error),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
