/* SPDX-License-Identifier: MIT */
/*
 * add_two.c - adds two, in a process that may crash as add_one does.  Another
 * process is linked to it and traps exits: it serves the clients, and when the
 * first one dies tells them why.
 *
 *	INT	INT + 2, {error,badarith} or timeout
 *
 * `add_two` is the first process, `add_two SOCKET CHILD` the second: CHILD is
 * the first one's id, which is linked to it (`links =`).
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "serve_lib.h"

static const char *adder;

/* request/1 */
static void
request(struct client *c, char *line)
{
	struct sup_message m;
	char text[SUP_TEXT_MAX];
	bool got;

	snprintf(text, sizeof(text), "request %s %s", getenv("SUPD_CHILD"),
		 line);
	got = call(adder, text, &m);
	if (got && m.kind == SUP_TEXT && strncmp(m.text, "result ", 7) == 0)
		answer(c, "%s", m.text + 7);
	else if (got && m.kind == SUP_EXIT)
		answer(c, "{error,%s}", m.text);
	else
		answer(c, "timeout");
}

/* loop/0 */
static void
loop(void)
{
	struct sup_message m;
	char from[SUP_ID_SIZE], result[64];
	int at;

	for (;;) {
		if (!receive(&m, -1) || m.kind != SUP_TEXT ||
		    sscanf(m.text, "request %47s %n", from, &at) != 1)
			continue;
		snprintf(result, sizeof(result), "result %lld",
			 add(m.text + at, 2));
		sup_send(from, result);
	}
}

int
main(int argc, char **argv)
{
	static const struct server add_two = { .request = request };

	if (argc != 1 && argc != 3) {
		fprintf(stderr, "usage: add_two [SOCKET CHILD]\n");
		return 2;
	}
	if (sup_mailbox() < 0)
		die("nomailbox");
	if (argc == 1) {
		sup_ready();
		loop();
	}
	if (sup_trap_exit(1) < 0)
		die("notrap");
	adder = argv[2];
	serve(argv[1], &add_two);
}
