/* SPDX-License-Identifier: MIT */
/*
 * links_helper - a process of a scenario: does what its mailbox tells it, and
 * reports what comes of it and what it receives.
 *
 * usage: links_helper SOCKET [term=ignore|term=N] [dies=REASON]
 *
 * SOCKET is the datagram socket of who runs the scenario; a report is
 * "ID PID TEXT".  The mailbox has "do OPERATION; OPERATION...", "echo N", which
 * is answered behind all that has come, and "text FROM WORD".
 */
#include <errno.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "supworker.h"

#define WORDS 4
#define MONITORS 32

static struct {
	char name[16];
	long long ref;
	bool by_pid;
} monitors[MONITORS];

static int reports = -1;
static const char *self = "?";
static int term_code;

static void
die(const char *what)
{
	fprintf(stderr, "links_helper %s: %s: %s\n", self, what,
		strerror(errno));
	_exit(99);
}

static void
connect_to(const char *path)
{
	struct sockaddr_un there = { .sun_family = AF_UNIX };
	struct sockaddr_un here = { .sun_family = AF_UNIX };

	if (strlen(path) >= sizeof(there.sun_path)) {
		errno = ENAMETOOLONG;
		die(path);
	}
	strcpy(there.sun_path, path);
	reports = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	/* A name by the kernel, for the answer to "sync". */
	if (reports < 0 ||
	    bind(reports, (struct sockaddr *)&here, sizeof(sa_family_t)) < 0 ||
	    connect(reports, (struct sockaddr *)&there, sizeof(there)) < 0)
		die(path);
}

static void __attribute__((format(printf, 1, 2)))
report(const char *format, ...)
{
	char line[SUP_TEXT_MAX + 256];
	int length = snprintf(line, sizeof(line), "%s %d ", self, getpid());
	va_list arguments;

	va_start(arguments, format);
	length += vsnprintf(line + length, sizeof(line) - (size_t)length,
			    format, arguments);
	va_end(arguments);
	if (send(reports, line, (size_t)length, 0) < 0) {
		if (errno == ECONNREFUSED)
			exit(0); /* the scenario is over */
		die("report");
	}
}

/* Of an operation that has nothing to say when it works. */
static void
outcome(const char *operation, long long result)
{
	if (result < 0)
		report("result %s = %s", operation, sup_error());
}

/* To nobody: the library says so, Erlang does not. */
static void
outcome_of_sending(const char *operation, int result)
{
	if (result != -ESRCH)
		outcome(operation, result);
}

static _Noreturn void
finish(const char *reason)
{
	if (!strcmp(reason, "return"))
		exit(0);
	if (!strncmp(reason, "exit:", 5))
		exit(atoi(reason + 5));
	if (!strcmp(reason, "signal:SEGV")) {
		prctl(PR_SET_DUMPABLE, 0);
		signal(SIGSEGV, SIG_DFL); /* a sanitizer's handler exits */
		raise(SIGSEGV);
	}
	sup_exit(reason);
}

static void
link_to(const char *whom)
{
	int result = sup_link(whom);

	if (result == 0 || result == -ESRCH)
		report("result link %s = %s", whom, result ? "noproc" : "true");
	else
		outcome("link", result);
}

static void
trap(const char *value)
{
	int old = sup_trap_exit(!strcmp(value, "on"));

	if (old < 0)
		outcome("trap", old);
	else
		report("result trap %s = %s",
		       !strcmp(value, "on") ? "true" : "false",
		       old ? "true" : "false");
}

static void
watch(const char *name, long long ref, bool by_pid)
{
	size_t i = 0;

	outcome("monitor", ref);
	while (i < MONITORS && *monitors[i].name)
		i++;
	if (i == MONITORS || strlen(name) >= sizeof(monitors[i].name)) {
		errno = ENOBUFS;
		die(name);
	}
	strcpy(monitors[i].name, name);
	monitors[i].ref = ref;
	monitors[i].by_pid = by_pid;
}

static void
unwatch(const char *name, unsigned flags)
{
	for (size_t i = 0; i < MONITORS; i++)
		if (!strcmp(monitors[i].name, name))
			outcome("demonitor",
				sup_demonitor(monitors[i].ref, flags));
}

static void
send_text(const char *whom, const char *word)
{
	char text[256];

	snprintf(text, sizeof(text), "text %s %s", self, word);
	outcome_of_sending("send", sup_send(whom, text));
}

/* Everybody else comes to rest, and nothing is received meanwhile. */
static void
synchronize(void)
{
	char answer[8];

	report("sync");
	if (recv(reports, answer, sizeof(answer), 0) < 0)
		die("sync");
}

static void
perform(int count, char *word[])
{
	const char *verb = word[0];

	if (!strcmp(verb, "link") && count == 2)
		link_to(word[1]);
	else if (!strcmp(verb, "unlink") && count == 2)
		outcome(verb, sup_unlink(word[1]));
	else if (!strcmp(verb, "monitor") && count == 3)
		watch(word[1], sup_monitor(word[2]), false);
	else if (!strcmp(verb, "monitor_pid") && count == 3)
		watch(word[1], sup_monitor_pid(atoi(word[2])), true);
	else if (!strcmp(verb, "demonitor"))
		unwatch(word[1], count == 3 ? SUP_FLUSH : 0);
	else if (!strcmp(verb, "exit") && count == 2)
		finish(word[1]);
	else if (!strcmp(verb, "exit") && count == 3)
		outcome_of_sending(verb, sup_exit_child(word[1], word[2]));
	else if (!strcmp(verb, "trap") && count == 2)
		trap(word[1]);
	else if (!strcmp(verb, "send") && count == 3)
		send_text(word[1], word[2]);
	else if (!strcmp(verb, "sync"))
		synchronize();
	else
		report("result %s = unknown", verb);
}

static void
perform_all(char *operations)
{
	char *rest;

	for (char *one = strtok_r(operations, ";", &rest); one;
	     one = strtok_r(NULL, ";", &rest)) {
		char *word[WORDS], *more;
		int count = 0;

		for (char *w = strtok_r(one, " ", &more); w && count < WORDS;
		     w = strtok_r(NULL, " ", &more))
			word[count++] = w;
		if (count)
			perform(count, word);
	}
	report("done");
}

static void
down(const struct sup_message *m)
{
	for (size_t i = 0; i < MONITORS; i++) {
		if (!*monitors[i].name || monitors[i].ref != m->ref)
			continue;
		if (monitors[i].by_pid)
			report("got DOWN %s - %d%s", monitors[i].name, m->pid,
			       strcmp(m->text, "noproc") ? "" : " noproc");
		else
			report("got DOWN %s %s %d %s", monitors[i].name, m->id,
			       m->pid, m->text);
		return;
	}
	report("got DOWN unknown %lld %s %s", m->ref, m->id, m->text);
}

/* The number of an echo that is to be answered, or -1. */
static long
take(struct sup_message *m)
{
	switch (m->kind) {
	case SUP_TEXT:
		if (!strncmp(m->text, "echo ", 5))
			return atol(m->text + 5);
		if (!strncmp(m->text, "do ", 3))
			perform_all(m->text + 3);
		else
			report("got %s", m->text);
		break;
	case SUP_EXIT:
		report("got EXIT %s %d %s", m->id, m->pid, m->text);
		break;
	case SUP_DOWN:
		down(m);
		break;
	case SUP_STOP:
		exit(0);
	case SUP_LOST:
	case SUP_PRIMARY:
		report("got unexpected %d %lld", (int)m->kind, m->ref);
		break;
	}
	return -1;
}

static void
serve(void)
{
	long echo = -1;

	for (;;) {
		static struct sup_message m;
		int result = sup_receive(&m, echo < 0 ? -1 : 0);

		if (result < 0)
			die("sup_receive");
		if (result) {
			long asked = take(&m);

			echo = asked < 0 ? echo : asked;
		} else if (echo >= 0) {
			report("echo %ld", echo);
			echo = -1;
		}
	}
}

static void
terminate(int signal)
{
	(void)signal;
	_exit(term_code);
}

int
main(int argc, char *argv[])
{
	if (getenv("SUPD_CHILD"))
		self = getenv("SUPD_CHILD");
	for (int i = 2; i < argc; i++) {
		if (!strcmp(argv[i], "term=ignore")) {
			signal(SIGTERM, SIG_IGN);
		} else if (!strncmp(argv[i], "term=", 5)) {
			term_code = atoi(argv[i] + 5);
			signal(SIGTERM, terminate);
		} else if (!strncmp(argv[i], "dies=", 5)) {
			finish(argv[i] + 5);
		}
	}
	if (argc < 2) {
		fputs("usage: links_helper SOCKET [term=...] [dies=...]\n",
		      stderr);
		return 2;
	}
	connect_to(argv[1]);
	report("up");
	serve();
}
