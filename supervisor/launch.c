/* SPDX-License-Identifier: MIT */
/*
 * launch.c - DO_START: from a child's text to a running process.
 *
 * The process table is the memory of it: whoever finds a DO_START that is not
 * answered looks there first.  A tid means that the clone has happened.
 */
#include <errno.h>
#include <fcntl.h>
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
#include "instance.h"
#include "launch.h"
#include "log.h"
#include "os/process.h"
#include "os/spawn.h"
#include "settings.h"
#include "shell.h"
#include "spec.h"
#include "watchdog.h"

#define LAUNCH_FDS 4

/* What one launch holds open until the process is made. */
struct launch {
	struct spawn how;
	struct spawn_fd fds[LAUNCH_FDS]; /* beside 0, 1 and 2 */
	char path[4096];
	int out, err, ready; /* to close again; -1: none */
};

/* A FIFO without a reader must not hold us up; the child gets it blocking. */
static int
open_output(const char *path)
{
	const int flags = O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOCTTY |
			  O_NONBLOCK;
	int fd = open(path, flags, 0640);

	if (fd < 0 && errno == ENOENT && make_parents(path, 0755) == 0)
		fd = open(path, flags, 0640);
	if (fd < 0)
		return -errno;
	fcntl(fd, F_SETFL, O_APPEND);
	return fd;
}

static int
prepare_output(enum output_kind kind, const char *path, int inherited,
	       int *opened, int *ret)
{
	switch (kind) {
	case OUTPUT_INHERIT:
		*ret = inherited;
		break;
	case OUTPUT_NULL:
		*ret = FD_NULL;
		break;
	case OUTPUT_SAME: /* stderr = same: decided by the caller */
		break;
	case OUTPUT_FILE:
		*opened = open_output(path);
		if (*opened < 0)
			return *opened;
		*ret = *opened;
		break;
	}
	return 0;
}

static int
prepare_outputs(struct launch *l, const struct spec *spec)
{
	int r = prepare_output(spec->out, spec->out_path, STDOUT_FILENO,
			       &l->out, &l->how.out);

	if (r < 0)
		return r;
	l->how.err = l->how.out;
	return prepare_output(spec->err, spec->err_path, STDERR_FILENO, &l->err,
			      &l->how.err);
}

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

	p->ready_fd = -1;
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
fresh_cgroup(struct state *s, struct process *p, const char *id)
{
	if (p->cgroup_killed)
		cgroup_remove(s, id);
	p->cgroup_killed = 0;
	return cgroup_child(s, id);
}

static int
prepare(struct supd *d, uint32_t n, const struct spec *spec, struct launch *l,
	enum spawn_stage *stage)
{
	const struct node *node = tree_node(d->tree, n);
	struct process *p = &d->state->process[n];
	int r;

	p->stop_signal = spec->stop_signal;
	p->kill_mode = spec->kill_mode;
	p->grace = node->shutdown;
	p->incarnation = (uint32_t)d->state->child[n].incarnation + 1;
	l->out = l->err = l->ready = -1;
	l->how = (struct spawn){
		.argv = spec->argv,
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
	r = prepare_outputs(l, spec);
	if (r < 0)
		return r;
	l->how.envp = environment_build(d, n, spec);
	if (!l->how.envp)
		return -ENOMEM;
	if (spec->watchdog)
		l->how.pid_at = environment_get(l->how.envp, "WATCHDOG_PID");
	*stage = SPAWN_EXEC;
	r = spawn_find(spec->argv[0], environment_get(l->how.envp, "PATH"),
		       l->path, sizeof(l->path));
	if (r < 0)
		return r;
	l->how.path = l->path;
	if (d->state->fds[FD_CGROUP] >= 0)
		l->how.cgroup = fresh_cgroup(d->state, p, node->id);
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
	close_if_open(l->out);
	close_if_open(l->err);
	close_if_open(l->ready);
	close_if_open(l->how.cgroup);
}

static int
make_process(struct supd *d, uint32_t n, const struct spec *spec,
	     enum spawn_stage *stage)
{
	struct process *p = &d->state->process[n];
	struct launch l;
	int r;

	*stage = SPAWN_FDS;
	r = prepare(d, n, spec, &l, stage);
	if (r == 0)
		r = spawn_start(d->state, n, &l.how, stage);
	release(&l);
	if (r == 0)
		return 0;
	exits_bury_unborn(d, n);
	close_if_open(p->ready_fd);
	p->ready_fd = -1;
	watchdog_end(p);
	return r;
}

/* A predecessor's, which died before it could answer for it. */
static int
finish_process(struct supd *d, uint32_t n, enum spawn_stage *stage)
{
	int r = spawn_finish(d->state, n, stage);

	if (r < 0)
		exits_bury_unborn(d, n);
	return r;
}

static void
started(struct supd *d, uint32_t n)
{
	struct state *s = d->state;
	struct process *p = &s->process[n];
	struct child *c = &s->child[n];

	p->started = clock_ms();
	journal_begin(s->journal);
	journal_save(s->journal, c, sizeof(*c));
	c->incarnation = p->incarnation;
	c->last_pid = p->tid;
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

void
launch(struct supd *d, uint32_t n, struct event *answer)
{
	const struct spec *spec = spec_of(d, n);
	struct process *p = &d->state->process[n];
	enum spawn_stage stage = SPAWN_CLONE;
	int r = 0;

	*answer = (struct event){ .type = ON_STARTED, .node = n };
	if (!spec)
		r = -ENOMEM;
	else if (!p->tid)
		r = make_process(d, n, spec, &stage);
	else
		r = finish_process(d, n, &stage);
	if (r == 0) {
		started(d, n);
		return;
	}
	if (spec)
		explain(d, n, spec, stage, -r);
	answer->type = ON_START_FAILED;
	answer->reason = (struct reason){ .kind = REASON_NOEXEC, .value = -r };
}
