/* SPDX-License-Identifier: MIT */
/*
 * process.c - signals to a child and to everything that it has left.
 */
#include "process.h"

#include <errno.h>
#include <signal.h>
#include <sys/pidfd.h>

#include "descendants.h"
#include "procfs.h"
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
signal_others(struct state *s, uint32_t slot, const char *id, int sig)
{
	char name[CGROUP_NAME_SIZE];
	int r = -ENOENT;

	cgroup_name(slot, id, name);
	if (sig == SIGKILL)
		s->process[slot].cgroup_killed = 1;
	if (s->fds[FD_CGROUP] >= 0)
		r = sig == SIGKILL ?
			    cgroup_kill(s, name) :
			    cgroup_signal(s, name, sig, s->process[slot].tid);
	return r == -ENOENT ? descendants_signal(s, slot, id, sig) : r;
}

/* What is to end in order is told first, lest it sees its children end and
   goes on; what is killed is killed last, lest they are orphans by then. */
static int
signal_all(struct state *s, uint32_t slot, const char *id, int sig)
{
	const struct process *p = &s->process[slot];
	int r, others;

	if (sig == SIGKILL) {
		others = signal_others(s, slot, id, sig);
		r = signal_main(p, sig);
	} else {
		r = signal_main(p, sig);
		others = signal_others(s, slot, id, sig);
	}
	return r < 0 ? r : others;
}

static int
signal_by_mode(struct state *s, uint32_t slot, const char *id, int sig)
{
	const struct process *p = &s->process[slot];
	int r = 0;

	switch ((enum kill_mode)p->kill_mode) {
	case KILL_PROCESS:
		r = signal_main(p, sig);
		break;
	case KILL_GROUP:
		r = signal_group(p, sig);
		break;
	case KILL_ALL:
		r = signal_all(s, slot, id, sig);
		break;
	}
	return r;
}

int
process_signal(struct state *s, uint32_t slot, const char *id, int sig)
{
	const struct process *p = &s->process[slot];
	int r;

	if (!p->tid)
		return 0;
	r = signal_by_mode(s, slot, id, sig);
	if (r == 0 && sig == p->stop_signal && sig != SIGKILL)
		r = signal_by_mode(s, slot, id, SIGCONT);
	return r;
}

bool
process_has_remains(struct state *s, uint32_t slot, const char *id)
{
	const struct process *p = &s->process[slot];
	char name[CGROUP_NAME_SIZE];
	int r = -ENOENT;

	if (!p->tid || p->kill_mode == KILL_PROCESS)
		return false;
	if (p->kill_mode == KILL_GROUP)
		return (kill(-p->tid, 0) == 0 || errno != ESRCH) &&
		       descendants_remain(s, slot, id);
	if (s->fds[FD_CGROUP] >= 0)
		r = cgroup_is_populated(s, cgroup_name(slot, id, name));
	return r >= 0 ? r > 0 : descendants_remain(s, slot, id);
}

int
process_kill_remains(struct state *s, uint32_t slot, const char *id)
{
	const struct process *p = &s->process[slot];
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
		r = signal_others(s, slot, id, SIGKILL);
		break;
	}
	return r;
}

static bool
is_alone(struct state *s, uint32_t slot, const char *id)
{
	const struct process *p = &s->process[slot];
	char name[CGROUP_NAME_SIZE];

	if (p->kill_mode == KILL_PROCESS)
		return true;
	if (p->kill_mode == KILL_GROUP)
		return false;
	return s->fds[FD_CGROUP] >= 0 &&
	       cgroup_has_only(s, cgroup_name(slot, id, name), p->tid);
}

/* Its last thread is past all system calls, so its counters are final.  It is
   the keeper's until it is recorded: the pid is its own.  A code of 0 may be
   one that is not yet set, or that we may not see. */
bool
process_is_ending(struct state *s, uint32_t slot, const char *id,
		  struct process_end *ret)
{
	const struct process *p = &s->process[slot];
	struct proc_stat stat;
	int sig;

	if (!p->tid || proc_stat(p->tid, &stat) < 0 || !stat.is_exiting ||
	    !stat.code || stat.threads != 1 || !is_alone(s, slot, id))
		return false;
	sig = (int)(stat.code & 0x7f);
	ret->code = !sig             ? CLD_EXITED :
		    stat.code & 0x80 ? CLD_DUMPED :
				       CLD_KILLED;
	ret->status = sig ? sig : (int)(stat.code >> 8 & 0xff);
	ret->written = proc_written(p->tid);
	return ret->written != UINT64_MAX &&
	       !__atomic_load_n(&p->exited, __ATOMIC_ACQUIRE);
}
