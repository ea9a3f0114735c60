/* SPDX-License-Identifier: MIT */
/*
 * test_process.c - signals reach everything that a child has, and nothing that
 * it leaves is overlooked: with cgroups where they can be had, and without.
 */
#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "os/process.h"
#include "os/procfs.h"
#include "pair_lib.h"

static const char id[] = "child";
static bool with_cgroups;
static char name[32]; /* of our cgroup */

/* Runs script as node 2; it says the pids of what it leaves to notes, through
   a file, when it is ready. */
static int
begin(struct state *s, const char *script, enum kill_mode mode)
{
	char keeper[32];
	const char *argv[] = { "/bin/sh", "-c", script, NULL };
	const char *envp[] = { "PATH=/bin:/usr/bin", "SUPD_CHILD=child",
			       "SUPD_ROLE=primary", keeper, NULL };
	struct spawn how = { .path = argv[0],
			     .argv = (char *const *)(uintptr_t)argv,
			     .envp = (char *const *)(uintptr_t)envp,
			     .in = FD_NULL,
			     .err = 2,
			     .umask = -1,
			     .cgroup = -1 };
	enum spawn_stage stage;
	char text[256];
	int ends[2];
	unsigned count = 0;
	FILE *file;

	if (with_cgroups) {
		CHECK(s->fds[FD_CGROUP] >= 0 || cgroup_open(s, name) == 0);
		how.cgroup = cgroup_child(s, id);
		CHECK(how.cgroup >= 0);
	}
	snprintf(keeper, sizeof(keeper), "SUPD_KEEPER=%d", s->keeper);
	CHECK(pipe(ends) == 0);
	how.out = ends[1];
	s->process[2].stop_signal = SIGTERM;
	s->process[2].kill_mode = mode;
	s->process[2].ready_fd = -1;
	CHECK(spawn_start(s, 2, &how, &stage) == 0);
	close(ends[1]);
	if (how.cgroup >= 0)
		close(how.cgroup);
	file = fdopen(ends[0], "r");
	CHECK(file);
	while (fgets(text, sizeof(text), file) && strcmp(text, "ready\n") != 0)
		notes->pid[count++] = (int32_t)strtol(text, NULL, 10);
	fclose(file);
	CHECK(strcmp(text, "ready\n") == 0);
	return 0;
}

/* The main process has been reaped: what now? */
static int
end_main(struct state *s)
{
	WAIT(pair_has_ended(s, 2));
	s->process[2].phase = PROCESS_DEAD;
	return 0;
}

static int
finish(struct state *s)
{
	pair_forget(s, 2);
	if (with_cgroups) {
		cgroup_remove(s, id);
		CHECK(cgroup_is_populated(s, id) == -ENOENT);
		cgroup_close(s, name);
		CHECK(s->fds[FD_CGROUP] == -1);
	}
	return 0;
}

/* One in its session, one in a session of its own, and that one's child. */
static int
leave_everything(struct state *s)
{
	CHECK(begin(s,
		    "sleep 1000 & echo $!;"
		    "setsid sh -c 'sleep 1000 & echo $!; echo $$;"
		    " echo ready; exec sleep 1000' & wait",
		    KILL_ALL) == 0);
	CHECK(pair_is_alive(notes->pid[0]) && pair_is_alive(notes->pid[1]) &&
	      pair_is_alive(notes->pid[2]));
	kill(s->process[2].tid, SIGKILL);
	CHECK(end_main(s) == 0);
	CHECK(process_has_remains(s, 2, id));
	CHECK(process_kill_remains(s, 2, id) == 0);
	WAIT(!process_has_remains(s, 2, id));
	CHECK(!pair_is_alive(notes->pid[0]) && !pair_is_alive(notes->pid[1]) &&
	      !pair_is_alive(notes->pid[2]));
	return finish(s);
}

static int
signal_everything(struct state *s)
{
	CHECK(begin(s,
		    "setsid sh -c 'sleep 1000 & echo $!; echo ready;"
		    " wait' & wait",
		    KILL_ALL) == 0);
	CHECK(process_signal(s, 2, id, SIGTERM) == 0);
	CHECK(end_main(s) == 0);
	CHECK(s->process[2].status == SIGTERM);
	WAIT(!process_has_remains(s, 2, id));
	CHECK(!pair_is_alive(notes->pid[0]));
	return finish(s);
}

static int
kill_everything(struct state *s)
{
	CHECK(begin(s,
		    "trap '' TERM; setsid sh -c 'echo $$; echo ready;"
		    " while :; do sleep 1000; done' & wait",
		    KILL_ALL) == 0);
	CHECK(process_signal(s, 2, id, SIGKILL) == 0);
	CHECK(end_main(s) == 0);
	WAIT(!process_has_remains(s, 2, id));
	CHECK(!pair_is_alive(notes->pid[0]));
	return finish(s);
}

/* It forks faster than anybody looks. */
static int
kill_forkers(struct state *s)
{
	CHECK(begin(s,
		    "f() { while :; do setsid sh -c : & done; }; "
		    "f & echo $!; echo ready; exec >&-; wait",
		    KILL_ALL) == 0);
	CHECK(process_signal(s, 2, id, SIGKILL) == 0);
	CHECK(end_main(s) == 0);
	WAIT(process_kill_remains(s, 2, id) == 0 &&
	     !process_has_remains(s, 2, id));
	CHECK(!pair_is_alive(notes->pid[0]));
	return finish(s);
}

static int
leave_group(struct state *s)
{
	CHECK(begin(s,
		    "sleep 1000 & echo $!; setsid sleep 1000 & echo $!;"
		    "until [ $(ps -o sid= -p $!) = $! ]; do :; done;"
		    "echo ready; exit 0",
		    KILL_GROUP) == 0);
	CHECK(end_main(s) == 0);
	CHECK(process_has_remains(s, 2, id));
	CHECK(process_kill_remains(s, 2, id) == 0);
	WAIT(!process_has_remains(s, 2, id));
	CHECK(!pair_is_alive(notes->pid[0]));
	CHECK(pair_is_alive(notes->pid[1]));
	kill(notes->pid[1], SIGKILL);
	WAIT(!pair_is_alive(notes->pid[1]));
	WAIT(!with_cgroups || cgroup_is_populated(s, id) == 0);
	return finish(s);
}

static int
leave_others_alone(struct state *s)
{
	CHECK(begin(s, "sleep 1000 & echo $!; echo ready; exit 0",
		    KILL_PROCESS) == 0);
	CHECK(end_main(s) == 0);
	CHECK(!process_has_remains(s, 2, id));
	CHECK(process_kill_remains(s, 2, id) == 0);
	CHECK(pair_is_alive(notes->pid[0]));
	kill(notes->pid[0], SIGKILL);
	WAIT(!pair_is_alive(notes->pid[0]));
	WAIT(!with_cgroups || cgroup_is_populated(s, id) == 0);
	return finish(s);
}

static int
stop_the_stopped(struct state *s)
{
	struct proc_stat stat = { 0 };

	CHECK(begin(s, "echo ready; exec sleep 1000", KILL_PROCESS) == 0);
	kill(s->process[2].tid, SIGSTOP);
	WAIT(proc_stat(s->process[2].tid, &stat) == 0 && stat.state == 'T');
	CHECK(process_signal(s, 2, id, SIGTERM) == 0);
	CHECK(end_main(s) == 0);
	CHECK(process_signal(s, 2, id, SIGTERM) == 0); /* nobody is fine */
	return finish(s);
}

/* A child of another node is not taken for a remainder. */
static int
spare_siblings(struct state *s)
{
	CHECK(pair_shell(s, 3, "exec sleep 1000", NULL) == 0);
	CHECK(begin(s, "echo ready", KILL_ALL) == 0);
	CHECK(end_main(s) == 0);
	WAIT(!process_has_remains(s, 2, id));
	CHECK(process_kill_remains(s, 2, id) == 0);
	CHECK(pair_is_alive(s->process[3].tid));
	return finish(s);
}

/* What an earlier life of the same name has left is ended, unless that one
   lives: then there are two. */
static int
end_leftovers(struct state *s)
{
	int first;
	pid_t pid;

	CHECK(begin(s, "setsid sleep 1000 & echo $!; echo ready; wait",
		    KILL_PROCESS) == 0);
	pid = notes->pid[0];
	kill(s->process[2].tid, SIGKILL);
	CHECK(end_main(s) == 0);
	first = s->fds[FD_CGROUP];
	s->fds[FD_CGROUP] = -1;
	CHECK(cgroup_open(s, name) == 0);
	CHECK(pair_is_alive(pid));
	cgroup_close(s, name);
	close(first);
	CHECK(cgroup_open(s, name) == 0);
	CHECK(!pair_is_alive(pid));
	return finish(s);
}

static bool
may_have_cgroups(void)
{
	struct state s;

	memset(s.fds, -1, sizeof(s.fds));
	if (cgroup_open(&s, name) < 0)
		return false;
	cgroup_close(&s, name);
	return true;
}

static void
run(int (*scenario)(struct state *s), bool cgroups)
{
	if (cgroups && !may_have_cgroups())
		skip();
	with_cgroups = cgroups;
	assert_int_equal(pair_run(scenario), 0);
}

/* Each with a walk of /proc, and with cgroups. */
#define SCENARIO(test, scenario)                                   \
	static void test(void **state)                             \
	{                                                          \
		(void)state;                                       \
		run(scenario, false);                              \
	}                                                          \
	static void test##_where_cgroup2_is_writable(void **state) \
	{                                                          \
		(void)state;                                       \
		run(scenario, true);                               \
	}

SCENARIO(test_all_that_is_left_is_found_and_killed, leave_everything)
SCENARIO(test_a_stop_signal_reaches_everything, signal_everything)
SCENARIO(test_a_kill_reaches_everything, kill_everything)
SCENARIO(test_nobody_forks_fast_enough, kill_forkers)
SCENARIO(test_a_group_is_a_group, leave_group)
SCENARIO(test_a_process_is_a_process, leave_others_alone)
SCENARIO(test_a_stopped_process_is_continued, stop_the_stopped)
SCENARIO(test_siblings_are_no_remains, spare_siblings)

static void
test_leftovers_are_ended_where_cgroup2_is_writable(void **state)
{
	(void)state;
	run(end_leftovers, true);
}

#define BOTH(test)              \
	cmocka_unit_test(test), \
		cmocka_unit_test(test##_where_cgroup2_is_writable)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		BOTH(test_all_that_is_left_is_found_and_killed),
		BOTH(test_a_stop_signal_reaches_everything),
		BOTH(test_a_kill_reaches_everything),
		BOTH(test_nobody_forks_fast_enough),
		BOTH(test_a_group_is_a_group),
		BOTH(test_a_process_is_a_process),
		BOTH(test_a_stopped_process_is_continued),
		BOTH(test_siblings_are_no_remains),
		cmocka_unit_test(
			test_leftovers_are_ended_where_cgroup2_is_writable),
	};

	snprintf(name, sizeof(name), "test-process-%d", getpid());
	return cmocka_run_group_tests(tests, NULL, NULL);
}
