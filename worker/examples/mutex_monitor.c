/* SPDX-License-Identifier: MIT */
/*
 * mutex_monitor.c - a reliable mutex semaphore, the second version of exercise
 * 6-2: it monitors each process that has the mutex or waits for it.
 *
 *	wait	ok, when the client has the mutex
 *	signal	ok; {error,not_holder}
 *
 * Compared with mutex_link: nothing happens to the clients when this server
 * dies, so one may believe to have a mutex that its successor gives to another;
 * who wants to know monitors the server.  In return any process can be a client,
 * each claim has a monitor of its own whose DOWN cannot be mistaken, and nothing
 * has to be trapped or, with SUP_FLUSH, raced.  That is the one to prefer where
 * client and server do not stand and fall together.
 */
#include <stdio.h>
#include <string.h>

#include "mutex_lib.h"

/* One that has died already sends its DOWN at once. */
static void
await(struct client *c)
{
	struct claim claim = { .client = c, .pid = client_pid(c) };

	for (struct claim *one = mutex; one; one = one->next) {
		if (one->pid == claim.pid) {
			answer(c, "{error,claimed}");
			return;
		}
	}
	claim.monitor = sup_monitor_pid(claim.pid);
	if (claim.monitor < 0)
		die("nomonitor");
	mutex_wait(&claim);
}

static void
drop(struct claim *one)
{
	sup_demonitor(one->monitor, SUP_FLUSH);
	mutex_leave(one);
}

static void
release(struct client *c)
{
	if (!mutex || mutex->pid != client_pid(c)) {
		answer(c, "{error,not_holder}");
		return;
	}
	drop(mutex);
	answer(c, "ok");
}

/* It keeps the mutex if it has it, but waits no more. */
static void
gone(struct client *c)
{
	struct claim *one;

	while ((one = mutex_waiting(c)) != NULL)
		drop(one);
}

static void
message(const struct sup_message *m)
{
	struct claim *one = m->kind == SUP_DOWN ? mutex : NULL;

	while (one && one->monitor != m->ref)
		one = one->next;
	if (one)
		mutex_leave(one);
}

static void
request(struct client *c, char *line)
{
	if (strcmp(line, "wait") == 0)
		await(c);
	else if (strcmp(line, "signal") == 0)
		release(c);
	else
		answer(c, "{error,undef}");
}

int
main(int argc, char **argv)
{
	static const struct server mutex_monitor = { .request = request,
						     .message = message,
						     .gone = gone };

	if (argc != 2) {
		fprintf(stderr, "usage: mutex_monitor SOCKET\n");
		return 2;
	}
	serve(argv[1], &mutex_monitor);
}
