/* SPDX-License-Identifier: MIT */
/*
 * client.c - one connection of the control socket.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "client.h"
#include "loop.h"
#include "methods.h"
#include "shell.h"

#define OUT_MAX (8u << 20)
#define OUT_LOW (64u << 10) /* below it more is produced */
#define CALLS_A_TURN 16
#define GROUPS_MAX 65536

struct client *
client_new(struct supd *d, int fd, enum access access, uint64_t token,
	   void (*ready)(void *arg, int events))
{
	struct client *c = calloc(1, sizeof(*c));

	if (c)
		c->watch = loop_watch(d->loop, fd, LOOP_READ, ready, c);
	if (!c || !c->watch) {
		free(c);
		close(fd);
		return NULL;
	}
	c->d = d;
	c->fd = fd;
	c->access = access;
	c->token = token;
	c->out.limit = OUT_MAX;
	c->request.d = d;
	c->request.out = &c->out;
	c->request.pid = client_pid(fd);
	return c;
}

void
client_free(struct client *c)
{
	if (!c)
		return;
	request_done(&c->request);
	emit_done(&c->out);
	watch_free(c->watch);
	if (c->fd >= 0)
		close(c->fd);
	free(c->in);
	free(c);
}

static void
refuse_message(struct client *c, const char *why)
{
	varlink_begin_error(&c->out, VARLINK_SUPD "BadMessage");
	emit_string(&c->out, "message", why);
	varlink_end(&c->out, false);
	c->is_closing = true;
}

static void
refuse_call(struct client *c, const char *error, const char *key,
	    const char *value, bool is_oneway)
{
	if (is_oneway)
		return;
	varlink_begin_error(&c->out, error);
	if (key)
		emit_string(&c->out, key, value);
	varlink_end(&c->out, false);
}

static void
begin_call(struct client *c, struct varlink_call *call)
{
	const struct method *m = method_find(call->method);
	bool may = m && (c->access == ACCESS_ALL ||
			 (c->access == ACCESS_READ && !m->changes) ||
			 strncmp(m->name, VARLINK_SERVICE,
				 strlen(VARLINK_SERVICE)) == 0);
	const char *wrong = NULL;

	if (may)
		wrong = varlink_check(call->parameters, m->arguments);
	if (!m) {
		refuse_call(c, VARLINK_SERVICE "MethodNotFound", "method",
			    call->method, call->oneway);
	} else if (!may) {
		refuse_call(c, VARLINK_SUPD "PermissionDenied", NULL, NULL,
			    call->oneway);
	} else if (wrong) {
		refuse_call(c, VARLINK_SERVICE "InvalidParameter", "parameter",
			    wrong, call->oneway);
	} else {
		c->request.token = c->token | (uint64_t)(++c->serial & 0xffffff)
						      << 16;
		request_start(&c->request, m, call);
	}
}

/* The first message of the input, if it is whole. */
static char *
next_message(struct client *c, size_t *length)
{
	size_t from = c->scanned > c->first ? c->scanned : c->first;
	char *begin, *end;

	if (from == c->length)
		return NULL;
	begin = c->in + c->first;
	end = memchr(c->in + from, '\0', c->length - from);
	c->scanned = c->length;
	if (!end)
		return NULL;
	*length = (size_t)(end - begin);
	c->first += *length + 1;
	c->scanned = c->first;
	return begin;
}

/* Does the input hold a message that could not begin yet? */
static bool
take_messages(struct client *c)
{
	struct varlink_call call = { .message = NULL };
	char err[160], *text;
	size_t length;

	for (int i = 0; i < CALLS_A_TURN; i++) {
		if (c->request.method || c->is_closing)
			return false;
		text = next_message(c, &length);
		if (!text)
			return false;
		if (varlink_parse(text, length, &call, err, sizeof(err)) < 0)
			refuse_message(c, err);
		else
			begin_call(c, &call);
		varlink_done(&call);
	}
	return true;
}

static bool
make_room(struct client *c)
{
	size_t room = c->room ? 2 * c->room : 4096;
	char *p;

	if (c->first > 0) {
		memmove(c->in, c->in + c->first, c->length - c->first);
		c->length -= c->first;
		c->scanned -= c->scanned > c->first ? c->first : c->scanned;
		c->first = 0;
	}
	if (c->length < c->room)
		return true;
	if (c->room == VARLINK_MESSAGE_MAX)
		return false;
	p = realloc(c->in, room);
	if (!p)
		return false;
	c->in = p;
	c->room = room;
	return true;
}

/* Is there something that a further read could be put behind? */
static bool
is_full(const struct client *c)
{
	return c->length - c->first == VARLINK_MESSAGE_MAX;
}

static void
receive(struct client *c)
{
	ssize_t n;

	if (!make_room(c)) {
		c->is_dead = !is_full(c); /* no memory */
		return;
	}
	n = recv(c->fd, c->in + c->length, c->room - c->length, 0);
	if (n > 0)
		c->length += (size_t)n;
	else if (n == 0 || (errno != EAGAIN && errno != EINTR))
		c->is_dead = true;
}

static void
send_some(struct client *c)
{
	ssize_t n;

	if (emit_pending(&c->out) == 0)
		return;
	n = send(c->fd, c->out.data + c->out.taken, emit_pending(&c->out),
		 MSG_NOSIGNAL);
	if (n > 0)
		emit_take(&c->out, (size_t)n);
	else if (n < 0 && errno != EAGAIN && errno != EINTR)
		c->is_dead = true;
}

/* Does a request have more to say now? */
static bool
produce(struct client *c)
{
	const struct method *m = c->request.method;
	size_t before = emit_pending(&c->out);

	if (!m || !m->produce)
		return false;
	if (before >= OUT_LOW)
		return true;
	m->produce(&c->request);
	return emit_pending(&c->out) != before;
}

bool
client_turn(struct client *c, int events)
{
	const struct method *m = c->request.method;
	bool has_more;

	if (events & LOOP_READ)
		receive(c);
	if (m && m->look)
		m->look(&c->request);
	has_more = take_messages(c);
	if (produce(c))
		has_more = true;
	if (!c->request.method && !c->is_closing && is_full(c) && !has_more)
		refuse_message(c, "too long");
	send_some(c);
	if (c->is_dead || c->out.failed)
		return false;
	if (c->is_closing && emit_pending(&c->out) == 0)
		return false;
	if (emit_pending(&c->out) > 0)
		has_more = true;
	watch_events(c->watch, (is_full(c) || c->is_closing ? 0 : LOOP_READ) |
				       (has_more ? LOOP_WRITE : 0));
	return true;
}

bool
client_is_waiting(const struct client *c)
{
	return c->request.method || emit_pending(&c->out) > 0 ||
	       c->first < c->length;
}

static bool
is_member(int fd, gid_t group)
{
	socklen_t size = GROUPS_MAX * sizeof(gid_t);
	gid_t *groups = malloc(size);
	bool found = false;

	if (groups &&
	    getsockopt(fd, SOL_SOCKET, SO_PEERGROUPS, groups, &size) == 0)
		for (size_t i = 0; i < size / sizeof(*groups); i++)
			found = found || groups[i] == group;
	free(groups);
	return found;
}

int32_t
client_pid(int fd)
{
	struct ucred peer;
	socklen_t size = sizeof(peer);

	return getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &size) < 0 ?
		       0 :
		       peer.pid;
}

enum access
client_access(int fd, gid_t group)
{
	struct ucred peer;
	socklen_t size = sizeof(peer);

	if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &size) < 0)
		return ACCESS_NONE;
	if (peer.uid == 0 || peer.uid == geteuid())
		return ACCESS_ALL;
	if (group != (gid_t)-1 && (peer.gid == group || is_member(fd, group)))
		return ACCESS_READ;
	return ACCESS_NONE;
}
