/* SPDX-License-Identifier: MIT */
/*
 * inbox.c - prints what comes into its mailbox, as the shell's flush() does.
 *
 *	process_flag trap_exit true|false
 *			traps exits from now on, or no longer; prints what was
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "serve_lib.h"

static void
print(const struct sup_message *m)
{
	switch (m->kind) {
	case SUP_EXIT:
		printf("Shell got {'EXIT',%s,%s}\n", m->id, m->text);
		break;
	case SUP_DOWN:
		printf("Shell got {'DOWN',%lld,process,%s,%s}\n", m->ref, m->id,
		       m->text);
		break;
	case SUP_TEXT:
		printf("Shell got %s\n", m->text);
		break;
	case SUP_PRIMARY:
	case SUP_STOP:
	case SUP_LOST:
		break;
	}
}

/* false: it is no such request. */
static bool
set_flag(const char *text)
{
	static const char flag[] = "process_flag trap_exit ";
	const char *value = text + sizeof(flag) - 1;
	int old;

	if (strncmp(text, flag, sizeof(flag) - 1) != 0)
		return false;
	old = sup_trap_exit(strcmp(value, "true") == 0);
	if (old < 0)
		die("notrap");
	puts(old ? "true" : "false");
	return true;
}

int
main(void)
{
	static struct sup_message m;

	setvbuf(stdout, NULL, _IOLBF, 0);
	sup_ready();
	for (;;)
		if (receive(&m, -1) &&
		    (m.kind != SUP_TEXT || !set_flag(m.text)))
			print(&m);
}
