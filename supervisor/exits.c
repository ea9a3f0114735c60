/* SPDX-License-Identifier: MIT */
/*
 * exits.c - the deaths that the keeper recorded.
 *
 *	ALIVE --taken from the ring--> DEAD --nothing is left--> EMPTY, ON_EXIT
 *
 * Each arrow is one transaction: a death is told to the core exactly once,
 * whenever we die.  While something is left of a child it is DEAD and in the
 * list of fences.  Whatever is left is adopted by the keeper when its parent
 * dies, so each reaped orphan (state->orphans) is a reason to look again.
 *
 *	ALIVE --it is seen ending--> REPLACED, ON_EXIT --its record--> EMPTY
 *
 * is the way of a primary whose standby need not wait (exits_early()).
 */
#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/journal.h"
#include "core/reason.h"
#include "environment.h"
#include "exits.h"
#include "log.h"
#include "loop.h"
#include "mail.h"
#include "mail_request.h"
#include "notify.h"
#include "os/exit_ring.h"
#include "os/process.h"
#include "shell.h"
#include "spec.h"
#include "standby.h"
#include "watches.h"
#include "written.h"

#define ALIVE_MS 1000
#define RECORD_MS 1 /* more than the keeper takes for a record */

/* One that has given a reason of its own (exit/1) must have ended by itself. */
static struct reason
reason_of(struct supd *d, uint32_t slot, const struct process_end *end)
{
	const struct spec *spec = spec_of(d, slot_node(slot));
	const char *given = d->state->process[slot].exit_reason;
	struct reason r = { .kind = REASON_EXIT, .value = end->status };
	uint32_t status = (uint32_t)end->status;

	if (end->code == CLD_EXITED && reason_parse(given, &r))
		return r;
	if (end->code == CLD_EXITED) {
		if (spec && spec->ok_codes[status / 32 % 8] >> status % 32 & 1)
			r.kind = REASON_NORMAL;
	} else {
		r.kind = REASON_SIGNAL;
		r.dumped = end->code == CLD_DUMPED;
		if (spec && spec->ok_signals >> (status - 1) % 64 & 1) {
			r.kind = REASON_NORMAL;
			r.value += 128; /* as a shell says it */
		}
	}
	return r;
}

struct reason
exits_reason(struct supd *d, uint32_t slot)
{
	const struct process *p = &d->state->process[slot];
	const struct process_end end = { .code = p->code, .status = p->status };

	if (p->exec_error)
		return (struct reason){ .kind = REASON_NOEXEC,
					.value = p->exec_error };
	return reason_of(d, slot, &end);
}

static void
count_exit(struct state *s, uint32_t slot, uint64_t written)
{
	const struct process *p = &s->process[slot];
	struct child *c = &s->child[slot_node(slot)];

	journal_save(s->journal, c, sizeof(*c));
	c->exits++;
	c->last_written = written;
	written_note(c, p->incarnation, written);
}

void
exits_forget(struct supd *d, uint32_t slot)
{
	struct state *s = d->state;
	struct process *p = &s->process[slot];
	uint32_t *of_pid = &s->slot_of_pid[p->tid];

	/* The pid may be another child's by now. */
	if (*of_pid == slot) {
		journal_save(s->journal, of_pid, sizeof(*of_pid));
		*of_pid = NO_NODE;
	}
	journal_save(s->journal, p, sizeof(*p));
	mail_forget(s, slot);
	p->tid = 0;
	p->exited = 0;
	p->exec_error = 0;
	p->phase = PROCESS_EMPTY;
}

/* The process and all it had are gone. */
static void
tell_core(struct supd *d, uint32_t slot)
{
	struct state *s = d->state;
	struct process *p = &s->process[slot];
	struct event e = { .type = ON_EXIT, .node = slot_node(slot) };

	e.reason = exits_reason(d, slot);
	watches_process_done(d, slot);
	journal_begin(s->journal);
	/* One that has not executed has written nothing of the child's. */
	if (!p->exec_error)
		count_exit(s, slot, p->written);
	exits_forget(d, slot);
	tree_step(d->tree, &e, clock_ms());
	journal_commit(s->journal);
	supd_work(d);
}

static void
end_process(struct supd *d, uint32_t slot)
{
	if (slot_is_standby(d->state, slot))
		standby_ended(d, slot);
	else
		tell_core(d, slot);
}

/* What a crash leaves is killed at once, and what a standby leaves; what a stop
   leaves has the rest of the grace: the core's DO_KILL ends it. */
static bool
is_gone(struct supd *d, uint32_t slot)
{
	const struct node *node = tree_node(d->tree, slot_node(slot));
	bool is_primary = !slot_is_standby(d->state, slot);
	int r;

	if (node && is_primary && standby_is_there(d, slot_node(slot)))
		return false;
	if (!node || !process_has_remains(d->state, slot, node->id))
		return true;
	if (is_primary && node->state == STOPPING && !node->killed)
		return false;
	r = process_kill_remains(d->state, slot, node->id);
	if (r < 0)
		log_err("child=%s: cannot kill what it left: %s", node->id,
			strerror(-r));
	return !process_has_remains(d->state, slot, node->id);
}

static void
fence(struct supd *d, uint32_t n)
{
	d->fences[d->fence_count++] = n;
}

/* The record of one whose exit was told already. */
static void
end_replaced(struct supd *d, uint32_t slot)
{
	exits_bury(d, slot);
	standby_look(d, slot_node(slot));
}

/* What a dead process has said before it died.  To have listened before its
   death was seen is not enough. */
static void
hear_last_words(struct supd *d, uint32_t slot)
{
	const struct process *p = &d->state->process[slot];

	notify_take(d);
	if (p->ready_fd >= 0)
		notify_read_ready_fd(d, slot);
	if (p->mail.fd >= 0)
		mail_hear(d, slot);
}

static void
settle(struct supd *d, uint32_t slot)
{
	const struct process *p = &d->state->process[slot];

	if (p->phase == PROCESS_REPLACED) {
		end_replaced(d, slot);
		return;
	}
	if (!slot_is_standby(d->state, slot))
		hear_last_words(d, slot);
	if (supd_is_idle(d) && is_gone(d, slot))
		end_process(d, slot);
	else
		fence(d, slot);
}

static void
recheck_fences(struct supd *d)
{
	for (size_t i = 0; i < d->fence_count && supd_is_idle(d);) {
		uint32_t n = d->fences[i];

		if (!is_gone(d, n)) {
			i++;
			continue;
		}
		d->fences[i] = d->fences[--d->fence_count];
		end_process(d, n);
		if (supd_turn_is_over(d))
			return;
	}
}

bool
exits_open(struct supd *d)
{
	void *room = mmap(NULL, SLOTS_MAX * sizeof(*d->fences),
			  PROT_READ | PROT_WRITE,
			  MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	d->fences = room == MAP_FAILED ? NULL : room;
	return d->fences != NULL;
}

/* The fences twice: a stop waits for the standby's end as well.  Not between
   two parts of the same lot, which may be a large one. */
void
exits_take(struct supd *d)
{
	uint32_t slot;

	if (!d->exits_wait)
		recheck_fences(d);
	d->exits_wait = false;
	while (supd_is_idle(d) &&
	       (slot = exit_ring_take(d->state)) != NO_NODE) {
		settle(d, slot);
		d->exits_wait = supd_turn_is_over(d);
		if (d->exits_wait)
			return;
	}
	recheck_fences(d);
}

void
exits_recover(struct supd *d)
{
	struct state *s = d->state;

	for (uint32_t n = ROOT; (n = state_next_slot(s, n)) < SLOTS_MAX; n++) {
		const struct process *p = &s->process[n];

		if (p->phase == PROCESS_DEAD)
			fence(d, n);
		else if (p->phase == PROCESS_REPLACED && p->exited)
			end_replaced(d, n);
	}
}

void
exits_hurry(struct supd *d, uint32_t n)
{
	const struct node *node = tree_node(d->tree, n);
	uint32_t slot = slot_of_primary(d->state, n);

	if (node && d->state->process[slot].phase == PROCESS_DEAD)
		process_kill_remains(d->state, slot, node->id);
}

/* The phase alone is saved: the keeper is about to write the rest. */
void
exits_early(struct supd *d, uint32_t n)
{
	struct state *s = d->state;
	const struct node *node = tree_node(d->tree, n);
	uint32_t slot = slot_of_primary(s, n);
	struct process *p = &s->process[slot];
	struct event e = { .type = ON_EXIT, .node = n };
	struct process_end end;

	if (!supd_is_idle(d) || node->state != RUNNING || !node->has_process ||
	    p->phase != PROCESS_ALIVE ||
	    !process_is_ending(s, slot, node->id, &end))
		return;
	hear_last_words(d, slot);
	if (!supd_is_idle(d))
		return;
	e.reason = reason_of(d, slot, &end);
	journal_begin(s->journal);
	journal_save(s->journal, &p->phase, sizeof(p->phase));
	p->phase = PROCESS_REPLACED;
	count_exit(s, slot, end.written);
	tree_step(d->tree, &e, clock_ms());
	journal_commit(s->journal);
	supd_work(d);
}

/* To sleep again in between would take longer than the record; where many die,
   there is enough to do. */
void
exits_await(struct supd *d, uint32_t slot)
{
	const struct process *p = &d->state->process[slot];
	struct pollfd wake = { .fd = d->state->fds[FD_WAKE], .events = POLLIN };
	uint32_t n = slot_node(slot);

	if (supd_turn_is_over(d))
		return;
	if (!slot_is_standby(d->state, slot) && standby_pid(d, n))
		exits_early(d, n);
	if (p->phase == PROCESS_REPLACED)
		return;
	poll(&wake, 1, RECORD_MS);
	exits_take(d);
}

/* The keeper lives as long as we do, and it is about to reap: this wait is a
   few dozen microseconds, and seconds where much memory is freed, in which we
   are not to be held to hang.  Its wake-up is given back, since it may have been
   for others too; the ring's entry is passed over as no news. */
void
exits_bury(struct supd *d, uint32_t slot)
{
	struct state *s = d->state;
	struct process *p = &s->process[slot];
	struct pollfd wake = { .fd = s->fds[FD_WAKE], .events = POLLIN };
	uint64_t count;

	if (!p->tid) {
		p->phase = PROCESS_EMPTY;
		p->exec_error = 0;
		s->spawning = NO_NODE;
		return;
	}
	while (!__atomic_load_n(&p->exited, __ATOMIC_ACQUIRE)) {
		loop_alive(d->loop);
		if (poll(&wake, 1, ALIVE_MS) == 1 &&
		    read(wake.fd, &count, sizeof(count)) < 0 && errno != EAGAIN)
			log_err("eventfd: %s", strerror(errno));
	}
	count = 1;
	if (write(wake.fd, &count, sizeof(count)) < 0)
		log_err("eventfd: %s", strerror(errno));
	watches_process_done(d, slot);
	journal_begin(s->journal);
	exits_forget(d, slot);
	journal_commit(s->journal);
}
