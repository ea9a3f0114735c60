/* SPDX-License-Identifier: MIT */
/*
 * deaths.c - record, then reap, then publish.
 *
 * The record is made while the process is a zombie: until `exited` is 1 its pid
 * is not used again, and its counters in /proc are there.  It is published
 * behind the reaping: when a supervisor learns of a death the process is out
 * of its group and session and of the keeper's children, so that whatever is
 * found there is a remainder.  The keeper's own death ends everything, so it
 * need not be able to repeat any of this.
 */
#include "deaths.h"

#include <signal.h>
#include <sys/wait.h>
#include <time.h>

#include "os/cgroup.h"
#include "os/exit_ring.h"
#include "os/procfs.h"
#include "os/state.h"

#define LAST_ROUND_MS 5000

static void
record(struct process *p, const siginfo_t *info)
{
	p->code = info->si_code;
	p->status = info->si_status;
	p->written = proc_written(info->si_pid);
	p->ended = clock_ms();
	__atomic_store_n(&p->exited, 1, __ATOMIC_RELEASE);
}

static void
reap(struct state *s, pid_t pid)
{
	siginfo_t info;

	__atomic_add_fetch(&s->reaps, 1, __ATOMIC_SEQ_CST);
	waitid(P_PID, (id_t)pid, &info, WEXITED | WNOHANG);
	__atomic_add_fetch(&s->reaps, 1, __ATOMIC_SEQ_CST);
}

enum death
deaths_take(struct state *s, pid_t pid)
{
	siginfo_t info = { 0 };
	uint32_t slot;

	if (waitid(P_PID, (id_t)pid, &info, WEXITED | WNOHANG | WNOWAIT) < 0 ||
	    info.si_pid != pid)
		return DEATH_NONE;
	slot = state_slot_of(s, pid);
	if (slot == NO_NODE) {
		reap(s, pid);
		s->orphans++;
		return DEATH_ORPHAN;
	}
	record(&s->process[slot], &info);
	reap(s, pid);
	exit_ring_put(s, slot);
	return DEATH_CHILD;
}

pid_t
deaths_find(void)
{
	siginfo_t info = { 0 };

	if (waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT) < 0)
		return 0;
	return info.si_pid;
}

/* Orphans become our children as their parents die: round by round. */
static void
kill_children(pid_t keeper)
{
	static struct pid_list list;

	list.count = 0;
	proc_children(keeper, &list);
	for (unsigned i = 0; i < list.count; i++)
		kill(list.pid[i], SIGKILL); /* ours until we reap it */
}

void
deaths_for_all(struct state *s)
{
	const struct timespec patience = { .tv_nsec = 100000000 };
	int64_t deadline = clock_ms() + LAST_ROUND_MS;
	siginfo_t info;
	sigset_t child;

	sigemptyset(&child);
	sigaddset(&child, SIGCHLD);
	if (s->fds[FD_CGROUP] >= 0)
		cgroup_kill(s, NULL);
	do {
		kill_children(s->keeper);
		sigtimedwait(&child, NULL, &patience);
		do {
			info.si_pid = 0;
			if (waitid(P_ALL, 0, &info, WEXITED | WNOHANG) < 0)
				return; /* nobody is left */
		} while (info.si_pid);
	} while (clock_ms() < deadline);
}
