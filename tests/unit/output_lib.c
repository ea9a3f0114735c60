/* SPDX-License-Identifier: MIT */
/*
 * output_lib.c - sinks of each kind, and writers that a test takes the keeper's
 * place for.
 */
#include <fcntl.h>
#include <inttypes.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "checkpoint_lib.h"
#include "output_lib.h"
#include "os/procfs.h"

#define ROOM 4194304 /* for all that arrives in a test */

const char *const out_names[OUT_KINDS] = {
	[OUT_FILE] = "file",         [OUT_APPEND] = "O_APPEND file",
	[OUT_PIPE] = "pipe",         [OUT_FIFO] = "FIFO",
	[OUT_TERMINAL] = "terminal", [OUT_SOCKET] = "socket",
};

int out_fd;

static int read_fd; /* -1: a file */
static char out_path[192];
static unsigned incarnation, lineage;
static char written[65536]; /* SUPD_WRITTEN */
static pthread_t reader;
static char *arrived;
static size_t arrived_size;

static void
open_terminal(void)
{
	struct termios raw;

	read_fd = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
	assert_true(read_fd >= 0);
	assert_int_equal(grantpt(read_fd), 0);
	assert_int_equal(unlockpt(read_fd), 0);
	out_fd = open(ptsname(read_fd), O_RDWR | O_NOCTTY);
	assert_true(out_fd >= 0);
	assert_int_equal(tcgetattr(out_fd, &raw), 0);
	cfmakeraw(&raw);
	assert_int_equal(tcsetattr(out_fd, TCSANOW, &raw), 0);
}

static void
open_pair(enum out_kind kind)
{
	int pair[2];

	if (kind == OUT_PIPE)
		assert_int_equal(pipe(pair), 0);
	else
		assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
	read_fd = pair[0];
	out_fd = pair[1];
}

static void
open_fifo(void)
{
	assert_int_equal(mkfifo(out_path, 0600), 0);
	read_fd = open(out_path, O_RDONLY | O_NONBLOCK);
	out_fd = open(out_path, O_WRONLY);
	assert_true(read_fd >= 0 && out_fd >= 0);
	assert_int_equal(fcntl(read_fd, F_SETFL, 0), 0);
}

void
out_begin(enum out_kind kind)
{
	unlink(ck_file);
	snprintf(out_path, sizeof(out_path), "%s/out", ck_folder);
	incarnation = 0;
	lineage++;
	written[0] = '\0';
	arrived = malloc(ROOM);
	assert_non_null(arrived);
	arrived_size = 0;
	read_fd = -1;
	if (kind == OUT_TERMINAL)
		open_terminal();
	else if (kind == OUT_FIFO)
		open_fifo();
	else if (kind == OUT_FILE || kind == OUT_APPEND)
		out_fd = open(out_path,
			      O_WRONLY | O_CREAT | O_TRUNC |
				      (kind == OUT_APPEND ? O_APPEND : 0),
			      0600);
	else
		open_pair(kind);
	assert_true(out_fd >= 0);
}

/* Until the last writer is gone: end of file, or a terminal's EIO. */
static void *
read_all(void *arg)
{
	int fd = *(int *)arg;
	ssize_t n;

	while ((n = read(fd, arrived + arrived_size, ROOM - arrived_size)) > 0)
		arrived_size += (size_t)n;
	return NULL;
}

void
out_read(void)
{
	if (read_fd >= 0)
		assert_int_equal(
			pthread_create(&reader, NULL, read_all, &read_fd), 0);
}

static void
set_number(const char *name, unsigned value, bool hexadecimal)
{
	char text[32];

	if (hexadecimal)
		snprintf(text, sizeof(text), "%016x", value);
	else
		snprintf(text, sizeof(text), "%u", value);
	setenv(name, text, 1);
}

pid_t
out_start(int (*writer)(void *arg), void *arg, int stopped)
{
	pid_t pid;

	incarnation++;
	pid = fork();
	assert_true(pid >= 0);
	if (pid)
		return pid;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	set_number("SUPD_KEEPER", (unsigned)getppid(), false);
	set_number("SUPD_LINEAGE", lineage, true);
	set_number("SUPD_INCARNATION", incarnation, false);
	setenv("SUPD_WRITTEN", written, 1);
	signal(SIGXFSZ, SIG_IGN);
	if (stopped && ptrace(PTRACE_TRACEME, 0, NULL, NULL) < 0)
		_exit(99);
	if (stopped)
		raise(SIGSTOP);
	_exit(writer(arg));
}

bool
out_has_counts(void)
{
	uint64_t bytes;
	siginfo_t info;
	pid_t pid = fork();

	if (pid == 0)
		_exit(0);
	assert_int_equal(waitid(P_PID, (id_t)pid, &info, WEXITED | WNOWAIT), 0);
	bytes = proc_written(pid);
	assert_int_equal(waitpid(pid, NULL, 0), pid);
	return bytes != UINT64_MAX;
}

/* Without a count the successor is told nothing, as by supd. */
int
out_end(pid_t pid)
{
	size_t at = strlen(written);
	siginfo_t info;
	uint64_t count;
	int status;

	assert_int_equal(waitid(P_PID, (id_t)pid, &info, WEXITED | WNOWAIT), 0);
	count = proc_written(pid);
	if (count != UINT64_MAX)
		snprintf(written + at, sizeof(written) - at, "%s%u:%" PRIu64,
			 at ? " " : "", incarnation, count);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return status;
}

static char
state_of(pid_t pid)
{
	char path[64], text[512] = "";
	const char *at;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%d/stat", pid);
	f = fopen(path, "r");
	assert_non_null(f);
	assert_true(fread(text, 1, sizeof(text) - 1, f) > 0);
	fclose(f);
	at = strrchr(text, ')');
	return at ? at[2] : '?';
}

void
out_wait_asleep(pid_t pid)
{
	const struct timespec moment = { .tv_nsec = 1000000 };

	for (unsigned i = 0; i < 20000 && state_of(pid) != 'S'; i++)
		nanosleep(&moment, NULL);
	assert_int_equal(state_of(pid), 'S');
}

char *
out_finish(size_t *size)
{
	close(out_fd);
	if (read_fd >= 0) {
		pthread_join(reader, NULL);
		close(read_fd);
	} else {
		int fd = open(out_path, O_RDONLY);

		assert_true(fd >= 0);
		read_all(&fd);
		close(fd);
	}
	unlink(out_path);
	*size = arrived_size;
	return arrived;
}
