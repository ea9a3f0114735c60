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
 */
#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/journal.h"
#include "environment.h"
#include "exits.h"
#include "log.h"
#include "notify.h"
#include "os/exit_ring.h"
#include "os/process.h"
#include "shell.h"
#include "spec.h"
#include "watches.h"
#include "written.h"

static struct reason
reason_of(struct supd *d, uint32_t n)
{
	const struct process *p = &d->state->process[n];
	const struct spec *spec = spec_of(d, n);
	struct reason r = { .kind = REASON_EXIT, .value = p->status };
	uint32_t status = (uint32_t)p->status;

	if (p->exec_error) {
		r.kind = REASON_NOEXEC;
		r.value = p->exec_error;
	} else if (p->code == CLD_EXITED) {
		if (spec && spec->ok_codes[status / 32 % 8] >> status % 32 & 1)
			r.kind = REASON_NORMAL;
	} else {
		r.kind = REASON_SIGNAL;
		r.dumped = p->code == CLD_DUMPED;
		if (spec && spec->ok_signals >> (status - 1) % 64 & 1) {
			r.kind = REASON_NORMAL;
			r.value += 128; /* as a shell says it */
		}
	}
	return r;
}

/* The process and all it had are gone. */
static void
forget_process(struct state *s, uint32_t n)
{
	struct process *p = &s->process[n];
	struct child *c = &s->child[n];
	uint32_t *of_pid = &s->node_of_pid[p->tid];

	/* One that has not executed has written nothing of the child's. */
	if (!p->exec_error) {
		journal_save(s->journal, c, sizeof(*c));
		c->exits++;
		c->last_written = p->written;
		written_note(c, p->incarnation, p->written);
	}
	/* The pid may be another child's by now. */
	if (*of_pid == n) {
		journal_save(s->journal, of_pid, sizeof(*of_pid));
		*of_pid = NO_NODE;
	}
	journal_save(s->journal, p, sizeof(*p));
	p->tid = 0;
	p->exited = 0;
	p->exec_error = 0;
	p->phase = PROCESS_EMPTY;
}

static void
tell_core(struct supd *d, uint32_t n)
{
	struct state *s = d->state;
	struct event e = { .type = ON_EXIT, .node = n };

	e.reason = reason_of(d, n);
	watches_process_done(d, n);
	journal_begin(s->journal);
	forget_process(s, n);
	tree_step(d->tree, &e, clock_ms());
	journal_commit(s->journal);
	supd_work(d);
}

/* What a crash leaves is killed at once; what a stop leaves has the rest of
   the grace: the core's DO_KILL ends it. */
static bool
is_gone(struct supd *d, uint32_t n)
{
	const struct node *node = tree_node(d->tree, n);
	int r;

	if (!node || !process_has_remains(d->state, n, node->id))
		return true;
	if (node->state == STOPPING && !node->killed)
		return false;
	r = process_kill_remains(d->state, n, node->id);
	if (r < 0)
		log_err("child=%s: cannot kill what it left: %s", node->id,
			strerror(-r));
	return !process_has_remains(d->state, n, node->id);
}

static void
fence(struct supd *d, uint32_t n)
{
	d->fences[d->fence_count++] = n;
}

static void
settle(struct supd *d, uint32_t n)
{
	if (d->state->process[n].ready_fd >= 0)
		notify_read_ready_fd(d, n);
	if (is_gone(d, n))
		tell_core(d, n);
	else
		fence(d, n);
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
		tell_core(d, n);
	}
}

bool
exits_open(struct supd *d)
{
	void *room = mmap(NULL, NODES_MAX * sizeof(*d->fences),
			  PROT_READ | PROT_WRITE,
			  MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	d->fences = room == MAP_FAILED ? NULL : room;
	return d->fences != NULL;
}

void
exits_take(struct supd *d)
{
	uint32_t n;

	notify_take(d);
	recheck_fences(d);
	while (supd_is_idle(d) && (n = exit_ring_take(d->state)) != NO_NODE)
		settle(d, n);
}

void
exits_recover(struct supd *d)
{
	uint32_t end = tree_end(d->tree);

	for (uint32_t n = ROOT; n < end; n++)
		if (d->state->process[n].phase == PROCESS_DEAD)
			fence(d, n);
}

void
exits_hurry(struct supd *d, uint32_t n)
{
	const struct node *node = tree_node(d->tree, n);

	if (node && d->state->process[n].phase == PROCESS_DEAD)
		process_kill_remains(d->state, n, node->id);
}

/* The keeper lives as long as we do, and it is about to reap: this wait is a
   few dozen microseconds.  Its wake-up is given back, since it may have been
   for others too; the ring's entry is passed over as no news. */
void
exits_bury_unborn(struct supd *d, uint32_t n)
{
	struct state *s = d->state;
	struct process *p = &s->process[n];
	struct pollfd wake = { .fd = s->fds[FD_WAKE], .events = POLLIN };
	uint64_t count;

	if (!p->tid) {
		p->phase = PROCESS_EMPTY;
		p->exec_error = 0;
		s->spawning = NO_NODE;
		return;
	}
	while (!__atomic_load_n(&p->exited, __ATOMIC_ACQUIRE)) {
		if (poll(&wake, 1, -1) == 1 &&
		    read(wake.fd, &count, sizeof(count)) < 0 && errno != EAGAIN)
			log_err("eventfd: %s", strerror(errno));
	}
	count = 1;
	if (write(wake.fd, &count, sizeof(count)) < 0)
		log_err("eventfd: %s", strerror(errno));
	watches_process_done(d, n);
	journal_begin(s->journal);
	forget_process(s, n);
	journal_commit(s->journal);
}
