/* SPDX-License-Identifier: MIT */
/*
 * spawn.c - makes a process such that there is no moment at which it exists and
 * is not recorded.
 *
 * The intent (process[].phase, state.spawning) is written with tid == 0; the
 * kernel writes tid into the shared memory before the child runs.  Whoever
 * finds the intent after a crash knows by tid whether there is a process.
 *
 * The child may outlive the supervisor that made it before it has taken its
 * descriptors from the reserved numbers: state.laid_out says for whom they
 * were filled, and nobody fills them anew before that one has a table of its
 * own.
 */
#include "spawn.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/stat.h>
#include <unistd.h>

#include "child.h"
#include "procfs.h"
#include "state.h"

#define UNSHARE_MS 1000 /* a predecessor's child that takes longer is killed */
#define EXEC_MS 5000    /* one that takes longer is held to run */

static const char *const stage_names[SPAWN_STAGES] = {
	[SPAWN_CLONE] = "clone",     [SPAWN_SESSION] = "session",
	[SPAWN_FDS] = "descriptors", [SPAWN_DIRECTORY] = "directory",
	[SPAWN_LIMITS] = "limits",   [SPAWN_PARENT] = "parent",
	[SPAWN_EXEC] = "exec",
};

const char *
spawn_stage_name(enum spawn_stage stage)
{
	return stage < SPAWN_STAGES ? stage_names[stage] : "unknown";
}

/* Waits a millisecond; true if the process has ended. */
static bool
has_ended(const struct process *p)
{
	struct pollfd ended = { .fd = p->pidfd, .events = POLLIN };

	if (__atomic_load_n(&p->exited, __ATOMIC_ACQUIRE))
		return true;
	return poll(&ended, 1, 1) > 0;
}

static bool
is_unshared(const struct process *p)
{
	return __atomic_load_n(&p->unshared, __ATOMIC_ACQUIRE);
}

static bool
has_executed(const struct process *p)
{
	struct proc_stat stat;

	if (__atomic_load_n(&p->exec_error, __ATOMIC_ACQUIRE))
		return true;
	return proc_stat(p->tid, &stat) < 0 || stat.has_executed;
}

static bool
wait_until(const struct process *p, bool (*is_so)(const struct process *p),
	   int64_t delay)
{
	int64_t deadline = clock_ms() + delay;

	while (!is_so(p) && !has_ended(p))
		if (clock_ms() >= deadline)
			return false;
	return true;
}

/* Nothing stays open because it was laid out once. */
static void
clear_reserved_fds(unsigned count)
{
	for (int fd = FD_NULL + 1; fd <= FD_NULL + (int)count; fd++)
		dup3(FD_NULL, fd, O_CLOEXEC);
}

/* The reserved numbers may still be what a predecessor's child waits for. */
static void
settle_predecessor(struct state *s)
{
	const struct process *p = &s->process[s->laid_out];

	if (s->laid_out == NO_NODE)
		return;
	if (p->tid && !wait_until(p, is_unshared, UNSHARE_MS)) {
		pidfd_send_signal(p->pidfd, SIGKILL, NULL, 0);
		wait_until(p, is_unshared, UNSHARE_MS);
	}
	clear_reserved_fds(FD_LIMIT - FD_NULL - 1);
	s->laid_out = NO_NODE;
}

static int
lay_out_fd(struct child_plan *plan, unsigned *used, int from, int to)
{
	struct spawn_fd *dup = &plan->dup[plan->dup_count];

	if (from == to && to <= STDERR_FILENO)
		return 0;
	dup->to = to;
	dup->from = FD_NULL;
	if (from != FD_NULL) {
		dup->from = FD_NULL + 1 + (int)*used;
		if (dup3(from, dup->from, O_CLOEXEC) < 0)
			return -errno;
		++*used;
	}
	plan->dup_count++;
	return 0;
}

/* Puts what the child gets at the reserved numbers. */
static int
lay_out_fds(struct child_plan *plan, unsigned *used)
{
	const struct spawn *how = plan->how;
	int r;

	if (how->fd_count > SPAWN_FDS_MAX)
		return -EINVAL;
	r = lay_out_fd(plan, used, how->in, STDIN_FILENO);
	if (r == 0)
		r = lay_out_fd(plan, used, how->out, STDOUT_FILENO);
	if (r == 0)
		r = lay_out_fd(plan, used, how->err, STDERR_FILENO);
	for (unsigned i = 0; r == 0 && i < how->fd_count; i++) {
		if (how->fds[i].to <= STDERR_FILENO ||
		    how->fds[i].to >= FD_RESERVED)
			return -EINVAL;
		r = lay_out_fd(plan, used, how->fds[i].from, how->fds[i].to);
	}
	return r;
}

static void
intend(struct state *s, uint32_t slot)
{
	struct process *p = &s->process[slot];
	uint32_t *end = slot < NODES_MAX ? &s->process_end : &s->standby_end;

	if (*end <= slot)
		*end = slot + 1;
	p->pidfd = -1;
	p->exec_error = 0;
	p->exec_stage = 0;
	p->unshared = 0;
	p->code = p->status = 0;
	p->written = UINT64_MAX;
	p->ended = 0;
	p->phase = PROCESS_SPAWNING;
	__atomic_store_n(&p->exited, 0, __ATOMIC_RELEASE);
	__atomic_store_n(&s->spawning, slot, __ATOMIC_RELEASE);
}

static long
clone_child(struct state *s, struct process *p, struct child_plan *plan)
{
	struct clone_args args = {
		.flags = CLONE_VM | CLONE_VFORK | CLONE_FILES | CLONE_PARENT |
			 CLONE_PIDFD | CLONE_PARENT_SETTID |
			 CLONE_CLEAR_SIGHAND,
		.pidfd = (uint64_t)(uintptr_t)&p->pidfd,
		.parent_tid = (uint64_t)(uintptr_t)&p->tid,
	};
	sigset_t all, old;
	long pid;

	if (plan->how->cgroup >= 0) {
		args.flags |= CLONE_INTO_CGROUP;
		args.cgroup = (unsigned)plan->how->cgroup;
	}
	plan->process = p;
	plan->keeper = s->keeper;
	plan->ignored = s->ignored;
	sigfillset(&all);
	sigprocmask(SIG_SETMASK, &all, &old);
	pid = child_clone(&args, plan);
	sigprocmask(SIG_SETMASK, &old, NULL);
	return pid;
}

void
spawn_adopt(struct state *s)
{
	uint32_t slot = s->spawning;

	if (slot == NO_NODE)
		return;
	if (s->process[slot].tid)
		__atomic_store_n(&s->slot_of_pid[s->process[slot].tid], slot,
				 __ATOMIC_RELEASE);
	__atomic_store_n(&s->spawning, NO_NODE, __ATOMIC_RELEASE);
}

/* The process has been made, and has executed or not. */
static int
settle(struct state *s, uint32_t slot, enum spawn_stage *stage)
{
	struct process *p = &s->process[slot];

	state_watch_process(s, slot);
	__atomic_store_n(&s->slot_of_pid[p->tid], slot, __ATOMIC_RELEASE);
	if (s->spawning == slot)
		__atomic_store_n(&s->spawning, NO_NODE, __ATOMIC_RELEASE);
	p->phase = PROCESS_ALIVE;
	if (!p->exec_error)
		return 0;
	*stage = (enum spawn_stage)p->exec_stage;
	return -p->exec_error;
}

int
spawn_start(struct state *s, uint32_t slot, const struct spawn *how,
	    enum spawn_stage *stage)
{
	struct process *p = &s->process[slot];
	struct child_plan plan = { .how = how };
	unsigned used = 0;
	int r;

	settle_predecessor(s);
	s->laid_out = slot;
	r = lay_out_fds(&plan, &used);
	if (r < 0) {
		*stage = SPAWN_FDS;
	} else {
		intend(s, slot);
		r = (int)clone_child(s, p, &plan);
		*stage = SPAWN_CLONE;
	}
	clear_reserved_fds(used);
	s->laid_out = NO_NODE;
	if (r > 0)
		return settle(s, slot, stage);
	p->phase = PROCESS_EMPTY;
	__atomic_store_n(&s->spawning, NO_NODE, __ATOMIC_RELEASE);
	return r;
}

int
spawn_finish(struct state *s, uint32_t slot, enum spawn_stage *stage)
{
	settle_predecessor(s);
	wait_until(&s->process[slot], has_executed, EXEC_MS);
	return settle(s, slot, stage);
}

/* 0, -EACCES, or -ENOENT for all that is not there. */
static int
check_executable(const char *file)
{
	struct stat stat;

	if (faccessat(AT_FDCWD, file, X_OK, AT_EACCESS) == 0)
		return fstatat(AT_FDCWD, file, &stat, 0) == 0 &&
				       S_ISREG(stat.st_mode) ?
			       0 :
			       -EACCES;
	return errno == EACCES ? -EACCES : -ENOENT;
}

static int
copy(char *buf, size_t size, const char *dir, size_t length, const char *name)
{
	size_t name_size = strlen(name) + 1;
	size_t slash = length > 0;

	if (length + slash + name_size > size)
		return -ENAMETOOLONG;
	memcpy(buf, dir, length);
	if (slash)
		buf[length] = '/';
	memcpy(buf + length + slash, name, name_size);
	return 0;
}

int
spawn_find(const char *name, const char *path, char *buf, size_t size)
{
	int found = -ENOENT;

	if (!*name)
		return -ENOENT;
	if (strchr(name, '/'))
		return copy(buf, size, "", 0, name);
	for (const char *dir = path ? path : ""; dir;) {
		size_t length = strcspn(dir, ":");
		int r = copy(buf, size, length ? dir : ".", length ? length : 1,
			     name);

		if (r == 0)
			r = check_executable(buf);
		if (r == 0)
			return 0;
		if (r == -EACCES || (r == -ENAMETOOLONG && found == -ENOENT))
			found = r;
		dir = dir[length] ? dir + length + 1 : NULL;
	}
	return found;
}
