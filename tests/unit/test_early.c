/* SPDX-License-Identifier: MIT */
/*
 * test_early.c - the exit of a primary that is seen ending: told once, before
 * the keeper has recorded it, and only if nothing of it can still write.
 *
 * The keeper is stopped, so that it records nothing until it is wanted.
 */
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/timerfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "exits.h"
#include "keeper.h"
#include "os/cgroup.h"
#include "os/procfs.h"
#include "pair_lib.h"
#include "shell_lib.h"
#include "standby.h"

#define SAID 6u /* bytes */

static char name[32]; /* of our cgroup */
static bool with_cgroups;
static int (*body)(void);
static struct state *state;
static const struct child *child;
static struct process *first, *second; /* primary and standby */

/* --- what the child is: this program with a word --- */

static void
say(void)
{
	if (write(STDOUT_FILENO, "hello\n", SAID) != SAID)
		_exit(1);
}

static void *
say_and_stay(void *unused)
{
	say();
	for (;;)
		pause();
	return unused;
}

static int
be_child(const char *word)
{
	sigset_t user;
	pthread_t thread;
	int sig;

	sigemptyset(&user);
	sigaddset(&user, SIGUSR1);
	sigprocmask(SIG_BLOCK, &user, NULL);
	if (strcmp(word, "threads") == 0) {
		if (pthread_create(&thread, NULL, say_and_stay, NULL) == 0)
			syscall(SYS_exit, 1); /* the first one ends */
		return 1;
	}
	if (strcmp(word, "family") == 0 && fork() == 0)
		say_and_stay(NULL);
	say();
	sigwait(&user, &sig);
	return 0;
}

/* --- a keeper that can be stopped --- */

static bool
has_said(const struct process *p)
{
	uint64_t written = p->tid ? proc_written(p->tid) : UINT64_MAX;

	return written != UINT64_MAX && written >= SAID;
}

static bool
is_in_state(pid_t pid, char wanted)
{
	struct proc_stat stat;

	return proc_stat(pid, &stat) == 0 && stat.state == wanted;
}

/* The child runs, and its standby; deaths are not recorded any more. */
static int
begin(const char *word)
{
	char program[256], text[512];
	ssize_t length = readlink("/proc/self/exe", program, 255);

	program[length > 0 ? length : 0] = '\0';
	snprintf(text, sizeof(text),
		 "command='%s' %s\nstdout=null\nstandby=hot\nkill_mode=%s\n",
		 program, word, with_cgroups ? "all" : "process");
	CHECK(shell_begin(state, text, with_cgroups ? name : NULL) == 0);
	child = &state->child[shell_child];
	first = shell_primary();
	second = shell_standby();
	WAIT(has_said(first) && has_said(second));
	CHECK(child->exits == 0 && first->incarnation == 1);
	kill(state->keeper, SIGSTOP);
	WAIT(is_in_state(state->keeper, 'T'));
	return 0;
}

static int
end_first(int sig)
{
	kill(first->tid, sig);
	WAIT(is_in_state(first->tid, 'Z'));
	return 0;
}

static void
look(void)
{
	exits_early(&shell, shell_child);
	shell_settle();
}

static bool
is_vacant(const struct process *p)
{
	shell_exits();
	return !p->tid && p->phase == PROCESS_EMPTY;
}

static int
scenario(struct state *s)
{
	int r;

	if (s->supervisors > 1)
		return pair_end(s, 1); /* the first one has crashed */
	state = s;
	r = body();
	kill(s->keeper, SIGCONT);
	shell_end();
	return pair_end(s, r);
}

/* --- the scenarios --- */

static int
be_told_once(void)
{
	const struct node *node;
	uint64_t written;

	CHECK(begin("talk") == 0);
	node = tree_node(shell.tree, shell_child);
	CHECK(end_first(SIGKILL) == 0);
	written = proc_written(first->tid);
	look();
	CHECK(first->phase == PROCESS_REPLACED && first->tid && !first->exited);
	CHECK(child->exits == 1 && child->last_written == written);
	CHECK(child->written[0].first == 1 &&
	      child->written[0].bytes == written);
	CHECK(node->ended.kind == REASON_SIGNAL &&
	      node->ended.value == SIGKILL);
	CHECK(shell_primary() == second && second->phase == PROCESS_ALIVE);
	CHECK(second->incarnation == 2 && child->incarnation == 2);
	look();
	standby_look(&shell, shell_child);
	CHECK(shell_exits() == 1 && first->phase == PROCESS_REPLACED);
	kill(state->keeper, SIGCONT);
	WAIT(is_vacant(first));
	CHECK(first->written == written && child->last_written == written);
	CHECK(child->exits == 1 && child->written[0].first == 1);
	CHECK(node->restarts == 1 && child->standby_exits == 0);
	return 0;
}

/* A stopped process has a code that is none of its death. */
static int
be_alive(void)
{
	CHECK(begin("talk") == 0);
	look();
	CHECK(shell_exits() == 0 && first->phase == PROCESS_ALIVE);
	kill(first->tid, SIGSTOP);
	WAIT(is_in_state(first->tid, 'T'));
	look();
	CHECK(shell_exits() == 0 && first->phase == PROCESS_ALIVE);
	return 0;
}

/* The successor finds the record that its predecessor has not waited for. */
static int
be_recovered(void)
{
	CHECK(begin("talk") == 0 && end_first(SIGKILL) == 0);
	look();
	exits_recover(&shell);
	CHECK(first->phase == PROCESS_REPLACED && first->tid);
	kill(state->keeper, SIGCONT);
	WAIT(pair_has_ended(state, (uint32_t)(first - state->process)));
	exits_recover(&shell);
	CHECK(first->phase == PROCESS_EMPTY && !first->tid);
	CHECK(shell_exits() == 1);
	return 0;
}

/* Until the supervisor is held to hang. */
static int64_t
patience(void)
{
	struct itimerspec left = { 0 };

	timerfd_gettime(state->fds[FD_DEADMAN], &left);
	return left.it_value.tv_sec * 1000 + left.it_value.tv_nsec / 1000000;
}

/* Continues the keeper when the supervisor has waited for it a while: 0 if the
   slot was still the dead one's then. */
static int
watch_slot(pid_t supervisor)
{
	const int32_t dead = first->tid;
	const int64_t some = DEADMAN_MS - 500;

	WAIT(first->phase == PROCESS_REPLACED && is_in_state(supervisor, 'S'));
	WAIT(patience() < some);
	WAIT(patience() > some);
	CHECK(first->tid == dead && state->spawning == NO_NODE);
	return 0;
}

static int
be_waited_for(void)
{
	pid_t dead, watcher, us = getpid();
	int status = -1;

	CHECK(begin("talk") == 0);
	dead = first->tid;
	kill(second->tid, SIGKILL);
	WAIT(is_in_state(second->tid, 'Z'));
	CHECK(end_first(SIGKILL) == 0);
	watcher = fork();
	if (watcher == 0) {
		status = watch_slot(us);
		kill(state->keeper, SIGCONT);
		_exit(status);
	}
	look();
	waitpid(watcher, &status, 0);
	CHECK(status == 0);
	CHECK(shell_primary() == first && first->tid != dead);
	CHECK(first->phase == PROCESS_ALIVE && first->incarnation == 2);
	WAIT(shell_exits() == 1 && child->standby_exits == 1 && !first->queued);
	CHECK(first->phase == PROCESS_ALIVE && pair_is_alive(first->tid));
	return 0;
}

/* What must not be told before the keeper has recorded it. */
static int
wait_for_record(const char *word, int sig)
{
	CHECK(begin(word) == 0 && end_first(sig) == 0);
	look();
	CHECK(shell_exits() == 0 && first->phase == PROCESS_ALIVE);
	kill(state->keeper, SIGCONT);
	kill(first->tid, SIGKILL);
	WAIT(shell_exits() == 1);
	return 0;
}

static int
wait_for_family(void)
{
	return wait_for_record("family", SIGKILL);
}

static int
wait_for_threads(void)
{
	return wait_for_record("threads", 0);
}

static int
wait_for_code(void)
{
	return wait_for_record("talk", SIGUSR1);
}

static int
can_be_done(struct state *s)
{
	pid_t pid = fork();
	siginfo_t info;
	bool can;

	if (pid == 0)
		_exit(0);
	waitid(P_PID, (id_t)pid, &info, WEXITED | WNOWAIT);
	can = proc_written(pid) != UINT64_MAX;
	waitpid(pid, NULL, 0);
	memset(s->fds, -1, sizeof(s->fds));
	if (can && with_cgroups) {
		can = cgroup_open(s, name) == 0;
		cgroup_close(s, name);
	}
	return can;
}

static void
run(int (*what)(void), bool cgroups)
{
	struct state s;

	with_cgroups = cgroups;
	if (!can_be_done(&s))
		skip();
	body = what;
	assert_int_equal(pair_run(scenario), 0);
}

#define SCENARIO(test, what)                                        \
	static void test(void **unused)                             \
	{                                                           \
		(void)unused;                                       \
		run(what, false);                                   \
	}                                                           \
	static void test##_where_cgroup2_is_writable(void **unused) \
	{                                                           \
		(void)unused;                                       \
		run(what, true);                                    \
	}

SCENARIO(test_it_is_told_once, be_told_once)
SCENARIO(test_who_lives_is_left_alone, be_alive)
SCENARIO(test_a_successor_finds_its_record, be_recovered)
SCENARIO(test_its_slot_is_not_used_before_its_record, be_waited_for)
SCENARIO(test_who_has_threads_waits_for_the_record, wait_for_threads)
SCENARIO(test_a_code_of_0_waits_for_the_record, wait_for_code)

static void
test_who_has_descendants_waits_for_the_record(void **unused)
{
	(void)unused;
	run(wait_for_family, true);
}

#define BOTH(test)              \
	cmocka_unit_test(test), \
		cmocka_unit_test(test##_where_cgroup2_is_writable)

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		BOTH(test_it_is_told_once),
		BOTH(test_who_lives_is_left_alone),
		BOTH(test_a_successor_finds_its_record),
		BOTH(test_its_slot_is_not_used_before_its_record),
		BOTH(test_who_has_threads_waits_for_the_record),
		BOTH(test_a_code_of_0_waits_for_the_record),
		cmocka_unit_test(test_who_has_descendants_waits_for_the_record),
	};

	if (argc > 1)
		return be_child(argv[1]);
	snprintf(name, sizeof(name), "test-early-%d", getpid());
	return cmocka_run_group_tests(tests, NULL, NULL);
}
