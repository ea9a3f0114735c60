/* SPDX-License-Identifier: MIT */
/*
 * watches.c - what the loop watches for each child.
 *
 * All of it can be made again from the shared state, and is, by each new
 * supervisor.
 */
#include <sys/mman.h>

#include "exits.h"
#include "loop.h"
#include "mail.h"
#include "mail_request.h"
#include "notify.h"
#include "shell.h"
#include "standby.h"
#include "watchdog.h"
#include "watches.h"

/* A slot's; the timers are the node's: of its first slot. */
struct node_watch {
	struct supd *d;
	struct watch *pidfd;
	struct watch *ready;
	struct watch *standby;
	struct watch *mail;
	struct timer *deadline;
	struct timer *watchdog;
	int64_t due; /* what `watchdog` was set for */
};

struct watches {
	struct node_watch slot[SLOTS_MAX];
};

bool
watches_open(struct supd *d)
{
	void *room = mmap(NULL, sizeof(struct watches), PROT_READ | PROT_WRITE,
			  MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	d->watches = room == MAP_FAILED ? NULL : room;
	return d->watches != NULL;
}

static struct node_watch *
watch_of(struct supd *d, uint32_t slot)
{
	struct node_watch *w = &d->watches->slot[slot];

	w->d = d;
	return w;
}

static uint32_t
slot_of(const struct node_watch *w)
{
	return (uint32_t)(w - w->d->watches->slot);
}

/* A zombie's pidfd stays readable: look once. */
static void
pidfd_ready(void *arg, int events)
{
	struct node_watch *w = arg;

	(void)events;
	watch_events(w->pidfd, 0);
	exits_await(w->d, slot_of(w));
}

static void
ready_fd_ready(void *arg, int events)
{
	struct node_watch *w = arg;

	(void)events;
	if (!notify_read_ready_fd(w->d, slot_of(w)))
		return;
	watch_free(w->ready);
	w->ready = NULL;
}

static void
deadline_passed(void *arg)
{
	struct node_watch *w = arg;

	supd_event(w->d,
		   &(struct event){ .type = ON_DEADLINE, .node = slot_of(w) });
}

static void
standby_fd_ready(void *arg, int events)
{
	struct node_watch *w = arg;

	(void)events;
	if (standby_hear(w->d, slot_of(w)))
		return;
	watch_free(w->standby);
	w->standby = NULL;
}

static void
mail_ready(void *arg, int events)
{
	struct node_watch *w = arg;

	if (events & LOOP_WRITE)
		mail_flush(w->d, slot_of(w));
	if (events & LOOP_READ)
		mail_hear(w->d, slot_of(w));
}

void
watches_mail(struct supd *d, uint32_t slot)
{
	const struct mail *mail = &d->state->process[slot].mail;
	struct node_watch *w = watch_of(d, slot);
	bool is_heard = !slot_is_standby(d->state, slot) &&
			mail_takes_requests(mail);
	int events = is_heard ? LOOP_READ : 0;

	if (mail->fd < 0) {
		watch_free(w->mail);
		w->mail = NULL;
		return;
	}
	if (mail->waiting)
		events |= LOOP_WRITE;
	if (!w->mail)
		w->mail = loop_watch(d->loop, mail->fd, events, mail_ready, w);
	else
		watch_events(w->mail, events);
}

/* What a standby says on its ready descriptor, or asks in its mailbox, is heard
   when it is one no more. */
void
watches_process(struct supd *d, uint32_t slot)
{
	const struct process *p = &d->state->process[slot];
	struct node_watch *w = watch_of(d, slot);

	if (!w->pidfd && p->pidfd >= 0)
		w->pidfd = loop_watch(d->loop, p->pidfd, LOOP_READ, pidfd_ready,
				      w);
	if (!w->ready && p->ready_fd >= 0 && !slot_is_standby(d->state, slot))
		w->ready = loop_watch(d->loop, p->ready_fd, LOOP_READ,
				      ready_fd_ready, w);
	if (!w->standby && p->standby_fd >= 0)
		w->standby = loop_watch(d->loop, p->standby_fd, LOOP_READ,
					standby_fd_ready, w);
	watches_mail(d, slot);
}

static void
free_watches(struct node_watch *w)
{
	watch_free(w->pidfd);
	watch_free(w->ready);
	watch_free(w->standby);
	watch_free(w->mail);
	w->pidfd = w->ready = w->standby = w->mail = NULL;
}

void
watches_process_done(struct supd *d, uint32_t slot)
{
	struct process *p = &d->state->process[slot];
	struct node_watch *w = watch_of(d, slot_node(slot));

	free_watches(watch_of(d, slot));
	state_close_fd(&p->pidfd);
	state_close_fd(&p->ready_fd);
	state_close_fd(&p->standby_fd);
	state_close_fd(&p->mail.fd);
	if (w->watchdog && !slot_is_standby(d->state, slot))
		timer_set(w->watchdog, 0);
	watchdog_end(p);
}

/* Most children never have a deadline: timers are made when first needed, and
   kept. */
void
watches_deadline(struct supd *d, uint32_t node)
{
	const struct node *n = tree_node(d->tree, node);
	struct node_watch *w = watch_of(d, node);
	int64_t deadline = n ? n->deadline : 0;

	if (!w->deadline && deadline)
		w->deadline = loop_timer(d->loop, deadline_passed, w);
	if (w->deadline)
		timer_set(w->deadline, deadline);
}

static void
watchdog_passed(void *arg)
{
	struct node_watch *w = arg;

	watchdog_look(w->d, slot_of(w), w->due);
}

void
watches_watchdog(struct supd *d, uint32_t node, int64_t deadline)
{
	struct node_watch *w = watch_of(d, node);

	if (!w->watchdog)
		w->watchdog = loop_timer(d->loop, watchdog_passed, w);
	w->due = deadline;
	if (w->watchdog)
		timer_set(w->watchdog, deadline);
}

void
watches_forget(struct supd *d, uint32_t node)
{
	struct node_watch *w = watch_of(d, node);

	free_watches(watch_of(d, node + NODES_MAX));
	free_watches(w);
	timer_free(w->deadline);
	timer_free(w->watchdog);
	*w = (struct node_watch){ 0 };
}
