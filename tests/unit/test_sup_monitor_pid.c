/* SPDX-License-Identifier: MIT */
/*
 * test_sup_monitor_pid.c - monitors of any process by its number, without supd.
 */
#include <errno.h>
#include <limits.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include <cmocka.h>

#include "mailbox_lib.h"

#define LIMIT 10000 /* ms */
#define MANY 300

/* A process that ends with a code of its own when it is told to. */
struct victim {
	pid_t pid;
	int leash; /* written to: it ends */
};

static struct victim
make_victim(int code)
{
	struct victim v;
	int fds[2];
	char byte;

	CHECK(pipe(fds) == 0);
	v.pid = fork();
	CHECK(v.pid >= 0);
	if (v.pid == 0) {
		mb_hang_up(); /* the end of supd is not to stay open here */
		_exit(read(fds[0], &byte, 1) == 1 ? code : 99);
	}
	close(fds[0]);
	v.leash = fds[1];
	return v;
}

static void
end_victim(struct victim *v)
{
	CHECK(write(v->leash, "x", 1) == 1);
	close(v->leash);
}

static void
wait_for(pid_t pid)
{
	CHECK(waitpid(pid, NULL, 0) == pid);
}

/* Until it has ended, and without taking its status. */
static void
watch_end(pid_t pid)
{
	siginfo_t info;

	CHECK(waitid(P_PID, (id_t)pid, &info, WEXITED | WNOWAIT) == 0);
}

static void
down_comes(long long ref, pid_t pid, const char *reason)
{
	struct sup_message m;

	CHECK(sup_receive(&m, LIMIT) == 1);
	if (strcmp(m.text, reason) != 0)
		fprintf(stderr, "'%s', not '%s'\n", m.text, reason);
	CHECK(strcmp(m.text, reason) == 0 && m.length == strlen(reason));
	CHECK(m.kind == SUP_DOWN && m.ref == ref && m.pid == pid);
	CHECK(strcmp(m.id, "-") == 0);
}

static void
watch_ends(void)
{
	struct victim killed = make_victim(0), normal = make_victim(0),
		      failed = make_victim(7);
	long long of_killed = sup_monitor_pid(killed.pid),
		  of_normal = sup_monitor_pid(normal.pid),
		  of_failed = sup_monitor_pid(failed.pid);

	CHECK(of_killed > 0 && of_normal > of_killed && of_failed > of_normal);
	mb_nothing();
	kill(killed.pid, SIGKILL);
	down_comes(of_killed, killed.pid, "signal:KILL");
	mb_nothing();
	end_victim(&normal);
	down_comes(of_normal, normal.pid, "normal");
	end_victim(&failed);
	down_comes(of_failed, failed.pid, "exit:7");
	mb_nothing();
	wait_for(killed.pid);
	wait_for(normal.pid);
	wait_for(failed.pid);
	mb_nothing();
}

static void
an_end_is_told_with_its_reason(void **state)
{
	(void)state;
	mb_worker_alone(watch_ends);
	mb_worker(watch_ends);
}

/* Of one that was waited for before we look, some kernels have no reason. */
static void
watch_one_waited_for(void)
{
	struct victim v = make_victim(3);
	long long ref = sup_monitor_pid(v.pid);
	struct sup_message m;

	end_victim(&v);
	wait_for(v.pid);
	CHECK(sup_receive(&m, LIMIT) == 1);
	CHECK(m.ref == ref && m.pid == v.pid);
	CHECK(strcmp(m.text, "exit:3") == 0 || strcmp(m.text, "unknown") == 0);
}

static void
an_end_is_told_of_one_that_is_gone(void **state)
{
	(void)state;
	mb_worker_alone(watch_one_waited_for);
}

static void
watch_the_dead(void)
{
	struct victim v = make_victim(0);
	long long ref;

	end_victim(&v);
	watch_end(v.pid);
	ref = sup_monitor_pid(v.pid);
	CHECK(ref > 0 && mb_is_readable());
	down_comes(ref, v.pid, "noproc");
	wait_for(v.pid);
	ref = sup_monitor_pid(v.pid);
	CHECK(ref > 0);
	down_comes(ref, v.pid, "noproc");
	ref = sup_monitor_pid(INT_MAX);
	CHECK(ref > 0);
	down_comes(ref, INT_MAX, "noproc");
	mb_nothing();
	CHECK(sup_monitor_pid(0) == -EINVAL);
	CHECK(sup_monitor_pid(-1) == -EINVAL);
	mb_nothing();
}

static void
one_that_has_ended_is_noproc(void **state)
{
	(void)state;
	mb_worker_alone(watch_the_dead);
	mb_worker(watch_the_dead);
}

static void
watch_several_times(void)
{
	struct victim v = make_victim(1);
	long long refs[3];
	struct sup_message m;

	for (int i = 0; i < 3; i++)
		CHECK((refs[i] = sup_monitor_pid(v.pid)) > 0);
	CHECK(refs[0] != refs[1] && refs[1] != refs[2] && refs[0] != refs[2]);
	CHECK(sup_demonitor(refs[1], 0) == 0);
	end_victim(&v);
	CHECK(sup_receive(&m, LIMIT) == 1 && strcmp(m.text, "exit:1") == 0);
	CHECK(m.ref == refs[0] || m.ref == refs[2]);
	down_comes(m.ref == refs[0] ? refs[2] : refs[0], v.pid, "exit:1");
	mb_nothing();
	CHECK(sup_demonitor(refs[0], SUP_FLUSH) == 0);
	wait_for(v.pid);
}

static void
several_monitors_of_one_process_are_independent(void **state)
{
	(void)state;
	mb_worker_alone(watch_several_times);
}

static void
end_and_flush(void)
{
	struct victim v = make_victim(1);
	long long before = sup_monitor_pid(v.pid), dead, after;

	end_victim(&v);
	watch_end(v.pid);
	CHECK(mb_is_readable());
	dead = sup_monitor_pid(v.pid);
	after = sup_monitor_pid(v.pid);
	CHECK(sup_demonitor(before, SUP_FLUSH) == 0);
	CHECK(sup_demonitor(dead, 0) == 0);
	CHECK(sup_demonitor(after, SUP_FLUSH) == 0);
	down_comes(dead, v.pid, "noproc");
	mb_nothing();
	CHECK(sup_demonitor(after, SUP_FLUSH) == 0);
	wait_for(v.pid);
}

static void
a_monitor_that_is_ended_is_flushed(void **state)
{
	(void)state;
	mb_worker_alone(end_and_flush);
}

static void
watch_many(void)
{
	static struct victim v[MANY];
	static long long refs[MANY];
	struct sup_message m;
	int found;

	for (int i = 0; i < MANY; i++) {
		v[i] = make_victim(0);
		refs[i] = sup_monitor_pid(v[i].pid);
		CHECK(refs[i] > 0);
	}
	for (int i = 0; i < MANY; i++)
		kill(v[i].pid, SIGKILL);
	for (int i = 0; i < MANY; i++) {
		CHECK(sup_receive(&m, LIMIT) == 1);
		for (found = 0; found < MANY; found++)
			if (refs[found] == m.ref)
				break;
		CHECK(found < MANY && v[found].pid == m.pid);
		CHECK(strcmp(m.text, "signal:KILL") == 0);
		refs[found] = 0;
		wait_for(m.pid);
	}
	mb_nothing();
}

static void
each_of_many_is_told_once(void **state)
{
	(void)state;
	mb_worker_alone(watch_many);
}

static void
watch_with_messages(void)
{
	struct victim v = make_victim(0);
	long long ref = sup_monitor_pid(v.pid);
	struct sup_message m;

	mb_say("1 MESSAGE a");
	mb_next(SUP_TEXT, "a");
	mb_hang_up();
	CHECK(sup_receive(&m, -1) == -EPIPE);
	CHECK(sup_receive(&m, 0) == 0);
	CHECK(!mb_is_readable());
	kill(v.pid, SIGKILL);
	down_comes(ref, v.pid, "signal:KILL");
	CHECK(sup_receive(&m, -1) == -EPIPE);
	wait_for(v.pid);
}

static void
monitors_go_on_without_supd(void **state)
{
	(void)state;
	mb_worker(watch_with_messages);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_end_is_told_with_its_reason),
		cmocka_unit_test(an_end_is_told_of_one_that_is_gone),
		cmocka_unit_test(one_that_has_ended_is_noproc),
		cmocka_unit_test(
			several_monitors_of_one_process_are_independent),
		cmocka_unit_test(a_monitor_that_is_ended_is_flushed),
		cmocka_unit_test(each_of_many_is_told_once),
		cmocka_unit_test(monitors_go_on_without_supd),
	};

	return cmocka_run_group_tests_name("sup_monitor_pid", tests, NULL,
					   NULL);
}
