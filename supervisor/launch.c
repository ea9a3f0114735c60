/* SPDX-License-Identifier: MIT */
/*
 * launch.c - DO_START: from a child's text to a running process.
 *
 * The process table is the memory of it: whoever finds a DO_START that is not
 * answered looks there first.  A tid means that the clone has happened.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "core/journal.h"
#include "core/reason.h"
#include "environment.h"
#include "events.h"
#include "exits.h"
#include "gate.h"
#include "launch.h"
#include "log.h"
#include "mail.h"
#include "outputs.h"
#include "os/process.h"
#include "os/spawn.h"
#include "settings.h"
#include "shell.h"
#include "spec.h"
#include "standby.h"
#include "standby_lock.h"
#include "watchdog.h"

#define LAUNCH_FDS 5

static char gate_name[] = GATE_NAME;

/* What one launch holds open until the process is made. */
struct launch {
	struct spawn how;
	struct spawn_fd fds[LAUNCH_FDS]; /* beside 0, 1 and 2 */
	char path[4096];
	char *gate[SPEC_ARGS_MAX + 3];
	struct outputs outputs;
	int ready, standby, mail; /* to close again; -1: none */
};

/* One more descriptor for the child. */
static void
give(struct launch *l, int from, int to)
{
	l->fds[l->how.fd_count++] = (struct spawn_fd){ .from = from, .to = to };
	l->how.fds = l->fds;
}

/* A socketpair, not a pipe: what has come can be looked at without taking it,
   so a supervisor that dies over it loses nothing. */
static int
prepare_ready_fd(struct launch *l, const struct spec *spec, struct process *p)
{
	int pair[2];

	if (spec->ready != READY_FD)
		return 0;
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) < 0)
		return -errno;
	p->ready_fd = pair[0];
	l->ready = pair[1];
	give(l, pair[1], spec->ready_fd);
	return 0;
}

/*
 * Measured on Linux 6.18: whoever is cloned into a cgroup that cgroup.kill was
 * once written to is killed at birth (the kernel compares the count of kills
 * of the parent's cgroup with the target's); so such a one is made anew.
 */
static int
fresh_cgroup(struct state *s, uint32_t slot, const char *id)
{
	struct process *p = &s->process[slot];
	char name[CGROUP_NAME_SIZE];

	cgroup_name(slot, id, name);
	if (p->cgroup_killed)
		cgroup_remove(s, name);
	p->cgroup_killed = 0;
	return cgroup_child(s, name);
}

/* What a child with standbys has beside. */
static int
prepare_standby(struct supd *d, uint32_t slot, const struct spec *spec,
		struct launch *l)
{
	struct process *p = &d->state->process[slot];
	uint32_t n = slot_node(slot);
	int pair[2];
	int r;

	if (spec->standby == STANDBY_HOT) {
		r = standby_lock_make(&d->state->child[n]);
		if (r < 0)
			return r;
		give(l, d->state->child[n].lock_fd, standby_lock_number(spec));
	}
	if (!slot_is_standby(d->state, slot))
		return 0;
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) < 0)
		return -errno;
	p->standby_fd = pair[0];
	l->standby = pair[1];
	give(l, pair[1], standby_number(spec));
	return 0;
}

static int
prepare_mailbox(struct supd *d, uint32_t slot, const struct spec *spec,
		struct launch *l)
{
	int r = mail_open(d->state, slot, spec, &l->mail);

	if (l->mail >= 0)
		give(l, l->mail, mail_number(spec));
	return r;
}

/* The program itself; of a gate, the gate in front of it. */
static void
set_program(struct launch *l, const struct spec *spec, bool is_gate)
{
	l->how.path = l->path;
	l->how.argv = spec->argv;
	if (!is_gate)
		return;
	l->gate[0] = gate_name;
	l->gate[1] = l->path;
	memcpy(&l->gate[2], spec->argv, (spec->argc + 1) * sizeof(char *));
	l->how.path = "/proc/self/exe";
	l->how.argv = l->gate;
}

static int
prepare(struct supd *d, uint32_t slot, const struct spec *spec,
	struct launch *l, enum spawn_stage *stage)
{
	const struct node *node = tree_node(d->tree, slot_node(slot));
	const struct child *c = &d->state->child[slot_node(slot)];
	struct process *p = &d->state->process[slot];
	bool is_standby = slot_is_standby(d->state, slot);
	int r;

	p->stop_signal = spec->stop_signal;
	p->kill_mode = spec->kill_mode;
	p->grace = node->shutdown;
	p->incarnation = is_standby ? 0 : (uint32_t)c->incarnation + 1;
	p->ready_fd = p->standby_fd = p->mail.fd = -1;
	p->retired = 0;
	p->exit_reason[0] = '\0';
	l->outputs.opened[0] = l->outputs.opened[1] = -1;
	l->ready = l->standby = l->mail = -1;
	l->how = (struct spawn){
		.in = FD_NULL,
		.directory = spec->directory,
		.umask = spec->umask,
		.cgroup = -1,
		.nofile_soft = d->state->nofile_soft,
		.nofile_hard = d->state->nofile_hard,
	};
	r = watchdog_prepare(p, spec);
	if (r < 0)
		return r;
	if (p->beat_fd >= 0)
		give(l, p->beat_fd, watchdog_number(spec));
	r = prepare_ready_fd(l, spec, p);
	if (r < 0)
		return r;
	r = prepare_standby(d, slot, spec, l);
	if (r < 0)
		return r;
	r = prepare_mailbox(d, slot, spec, l);
	if (r < 0)
		return r;
	r = outputs_open(&l->outputs, spec);
	if (r < 0)
		return r;
	l->how.out = l->outputs.out;
	l->how.err = l->outputs.err;
	l->how.envp = environment_build(d, slot, spec);
	if (!l->how.envp)
		return -ENOMEM;
	if (spec->watchdog)
		l->how.pid_at = environment_get(l->how.envp, "WATCHDOG_PID");
	*stage = SPAWN_EXEC;
	r = spawn_find(spec->argv[0], environment_get(l->how.envp, "PATH"),
		       l->path, sizeof(l->path));
	if (r < 0)
		return r;
	set_program(l, spec, is_standby && spec->standby == STANDBY_GATE);
	if (d->state->fds[FD_CGROUP] >= 0)
		l->how.cgroup = fresh_cgroup(d->state, slot, node->id);
	return 0;
}

static void
close_if_open(int fd)
{
	if (fd >= 0)
		close(fd);
}

static void
release(struct launch *l)
{
	outputs_close(&l->outputs);
	close_if_open(l->ready);
	close_if_open(l->standby);
	close_if_open(l->mail);
	close_if_open(l->how.cgroup);
}

static int
make_process(struct supd *d, uint32_t slot, const struct spec *spec,
	     enum spawn_stage *stage)
{
	struct process *p = &d->state->process[slot];
	struct launch l;
	int r;

	*stage = SPAWN_FDS;
	r = prepare(d, slot, spec, &l, stage);
	if (r == 0)
		r = spawn_start(d->state, slot, &l.how, stage);
	release(&l);
	if (r == 0)
		return 0;
	exits_bury(d, slot);
	state_close_fd(&p->ready_fd);
	state_close_fd(&p->standby_fd);
	state_close_fd(&p->mail.fd);
	watchdog_end(p);
	return r;
}

/* A predecessor's, which died before it could answer for it. */
static int
finish_process(struct supd *d, uint32_t slot, enum spawn_stage *stage)
{
	int r = spawn_finish(d->state, slot, stage);

	if (r < 0)
		exits_bury(d, slot);
	return r;
}

static void
started(struct supd *d, uint32_t n, const struct spec *spec)
{
	struct state *s = d->state;
	struct process *p = process_of_primary(s, n);
	struct child *c = &s->child[n];

	p->started = clock_ms();
	journal_begin(s->journal);
	journal_save(s->journal, c, sizeof(*c));
	c->incarnation = p->incarnation;
	c->last_pid = p->tid;
	c->standby = spec->standby;
	journal_commit(s->journal);
}

/* Says which file could not be opened, entered or executed, since the reason
   has room for the errno alone. */
static void
explain(struct supd *d, uint32_t n, const struct spec *spec,
	enum spawn_stage stage, int error)
{
	char what[160];
	const char *file = stage == SPAWN_DIRECTORY ? spec->directory :
			   stage == SPAWN_FDS && spec->out_path ?
						      spec->out_path :
						      spec->argv[0];

	events_say(d, n, "event=noexec child=%s stage=%s file=%s error=\"%s\"",
		   tree_node(d->tree, n)->id, spawn_stage_name(stage),
		   log_escape(what, sizeof(what), file ? file : ""),
		   strerror(error));
}

/* A primary that is being replaced is about to be reaped; its slot is needed
   if there is nobody to promote any more. */
static int
start_primary(struct supd *d, uint32_t n, const struct spec *spec,
	      enum spawn_stage *stage)
{
	uint32_t slot = slot_of_primary(d->state, n);
	const struct process *p = &d->state->process[slot];
	bool is_vacant = !p->tid || p->phase == PROCESS_REPLACED;
	int r;

	*stage = SPAWN_EXEC;
	if (is_vacant && standby_promote(d, n, spec, &r))
		return r;
	if (p->phase == PROCESS_REPLACED)
		exits_bury(d, slot);
	if (!p->tid)
		return make_process(d, slot, spec, stage);
	if (p->standby_fd >= 0)
		return standby_tell(d, n, spec);
	return finish_process(d, slot, stage);
}

void
launch(struct supd *d, uint32_t n, struct event *answer)
{
	const struct spec *spec = spec_of(d, n);
	enum spawn_stage stage = SPAWN_CLONE;
	int r = spec ? start_primary(d, n, spec, &stage) : -ENOMEM;

	*answer = (struct event){ .type = ON_STARTED, .node = n };
	if (r == 0) {
		started(d, n, spec);
		return;
	}
	if (spec)
		explain(d, n, spec, stage, -r);
	answer->type = ON_START_FAILED;
	answer->reason = (struct reason){ .kind = REASON_NOEXEC, .value = -r };
}

int
launch_standby(struct supd *d, uint32_t n)
{
	const struct spec *spec = spec_of(d, n);
	uint32_t slot = slot_of_standby(d->state, n);
	enum spawn_stage stage;
	int r;

	if (!spec)
		return -ENOMEM;
	if (d->state->process[slot].tid)
		r = finish_process(d, slot, &stage);
	else
		r = make_process(d, slot, spec, &stage);
	if (r == 0)
		d->state->process[slot].started = clock_ms();
	return r;
}
