/* SPDX-License-Identifier: MIT */
/*
 * victim.c - a child for the tests that says what happens to it.
 *
 *	victim TRACE ID [WORD...]
 *
 * Appends "start ID" to the file TRACE, and "stop ID" when it gets SIGTERM,
 * which ends it with 0.  SIGUSR1 ends it with 1, SIGUSR2 with 0, without a
 * word.  Words: deaf (ignores SIGTERM but says "stop"), code=N (ends at once),
 * ready (READY=1 to $NOTIFY_SOCKET), status=TEXT (STATUS=TEXT), fd=N (a newline
 * on that descriptor), child (forks a child in a session of its own that
 * ignores SIGTERM), await=FILE (until FILE exists), once=FILE (ends with 1
 * unless FILE exists, and makes it).
 */
#include <err.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

static const char *trace_path, *id;

static void
trace(const char *what)
{
	char line[128];
	int fd = open(trace_path, O_WRONLY | O_APPEND | O_CREAT, 0666);
	int n = snprintf(line, sizeof(line), "%s %s\n", what, id);

	if (fd < 0 || write(fd, line, (size_t)n) != n)
		err(70, "%s", trace_path);
	close(fd);
}

static void
notify(const char *name, const char *value)
{
	const char *path = getenv("NOTIFY_SOCKET");
	struct sockaddr_un to = { .sun_family = AF_UNIX };
	char text[256];
	int n = snprintf(text, sizeof(text), "%s=%s", name, value);
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	if (path == NULL || strlen(path) >= sizeof(to.sun_path) || fd < 0)
		errx(71, "no NOTIFY_SOCKET");
	memcpy(to.sun_path, path, strlen(path));
	if (to.sun_path[0] == '@')
		to.sun_path[0] = '\0';
	if (sendto(fd, text, (size_t)n, 0, (struct sockaddr *)&to,
		   (socklen_t)(sizeof(sa_family_t) + strlen(path))) != n)
		err(71, "%s", path);
	close(fd);
}

static void
leave_descendant(void)
{
	if (fork() != 0)
		return;
	setsid();
	signal(SIGTERM, SIG_IGN);
	trace("descendant");
	for (;;)
		pause();
}

static void
obey(const char *word, bool *deaf)
{
	static const struct timespec pause_20ms = { .tv_nsec = 20000000 };
	const char *value = strchr(word, '=') ? strchr(word, '=') + 1 : "";

	if (strcmp(word, "deaf") == 0)
		*deaf = true;
	else if (strncmp(word, "code=", 5) == 0)
		exit(atoi(value));
	else if (strcmp(word, "ready") == 0)
		notify("READY", "1");
	else if (strncmp(word, "status=", 7) == 0)
		notify("STATUS", value);
	else if (strncmp(word, "fd=", 3) == 0 &&
		 write(atoi(value), "\n", 1) < 1)
		err(71, "%s", word);
	else if (strcmp(word, "child") == 0)
		leave_descendant();
	else if (strncmp(word, "await=", 6) == 0)
		while (access(value, F_OK) != 0)
			nanosleep(&pause_20ms, NULL);
	else if (strncmp(word, "once=", 5) == 0 && access(value, F_OK) != 0)
		exit(close(open(value, O_CREAT | O_WRONLY, 0666)) + 1);
}

int
main(int argc, char **argv)
{
	bool deaf = false;
	sigset_t set;
	int sig;

	if (argc < 3)
		return 64;
	trace_path = argv[1];
	id = argv[2];
	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGUSR1);
	sigaddset(&set, SIGUSR2);
	sigprocmask(SIG_BLOCK, &set, NULL);
	trace("start");
	for (int i = 3; i < argc; i++)
		obey(argv[i], &deaf);
	for (;;) {
		if (sigwait(&set, &sig) != 0)
			return 71;
		if (sig == SIGTERM)
			trace("stop");
		if (sig != SIGTERM || !deaf)
			return sig == SIGUSR1 ? 1 : 0;
	}
}
