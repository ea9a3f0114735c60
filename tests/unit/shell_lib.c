/* SPDX-License-Identifier: MIT */
/*
 * shell_lib.c - the supervisor's real parts around one child.
 */
#include "shell_lib.h"

#include <signal.h>
#include <syslog.h>

#include "exits.h"
#include "log.h"
#include "loop.h"
#include "os/cgroup.h"
#include "os/process.h"
#include "pair_lib.h"
#include "scene_lib.h"
#include "settings.h"
#include "standby.h"
#include "watches.h"

static const char settings[] = "name=shell\nstate_dir=/tmp\n"
			       "socket=/tmp/shell.sock\n";

struct supd shell;
uint32_t shell_child;
static const char *cgroup_of_ours;

static void
plant(const char *text)
{
	struct child_spec root = scene_supervisor("root");
	struct child_spec child = scene_worker("child");

	root.intensity = 9;
	root.period = 60000;
	child.shutdown = 5000;
	shell.tree =
		tree_init(shell.state->tree, &root, 1, shell.state->journal);
	supd_add(&shell, ROOT, &child, text, &shell_child);
}

/* Its turn is over: shell_settle() goes on. */
static void
more_work(void *unused)
{
	(void)unused;
}

void
shell_settle(void)
{
	while (!supd_is_idle(&shell)) {
		pair_rest(shell.state);
		supd_work(&shell);
	}
}

int
shell_begin(struct state *s, const char *text, const char *cgroup)
{
	const struct event boot = { .type = ON_BOOT };
	int fd;

	shell = (struct supd){ .state = s };
	shell_child = NO_NODE;
	cgroup_of_ours = cgroup;
	log_open("stderr", LOG_ERR, &fd);
	shell.settings = settings_parse(settings);
	shell.loop = loop_new(s->fds[FD_DEADMAN]);
	CHECK(shell.settings && shell.loop && watches_open(&shell) &&
	      exits_open(&shell));
	shell.more = loop_timer(shell.loop, more_work, NULL);
	CHECK(shell.more);
	CHECK(!cgroup || cgroup_open(s, cgroup) == 0);
	plant(text);
	CHECK(shell_child != NO_NODE);
	tree_step(shell.tree, &boot, clock_ms());
	shell_settle();
	standby_recover(&shell);
	return 0;
}

static bool
is_rid_of(uint32_t slot)
{
	struct state *s = shell.state;
	const struct process *p = &s->process[slot];

	pair_rest(s);
	if (!p->tid)
		return true;
	process_signal(s, slot, "child", SIGKILL);
	process_kill_remains(s, slot, "child");
	return p->exited && !process_has_remains(s, slot, "child");
}

void
shell_end(void)
{
	int64_t until = clock_ms() + PATIENCE_MS;

	if (shell_child == NO_NODE)
		return;
	while ((!is_rid_of(shell_child) ||
		!is_rid_of(shell_child + NODES_MAX)) &&
	       clock_ms() < until)
		pair_pause();
	if (cgroup_of_ours)
		cgroup_close(shell.state, cgroup_of_ours);
}

uint64_t
shell_exits(void)
{
	pair_rest(shell.state);
	exits_take(&shell);
	shell_settle();
	return shell.state->child[shell_child].exits;
}

struct process *
shell_primary(void)
{
	return process_of_primary(shell.state, shell_child);
}

struct process *
shell_standby(void)
{
	return process_of_standby(shell.state, shell_child);
}
