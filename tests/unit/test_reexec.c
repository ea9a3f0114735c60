/* SPDX-License-Identifier: MIT */
/*
 * test_reexec.c - programs that crash, and start again by themselves.
 *
 * The program is this one: `test_reexec victim WAY FILE` notes in FILE what it
 * finds at each start, and crashes.
 */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "supworker.h"

#define DONE 7     /* the victim's exit code */
#define SURVIVED 2 /* crashes, then it ends */
#define SPARE_FD 200

/* --- the victim -----------------------------------------------------------*/

static volatile int sink;

static void
touch_nothing(void)
{
	volatile int *page =
		mmap(NULL, 4096, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	sink = *page;
}

static void
touch_beyond_file(void)
{
	int fd = memfd_create("short", 0);
	volatile int *page = mmap(NULL, 4096, PROT_READ, MAP_SHARED, fd, 0);

	sink = *page;
}

static int
overflow(int depth)
{
	volatile char room[4096];

	room[0] = (char)depth;
	return sink ? depth : overflow(depth + 1) + room[0];
}

static void
overflow_stack(void)
{
	sink = overflow(0);
}

static void
trap(void)
{
	__builtin_trap();
}

static void
raise_fpe(void)
{
	raise(SIGFPE);
}

static void *
run_thread(void *unused)
{
	touch_nothing();
	return unused;
}

static void
crash_in_thread(void)
{
	pthread_t thread;

	pthread_create(&thread, NULL, run_thread, NULL);
	pthread_join(thread, NULL);
}

/* The child dies of it, and the program goes on to its own. */
static void
crash_in_child(void)
{
	int status;
	pid_t pid = fork();

	if (!pid)
		touch_nothing();
	waitpid(pid, &status, 0);
	if (!WIFSIGNALED(status) || WTERMSIG(status) != SIGSEGV)
		_exit(1);
	abort();
}

static void
on_term(int number)
{
	(void)number;
	_exit(1);
}

/* All that an exec hands on, and should not. */
static void
crash_untidily(void)
{
	struct itimerval soon = { .it_value.tv_sec = 1000 };
	sigset_t all;

	setitimer(ITIMER_REAL, &soon, NULL);
	signal(SIGUSR1, SIG_IGN);
	signal(SIGUSR2, on_term);
	dup2(STDERR_FILENO, SPARE_FD);
	sigfillset(&all);
	sigdelset(&all, SIGSEGV);
	sigprocmask(SIG_SETMASK, &all, NULL);
	touch_nothing();
}

/* Crashes; but somebody has asked it to end before that. */
static void
crash_when_asked_to_end(void)
{
	sigset_t term;

	signal(SIGTERM, on_term);
	sigemptyset(&term);
	sigaddset(&term, SIGTERM);
	sigprocmask(SIG_BLOCK, &term, NULL);
	raise(SIGTERM);
	touch_nothing();
}

static const struct way {
	const char *name;
	void (*crash)(void);
} ways[] = {
	{ "segv", touch_nothing },     { "bus", touch_beyond_file },
	{ "stack", overflow_stack },   { "ill", trap },
	{ "fpe", raise_fpe },          { "abort", abort },
	{ "thread", crash_in_thread }, { "child", crash_in_child },
	{ "untidy", crash_untidily },  { "asked", crash_when_asked_to_end },
	{ "always", touch_nothing },   { "again", touch_nothing },
};

static const char *
comm(void)
{
	static char name[32];
	int fd = open("/proc/self/comm", O_RDONLY | O_CLOEXEC);
	ssize_t n = read(fd, name, sizeof(name) - 1);

	close(fd);
	name[n > 0 ? n - 1 : 0] = '\0';
	return name;
}

/* What was left over by the image before; "" is right. */
static const char *
left_over(void)
{
	struct itimerval timer;
	struct sigaction hup, usr1;
	sigset_t mask;

	sigprocmask(SIG_BLOCK, NULL, &mask);
	for (int s = 1; s < SIGRTMAX; s++)
		if (sigismember(&mask, s) == 1)
			return " mask";
	sigaction(SIGHUP, NULL, &hup);
	sigaction(SIGUSR1, NULL, &usr1);
	if (hup.sa_handler != SIG_IGN || usr1.sa_handler != SIG_DFL)
		return " ignored";
	getitimer(ITIMER_REAL, &timer);
	if (timer.it_value.tv_sec)
		return " timer";
	if (fcntl(SPARE_FD, F_GETFD) >= 0)
		return " descriptor";
	if (getenv("SUP_CRASHES"))
		return " environment";
	return "";
}

static int
victim(char **argv)
{
	int crashes = sup_reexec_on_crash(argv);
	FILE *out = fopen(argv[3], "ae");

	if (!out)
		return 1;
	if (strcmp(argv[2], "again") == 0)
		crashes = sup_reexec_on_crash(argv);
	fprintf(out, "%d %d %s%s\n", getpid(), crashes, comm(), left_over());
	fclose(out);
	if (crashes == SURVIVED && strcmp(argv[2], "always") != 0)
		return DONE;
	for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]); i++)
		if (strcmp(argv[2], ways[i].name) == 0)
			ways[i].crash();
	return 1;
}

/* --- the tests ------------------------------------------------------------*/

static char notes[] = "/tmp/test_reexec.XXXXXX";

static int
make_notes(void **state)
{
	int fd = mkstemp(notes);

	(void)state;
	if (fd >= 0)
		close(fd);
	return fd < 0;
}

static int
remove_notes(void **state)
{
	(void)state;
	return unlink(notes);
}

/* Runs the victim to its end; its wait status. */
static int
run(const char *way, pid_t *pid)
{
	static const struct rlimit no_core;
	int status;

	assert_int_equal(truncate(notes, 0), 0);
	*pid = fork();
	assert_true(*pid >= 0);
	if (!*pid) {
		signal(SIGHUP, SIG_IGN);
		setrlimit(RLIMIT_CORE, &no_core);
		execl("/proc/self/exe", "a/victim", "victim", way, notes, NULL);
		_exit(1);
	}
	assert_int_equal(waitpid(*pid, &status, 0), *pid);
	return status;
}

/* It has started so many times, always as the same process. */
static void
assert_starts(pid_t pid, int starts)
{
	FILE *in = fopen(notes, "re");
	char got[128], want[128];

	assert_non_null(in);
	for (int i = 0; i < starts; i++) {
		snprintf(want, sizeof(want), "%d %d %s\n", pid, i,
			 i ? "victim" : "exe");
		assert_non_null(fgets(got, sizeof(got), in));
		assert_string_equal(got, want);
	}
	assert_null(fgets(got, sizeof(got), in));
	fclose(in);
}

static void
survives(const char *way)
{
	pid_t pid;
	int status = run(way, &pid);

	print_message("# %s: status %#x\n", way, (unsigned)status);
	assert_starts(pid, SURVIVED + 1);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), DONE);
}

static void
starts_again_after_each_signal(void **state)
{
	(void)state;
	survives("segv");
	survives("bus");
	survives("ill");
	survives("fpe");
	survives("abort");
}

static void
starts_again_after_a_stack_overflow(void **state)
{
	(void)state;
	survives("stack");
}

static void
starts_again_when_a_thread_crashes(void **state)
{
	(void)state;
	survives("thread");
}

static void
leaves_a_child_that_crashes_to_its_death(void **state)
{
	(void)state;
	survives("child");
}

static void
starts_as_it_was_started(void **state)
{
	(void)state;
	survives("untidy");
}

static void
may_be_asked_twice(void **state)
{
	(void)state;
	survives("again");
}

static void
dies_of_the_sixth_crash_in_a_minute(void **state)
{
	pid_t pid;
	int status = run("always", &pid);

	(void)state;
	assert_starts(pid, 6);
	assert_true(WIFSIGNALED(status));
	assert_int_equal(WTERMSIG(status), SIGSEGV);
}

static void
ends_if_it_was_asked_to_before(void **state)
{
	pid_t pid;
	int status = run("asked", &pid);

	(void)state;
	assert_starts(pid, 1);
	assert_true(WIFSIGNALED(status));
	assert_int_equal(WTERMSIG(status), SIGTERM);
}

static void
needs_arguments(void **state)
{
	char *const none[] = { NULL };

	(void)state;
	assert_int_equal(sup_reexec_on_crash(NULL), -EINVAL);
	assert_int_equal(sup_reexec_on_crash(none), -EINVAL);
	assert_non_null(strstr(sup_error(), "no arguments"));
}

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(starts_again_after_each_signal),
		cmocka_unit_test(starts_again_after_a_stack_overflow),
		cmocka_unit_test(starts_again_when_a_thread_crashes),
		cmocka_unit_test(leaves_a_child_that_crashes_to_its_death),
		cmocka_unit_test(starts_as_it_was_started),
		cmocka_unit_test(may_be_asked_twice),
		cmocka_unit_test(dies_of_the_sixth_crash_in_a_minute),
		cmocka_unit_test(ends_if_it_was_asked_to_before),
		cmocka_unit_test(needs_arguments),
	};

	if (argc == 4 && strcmp(argv[1], "victim") == 0)
		return victim(argv);
	return cmocka_run_group_tests_name("reexec", tests, make_notes,
					   remove_notes);
}
