/* SPDX-License-Identifier: MIT */
/*
 * pair_alone.c - kills the halves of `counter --pair` at each of their system
 * calls, and at random instants, one of them or both.
 *
 * Whatever was killed: there are never more than three processes, somebody goes
 * on counting as long as one is left, a new start goes on where the last one
 * was, and the file that they have printed into is 1, 2, 3, ..., each once.
 *
 * FAULT_FULL=1 leaves out no system call and takes minutes.
 */
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "census_lib.h"
#include "hunter_lib.h"

#define PROCESSES_MAX 3
#define DEADLINE_S 30
#define TIME_LIMIT 120 /* seconds, for all */

enum role { PRIMARY, BACKUP }; /* the byte of FILE.pair that it has locked */

static char counter[PATH_MAX], dir[PATH_MAX - 16];
static char out_path[PATH_MAX], pair_path[PATH_MAX], checkpoint[PATH_MAX];
static int errors;
static unsigned passed, failed, skipped, kills, lines;

static double
now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static bool
complain(const char *what)
{
	printf("%s\n", what);
	return false;
}

/* --- who is there -------------------------------------------------------- */

static void
reap(void)
{
	while (waitpid(-1, NULL, WNOHANG) > 0)
		;
}

static pid_t
holder(enum role role)
{
	struct flock l = { .l_type = F_WRLCK, .l_start = role, .l_len = 1 };
	int fd = open(pair_path, O_RDWR | O_CLOEXEC);
	int error;

	if (fd < 0)
		return 0;
	error = fcntl(fd, F_GETLK, &l);
	close(fd);
	return error < 0 || l.l_type == F_UNLCK ? 0 : l.l_pid;
}

static off_t
printed(void)
{
	struct stat st;

	return stat(out_path, &st) < 0 ? 0 : st.st_size;
}

/* --- what they do -------------------------------------------------------- */

static bool
is_over(off_t unused)
{
	(void)unused;
	return census() == 0;
}

static bool
has_grown(off_t size)
{
	return holder(PRIMARY) && printed() > size;
}

static bool
has_grown_or_is_over(off_t size)
{
	return is_over(0) || has_grown(size);
}

static bool
has_backup(off_t size)
{
	return has_grown(size) && holder(BACKUP);
}

/* False: not within the deadline, or there were too many of them. */
static bool
await(bool (*condition)(off_t), off_t argument, const char *name)
{
	double deadline = now() + DEADLINE_S;

	for (;;) {
		reap();
		if (census() > PROCESSES_MAX)
			return complain("more than three processes");
		if (condition(argument))
			return true;
		if (now() > deadline)
			return complain(name);
		poll(NULL, 0, 1);
	}
}

static void
become_counter(void)
{
	int out = open(out_path, O_WRONLY | O_CREAT | O_APPEND, 0600);

	dup2(out, STDOUT_FILENO);
	dup2(errors, STDERR_FILENO);
	execl(counter, "counter", "--pair", "--interval", "1ms", "--checkpoint",
	      checkpoint, NULL);
	_exit(127);
}

/* Traced: stops before it executes the program. */
static pid_t
start(bool traced)
{
	pid_t pid = fork();

	if (pid)
		return pid;
	if (traced && ptrace(PTRACE_TRACEME, 0, NULL, NULL) == 0)
		raise(SIGSTOP);
	become_counter();
	return -1;
}

static void
slay(pid_t pid)
{
	if (pid > 0 && kill(pid, SIGKILL) == 0)
		kills++;
}

/* 1, 2, 3, ..., and nothing else. */
static bool
is_exact(void)
{
	FILE *in = fopen(out_path, "re");
	char got[32], want[32];
	unsigned n = 0;
	bool exact = true;

	if (!in)
		return complain("no output");
	while (exact && fgets(got, sizeof(got), in)) {
		snprintf(want, sizeof(want), "%u\n", ++n);
		exact = strcmp(got, want) == 0;
		if (!exact)
			printf("instead of %u there is %s\n", n, got);
	}
	fclose(in);
	lines += n;
	return exact && n > 0;
}

/* --- a run --------------------------------------------------------------- */

static void
clear(void)
{
	char new[PATH_MAX + 8];

	snprintf(new, sizeof(new), "%s.new", checkpoint);
	unlink(new);
	unlink(out_path);
	unlink(pair_path);
	unlink(checkpoint);
}

/* Somebody goes on counting, after a new start if nobody is left; and ends in
   order, with all that it has. */
static bool
goes_on_and_ends(void)
{
	if (!await(has_grown_or_is_over, printed(), "nobody counts"))
		return false;
	if (!census() && start(false) < 0)
		return complain("fork");
	if (!await(has_grown, printed(), "nobody counts after a new start"))
		return false;
	kill(holder(PRIMARY), SIGTERM);
	return await(is_over, 0, "it does not end") && is_exact();
}

/* The first process, at its n-th system call. */
static bool
kill_starter(unsigned n)
{
	pid_t pid = start(true);
	int status;

	if (waitpid(pid, &status, 0) != pid || !WIFSTOPPED(status))
		return complain("it was not stopped");
	if (!hunter_kill_at(pid, BY_SYSCALL, n))
		return complain("it has ended by itself");
	kills++;
	return goes_on_and_ends();
}

/* The backup, at its n-th system call after the primary was killed. */
static bool
kill_successor(unsigned n)
{
	pid_t primary = start(false), backup;
	int status;

	if (!await(has_backup, 0, "it gets no backup"))
		return false;
	backup = holder(BACKUP);
	if (ptrace(PTRACE_SEIZE, backup, NULL, NULL) < 0 ||
	    ptrace(PTRACE_INTERRUPT, backup, NULL, NULL) < 0 ||
	    waitpid(backup, &status, __WALL) != backup)
		return complain("the backup cannot be traced");
	slay(primary);
	waitpid(primary, NULL, 0);
	if (!hunter_kill_at(backup, BY_SYSCALL, n))
		return complain("the backup has ended by itself");
	kills++;
	return goes_on_and_ends();
}

/* One of them or both, four times, some of them before they are ready. */
static bool
kill_at_random(unsigned n)
{
	start(false);
	for (unsigned i = 0; i < 4; i++) {
		if (i % 2 &&
		    !await(has_grown_or_is_over, printed(), "nobody counts"))
			return false;
		poll(NULL, 0, rand() % 20);
		n = (unsigned)rand() % 4;
		if (n != 1)
			slay(holder(PRIMARY));
		if (n == 1 || n == 2)
			slay(holder(BACKUP));
		reap();
		if (!census())
			start(false);
	}
	return goes_on_and_ends();
}

static void
end_all(void)
{
	for (int i = 0; i < 100 && census(); i++) {
		slay(holder(PRIMARY));
		slay(holder(BACKUP));
		reap();
		poll(NULL, 0, 10);
	}
}

/* All runs of a kind, as many as there is time for. */
static void
play(const char *name, bool (*run)(unsigned), unsigned first, unsigned last,
     unsigned stride, double until)
{
	unsigned n = first;

	for (; n <= last && now() < until; n += stride) {
		clear();
		if (run(n))
			continue;
		printf("%s: failed at %u\n", name, n);
		failed++;
		end_all();
		return;
	}
	printf("%s: up to %u; %u kills and %u numbers so far\n", name, n, kills,
	       lines);
	passed++;
}

static bool
may_trace(void)
{
	pid_t pid = start(true);
	int status;
	bool stopped = waitpid(pid, &status, WUNTRACED) == pid &&
		       WIFSTOPPED(status) &&
		       ptrace(PTRACE_SETOPTIONS, pid, NULL, NULL) == 0;

	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	return stopped;
}

static bool
make_place(void)
{
	const char *tmp = getenv("TMPDIR");
	ssize_t n = readlink("/proc/self/exe", counter, sizeof(counter) - 16);

	if (n <= 0)
		return false;
	counter[n] = '\0';
	strcat(dirname(dirname(counter)), "/counter");
	snprintf(dir, sizeof(dir), "%s/pair.XXXXXX", tmp ? tmp : "/tmp");
	if (!mkdtemp(dir))
		return false;
	snprintf(out_path, sizeof(out_path), "%s/out", dir);
	snprintf(checkpoint, sizeof(checkpoint), "%s/c", dir);
	snprintf(pair_path, sizeof(pair_path), "%s/c.pair", dir);
	errors = open("/dev/null", O_WRONLY | O_CLOEXEC);
	return prctl(PR_SET_CHILD_SUBREAPER, 1) == 0;
}

int
main(void)
{
	bool full = getenv("FAULT_FULL") != NULL;
	double from = now(), limit = full ? 100 * TIME_LIMIT : TIME_LIMIT;
	unsigned seed = (unsigned)getpid();

	setvbuf(stdout, NULL, _IOLBF, 0);
	srand(seed);
	printf("seed %u\n", seed);
	if (!make_place())
		return 1;
	if (may_trace()) {
		play("starter", kill_starter, 1 + seed % 9, 400, full ? 1 : 9,
		     from + limit / 3);
		play("successor", kill_successor, 1 + seed % 5, 150,
		     full ? 1 : 5, from + limit * 2 / 3);
	} else {
		printf("skipped: no ptrace here\n");
		skipped += 2;
	}
	play("random", kill_at_random, 1, full ? 1000 : 20, 1, from + limit);
	clear();
	rmdir(dir);
	printf("%u passed, %u failed, %u skipped\n", passed, failed, skipped);
	return failed ? 1 : 0;
}
