/* SPDX-License-Identifier: MIT */
/*
 * peer.c - a child for the tests that has a mailbox, and does what is sent to
 * it.
 *
 *	peer TRACE ID [WORD...]
 *
 * Appends to the file TRACE, as lines "ID ...", what comes: "start", "EXIT from
 * reason", "DOWN from reason", "STOP reason", "PRIMARY", "LOST count", "TEXT
 * text".  A text is a command: link X, unlink X, monitor X, demonitor (the last
 * monitor), kill X REASON (exit/2), send X TEXT, trap 0|1, exit REASON
 * (exit/1), code N (exits with it), segv, deaf (reads no more), flood X (sends
 * until that fails); the result of
 * one that fails is a line "COMMAND: ERRNO".  Words are commands, too, which it
 * does first.  After STOP it ends with 0.
 */
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "supworker.h"

static const char *trace_path, *id;
static long long monitor;

__attribute__((format(printf, 1, 2))) static void
trace(const char *format, ...)
{
	char text[SUP_TEXT_MAX + 256];
	int fd = open(trace_path, O_WRONLY | O_APPEND | O_CREAT, 0666);
	int n = snprintf(text, sizeof(text), "%s ", id);
	va_list args;

	va_start(args, format);
	n += vsnprintf(text + n, sizeof(text) - (size_t)n - 1, format, args);
	va_end(args);
	text[n++] = '\n';
	if (fd < 0 || write(fd, text, (size_t)n) != n)
		err(70, "%s", trace_path);
	close(fd);
}

static void
deaf(void)
{
	trace("deaf");
	for (;;)
		pause();
}

static void
crash(void)
{
	prctl(PR_SET_DUMPABLE, 0);
	signal(SIGSEGV, SIG_DFL);
	raise(SIGSEGV);
}

static int
flood(const char *whom)
{
	int r;

	do
		r = sup_send(whom, "flood");
	while (r == 0);
	return r;
}

static long long
command(const char *verb, const char *whom, const char *rest)
{
	if (strcmp(verb, "link") == 0)
		return sup_link(whom);
	if (strcmp(verb, "unlink") == 0)
		return sup_unlink(whom);
	if (strcmp(verb, "monitor") == 0)
		return monitor = sup_monitor(whom);
	if (strcmp(verb, "demonitor") == 0)
		return sup_demonitor(monitor, SUP_FLUSH);
	if (strcmp(verb, "kill") == 0)
		return sup_exit_child(whom, rest);
	if (strcmp(verb, "send") == 0)
		return sup_send(whom, rest);
	if (strcmp(verb, "flood") == 0)
		return flood(whom);
	if (strcmp(verb, "trap") == 0)
		return sup_trap_exit(atoi(whom));
	if (strcmp(verb, "exit") == 0)
		sup_exit(whom);
	if (strcmp(verb, "code") == 0)
		exit(atoi(whom));
	if (strcmp(verb, "segv") == 0)
		crash();
	if (strcmp(verb, "deaf") == 0)
		deaf();
	return 0;
}

static void
obey(const char *text)
{
	char *words = strdup(text), *rest = words;
	const char *verb = strsep(&rest, " ");
	const char *whom = rest ? strsep(&rest, " ") : "";
	long long r;

	if (!words)
		err(71, "strdup");
	r = command(verb, whom, rest ? rest : "");
	if (r < 0)
		trace("%s: %s", text, strerrorname_np((int)-r));
	free(words);
}

static void
take(const struct sup_message *m)
{
	switch (m->kind) {
	case SUP_TEXT:
		trace("TEXT %s", m->text);
		obey(m->text);
		break;
	case SUP_EXIT:
		trace("EXIT %s %s", m->id, m->text);
		break;
	case SUP_DOWN:
		trace("DOWN %s %s", m->id, m->text);
		break;
	case SUP_PRIMARY:
		trace("PRIMARY");
		break;
	case SUP_LOST:
		trace("LOST %lld", m->ref);
		break;
	case SUP_STOP:
		trace("STOP %s", m->text);
		exit(0);
	}
}

int
main(int argc, char **argv)
{
	static struct sup_message m;

	if (argc < 3)
		return 64;
	trace_path = argv[1];
	id = argv[2];
	trace("start");
	for (int i = 3; i < argc; i++)
		obey(argv[i]);
	sup_ready();
	for (;;) {
		int r = sup_receive(&m, -1);

		if (r < 0 && r != -EINTR)
			errx(71, "%s", sup_error());
		if (r > 0)
			take(&m);
	}
}
