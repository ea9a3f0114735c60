/* SPDX-License-Identifier: MIT */
/*
 * ping_pong.c - two processes that are linked (exercise 6-1): `stop` sends no
 * message to the other one, but ends the first abnormally, and its exit signal
 * ends the other.
 *
 *	ping	pong, which the other one has said; or timeout
 *	stop	ok
 *
 * `ping_pong` is the other one, `ping_pong SOCKET CHILD` the first: CHILD is the
 * other one's id, which is linked to it (`links =`).
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "serve_lib.h"

static const char *other;

static void
request(struct client *c, char *line)
{
	struct sup_message m;

	if (strcmp(line, "ping") == 0) {
		answer(c, "%s",
		       call(other, getenv("SUPD_CHILD"), &m) ? m.text :
							       "timeout");
	} else if (strcmp(line, "stop") == 0) {
		answer(c, "ok");
		sup_exit("stopped");
	} else {
		answer(c, "{error,undef}");
	}
}

int
main(int argc, char **argv)
{
	static const struct server ping = { .request = request };
	struct sup_message m;

	if (argc != 1 && argc != 3) {
		fprintf(stderr, "usage: ping_pong [SOCKET CHILD]\n");
		return 2;
	}
	if (sup_mailbox() < 0)
		die("nomailbox");
	if (argc == 3) {
		other = argv[2];
		serve(argv[1], &ping);
	}
	sup_ready();
	for (;;)
		if (receive(&m, -1) && m.kind == SUP_TEXT)
			sup_send(m.text, "pong");
}
