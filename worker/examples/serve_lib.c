/* SPDX-License-Identifier: MIT */
/*
 * serve_lib.c - clients on a unix socket, and the mailbox beside them.
 */
#include "serve_lib.h"

#include <errno.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#define CLIENTS 64
#define LINE_SIZE 1024
#define ANSWER_SIZE 65536
#define CALL_TIMEOUT 1000 /* ms */

struct client {
	int fd; /* -1: this place is free */
	pid_t pid;
	size_t length;
	char line[LINE_SIZE];
};

static struct client clients[CLIENTS];

void
die(const char *reason)
{
	fprintf(stderr, "%s: %s\n", program_invocation_short_name, sup_error());
	sup_exit(reason);
}

static int
listen_on(const char *path)
{
	struct sockaddr_un name = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	if (strlen(path) >= sizeof(name.sun_path)) {
		fprintf(stderr, "%s: too long for a socket\n", path);
		exit(2);
	}
	memcpy(name.sun_path, path, strlen(path));
	unlink(path);
	if (fd < 0 || bind(fd, (struct sockaddr *)&name, sizeof(name)) < 0 ||
	    listen(fd, CLIENTS) < 0) {
		perror(path);
		exit(1);
	}
	return fd;
}

static struct client *
find_place(void)
{
	for (size_t i = 0; i < CLIENTS; i++)
		if (clients[i].fd < 0)
			return &clients[i];
	return NULL;
}

static void
welcome(int listener, struct client *c)
{
	struct ucred peer;
	socklen_t size = sizeof(peer);
	int fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);

	if (fd < 0)
		return;
	if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &size) < 0) {
		close(fd);
		return;
	}
	c->fd = fd;
	c->pid = peer.pid;
	c->length = 0;
}

static void
say_goodbye(struct client *c, const struct server *server)
{
	if (server->gone)
		server->gone(c);
	close(c->fd);
	c->fd = -1;
}

pid_t
client_pid(const struct client *c)
{
	return c->pid;
}

void
answer(struct client *c, const char *format, ...)
{
	static char text[ANSWER_SIZE];
	va_list args;
	int n;

	va_start(args, format);
	n = vsnprintf(text, sizeof(text) - 1, format, args);
	va_end(args);
	if (n < 0 || n >= ANSWER_SIZE - 1)
		n = snprintf(text, sizeof(text), "{error,too_long}");
	text[n] = '\n';
	send(c->fd, text, (size_t)n + 1, MSG_NOSIGNAL | MSG_DONTWAIT);
}

bool
receive(struct sup_message *m, int timeout)
{
	int got = sup_receive(m, timeout);

	if (got == -EPIPE || (got == 1 && m->kind == SUP_STOP))
		exit(EXIT_SUCCESS);
	return got == 1;
}

/* An answer that came too late for the call before must not be taken for the
   one to this. */
bool
call(const char *child, const char *text, struct sup_message *ret)
{
	while (receive(ret, 0))
		;
	return sup_send(child, text) == 0 && receive(ret, CALL_TIMEOUT);
}

long long
add(const char *text, int n)
{
	char *end;
	long long sum;

	errno = 0;
	sum = strtoll(text, &end, 10);
	if (end == text || *end || errno ||
	    __builtin_saddll_overflow(sum, n, &sum))
		sup_exit("badarith");
	return sum;
}

static void
read_mail(const struct server *server)
{
	struct sup_message m;

	while (receive(&m, 0))
		if (server->message)
			server->message(&m);
}

/* Whoever asks has done so behind what is in the mailbox: one that died and was
   started again is known to be dead before its successor is heard. */
static void
read_lines(struct client *c, const struct server *server)
{
	char *end;

	while ((end = memchr(c->line, '\n', c->length)) != NULL) {
		size_t length = (size_t)(end + 1 - c->line);

		*end = '\0';
		read_mail(server);
		server->request(c, c->line);
		c->length -= length;
		memmove(c->line, end + 1, c->length);
	}
	if (c->length == LINE_SIZE)
		say_goodbye(c, server);
}

static void
hear(struct client *c, const struct server *server)
{
	ssize_t n = recv(c->fd, c->line + c->length, LINE_SIZE - c->length, 0);

	if (n > 0) {
		c->length += (size_t)n;
		read_lines(c, server);
	} else if (n == 0 || (errno != EAGAIN && errno != EINTR)) {
		say_goodbye(c, server);
	}
}

void
serve(const char *path, const struct server *server)
{
	struct pollfd fds[CLIENTS + 2];
	struct client *place;
	int listener = listen_on(path);

	for (size_t i = 0; i < CLIENTS; i++)
		clients[i].fd = -1;
	sup_ready();
	for (;;) {
		place = find_place();
		for (size_t i = 0; i < CLIENTS; i++)
			fds[i] = (struct pollfd){ clients[i].fd, POLLIN, 0 };
		fds[CLIENTS] = (struct pollfd){ sup_mailbox(), POLLIN, 0 };
		fds[CLIENTS + 1] =
			(struct pollfd){ place ? listener : -1, POLLIN, 0 };
		if (poll(fds, CLIENTS + 2, -1) < 0)
			continue;
		read_mail(server);
		for (size_t i = 0; i < CLIENTS; i++)
			if (fds[i].revents)
				hear(&clients[i], server);
		if (place && fds[CLIENTS + 1].revents)
			welcome(listener, place);
	}
}
