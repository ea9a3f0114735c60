/* SPDX-License-Identifier: MIT */
/*
 * control.c - the control socket: accepts clients, gives each its turn.
 *
 * What a supervisor loses with its death: its clients.  They see the end of
 * their connection and come again.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "client.h"
#include "control.h"
#include "core/core.h"
#include "listener.h"
#include "log.h"
#include "loop.h"
#include "settings.h"
#include "shell.h"

#define CLIENTS_MAX 256
#define GUESTS_MAX 128 /* of them, such as may not do everything */
#define ACCEPT_PAUSE_MS 1000
#define ACCEPT_A_TURN 16

/*
 * A token: 16 bits of the supervisor's number (so that an answer to a
 * predecessor's client finds nobody), 8 of the client's place, 24 of its
 * request, 16 of the request's item.
 */
#define TOKEN_SUPERVISOR 48
#define TOKEN_CLIENT 40
#define TOKEN_REQUEST 16

struct control {
	struct watch *listener;
	struct timer *pause; /* after EMFILE */
	struct timer *look;  /* armed: all clients get a turn */
	bool is_looking;
	gid_t group;
	unsigned count, guests;
	struct client *clients[CLIENTS_MAX];
};

static uint64_t
token_base(const struct supd *d, size_t place)
{
	return (uint64_t)(d->state->supervisors & 0xffff) << TOKEN_SUPERVISOR |
	       (uint64_t)place << TOKEN_CLIENT;
}

static size_t
place_of(uint64_t token)
{
	return token >> TOKEN_CLIENT & (CLIENTS_MAX - 1);
}

static void
drop(struct control *k, size_t place)
{
	struct client *c = k->clients[place];

	k->clients[place] = NULL;
	k->count--;
	k->guests -= c->access != ACCESS_ALL;
	client_free(c);
}

static void
client_ready(void *arg, int events)
{
	struct client *c = arg;

	if (!client_turn(c, events))
		drop(c->d->control, place_of(c->token));
}

static void
look(void *arg)
{
	struct supd *d = arg;
	struct control *k = d->control;

	k->is_looking = false;
	for (size_t i = 0; i < CLIENTS_MAX; i++)
		if (k->clients[i] && !client_turn(k->clients[i], 0))
			drop(k, i);
}

/* Not now: whoever calls is in the middle of something. */
static void
look_soon(struct supd *d)
{
	struct control *k = d->control;

	if (!k || k->is_looking || k->count == 0)
		return;
	for (size_t i = 0; i < CLIENTS_MAX; i++) {
		const struct client *c = k->clients[i];

		if (c && client_is_waiting(c)) {
			k->is_looking = true;
			timer_set(k->look, clock_ms());
			return;
		}
	}
}

static size_t
free_place(const struct control *k)
{
	size_t i = 0;

	while (i < CLIENTS_MAX && k->clients[i])
		i++;
	return i;
}

static void
welcome(struct supd *d, int fd)
{
	struct control *k = d->control;
	enum access access = client_access(fd, k->group);
	size_t place = free_place(k);

	if (place == CLIENTS_MAX ||
	    (access != ACCESS_ALL && k->guests == GUESTS_MAX)) {
		close(fd);
		return;
	}
	k->clients[place] =
		client_new(d, fd, access, token_base(d, place), client_ready);
	if (!k->clients[place])
		return;
	k->count++;
	k->guests += access != ACCESS_ALL;
}

static void
pause_accepting(struct supd *d, int error)
{
	log_warn("control socket: %s: no new clients for a second",
		 strerror(error));
	watch_events(d->control->listener, 0);
	timer_set(d->control->pause, clock_ms() + ACCEPT_PAUSE_MS);
}

static void
go_on_accepting(void *arg)
{
	struct supd *d = arg;

	watch_events(d->control->listener, LOOP_READ);
}

static void
accept_clients(void *arg, int events)
{
	struct supd *d = arg;

	(void)events;
	for (int i = 0; i < ACCEPT_A_TURN; i++) {
		int fd = accept4(d->state->fds[FD_CONTROL], NULL, NULL,
				 SOCK_NONBLOCK | SOCK_CLOEXEC);

		if (fd >= 0) {
			welcome(d, fd);
			continue;
		}
		if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS ||
		    errno == ENOMEM)
			pause_accepting(d, errno);
		return;
	}
}

static int
listen_or_go_on(struct supd *d, char *err, unsigned err_size)
{
	const struct settings *s = d->settings;
	struct control *k = d->control;
	int r = listener_group(s->socket_group, &k->group);

	if (d->state->fds[FD_CONTROL] >= 0)
		return 0;
	if (r < 0) {
		snprintf(err, err_size, "socket_group: there is no group %s",
			 s->socket_group);
		return r;
	}
	r = listener_open(s->socket, s->socket_mode, k->group, err, err_size);
	if (r >= 0)
		r = state_keep_fd(d->state, FD_CONTROL, r);
	return r;
}

int
control_open(struct supd *d, char *err, unsigned err_size)
{
	struct control *k = calloc(1, sizeof(*k));
	int r;

	snprintf(err, err_size, "control socket: out of memory");
	if (!k)
		return -ENOMEM;
	d->control = k;
	r = listen_or_go_on(d, err, err_size);
	if (r < 0)
		return r;
	k->pause = loop_timer(d->loop, go_on_accepting, d);
	k->look = loop_timer(d->loop, look, d);
	k->listener = loop_watch(d->loop, d->state->fds[FD_CONTROL], LOOP_READ,
				 accept_clients, d);
	return k->pause && k->look && k->listener ? 0 : -ENOMEM;
}

void
control_reply(struct supd *d, const struct action *a)
{
	size_t place = place_of(a->token);
	struct client *c = d->control ? d->control->clients[place] : NULL;

	if (!c || !c->request.method ||
	    (a->token ^ c->request.token) >> TOKEN_REQUEST != 0)
		return;
	request_answered(&c->request, a);
	look_soon(d);
}

void
control_ended(struct supd *d, const struct action *a)
{
	struct control *k = d->control;

	if (!k || k->count == 0 ||
	    (a->report != REPORT_EXITED && a->report != REPORT_STOPPED &&
	     a->report != REPORT_START_FAILED))
		return;
	for (size_t i = 0; i < CLIENTS_MAX; i++)
		if (k->clients[i] && k->clients[i]->request.method)
			request_ended(&k->clients[i]->request, a);
}

void
control_event(struct supd *d, const struct event_record *e)
{
	(void)e; /* those who follow read it from the recorder */
	look_soon(d);
}

void
control_changed(struct supd *d)
{
	look_soon(d);
}

/* The keeper has the clients' descriptors, too: they see the end of their
   connections when supd is really gone. */
void
control_close(struct supd *d)
{
	struct control *k = d->control;

	if (!k)
		return;
	look(d);
	for (size_t i = 0; i < CLIENTS_MAX; i++) {
		if (!k->clients[i])
			continue;
		k->clients[i]->fd = -1;
		drop(k, i);
	}
	unlink(d->settings->socket);
	watch_free(k->listener);
	timer_free(k->pause);
	timer_free(k->look);
	free(k);
	d->control = NULL;
}
