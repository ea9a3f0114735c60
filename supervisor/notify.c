/* SPDX-License-Identifier: MIT */
/*
 * notify.c - what children tell about themselves.
 *
 * Each message is first looked at (MSG_PEEK), then acted upon, and only then
 * taken out: a supervisor that dies in between leaves it to its successor, and
 * to be told twice that a child is ready does no harm.
 */
#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "core/heap.h"
#include "core/journal.h"
#include "core/reason.h"
#include "log.h"
#include "loop.h"
#include "notify.h"
#include "settings.h"
#include "shell.h"
#include "watchdog.h"

#define MESSAGE_MAX 4096
#define STATUS_MAX 200
#define PARENTS_MAX 64 /* how far up a sender is looked for */

const char *
notify_path(const struct supd *d)
{
	static char path[sizeof(((struct sockaddr_un *)0)->sun_path) + 16];
	const char *socket = d->settings->socket;
	size_t n = strlen(socket);

	if (n > 5 && strcmp(socket + n - 5, ".sock") == 0)
		n -= 5;
	snprintf(path, sizeof(path), "%.*s.notify", (int)n, socket);
	return path;
}

/* The parent of pid, from the fourth field of /proc/PID/stat; 0: unknown. */
static pid_t
parent_of(pid_t pid)
{
	char file[64], text[512];
	const char *p;
	ssize_t n;
	int fd;

	snprintf(file, sizeof(file), "/proc/%d/stat", pid);
	fd = open(file, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return 0;
	n = read(fd, text, sizeof(text) - 1);
	close(fd);
	if (n <= 0)
		return 0;
	text[n] = '\0';
	p = strrchr(text, ')'); /* the name may contain anything */
	return p && strlen(p) > 4 ? (pid_t)strtol(p + 4, NULL, 10) : 0;
}

/* The child whose primary sent it, or one of whose descendants did: what a
   standby says of itself is not about the child. */
static uint32_t
sender_node(const struct state *s, pid_t pid)
{
	for (int i = 0; i < PARENTS_MAX && pid > 1; i++) {
		uint32_t slot = s->slot_of_pid[pid];

		if (slot != NO_NODE && s->process[slot].tid == pid)
			return slot_is_standby(s, slot) ? NO_NODE :
							  slot_node(slot);
		if (pid == s->keeper)
			return NO_NODE;
		pid = parent_of(pid);
	}
	return NO_NODE;
}

static void
set_status(struct supd *d, uint32_t n, const char *text)
{
	struct state *s = d->state;
	struct child *c = &s->child[n];
	char shown[STATUS_MAX];
	uint64_t block;

	log_escape(shown, sizeof(shown), text);
	if (strcmp(shown, supd_status_text(d, n)) == 0)
		return;
	journal_begin(s->journal);
	block = heap_alloc(s->heap, s->journal, strlen(shown) + 1);
	if (block) {
		memcpy(heap_at(s->heap, block), shown, strlen(shown) + 1);
		journal_save(s->journal, c, sizeof(*c));
		heap_free(s->heap, s->journal, c->status_text);
		c->status_text = block;
	}
	journal_commit(s->journal);
}

/* exit/1: of the process itself, not of one of its descendants. */
static void
set_exit_reason(struct supd *d, uint32_t n, pid_t pid, const char *text)
{
	struct state *s = d->state;
	struct process *p = process_of_primary(s, n);
	struct reason reason;

	if (p->tid != pid)
		return;
	if (!reason_parse(text, &reason)) {
		log_warn("child=%s: EXIT_REASON= is empty, longer than %d bytes"
			 " or has a control character: ignored",
			 tree_node(d->tree, n)->id, REASON_TEXT - 1);
		return;
	}
	journal_begin(s->journal);
	journal_save(s->journal, p->exit_reason, sizeof(p->exit_reason));
	snprintf(p->exit_reason, sizeof(p->exit_reason), "%s", text);
	journal_commit(s->journal);
}

/* Lines KEY=value; those we do not know are for others. */
static void
act(struct supd *d, uint32_t n, pid_t pid, char *message)
{
	char *rest = message, *line;

	while ((line = strsep(&rest, "\n")) != NULL) {
		if (strcmp(line, "READY=1") == 0)
			supd_event(d, &(struct event){ .type = ON_READY,
						       .node = n });
		else if (strncmp(line, "STATUS=", 7) == 0)
			set_status(d, n, line + 7);
		else if (strncmp(line, "EXIT_REASON=", 12) == 0)
			set_exit_reason(d, n, pid, line + 12);
		else if (strncmp(line, "WATCHDOG", 8) == 0)
			watchdog_hear(d, n, line);
	}
}

/* Descriptors are not asked for; BARRIER=1 waits until its one is closed. */
static pid_t
open_control(struct msghdr *m)
{
	pid_t pid = 0;

	for (struct cmsghdr *c = CMSG_FIRSTHDR(m); c; c = CMSG_NXTHDR(m, c)) {
		if (c->cmsg_level != SOL_SOCKET)
			continue;
		if (c->cmsg_type == SCM_CREDENTIALS) {
			struct ucred who;

			memcpy(&who, CMSG_DATA(c), sizeof(who));
			pid = who.pid;
		} else if (c->cmsg_type == SCM_RIGHTS) {
			size_t count =
				(c->cmsg_len - CMSG_LEN(0)) / sizeof(int);

			for (size_t i = 0; i < count; i++) {
				int fd;

				memcpy(&fd, CMSG_DATA(c) + i * sizeof(int),
				       sizeof(fd));
				close(fd);
			}
		}
	}
	return pid;
}

/* -1: nothing is there. */
static ssize_t
receive(int fd, char *message, int flags, pid_t *pid)
{
	union {
		struct cmsghdr align;
		char room[CMSG_SPACE(sizeof(struct ucred)) +
			  CMSG_SPACE(253 * sizeof(int))];
	} control;
	struct iovec part = { message, MESSAGE_MAX - 1 };
	struct msghdr m = { .msg_iov = &part,
			    .msg_iovlen = 1,
			    .msg_control = &control,
			    .msg_controllen = sizeof(control) };
	ssize_t n = recvmsg(fd, &m, flags | MSG_DONTWAIT | MSG_CMSG_CLOEXEC);

	if (n < 0)
		return -1;
	*pid = open_control(&m);
	/* A cut message is not what its sender meant. */
	message[m.msg_flags & MSG_TRUNC ? 0 : n] = '\0';
	return n;
}

void
notify_take(struct supd *d)
{
	int fd = d->state->fds[FD_NOTIFY];
	char message[MESSAGE_MAX];
	pid_t pid;

	while (supd_is_idle(d) && receive(fd, message, MSG_PEEK, &pid) >= 0) {
		uint32_t n = sender_node(d->state, pid);

		if (n != NO_NODE)
			act(d, n, pid, message);
		else
			log_debug("notify: pid %d is no child's: ignored", pid);
		receive(fd, message, 0, &pid);
	}
}

static void
notify_ready(void *arg, int events)
{
	(void)events;
	notify_take(arg);
}

static int
make_socket(struct supd *d)
{
	struct sockaddr_un to = { .sun_family = AF_UNIX };
	const char *path = notify_path(d);
	const int one = 1;
	int fd, r;

	if (strlen(path) >= sizeof(to.sun_path))
		return -ENAMETOOLONG;
	memcpy(to.sun_path, path, strlen(path) + 1);
	fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0)
		return -errno;
	unlink(path); /* the instance's lock is ours: so is a stale socket */
	if (setsockopt(fd, SOL_SOCKET, SO_PASSCRED, &one, sizeof(one)) < 0 ||
	    bind(fd, (const struct sockaddr *)&to, sizeof(to)) < 0 ||
	    chmod(path, 0666) < 0) {
		r = -errno;
		close(fd);
		return r;
	}
	return state_keep_fd(d->state, FD_NOTIFY, fd);
}

int
notify_open(struct supd *d)
{
	if (d->state->fds[FD_NOTIFY] < 0) {
		int r = make_socket(d);

		if (r < 0)
			return r;
	}
	d->notify = loop_watch(d->loop, d->state->fds[FD_NOTIFY], LOOP_READ,
			       notify_ready, d);
	return d->notify ? 0 : -ENOMEM;
}

bool
notify_read_ready_fd(struct supd *d, uint32_t slot)
{
	struct process *p = &d->state->process[slot];
	char text[256];
	ssize_t n;

	if (!supd_is_idle(d))
		return false;
	n = recv(p->ready_fd, text, sizeof(text), MSG_PEEK | MSG_DONTWAIT);
	if (n < 0)
		return errno != EAGAIN && errno != EINTR;
	if (n == 0)
		return true; /* closed without a word */
	if (memchr(text, '\n', (size_t)n)) {
		supd_event(d, &(struct event){ .type = ON_READY,
					       .node = slot_node(slot) });
		return true;
	}
	recv(p->ready_fd, text, (size_t)n, MSG_DONTWAIT);
	return false;
}

void
notify_close(struct supd *d)
{
	watch_free(d->notify);
	d->notify = NULL;
	unlink(notify_path(d));
}
