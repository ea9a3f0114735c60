/* SPDX-License-Identifier: MIT */
/*
 * process.c - signals to a child and to everything that it has left.
 */
#include "process.h"

#include <errno.h>
#include <signal.h>
#include <sys/pidfd.h>

#include "descendants.h"
#include "state.h"

static int
signal_main(const struct process *p, int sig)
{
	if (p->phase == PROCESS_DEAD || p->pidfd < 0)
		return 0;
	if (pidfd_send_signal(p->pidfd, sig, NULL, 0) < 0)
		return errno == ESRCH ? 0 : -errno;
	return 0;
}

/* Its number stays taken as long as there is anybody in the group. */
static int
signal_group(const struct process *p, int sig)
{
	return kill(-p->tid, sig) < 0 && errno != ESRCH ? -errno : 0;
}

/* All but the main process; but whoever is in its cgroup is killed at once. */
static int
signal_others(struct state *s, uint32_t node, const char *id, int sig)
{
	int r = -ENOENT;

	if (sig == SIGKILL)
		s->process[node].cgroup_killed = 1;
	if (s->fds[FD_CGROUP] >= 0)
		r = sig == SIGKILL ?
			    cgroup_kill(s, id) :
			    cgroup_signal(s, id, sig, s->process[node].tid);
	return r == -ENOENT ? descendants_signal(s, node, id, sig) : r;
}

/* What is to end in order is told first, lest it sees its children end and
   goes on; what is killed is killed last, lest they are orphans by then. */
static int
signal_all(struct state *s, uint32_t node, const char *id, int sig)
{
	const struct process *p = &s->process[node];
	int r, others;

	if (sig == SIGKILL) {
		others = signal_others(s, node, id, sig);
		r = signal_main(p, sig);
	} else {
		r = signal_main(p, sig);
		others = signal_others(s, node, id, sig);
	}
	return r < 0 ? r : others;
}

static int
signal_by_mode(struct state *s, uint32_t node, const char *id, int sig)
{
	const struct process *p = &s->process[node];
	int r = 0;

	switch ((enum kill_mode)p->kill_mode) {
	case KILL_PROCESS:
		r = signal_main(p, sig);
		break;
	case KILL_GROUP:
		r = signal_group(p, sig);
		break;
	case KILL_ALL:
		r = signal_all(s, node, id, sig);
		break;
	}
	return r;
}

int
process_signal(struct state *s, uint32_t node, const char *id, int sig)
{
	const struct process *p = &s->process[node];
	int r;

	if (!p->tid)
		return 0;
	r = signal_by_mode(s, node, id, sig);
	if (r == 0 && sig == p->stop_signal && sig != SIGKILL)
		r = signal_by_mode(s, node, id, SIGCONT);
	return r;
}

bool
process_has_remains(struct state *s, uint32_t node, const char *id)
{
	const struct process *p = &s->process[node];
	int r = -ENOENT;

	if (!p->tid || p->kill_mode == KILL_PROCESS)
		return false;
	if (p->kill_mode == KILL_GROUP)
		return (kill(-p->tid, 0) == 0 || errno != ESRCH) &&
		       descendants_remain(s, node, id);
	if (s->fds[FD_CGROUP] >= 0)
		r = cgroup_is_populated(s, id);
	return r >= 0 ? r > 0 : descendants_remain(s, node, id);
}

int
process_kill_remains(struct state *s, uint32_t node, const char *id)
{
	const struct process *p = &s->process[node];
	int r = 0;

	if (!p->tid)
		return 0;
	switch ((enum kill_mode)p->kill_mode) {
	case KILL_PROCESS:
		break;
	case KILL_GROUP:
		r = signal_group(p, SIGKILL);
		break;
	case KILL_ALL:
		r = signal_others(s, node, id, SIGKILL);
		break;
	}
	return r;
}
