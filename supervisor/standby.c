/* SPDX-License-Identifier: MIT */
/*
 * standby.c - standbys: a second process of a child, ready to be its primary.
 *
 * A promotion is told only when the tables say so: whoever finds them changed
 * and DO_START not answered tells it again.
 */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "core/journal.h"
#include "core/reason.h"
#include "environment.h"
#include "events.h"
#include "exits.h"
#include "launch.h"
#include "log.h"
#include "loop.h"
#include "mail.h"
#include "os/process.h"
#include "shell.h"
#include "spec.h"
#include "standby.h"
#include "standby_lock.h"
#include "watches.h"

#define MESSAGE_SIZE 8192
#define EXEC_MS 5000 /* a gate that takes longer is held to run */
#define EXITS_MAX 5u /* ends of standbys ... */
#define NEXT_MS 2    /* from a promotion to the next standby's start */
#define PERIOD 60000 /* ... in this time; then there is none for the rest */

static int
number(const struct spec *spec, int wanted)
{
	bool is_taken = spec->ready == READY_FD && spec->ready_fd == wanted;

	return is_taken ? wanted - 2 : wanted;
}

int
standby_number(const struct spec *spec)
{
	return number(spec, FD_RESERVED - 3);
}

int
standby_lock_number(const struct spec *spec)
{
	return number(spec, FD_RESERVED - 4);
}

/* A gate closes its end by executing, or tells why it cannot. */
static int
await_exec(struct process *p)
{
	struct pollfd answer = { .fd = p->standby_fd, .events = POLLIN };
	int error = 0;

	if (poll(&answer, 1, EXEC_MS) <= 0 ||
	    recv(p->standby_fd, &error, sizeof(error), MSG_DONTWAIT) !=
		    sizeof(error))
		return 0;
	p->exec_error = error;
	return -error;
}

int
standby_tell(struct supd *d, uint32_t n, const struct spec *spec)
{
	struct state *s = d->state;
	uint32_t slot = slot_of_primary(s, n);
	struct process *p = &s->process[slot];
	static char text[MESSAGE_SIZE];
	size_t length = environment_changes(d, slot, text, sizeof(text));
	ssize_t sent =
		send(p->standby_fd, text, length, MSG_NOSIGNAL | MSG_DONTWAIT);
	int r = 0;

	/* Closed: a predecessor has told it already, or it is dead and ends as
	   the primary that it is. */
	if (sent < 0 && errno != EPIPE) {
		log_warn("child=%s pid=%d: cannot promote: %s",
			 tree_node(d->tree, n)->id, p->tid, strerror(errno));
		process_signal(s, slot, tree_node(d->tree, n)->id, SIGKILL);
	}
	if (spec->standby == STANDBY_HOT)
		standby_lock_wake(&s->child[n]);
	else
		r = await_exec(p);
	if (r < 0)
		exits_bury(d, slot);
	return r;
}

static bool
has_ended(const struct process *p)
{
	struct pollfd ended = { .fd = p->pidfd, .events = POLLIN };

	return __atomic_load_n(&p->exited, __ATOMIC_ACQUIRE) ||
	       poll(&ended, 1, 0) > 0;
}

/* The one that was promoted has got the processor by now. */
static void
start_next(void *arg)
{
	struct supd *d = arg;
	uint32_t n = d->promoted;

	d->promoted = NO_NODE;
	if (n != NO_NODE)
		standby_look(d, n);
}

bool
standby_promote(struct supd *d, uint32_t n, const struct spec *spec, int *ret)
{
	struct state *s = d->state;
	struct process *p = process_of_standby(s, n);
	struct child *c = &s->child[n];

	if (!p->tid || p->phase != PROCESS_ALIVE || p->retired || has_ended(p))
		return false;
	standby_lock_reset(c);
	journal_begin(s->journal);
	journal_save(s->journal, c, sizeof(*c));
	journal_save(s->journal, &p->incarnation, sizeof(p->incarnation));
	c->primary = 1 - c->primary;
	p->incarnation = (uint32_t)c->incarnation + 1;
	mail_post(d, slot_of_primary(s, n), "PRIMARY");
	journal_commit(s->journal);
	if (d->promoted != n)
		start_next(d);
	d->promoted = n;
	*ret = standby_tell(d, n, spec);
	mail_flush(d, slot_of_primary(s, n));
	if (*ret == 0)
		events_say(d, n, "event=promoted child=%s pid=%d",
			   tree_node(d->tree, n)->id, p->tid);
	return true;
}

bool
standby_hear(struct supd *d, uint32_t slot)
{
	const struct process *p = &d->state->process[slot];
	const struct node *node = tree_node(d->tree, slot_node(slot));
	bool is_standby = slot_is_standby(d->state, slot);
	char word[64];
	ssize_t n = recv(p->standby_fd, word, sizeof(word), MSG_DONTWAIT);

	if (n < 0)
		return errno == EAGAIN || errno == EINTR;
	if (n > 0 && is_standby)
		exits_early(d, slot_node(slot));
	if (n == 0 && is_standby && node)
		process_signal(d->state, slot, node->id, SIGKILL);
	return n > 0;
}

static int64_t
given_up_until(const struct child *c, int64_t now)
{
	bool is_over = now - c->standby_since >= PERIOD;

	return c->standby_exits > EXITS_MAX && !is_over ?
		       c->standby_since + PERIOD :
		       0;
}

/* One more has ended by itself, or could not be started. */
static void
count_end(struct supd *d, uint32_t n)
{
	struct child *c = &d->state->child[n];
	int64_t now = clock_ms();

	journal_save(d->state->journal, c, sizeof(*c));
	if (now - c->standby_since >= PERIOD) {
		c->standby_since = now;
		c->standby_exits = 0;
	}
	c->standby_exits++;
}

static void
look_again_at(struct supd *d, int64_t due)
{
	if (!d->standby || (d->standby_due && d->standby_due <= due))
		return;
	d->standby_due = due;
	timer_set(d->standby, due);
}

static void
say_end(struct supd *d, uint32_t n, const char *why)
{
	const char *id = tree_node(d->tree, n)->id;
	int64_t until = given_up_until(&d->state->child[n], clock_ms());

	events_say(d, n, "event=standby_exited child=%s reason=%s", id, why);
	if (until)
		events_say(d, n,
			   "event=standby_gave_up child=%s ends=%u"
			   " period=%ds",
			   id, EXITS_MAX + 1, PERIOD / 1000);
}

/* Is its primary up, and has it none? */
static bool
is_wanted(const struct supd *d, uint32_t n)
{
	const struct state *s = d->state;
	const struct process *p = process_of_primary(s, n);
	const struct process *standby = process_of_standby(s, n);

	return tree_node(d->tree, n)->state == RUNNING && p->tid &&
	       p->phase == PROCESS_ALIVE &&
	       !__atomic_load_n(&p->exited, __ATOMIC_ACQUIRE) &&
	       (!standby->tid || standby->phase == PROCESS_SPAWNING);
}

static void
start_one(struct supd *d, uint32_t n)
{
	struct state *s = d->state;
	const struct child *c = &s->child[n];
	int64_t until = given_up_until(c, clock_ms());
	int r = 0;

	while (!until && (r = launch_standby(d, n)) < 0) {
		journal_begin(s->journal);
		count_end(d, n);
		journal_commit(s->journal);
		say_end(d, n, strerrorname_np(-r));
		until = given_up_until(c, clock_ms());
	}
	if (until) {
		look_again_at(d, until);
		return;
	}
	watches_process(d, slot_of_standby(s, n));
	events_say(d, n, "event=standby_started child=%s pid=%d",
		   tree_node(d->tree, n)->id, process_of_standby(s, n)->tid);
}

void
standby_look(struct supd *d, uint32_t n)
{
	const struct node *node = tree_node(d->tree, n);

	if (!node || d->state->child[n].standby == STANDBY_NONE)
		return;
	switch ((enum child_state)node->state) {
	case RUNNING:
		if (d->promoted == n && d->next_standby)
			timer_set(d->next_standby, clock_ms() + NEXT_MS);
		else if (is_wanted(d, n))
			start_one(d, n);
		break;
	case STARTING:
	case BACKOFF:
		break;
	case STOPPING:
		if (d->takeover != n)
			standby_retire(d, n);
		break;
	case STOPPED:
	case EXITED:
	case FATAL:
		if (d->takeover == n)
			d->takeover = NO_NODE; /* a stop came between */
		standby_retire(d, n);
		break;
	}
}

void
standby_retire(struct supd *d, uint32_t n)
{
	uint32_t slot = slot_of_standby(d->state, n);
	struct process *p = &d->state->process[slot];
	const struct node *node = tree_node(d->tree, n);

	if (!p->tid || p->retired || p->phase == PROCESS_REPLACED || !node)
		return;
	/* In this order: whoever dies in between has it done again. */
	process_signal(d->state, slot, node->id, SIGKILL);
	p->retired = 1;
}

bool
standby_is_there(const struct supd *d, uint32_t n)
{
	const struct node *node = tree_node(d->tree, n);

	return node->state == STOPPING && d->takeover != n &&
	       process_of_standby(d->state, n)->tid;
}

void
standby_ended(struct supd *d, uint32_t slot)
{
	struct state *s = d->state;
	struct process *p = &s->process[slot];
	struct reason why = exits_reason(d, slot);
	bool counts = !p->retired;
	uint32_t n = slot_node(slot);
	char text[REASON_SIZE];

	watches_process_done(d, slot);
	journal_begin(s->journal);
	if (counts)
		count_end(d, n);
	exits_forget(d, slot);
	journal_commit(s->journal);
	if (counts)
		say_end(d, n, reason_format(&why, text, sizeof(text)));
	standby_look(d, n);
}

void
standby_end(struct supd *d, uint32_t n)
{
	uint32_t slot = slot_of_standby(d->state, n);

	if (!d->state->process[slot].tid)
		return;
	standby_retire(d, n);
	exits_bury(d, slot);
}

static void
look_after_all(void *arg)
{
	struct supd *d = arg;

	d->standby_due = 0;
	for (uint32_t n = ROOT; n < d->state->process_end; n++)
		standby_look(d, n);
}

void
standby_recover(struct supd *d)
{
	uint32_t end = d->state->standby_end;

	d->standby = loop_timer(d->loop, look_after_all, d);
	d->next_standby = loop_timer(d->loop, start_next, d);
	for (uint32_t slot = NODES_MAX; slot < end; slot++) {
		uint32_t standby = slot_of_standby(d->state, slot_node(slot));

		if (d->state->process[standby].tid)
			watches_process(d, standby);
	}
	look_after_all(d);
}

int32_t
standby_pid(const struct supd *d, uint32_t n)
{
	const struct process *p = process_of_standby(d->state, n);

	return d->state->child[n].standby != STANDBY_NONE && !p->retired &&
			       p->phase == PROCESS_ALIVE ?
		       p->tid :
		       0;
}
