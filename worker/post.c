/* SPDX-License-Identifier: MIT */
/*
 * post.c - the socket between this process and supd: messages and answers come,
 * requests go.
 */
#include "post.h"

#include <errno.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "descriptor.h"
#include "letter.h"
#include "mailbox.h"
#include "message.h"
#include "supworker.h"

static struct {
	enum { UNKNOWN, NONE, PARENTS, OPEN, CLOSED } state;
	int fd;             /* OPEN */
	bool is_promoted;   /* whatever SUPD_ROLE says */
	long long number;   /* of the last message */
	long long serial;   /* of the last request */
	long long answered; /* of the last request that was answered */
	char answer[ANSWER_SIZE];
} post;

/* The descriptor may long be something else's. */
static bool
is_post(int fd)
{
	int type = 0;
	socklen_t size = sizeof(type);

	return getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &size) == 0 &&
	       type == SOCK_SEQPACKET;
}

static int
find(void)
{
	int fd = sup_take_fd("SUPD_MAILBOX_FD");
	int error;

	if (fd < 0 || !is_post(fd)) {
		post.state = NONE;
		return 0;
	}
	error = sup_mailbox_watch(fd, NULL);
	if (error)
		return error;
	post.fd = fd;
	post.state = OPEN;
	return 0;
}

int
sup_post_open(void)
{
	int error = post.state == UNKNOWN ? find() : 0;

	if (error || post.state == OPEN || post.state == CLOSED)
		return error;
	if (post.state == PARENTS)
		return sup_fail(ENOENT, "no mailbox: it is the parent's, not "
					"its fork's");
	return sup_fail(ENOENT, "no mailbox: supd makes one for a child with "
				"mailbox = yes");
}

bool
sup_post_is_closed(void)
{
	return post.state == CLOSED;
}

void
sup_post_forget(void)
{
	if (post.state == OPEN)
		close(post.fd);
	if (post.state == OPEN || post.state == CLOSED)
		post.state = PARENTS;
}

static void
hang_up(void)
{
	post.state = CLOSED;
	sup_mailbox_unwatch(post.fd);
	sup_mailbox_end();
}

/* An answer that nobody waits for any more is thrown away with the next. */
static int
take_letter(const char *text, size_t length, struct sup_message *room)
{
	struct letter l;
	int error = sup_letter_read(&l, text, length);

	if (error || l.number <= post.number)
		return error;
	post.number = l.number;
	if (l.serial) {
		post.answered = l.serial;
		snprintf(post.answer, sizeof(post.answer), "%.*s",
			 ANSWER_SIZE - 1, l.m.text);
		return 0;
	}
	if (l.m.kind == SUP_PRIMARY)
		post.is_promoted = true;
	*room = l.m;
	sup_mailbox_put();
	return 0;
}

int
sup_post_take(void)
{
	struct sup_message *room = sup_mailbox_room();
	char text[LETTER_MAX + 1];
	ssize_t n;

	if (!room)
		return -ENOMEM;
	n = recv(post.fd, text, LETTER_MAX, MSG_DONTWAIT | MSG_TRUNC);
	if (n > LETTER_MAX)
		return sup_fail(EBADMSG, "the mailbox: a message of %zd bytes",
				n);
	if (n > 0) {
		text[n] = '\0';
		return take_letter(text, (size_t)n, room);
	}
	if (n == 0 || (errno != EAGAIN && errno != EINTR))
		hang_up();
	return 0;
}

/* POLLIN or POLLOUT. */
static void
await(short what)
{
	struct pollfd it = { .fd = post.fd, .events = what };

	poll(&it, 1, -1);
}

static int
send_all(const char *text, size_t length)
{
	while (send(post.fd, text, length, MSG_NOSIGNAL | MSG_DONTWAIT) < 0) {
		if (errno == EPIPE || errno == ECONNRESET)
			return sup_fail(EPIPE, "%s", SUP_POST_CLOSED);
		if (errno != EAGAIN && errno != EINTR)
			return sup_fail_errno(errno, "the mailbox", "send");
		await(POLLOUT);
	}
	return 0;
}

static int
may_ask(void)
{
	const char *role = getenv("SUPD_ROLE");
	int error = sup_post_open();

	if (error)
		return error;
	if (post.state == CLOSED)
		return sup_fail(EPIPE, "%s", SUP_POST_CLOSED);
	if (role && strcmp(role, "standby") == 0 && !post.is_promoted)
		return sup_fail(EBUSY, "the mailbox: this process is a "
				       "standby, "
				       "and not heard before it is the "
				       "primary");
	return 0;
}

int
sup_post_ask(char answer[ANSWER_SIZE], const char *request, ...)
{
	char text[LETTER_MAX + 1];
	int n, length, error = may_ask();
	va_list args;

	if (error)
		return error;
	n = snprintf(text, sizeof(text), "%lld ", post.serial + 1);
	va_start(args, request);
	length = vsnprintf(text + n, sizeof(text) - (size_t)n, request, args);
	va_end(args);
	if (length < 0 || n + length > LETTER_MAX)
		return sup_fail(EMSGSIZE,
				"the mailbox: a request of more than "
				"%d bytes",
				LETTER_MAX);
	post.serial++;
	error = send_all(text, (size_t)n + (size_t)length);
	while (!error && post.answered != post.serial) {
		await(POLLIN);
		error = sup_post_take();
		if (!error && post.state == CLOSED)
			error = sup_fail(EPIPE, "%s", SUP_POST_CLOSED);
	}
	if (!error)
		memcpy(answer, post.answer, ANSWER_SIZE);
	return error;
}
