/* SPDX-License-Identifier: MIT */
/*
 * supctl_wire.c - calls to supd and their replies.
 */
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "os/state.h"
#include "supctl_errors.h"
#include "supctl_find.h"
#include "supctl_wire.h"
#include "varlink.h"

#define REPLY_MAX (64u << 20)
#define READ_SIZE (256u << 10)
#define RETRY_MS 5000 /* how long a call is repeated */
#define RETRY_PAUSE_NS 20000000

void
wire_close(struct supctl *s)
{
	if (s->fd >= 0)
		close(s->fd);
	s->fd = -1;
	json_decref(s->message);
	s->message = s->reply = NULL;
	s->length = s->taken = 0;
}

static enum supctl_exit
explain_connect(const struct supctl *s, int error)
{
	if (error == EACCES || error == EPERM) {
		supctl_say("%s: not permitted", s->path);
		return SUPCTL_NOT_PERMITTED;
	}
	if (error == ENOENT || error == ECONNREFUSED || error == ENOTDIR) {
		supctl_say("supd is not running (nobody listens on %s)",
			   s->path);
		return SUPCTL_NO_DAEMON;
	}
	if (error == EAGAIN)
		return SUPCTL_TIMEOUT;
	supctl_say("%s: %s", s->path, strerror(error));
	return SUPCTL_FAILED;
}

/* ms left; -1: no deadline. */
static int
left(const struct supctl *s)
{
	int64_t ms;

	if (!s->deadline)
		return -1;
	ms = s->deadline - clock_ms();
	return ms <= 0 ? 0 : ms > INT32_MAX ? INT32_MAX : (int)ms;
}

static void
limit_connect(const struct supctl *s)
{
	int ms = left(s);
	struct timeval limit = { .tv_sec = ms / 1000,
				 .tv_usec = ms % 1000 * 1000 + 1 };

	if (ms >= 0)
		setsockopt(s->fd, SOL_SOCKET, SO_SNDTIMEO, &limit,
			   sizeof(limit));
}

/* 0 or an errno. */
static int
try_connect(struct supctl *s)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int error;

	memcpy(address.sun_path, s->path, sizeof(address.sun_path));
	s->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (s->fd < 0)
		return errno;
	limit_connect(s);
	if (connect(s->fd, (const struct sockaddr *)&address,
		    sizeof(address)) == 0)
		return 0;
	error = errno;
	wire_close(s);
	return error;
}

bool
wire_is_answered(struct supctl *s)
{
	return s->fd >= 0 || try_connect(s) == 0;
}

static enum supctl_exit
ensure_connection(struct supctl *s)
{
	enum supctl_exit r;
	int error;

	if (s->fd >= 0)
		return SUPCTL_DONE;
	if (!s->path[0]) {
		r = find_socket(s);
		if (r != SUPCTL_DONE)
			return r;
	}
	error = try_connect(s);
	return error ? explain_connect(s, error) : SUPCTL_DONE;
}

struct emit *
wire_begin(struct supctl *s, const char *method)
{
	char name[80];

	emit_done(&s->out);
	s->out.limit = VARLINK_MESSAGE_MAX;
	snprintf(name, sizeof(name), VARLINK_SUPD "%s", method);
	emit_open(&s->out, NULL, '{');
	emit_string(&s->out, "method", name);
	emit_open(&s->out, "parameters", '{');
	return &s->out;
}

/* 0, or -errno. */
static int
send_call(struct supctl *s)
{
	size_t done = 0;

	while (done < s->out.length) {
		ssize_t n = send(s->fd, s->out.data + done,
				 s->out.length - done, MSG_NOSIGNAL);

		if (n < 0 && errno != EINTR)
			return -errno;
		done += n > 0 ? (size_t)n : 0;
	}
	return 0;
}

/* More bytes: 0, -ETIMEDOUT, -EPIPE (the end), -errno. */
static int
receive(struct supctl *s)
{
	struct pollfd p = { .fd = s->fd, .events = POLLIN };
	ssize_t n;
	char *in;

	if (s->length + READ_SIZE > s->room) {
		if (s->length > REPLY_MAX)
			return -EMSGSIZE;
		in = realloc(s->in, 2 * s->room + READ_SIZE);
		if (!in)
			return -ENOMEM;
		s->in = in;
		s->room = 2 * s->room + READ_SIZE;
	}
	if (s->deadline) {
		int r = poll(&p, 1, left(s));

		if (r < 0)
			return errno == EINTR ? 0 : -errno;
		if (r == 0)
			return -ETIMEDOUT;
	}
	n = recv(s->fd, s->in + s->length, s->room - s->length, 0);
	if (n < 0)
		return errno == EINTR ? 0 : -errno;
	s->length += (size_t)n;
	return n == 0 ? -EPIPE : 0;
}

static int
parse_message(struct supctl *s, size_t length)
{
	json_error_t error;

	json_decref(s->message);
	s->message = json_loadb(s->in + s->taken, length, 0, &error);
	s->reply = json_object_get(s->message, "parameters");
	s->taken += length + 1;
	return s->message ? 0 : -EBADMSG;
}

static int
next_message(struct supctl *s)
{
	size_t scanned = s->taken;
	int r;

	for (;;) {
		char *end = s->length == scanned ? NULL :
						   memchr(s->in + scanned, '\0',
							  s->length - scanned);

		if (end)
			return parse_message(s,
					     (size_t)(end - s->in) - s->taken);
		if (s->taken > 0)
			memmove(s->in, s->in + s->taken, s->length - s->taken);
		s->length -= s->taken;
		s->taken = 0;
		scanned = s->length;
		r = receive(s);
		if (r < 0)
			return r;
	}
}

static enum supctl_exit
explain(int error)
{
	if (error == -ETIMEDOUT || error == -EAGAIN) {
		supctl_say("timeout");
		return SUPCTL_TIMEOUT;
	}
	supctl_say("the connection failed: %s", strerror(-error));
	return SUPCTL_FAILED;
}

static bool
is_lost(int error)
{
	return error == -EPIPE || error == -ECONNRESET;
}

static enum supctl_exit
judge(const struct supctl *s)
{
	const char *error = json_string_value(json_object_get(s->message, "erro"
									  "r"));

	return error ? errors_explain(s, error) : SUPCTL_DONE;
}

static int
try_once(struct supctl *s, enum supctl_exit *failure)
{
	int r;

	*failure = ensure_connection(s);
	if (*failure != SUPCTL_DONE)
		return 0;
	r = send_call(s);
	return r < 0 ? r : next_message(s);
}

enum supctl_exit
wire_call(struct supctl *s, int flags)
{
	int64_t began, give_up = clock_ms() + RETRY_MS;
	enum supctl_exit failure;
	int r;

	emit_close(&s->out, '}');
	if (flags & WIRE_MORE)
		emit_bool(&s->out, "more", true);
	emit_close(&s->out, '}');
	emit_bytes(&s->out, "", 1);
	if (s->out.failed) {
		supctl_say("the request is too long");
		return SUPCTL_USAGE;
	}
	for (;;) {
		began = clock_ms();
		r = try_once(s, &failure);
		if (failure != SUPCTL_DONE)
			return failure;
		if (r == 0)
			return judge(s);
		wire_close(s);
		if (!is_lost(r))
			return explain(r);
		if (clock_ms() - began > RETRY_MS / 2)
			give_up = clock_ms() + RETRY_MS;
		if (!(flags & WIRE_REPEAT) || clock_ms() > give_up)
			break;
		nanosleep(&(struct timespec){ .tv_nsec = RETRY_PAUSE_NS },
			  NULL);
	}
	supctl_say("the connection was lost before the answer: supd's"
		   " supervisor was replaced; look with `supctl status` whether"
		   " it was done");
	return SUPCTL_FAILED;
}

enum supctl_exit
wire_simple(struct supctl *s, const char *method, int flags)
{
	wire_begin(s, method);
	return wire_call(s, flags);
}

bool
wire_continues(const struct supctl *s)
{
	return json_is_true(json_object_get(s->message, "continues"));
}

enum supctl_exit
wire_next(struct supctl *s)
{
	int r = next_message(s);

	if (r == 0)
		return judge(s);
	wire_close(s);
	return is_lost(r) ? SUPCTL_FAILED : explain(r);
}

enum supctl_exit
wire_wait_end(struct supctl *s)
{
	int r;

	do
		r = receive(s);
	while (r == 0);
	wire_close(s);
	return is_lost(r) ? SUPCTL_DONE : explain(r);
}
