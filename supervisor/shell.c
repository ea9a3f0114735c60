/* SPDX-License-Identifier: MIT */
/*
 * shell.c - between the core and Linux: gives it events, performs its actions.
 */
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

#include "control.h"
#include "core/heap.h"
#include "core/journal.h"
#include "events.h"
#include "exits.h"
#include "launch.h"
#include "log.h"
#include "loop.h"
#include "mail.h"
#include "os/process.h"
#include "shell.h"
#include "standby.h"
#include "supervisor.h"
#include "tally.h"
#include "watchdog.h"
#include "watches.h"

/* One turn's work: long enough to be efficient, short enough for the control
   socket to stay alive while 10,000 children start. */
#define TURN_MS 20

static void
perform_start(struct supd *d, uint32_t n)
{
	struct event answer;

	launch(d, n, &answer);
	if (d->takeover == n)
		d->takeover = NO_NODE;
	tree_step(d->tree, &answer, clock_ms());
	if (answer.type == ON_STARTED)
		watches_process(d, slot_of_primary(d->state, n));
}

static void
perform_signal(struct supd *d, uint32_t n, bool is_kill)
{
	const struct node *node = tree_node(d->tree, n);
	uint32_t slot = slot_of_primary(d->state, n);
	const struct process *p = &d->state->process[slot];
	int sig = is_kill ? SIGKILL : p->stop_signal;
	int r;

	if (!node || p->phase == PROCESS_EMPTY)
		return;
	if (node->state == STOPPING && d->takeover != n)
		standby_retire(d, n);
	r = process_signal(d->state, slot, node->id, sig);
	if (r < 0)
		log_err("child=%s pid=%d: cannot send signal %d: %s", node->id,
			p->tid, sig, strerror(-r));
	if (is_kill)
		exits_hurry(d, n);
}

/* true: it has done the action. */
static bool
perform_stop(struct supd *d, uint32_t n)
{
	const struct node *node = tree_node(d->tree, n);
	bool traps = node && node->traps &&
		     process_of_primary(d->state, n)->mail.fd >= 0;

	if (!traps) {
		perform_signal(d, n, false);
		return false;
	}
	if (node->state == STOPPING && d->takeover != n)
		standby_retire(d, n);
	mail_stop(d, n);
	return true;
}

/* Unless another child of its id is there already: it is that one's now. */
static void
remove_cgroups(struct supd *d, uint32_t n)
{
	const struct node *node = tree_node(d->tree, n);
	char name[CGROUP_NAME_SIZE];

	if (d->state->fds[FD_CGROUP] < 0 || !node || node->is_supervisor ||
	    tree_find(d->tree, node->id) != NO_NODE)
		return;
	cgroup_remove(d->state, cgroup_name(n, node->id, name));
	cgroup_remove(d->state, cgroup_name(n + NODES_MAX, node->id, name));
}

/* The node's index may be used again as soon as the action is taken from the
   queue: both in one transaction. */
static void
perform_free(struct supd *d, uint32_t n)
{
	struct state *s = d->state;
	struct child *c = &s->child[n];
	int32_t lock = c->lock_fd ? c->lock_fd : -1;

	standby_end(d, n);
	remove_cgroups(d, n);
	watches_forget(d, n);
	journal_begin(s->journal);
	journal_save(s->journal, c, sizeof(*c));
	heap_free(s->heap, s->journal, c->spec);
	heap_free(s->heap, s->journal, c->status_text);
	memset(c, 0, sizeof(*c));
	tree_done(d->tree);
	journal_commit(s->journal);
	state_close_fd(&lock);
	tally_look(d, n);
}

static void
perform(struct supd *d, const struct action *a)
{
	switch (a->type) {
	case DO_START:
		perform_start(d, a->node);
		return;
	case DO_FREE:
		perform_free(d, a->node);
		return;
	case DO_STOP:
		if (perform_stop(d, a->node))
			return;
		break;
	case DO_KILL:
		perform_signal(d, a->node, true);
		break;
	case DO_TIMER:
		watches_deadline(d, a->node);
		break;
	case DO_MESSAGE:
		mail_perform(d, a);
		return;
	case DO_REPLY:
		control_reply(d, a);
		break;
	case DO_REPORT:
		events_report(d, a);
		control_ended(d, a);
		if (a->report == REPORT_STARTED)
			watchdog_begin(d, a->node);
		if (a->report == REPORT_DELETED)
			remove_cgroups(d, a->node);
		standby_look(d, a->node);
		break;
	case DO_EXIT:
		supervisor_end(d, (int)a->value);
		break;
	}
	tree_done(d->tree);
	tally_look(d, a->node); /* behind it: what is deleted is gone */
}

static bool
backlog_take(struct supd *d, struct event *ret)
{
	if (d->backlog_first == d->backlog_count) {
		d->backlog_first = d->backlog_count = 0;
		return false;
	}
	*ret = d->backlog[d->backlog_first++];
	return true;
}

static void
backlog_put(struct supd *d, const struct event *e)
{
	if (d->backlog_count == d->backlog_room) {
		size_t room = d->backlog_room ? 2 * d->backlog_room : 16;
		void *p = reallocarray(d->backlog, room, sizeof(*d->backlog));

		if (!p) {
			log_err("out of memory: a request was dropped");
			return;
		}
		d->backlog = p;
		d->backlog_room = room;
	}
	d->backlog[d->backlog_count++] = *e;
}

static void
go_on_later(struct supd *d)
{
	loop_alive(d->loop);
	timer_set(d->more, clock_ms());
}

void
supd_work(struct supd *d)
{
	int64_t end = clock_ms() + TURN_MS;
	struct action a;
	struct event e;

	if (d->busy)
		return;
	d->busy = true;
	while (!d->ended) {
		if (tree_next(d->tree, &a))
			perform(d, &a);
		else if (backlog_take(d, &e))
			tree_step(d->tree, &e, clock_ms());
		else
			break;
		if (clock_ms() >= end) {
			go_on_later(d);
			break;
		}
	}
	d->busy = false;
	events_log(d);
	supervisor_settled(d);
}

bool
supd_is_idle(const struct supd *d)
{
	struct action a;

	return !d->busy && !d->ended && d->backlog_first == d->backlog_count &&
	       !tree_next(d->tree, &a);
}

bool
supd_turn_is_over(struct supd *d)
{
	if (clock_ms() < loop_now(d->loop) + TURN_MS)
		return false;
	go_on_later(d);
	return true;
}

void
supd_event(struct supd *d, const struct event *e)
{
	if (!supd_is_idle(d)) {
		backlog_put(d, e);
		return;
	}
	tree_step(d->tree, e, clock_ms());
	supd_work(d);
}

/* Incarnations are counted from 1 again when supd starts anew, and when a child
   is deleted and added; what a worker has saved must not be mistaken. */
static uint64_t
new_lineage(void)
{
	uint64_t lineage;

	if (getrandom(&lineage, sizeof(lineage), GRND_NONBLOCK) !=
	    sizeof(lineage))
		lineage = (uint64_t)clock_ms() << 20 ^ (uint64_t)getpid();
	return lineage;
}

int
supd_add(struct supd *d, uint32_t parent, const struct child_spec *spec,
	 const char *text, uint32_t *ret)
{
	struct state *s = d->state;
	size_t size = strlen(text) + 1;
	uint64_t block;
	uint32_t node;
	int r;

	journal_begin(s->journal);
	block = heap_alloc(s->heap, s->journal, size);
	r = block ? tree_add(d->tree, parent, spec, &node) : RESULT_FULL;
	if (r == RESULT_OK) {
		memcpy(heap_at(s->heap, block), text, size);
		journal_save(s->journal, &s->child[node], sizeof(*s->child));
		s->child[node] = (struct child){ .spec = block,
						 .lineage = new_lineage(),
						 .last_written = UINT64_MAX };
		*ret = node;
	} else {
		heap_free(s->heap, s->journal, block);
	}
	journal_commit(s->journal);
	return r;
}

const char *
supd_text(const struct supd *d, uint32_t node)
{
	uint64_t block = d->state->child[node].spec;

	return block ? heap_at(d->state->heap, block) : "";
}

const char *
supd_status_text(const struct supd *d, uint32_t node)
{
	uint64_t block = d->state->child[node].status_text;

	return block ? heap_at(d->state->heap, block) : "";
}

void
supd_poke_keeper(const struct supd *d)
{
	const uint64_t one = 1;
	ssize_t n = write(d->state->fds[FD_KEEPER], &one, sizeof(one));

	(void)n; /* a full eventfd is a keeper that is awake anyway */
}
