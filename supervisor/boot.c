/* SPDX-License-Identifier: MIT */
/*
 * boot.c - a supervisor's beginning.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <sysexits.h>
#include <syslog.h>
#include <unistd.h>

#include "boot.h"
#include "config.h"
#include "control.h"
#include "core/heap.h"
#include "core/journal.h"
#include "events.h"
#include "exits.h"
#include "instance.h"
#include "linking.h"
#include "log.h"
#include "loop.h"
#include "notify.h"
#include "os/process.h"
#include "os/spawn.h"
#include "settings.h"
#include "shell.h"
#include "watchdog.h"
#include "watches.h"

/* As a compiler says it, so that editors find the place. */
void
boot_say_error(void *arg, const char *line)
{
	(void)arg;
	fprintf(stderr, "%s\n", line);
}

/* Command line before configuration. */
static int
start_log(struct supd *d, const struct options *o)
{
	int level = o->log_level >= 0 ? o->log_level : d->settings->log_level;
	int fd, r = log_open(d->settings->log, level, &fd);

	if (r == 0 && fd >= 0) {
		r = state_keep_fd(d->state, FD_LOG, fd);
		log_fd(d->state->fds[FD_LOG]);
	}
	return r;
}

static int
read_settings(struct supd *d, const char *text)
{
	d->settings = settings_parse(text);
	if (d->settings)
		return 0;
	log_err("out of memory");
	return EX_OSERR;
}

static int
refuse(const struct supd *d, const struct options *o, int pid)
{
	if (!o->ensure)
		log_err("%s is already running (pid %d): stop it with `supctl"
			" -c %s shutdown`, or give this one a name or"
			" state_dir of its own",
			d->settings->name, pid, o->config);
	return EX_RUNNING;
}

static int
refuse_file(const char *what, const char *path, int error)
{
	log_err("cannot create %s %s: %s", what, path, strerror(error));
	return error == EACCES || error == EPERM || error == EROFS ?
		       EX_NOPERM :
		       EX_CANTCREAT;
}

/* Nobody that we see runs on it. */
static int
refuse_dead(const struct supd *d, const char *file)
{
	log_err("%s: %s is locked, though the process whose number is in it is"
		" not here: it is dying, or in another container; `fuser -v %s`"
		" says who has it",
		d->settings->name, file, file);
	return EX_RUNNING;
}

/* One of the two files that say who runs. 0 or the exit status. */
static int
lock(struct supd *d, const struct options *o, enum state_fd which,
     const char *what, const char *file)
{
	int r = instance_lock(d->state, which, file, d->state->keeper);

	if (r > 0)
		return refuse(d, o, r);
	if (r == -EBUSY)
		return refuse_dead(d, file);
	return r < 0 ? refuse_file(what, file, -r) : 0;
}

static int
claim(struct supd *d, const struct options *o)
{
	const struct settings *c = d->settings;
	const char *pid_file = o->pid_file ? o->pid_file : c->pid_file;
	char file[4096];
	int r;

	r = make_directories(c->state_dir, 0755);
	if (r < 0)
		return refuse_file("state_dir", c->state_dir, -r);
	snprintf(file, sizeof(file), "%s/lock", c->state_dir);
	r = lock(d, o, FD_LOCK, "lock file", file);
	if (r != 0)
		return r;
	r = make_parents(c->socket, 0755);
	if (r < 0)
		return refuse_file("the directory of socket", c->socket, -r);
	if (!pid_file || !*pid_file)
		return 0;
	r = make_parents(pid_file, 0755);
	if (r < 0)
		return refuse_file("the directory of pid file", pid_file, -r);
	return lock(d, o, FD_PIDFILE, "pid file", pid_file);
}

/* The sockets, the log, the cgroups: made, or gone on with. */
static int
open_doors(struct supd *d, const struct options *o)
{
	char err[256];
	int r = start_log(d, o);

	if (r < 0)
		return refuse_file("log", d->settings->log, -r);
	r = notify_open(d);
	if (r < 0)
		return refuse_file("notify socket", notify_path(d), -r);
	r = control_open(d, err, sizeof(err));
	if (r < 0) {
		log_err("%s", err);
		return r == -EACCES || r == -EPERM ? EX_NOPERM : EX_CANTCREAT;
	}
	return 0;
}

static int
add_children(struct supd *d, const struct config *c, const char *parent,
	     uint32_t node)
{
	for (size_t i = 0; i < c->count; i++) {
		const struct config_node *child = &c->nodes[i];
		uint32_t n;
		int r;

		if (strcmp(child->parent, parent) != 0)
			continue;
		loop_alive(d->loop);
		r = supd_add(d, node, &child->spec, child->text, &n);
		if (r == RESULT_OK && child->spec.is_supervisor)
			r = add_children(d, c, child->spec.id, n);
		if (r == RESULT_OK)
			continue;
		if (r == RESULT_FULL)
			log_err("%s:%u: more than %u children", child->file,
				child->line, NODES_MAX - 2);
		return r;
	}
	return RESULT_OK;
}

static uint64_t
random_seed(void)
{
	uint64_t seed;

	if (getrandom(&seed, sizeof(seed), GRND_NONBLOCK) != sizeof(seed))
		seed = (uint64_t)clock_ms();
	return seed | 1;
}

/* Nothing is ours yet: a predecessor that died over its configuration leaves
   half a tree, which is thrown away. */
static void
wipe(struct state *s)
{
	journal_rollback(s->journal);
	heap_init(s->heap, s->heap->capacity);
	madvise(s->tree, (tree_size() + 4095) & ~(size_t)4095, MADV_REMOVE);
}

static int
plant(struct supd *d, const struct config *c)
{
	struct state *s = d->state;
	size_t size = strlen(c->text) + 1;
	uint64_t block;

	if (s->supervisors > 1)
		wipe(s);
	d->tree = tree_init(s->tree, &c->root, random_seed(), s->journal);
	journal_begin(s->journal);
	block = heap_alloc(s->heap, s->journal, size);
	if (block) {
		memcpy(heap_at(s->heap, block), c->text, size);
		s->settings = block;
	}
	journal_commit(s->journal);
	if (!block || add_children(d, c, "root", ROOT) != RESULT_OK)
		return EX_SOFTWARE;
	for (size_t i = 0; i < c->count; i++)
		if (*c->nodes[i].links)
			linking_apply(d,
				      tree_find(d->tree, c->nodes[i].spec.id));
	return 0;
}

/* `supd -d`: the terminal has seen what could go wrong at the start. */
static void
leave_terminal(void)
{
	dup2(FD_NULL, STDIN_FILENO);
	dup2(FD_NULL, STDOUT_FILENO);
	dup2(FD_NULL, STDERR_FILENO);
}

static int
boot_from(struct supd *d, const struct options *o, const struct config *c)
{
	struct state *s = d->state;
	int r = read_settings(d, c->text);

	if (r == 0)
		r = claim(d, o);
	if (r == 0)
		r = plant(d, c);
	if (r == 0)
		r = open_doors(d, o);
	if (r != 0)
		return r;
	if (s->fds[FD_CGROUP] < 0) {
		r = cgroup_open(s, d->settings->name);
		if (r < 0)
			log_debug("no cgroup2 of our own (%s): descendants are"
				  " found by walking /proc",
				  strerror(-r));
	}
	if (o->daemonise)
		leave_terminal();
	s->booted_at = clock_ms();
	journal_begin(s->journal);
	journal_save(s->journal, &s->booted, sizeof(s->booted));
	s->booted = 1;
	tree_step(d->tree, &(struct event){ .type = ON_BOOT }, clock_ms());
	journal_commit(s->journal);
	return 0;
}

int
boot_first(struct supd *d, const struct options *o)
{
	struct config_errors errors = { .say = boot_say_error };
	struct config *c;
	bool is_missing = false;
	int r;

	c = config_load(o->config, &errors, &is_missing);
	if (!c) {
		if (!is_missing)
			log_err("%s: %u error%s: nothing was started",
				o->config, errors.count,
				errors.count == 1 ? "" : "s");
		return is_missing ? EX_NOINPUT : EX_CONFIG;
	}
	r = boot_from(d, o, c);
	config_free(c);
	return r;
}

int
boot_again(struct supd *d, const struct options *o)
{
	struct state *s = d->state;
	bool was_busy = journal_rollback(s->journal);
	uint32_t end;
	int r;

	spawn_adopt(s);
	d->tree = tree_attach(s->tree, s->journal);
	r = read_settings(d, heap_at(s->heap, s->settings));
	if (r == 0)
		r = open_doors(d, o);
	if (r != 0)
		return r;
	end = tree_end(d->tree);
	for (uint32_t n = ROOT; n < end; n++) {
		const struct node *node = tree_node(d->tree, n);

		if (!node)
			continue;
		/* Not the one that has just been cloned and is not yet
		   answered for: launch() finds it. */
		if (process_of_primary(s, n)->tid)
			watches_process(d, slot_of_primary(s, n));
		watchdog_resume(d, n);
		if (node->deadline)
			watches_deadline(d, n);
	}
	exits_recover(d);
	events_say(d, NO_NODE, "event=takeover supervisor_pid=%d number=%u%s",
		   getpid(), s->supervisors, was_busy ? " undone=1" : "");
	return 0;
}
