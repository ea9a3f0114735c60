/* SPDX-License-Identifier: MIT */
/*
 * mailbox.c - what supd and dying processes tell this one, in the order in
 * which it came.
 *
 * One epoll descriptor stands for all: supd's socket, a pidfd for each process
 * that is monitored by its pid, and an eventfd that is readable while something
 * waits here already, since it came before the reply to a request.
 */
#include "mailbox.h"

#include <errno.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

#include "message.h"
#include "monitor_pid.h"
#include "post.h"
#include "supworker.h"

struct note {
	struct note *next;
	struct sup_message m;
};

static struct {
	int epoll, event;   /* both, or -1 */
	bool is_shown;      /* the eventfd is readable */
	bool owes_the_end;  /* nothing more comes: sup_receive() is to say so */
	struct note *spare; /* the next one to be filled */
	struct note *first, **end;
} box = { .epoll = -1, .event = -1, .end = &box.first };

static void
close_fd(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

/* The eventfd says whether something waits here. */
static void
show(void)
{
	bool has = box.first || box.owes_the_end;
	uint64_t one = 1;

	if (has == box.is_shown)
		return;
	if ((has ? write(box.event, &one, sizeof(one)) :
		   read(box.event, &one, sizeof(one))) == sizeof(one))
		box.is_shown = has;
}

static bool
take_first(struct sup_message *ret)
{
	struct note *note = box.first;

	if (!note)
		return false;
	box.first = note->next;
	if (!box.first)
		box.end = &box.first;
	*ret = note->m;
	free(note);
	show();
	return true;
}

void
sup_mailbox_put(void)
{
	box.spare->next = NULL;
	*box.end = box.spare;
	box.end = &box.spare->next;
	box.spare = NULL;
	show();
}

void
sup_mailbox_end(void)
{
	box.owes_the_end = true;
	show();
}

void
sup_mailbox_flush(long long ref)
{
	struct note **p = &box.first, *note;

	while ((note = *p) != NULL) {
		if (note->m.kind == SUP_DOWN && note->m.ref == ref) {
			*p = note->next;
			free(note);
		} else {
			p = &note->next;
		}
	}
	box.end = p;
	show();
}

/* In a fork, which is another process: all this was the parent's. */
static void
forget(void)
{
	close_fd(&box.epoll);
	close_fd(&box.event);
	while (box.first) {
		struct note *note = box.first;

		box.first = note->next;
		free(note);
	}
	box.end = &box.first;
	box.is_shown = box.owes_the_end = false;
	sup_post_forget();
	sup_watch_forget();
}

static int
make_epoll(void)
{
	static bool is_registered;
	struct epoll_event at = { .events = EPOLLIN, .data.ptr = &box };
	int error;

	if (box.epoll >= 0)
		return 0;
	if (!is_registered)
		is_registered = pthread_atfork(NULL, NULL, forget) == 0;
	box.epoll = epoll_create1(EPOLL_CLOEXEC);
	box.event = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (box.epoll >= 0 && box.event >= 0 &&
	    epoll_ctl(box.epoll, EPOLL_CTL_ADD, box.event, &at) == 0)
		return 0;
	error = errno;
	close_fd(&box.epoll);
	close_fd(&box.event);
	return sup_fail_errno(error, "the mailbox", "epoll");
}

struct sup_message *
sup_mailbox_room(void)
{
	if (make_epoll())
		return NULL;
	if (!box.spare)
		box.spare = malloc(sizeof(*box.spare));
	if (box.spare)
		return &box.spare->m;
	sup_fail(ENOMEM, "the mailbox: no memory");
	return NULL;
}

int
sup_mailbox_watch(int fd, struct sup_watch *watch)
{
	struct epoll_event at = { .events = EPOLLIN, .data.ptr = watch };
	int error = make_epoll();

	if (error)
		return error;
	if (epoll_ctl(box.epoll, EPOLL_CTL_ADD, fd, &at) < 0)
		return sup_fail_errno(errno, "the mailbox", "epoll_ctl");
	return 0;
}

/* Closing alone is not enough where another process has it as well. */
void
sup_mailbox_unwatch(int fd)
{
	epoll_ctl(box.epoll, EPOLL_CTL_DEL, fd, NULL);
	close(fd);
}

static int
take_down(struct sup_watch *watch)
{
	struct sup_message *room = sup_mailbox_room();

	if (!room)
		return -ENOMEM;
	sup_watch_fire(watch, room);
	sup_mailbox_put();
	return 0;
}

/* Takes in what comes first.  1: something that may be a message; 0: nothing
   in time; or -errno. */
static int
take_in(int timeout)
{
	struct epoll_event event;
	int n = epoll_wait(box.epoll, &event, 1, timeout);
	int error = 0;

	if (n < 0)
		return sup_fail_errno(errno, "the mailbox", "epoll_wait");
	if (n == 0)
		return 0;
	if (!event.data.ptr)
		error = sup_post_take();
	else if (event.data.ptr != &box)
		error = take_down(event.data.ptr);
	return error ? error : 1;
}

static int64_t
now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static int
left_until(int64_t deadline)
{
	int64_t left = deadline - now_ms();

	return left > 0 ? (int)left : 0;
}

int
sup_mailbox(void)
{
	int error = sup_post_open();

	return box.epoll >= 0 ? box.epoll : error;
}

int
sup_receive(struct sup_message *m, int timeout)
{
	int64_t deadline = now_ms() + timeout;
	int got = sup_mailbox();

	while (got >= 0) {
		if (take_first(m))
			return 1;
		if (box.owes_the_end ||
		    (sup_post_is_closed() && !sup_watch_any())) {
			box.owes_the_end = false;
			show();
			return sup_fail(EPIPE, "%s", SUP_POST_CLOSED);
		}
		got = take_in(timeout < 0 ? -1 : left_until(deadline));
		if (got == 0)
			break;
	}
	return got;
}
