/* SPDX-License-Identifier: MIT */
/*
 * add_one.c - adds one to what it is sent, and checks nothing: what is no
 * integer ends it.  Processes that are linked to it then end as well.
 *
 *	INT	INT + 1
 */
#include <stdio.h>

#include "serve_lib.h"

static void
request(struct client *c, char *line)
{
	answer(c, "%lld", add(line, 1));
}

int
main(int argc, char **argv)
{
	static const struct server add_one = { .request = request };

	if (argc != 2) {
		fprintf(stderr, "usage: add_one SOCKET\n");
		return 2;
	}
	serve(argv[1], &add_one);
}
