/* SPDX-License-Identifier: MIT */
/*
 * frequency.c - hands out frequencies, and monitors those who have one: the
 * frequency of a client that dies is free again.
 *
 *	allocate	{ok,FREQUENCY} or {error,no_frequencies}
 *	deallocate FREQUENCY	ok or {error,not_allocated}
 *	stop		ok
 *
 * The chapter links, so that clients die with the server.  A client here may be
 * any process, which only a monitor can reach.
 */
#include <stdio.h>
#include <string.h>

#include "serve_lib.h"

#define FIRST 10
#define FREQUENCIES 6

static struct {
	pid_t client; /* who has it; 0: it is free */
	long long monitor;
} frequencies[FREQUENCIES];

/* allocate/2 */
static void
allocate(struct client *c)
{
	int i = 0;

	while (i < FREQUENCIES && frequencies[i].client)
		i++;
	if (i == FREQUENCIES) {
		answer(c, "{error,no_frequencies}");
		return;
	}
	frequencies[i].client = client_pid(c);
	frequencies[i].monitor = sup_monitor_pid(client_pid(c));
	if (frequencies[i].monitor < 0)
		die("nomonitor");
	answer(c, "{ok,%d}", FIRST + i);
}

/* deallocate/2 */
static void
deallocate(struct client *c, int number)
{
	int i = number - FIRST;

	if (i < 0 || i >= FREQUENCIES || !frequencies[i].client) {
		answer(c, "{error,not_allocated}");
		return;
	}
	sup_demonitor(frequencies[i].monitor, 0);
	frequencies[i].client = 0;
	answer(c, "ok");
}

/*
 * exited/2: a client may deallocate and die before that is handled, and its DOWN
 * has come already when the monitor is ended.  So it counts only if this very
 * monitor's client still has a frequency.
 */
static void
message(const struct sup_message *m)
{
	for (int i = 0; i < FREQUENCIES; i++)
		if (m->kind == SUP_DOWN && frequencies[i].client == m->pid &&
		    frequencies[i].monitor == m->ref)
			frequencies[i].client = 0;
}

static void
request(struct client *c, char *line)
{
	int number;

	if (strcmp(line, "allocate") == 0) {
		allocate(c);
	} else if (sscanf(line, "deallocate %9d", &number) == 1) {
		deallocate(c, number);
	} else if (strcmp(line, "stop") == 0) {
		answer(c, "ok");
		sup_exit("normal");
	} else {
		answer(c, "{error,undef}");
	}
}

int
main(int argc, char **argv)
{
	static const struct server frequency = { .request = request,
						 .message = message };

	if (argc != 2) {
		fprintf(stderr, "usage: frequency SOCKET\n");
		return 2;
	}
	serve(argv[1], &frequency);
}
