/* SPDX-License-Identifier: MIT */
/*
 * test_spawn.c - what a child is when it begins, and what is said when it
 * cannot.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "os/procfs.h"
#include "pair_lib.h"

/* Runs how with its output into a pipe, and takes that. */
static int
output_of(struct state *s, struct spawn *how, char *text, size_t size)
{
	enum spawn_stage stage;
	int ends[2];
	ssize_t n = 0;
	size_t length = 0;

	how->path = how->argv[0];
	CHECK(pipe2(ends, O_CLOEXEC) == 0);
	how->out = ends[1];
	s->process[2].ready_fd = -1;
	CHECK(spawn_start(s, 2, how, &stage) == 0);
	close(ends[1]);
	while ((n = read(ends[0], text + length, size - 1 - length)) > 0)
		length += (size_t)n;
	text[length] = '\0';
	close(ends[0]);
	WAIT(pair_has_ended(s, 2));
	CHECK(s->process[2].code == CLD_EXITED);
	pair_forget(s, 2);
	return 0;
}

static char **
list(const char *const *words)
{
	return (char **)(uintptr_t)words;
}

static struct spawn
plain(const char *const *argv)
{
	static const char *const nothing[] = { NULL };

	return (struct spawn){ .argv = list(argv),
			       .envp = list(nothing),
			       .in = FD_NULL,
			       .out = 1,
			       .err = 2,
			       .umask = -1,
			       .cgroup = -1 };
}

static int
see_surroundings(struct state *s)
{
	const char *argv[] = { "/bin/sh",
			       "-c",
			       "echo \"$X $1 $PWD $(umask) $(ulimit -n)\"; cat",
			       "-",
			       "two words",
			       NULL };
	const char *envp[] = { "X=y", NULL };
	struct spawn how = plain(argv);
	char text[256];

	how.envp = list(envp);
	how.directory = "/proc";
	how.umask = 027;
	how.nofile_soft = 100;
	how.nofile_hard = 150;
	CHECK(output_of(s, &how, text, sizeof(text)) == 0);
	CHECK(strcmp(text, "y two words /proc 0027 100\n") == 0);
	return 0;
}

static int
see_descriptors(struct state *s)
{
	const char *argv[] = { "/bin/ls", "/proc/self/fd", NULL };
	struct spawn how = plain(argv);
	int ends[2];
	struct spawn_fd fds[2];
	char text[256];

	CHECK(output_of(s, &how, text, sizeof(text)) == 0);
	CHECK(strcmp(text, "0\n1\n2\n3\n") == 0); /* 3: ls's own */
	CHECK(pipe2(ends, O_CLOEXEC) == 0);
	/* Numbers that are in each other's way. */
	fds[0] = (struct spawn_fd){ .from = ends[0], .to = ends[1] };
	fds[1] = (struct spawn_fd){ .from = ends[1], .to = ends[0] };
	how.fds = fds;
	how.fd_count = 2;
	CHECK(output_of(s, &how, text, sizeof(text)) == 0);
	CHECK(strlen(text) > strlen("0\n1\n2\n3\n"));
	how.out = 1;
	how.fd_count = 1;
	how.fds = &(struct spawn_fd){ .from = ends[0], .to = FD_RESERVED };
	CHECK(spawn_start(s, 2, &how, &(enum spawn_stage){ 0 }) == -EINVAL);
	how.fds = &(struct spawn_fd){ .from = 9999, .to = 5 };
	CHECK(spawn_start(s, 2, &how, &(enum spawn_stage){ 0 }) == -EBADF);
	CHECK(s->process[2].phase == PROCESS_EMPTY);
	return 0;
}

/* Descriptor 9 gets what 7 was, and 7 gets what 9 was. */
static int
swap_descriptors(struct state *s)
{
	const char *argv[] = { "/bin/sh", "-c",
			       "read a <&7; read b <&9; "
			       "echo $a $b",
			       NULL };
	struct spawn how = plain(argv);
	struct spawn_fd fds[] = { { 7, 9 }, { 9, 7 } };
	char text[64];
	int one[2], two[2];

	CHECK(pipe2(one, O_CLOEXEC) == 0 && pipe2(two, O_CLOEXEC) == 0);
	CHECK(write(one[1], "one\n", 4) == 4 && write(two[1], "two\n", 4) == 4);
	CHECK(dup3(one[0], 7, O_CLOEXEC) == 7 &&
	      dup3(two[0], 9, O_CLOEXEC) == 9);
	how.fds = fds;
	how.fd_count = 2;
	CHECK(output_of(s, &how, text, sizeof(text)) == 0);
	CHECK(strcmp(text, "two one\n") == 0);
	return 0;
}

static int
see_signals(struct state *s)
{
	const char *argv[] = { "/bin/grep", "-E", "^Sig(Blk|Ign)",
			       "/proc/self/status", NULL };
	struct spawn how = plain(argv);
	char text[256];

	CHECK(s->ignored); /* there is something to be reset */
	CHECK(output_of(s, &how, text, sizeof(text)) == 0);
	CHECK(strcmp(text, "SigBlk:\t0000000000000000\n"
			   "SigIgn:\t0000000000000000\n") == 0);
	return 0;
}

static int
lead_session(struct state *s)
{
	struct proc_stat stat;

	CHECK(pair_shell(s, 2, "exec sleep 1000", NULL) == 0);
	CHECK(proc_stat(s->process[2].tid, &stat) == 0);
	CHECK(stat.session == s->process[2].tid);
	CHECK(stat.group == s->process[2].tid);
	CHECK(stat.has_executed);
	CHECK(s->process[2].phase == PROCESS_ALIVE && s->spawning == NO_NODE);
	CHECK(s->slot_of_pid[s->process[2].tid] == 2);
	return 0;
}

static int
fail_to_start(struct state *s)
{
	const char *nowhere[] = { "/nowhere/at/all", NULL };
	const char *directory[] = { "/proc", NULL };
	const char *sh[] = { "/bin/sh", "-c", ":", NULL };
	struct spawn how = plain(sh);
	enum spawn_stage stage = SPAWN_STAGES;

	CHECK(pair_spawn(s, 2, nowhere, NULL, &stage) == -ENOENT);
	CHECK(stage == SPAWN_EXEC);
	WAIT(pair_has_ended(s, 2));
	CHECK(s->process[2].status == 127);
	pair_forget(s, 2);
	CHECK(pair_spawn(s, 2, directory, NULL, &stage) == -EACCES);
	WAIT(pair_has_ended(s, 2));
	pair_forget(s, 2);
	how.path = sh[0];
	how.directory = "/nowhere";
	CHECK(spawn_start(s, 2, &how, &stage) == -ENOENT);
	CHECK(stage == SPAWN_DIRECTORY);
	WAIT(pair_has_ended(s, 2));
	pair_forget(s, 2);
	how.directory = NULL;
	how.cgroup = 0; /* not a cgroup */
	CHECK(spawn_start(s, 2, &how, &stage) < 0);
	CHECK(stage == SPAWN_CLONE && s->process[2].tid == 0);
	CHECK(s->process[2].phase == PROCESS_EMPTY);
	CHECK(strcmp(spawn_stage_name(stage), "clone") == 0);
	return 0;
}

static unsigned
count_fds(void)
{
	DIR *dir = opendir("/proc/self/fd");
	unsigned count = 0;

	while (dir && readdir(dir))
		count++;
	if (dir)
		closedir(dir);
	return count;
}

static int
spawn_often(struct state *s)
{
	unsigned before = count_fds();
	struct stat null, stat;

	for (int i = 0; i < 50; i++) {
		CHECK(pair_shell(s, 2, ":", NULL) == 0);
		WAIT(pair_has_ended(s, 2));
		pair_forget(s, 2);
	}
	CHECK(count_fds() == before);
	CHECK(fstat(FD_NULL, &null) == 0);
	for (int fd = FD_NULL + 1; fd < FD_LIMIT; fd++)
		CHECK(fstat(fd, &stat) == 0 && stat.st_rdev == null.st_rdev);
	return 0;
}

/* The predecessor's child is found, and so is what it has laid out. */
static int
succeed(struct state *s)
{
	enum spawn_stage stage;

	pair_rest(s);
	if (s->supervisors == 1) {
		CHECK(pair_shell(s, 2, "exec sleep 1000", NULL) == 0);
		/* As if it had died in the clone of node 2. */
		s->spawning = s->laid_out = 2;
		s->slot_of_pid[s->process[2].tid] = NO_NODE;
		s->process[2].phase = PROCESS_SPAWNING;
		CHECK(dup3(1, FD_NULL + 1, O_CLOEXEC) == FD_NULL + 1);
		kill(getpid(), SIGKILL);
	}
	CHECK(spawn_finish(s, 2, &stage) == 0);
	CHECK(s->process[2].phase == PROCESS_ALIVE);
	CHECK(s->spawning == NO_NODE && s->laid_out == NO_NODE);
	CHECK(s->slot_of_pid[s->process[2].tid] == 2);
	return pair_end(s, 0);
}

#define SCENARIO(name, scenario)                         \
	static void name(void **state)                   \
	{                                                \
		(void)state;                             \
		assert_int_equal(pair_run(scenario), 0); \
	}

SCENARIO(test_it_gets_its_arguments_and_surroundings, see_surroundings)
SCENARIO(test_it_has_no_descriptors_but_its_own, see_descriptors)
SCENARIO(test_its_descriptors_may_cross, swap_descriptors)
SCENARIO(test_no_signal_is_blocked_or_ignored, see_signals)
SCENARIO(test_it_leads_a_session_and_a_group, lead_session)
SCENARIO(test_what_failed_and_why_is_said, fail_to_start)
SCENARIO(test_nothing_stays_open_behind_it, spawn_often)

static void
test_a_successor_goes_on_in_the_middle(void **state)
{
	struct pair p;

	(void)state;
	pair_prepare(&p);
	pair_start(&p, succeed);
	assert_int_equal(pair_wait(&p), 0);
	assert_int_equal(p.s->supervisors, 2);
}

static void
test_programs_are_found_as_execvp_finds_them(void **state)
{
	char buf[PATH_MAX], small[8];

	(void)state;
	assert_int_equal(spawn_find("sh", "/nowhere:/bin:/usr/bin", buf,
				    sizeof(buf)),
			 0);
	assert_string_equal(buf, "/bin/sh");
	assert_int_equal(spawn_find("./x", "/bin", buf, sizeof(buf)), 0);
	assert_string_equal(buf, "./x");
	assert_int_equal(spawn_find("sh", "/nowhere", buf, sizeof(buf)),
			 -ENOENT);
	assert_int_equal(spawn_find("", "/bin", buf, sizeof(buf)), -ENOENT);
	assert_int_equal(spawn_find("sh", NULL, buf, sizeof(buf)), -ENOENT);
	/* A directory and a plain file are no programs. */
	assert_int_equal(spawn_find("bin", "/usr", buf, sizeof(buf)), -EACCES);
	assert_int_equal(spawn_find("passwd", "/etc", buf, sizeof(buf)),
			 -EACCES);
	assert_int_equal(spawn_find("sh", "/usr/local/bin", small,
				    sizeof(small)),
			 -ENAMETOOLONG);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_it_gets_its_arguments_and_surroundings),
		cmocka_unit_test(test_it_has_no_descriptors_but_its_own),
		cmocka_unit_test(test_its_descriptors_may_cross),
		cmocka_unit_test(test_no_signal_is_blocked_or_ignored),
		cmocka_unit_test(test_it_leads_a_session_and_a_group),
		cmocka_unit_test(test_what_failed_and_why_is_said),
		cmocka_unit_test(test_nothing_stays_open_behind_it),
		cmocka_unit_test(test_a_successor_goes_on_in_the_middle),
		cmocka_unit_test(test_programs_are_found_as_execvp_finds_them),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
