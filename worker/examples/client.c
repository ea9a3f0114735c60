/* SPDX-License-Identifier: MIT */
/*
 * client.c - a client of the example servers, for the shell: sends requests and
 * prints answers.  It says timeout itself when an answer has not come in a
 * second, or cannot come any more since the server has died.
 *
 *	client [-t SECONDS | -t infinity] SOCKET [REQUEST...]
 *
 * Without a REQUEST it takes them from its input, one a line, so that one
 * process can keep what it is given.  It exits with 1 if any answer was timeout
 * or {error,...}.
 */
#include <errno.h>
#include <poll.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#define LONGEST 65536
#define FOREVER (-1)
#define RETRY 10 /* ms */

static struct sockaddr_un name = { .sun_family = AF_UNIX };
static int server = -1;
static int64_t timeout = 1000; /* ms */

static int64_t
now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* In ms, as for poll(2). */
static int
left_until(int64_t deadline)
{
	int64_t left = deadline - now_ms();

	return timeout == FOREVER ? FOREVER : left > 0 ? (int)left : 0;
}

static void
hang_up(void)
{
	if (server >= 0)
		close(server);
	server = -1;
}

/* A server that is being restarted is tried again. */
static bool
reach(int64_t deadline)
{
	while (server < 0) {
		server = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
		if (connect(server, (struct sockaddr *)&name, sizeof(name)) ==
		    0)
			return true;
		hang_up();
		if (left_until(deadline) == 0)
			return false;
		poll(NULL, 0, RETRY);
	}
	return true;
}

/* The connection may be to a server that has died since. */
static bool
send_request(const char *request, int64_t deadline)
{
	char line[LONGEST];
	int n = snprintf(line, sizeof(line), "%s\n", request);

	if (n >= LONGEST)
		return false;
	while (reach(deadline)) {
		if (send(server, line, (size_t)n, MSG_NOSIGNAL) == n)
			return true;
		hang_up();
	}
	return false;
}

static bool
read_answer(char *answer, int64_t deadline)
{
	struct pollfd it = { .events = POLLIN };
	size_t length = 0;

	while (length == 0 || answer[length - 1] != '\n') {
		ssize_t n = 0;

		it.fd = server;
		if (poll(&it, 1, left_until(deadline)) > 0)
			n = recv(server, answer + length, LONGEST - length, 0);
		if (n <= 0)
			return false;
		length += (size_t)n;
	}
	answer[length - 1] = '\0';
	return true;
}

/* Has it got an answer that is no error? */
static bool
ask(const char *request)
{
	static char answer[LONGEST];
	int64_t deadline = now_ms() + timeout;

	if (send_request(request, deadline) && read_answer(answer, deadline)) {
		puts(answer);
		return strncmp(answer, "{error,", 7) != 0;
	}
	puts("timeout");
	hang_up(); /* an answer that is late is not one to the next request */
	return false;
}

static bool
ask_all_lines(void)
{
	bool ok = true;
	char *line = NULL;
	size_t size = 0;
	ssize_t n;

	while ((n = getline(&line, &size, stdin)) > 0) {
		if (line[n - 1] == '\n')
			line[n - 1] = '\0';
		ok &= ask(line);
	}
	free(line);
	return ok;
}

static bool
set_timeout(const char *text)
{
	char *end;
	double seconds = strtod(text, &end);

	timeout = (int64_t)(seconds * 1000);
	if (strcmp(text, "infinity") == 0)
		timeout = FOREVER;
	else if (end == text || *end || !(seconds > 0 && seconds < 86400))
		return false;
	return true;
}

static int
say_usage(void)
{
	fprintf(stderr, "usage: client [-t SECONDS | -t infinity] SOCKET "
			"[REQUEST...]\n");
	return 2;
}

int
main(int argc, char **argv)
{
	bool ok = true;
	int option;

	while ((option = getopt(argc, argv, "+t:")) != -1)
		if (option != 't' || !set_timeout(optarg))
			return say_usage();
	if (optind == argc || strlen(argv[optind]) >= sizeof(name.sun_path))
		return say_usage();
	memcpy(name.sun_path, argv[optind], strlen(argv[optind]));
	setvbuf(stdout, NULL, _IOLBF, 0);
	if (++optind == argc)
		ok = ask_all_lines();
	for (; optind < argc; optind++)
		ok &= ask(argv[optind]);
	return ok ? 0 : 1;
}
