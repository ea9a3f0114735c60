/* SPDX-License-Identifier: MIT */
/*
 * test_watches.c - a descriptor is forgotten before it is closed: a supervisor
 * that is killed in between leaves no number that is somebody else's next time.
 */
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cmocka.h>

#include "shell.h"
#include "watches.h"

static struct process process[2];
static struct child child[2];
static struct state state = { .process = process, .child = child };
static int closed, recorded; /* of the process's; and those still recorded */

/* In place of the C library's. */
int
close(int fd)
{
	const struct process *p = &process[ROOT];

	closed++;
	recorded += p->pidfd == fd || p->ready_fd == fd ||
		    p->standby_fd == fd || p->beat_fd == fd || p->mail.fd == fd;
	return (int)syscall(SYS_close, fd);
}

static void
each_is_forgotten_before_it_is_closed(void **unused)
{
	struct supd d = { .state = &state };
	struct process *p = &process[ROOT];

	(void)unused;
	assert_true(watches_open(&d));
	p->pidfd = open("/dev/null", O_RDONLY | O_CLOEXEC);
	p->ready_fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
	p->standby_fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
	p->beat_fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
	p->mail.fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
	watches_process_done(&d, ROOT);
	assert_int_equal(closed, 5);
	assert_int_equal(recorded, 0);
	assert_true(p->pidfd == -1 && p->ready_fd == -1 &&
		    p->standby_fd == -1 && p->beat_fd == -1 &&
		    p->mail.fd == -1);
	watches_process_done(&d, ROOT);
	assert_int_equal(closed, 5);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_is_forgotten_before_it_is_closed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
