/* SPDX-License-Identifier: MIT */
/*
 * hunter_lib.c - kills supervisors where one wants.
 */
#include "hunter_lib.h"

#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stddef.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>

/* PTRACE_GET_SYSCALL_INFO's answer, as far as it is wanted. */
struct syscall_stop {
	uint8_t kind; /* 1: entry */
	uint8_t pad[3];
	uint32_t arch;
	uint64_t instruction, stack;
	uint64_t number;
};

/* ptrace()'s number argument goes as a pointer. */
static long
trace(enum __ptrace_request request, pid_t pid, uintptr_t number)
{
	return ptrace(request, pid, NULL, number);
}

/* Its next stop; false: it has ended. */
static bool
await_stop(pid_t pid)
{
	int status;

	while (waitpid(pid, &status, __WALL) < 0)
		if (errno != EINTR)
			return false;
	return WIFSTOPPED(status);
}

int
hunter_attach(struct hunter *h, pid_t keeper)
{
	h->keeper = keeper;
	h->status = 0;
	if (trace(PTRACE_SEIZE, keeper,
		  PTRACE_O_TRACEFORK | PTRACE_O_EXITKILL |
			  PTRACE_O_TRACESYSGOOD) < 0)
		return -errno;
	return 0;
}

pid_t
hunter_next(struct hunter *h)
{
	int status;

	for (;;) {
		pid_t pid = waitpid(-1, &status, __WALL);

		if (pid < 0 && errno != EINTR)
			return 0;
		if (pid <= 0)
			continue;
		if (pid != h->keeper && WIFSTOPPED(status))
			return pid;
		if (pid == h->keeper && !WIFSTOPPED(status)) {
			h->status = status;
			return 0;
		}
		/* The keeper has forked: the child stops by itself. */
		if (pid == h->keeper)
			trace(PTRACE_CONT, pid, 0);
	}
}

static void
kill_now(pid_t pid)
{
	kill(pid, SIGKILL);
	while (await_stop(pid))
		;
}

static void
spend(unsigned microseconds)
{
	struct timespec now, since;

	clock_gettime(CLOCK_MONOTONIC, &since);
	do
		clock_gettime(CLOCK_MONOTONIC, &now);
	while ((now.tv_sec - since.tv_sec) * 1000000 +
		       (now.tv_nsec - since.tv_nsec) / 1000 <
	       microseconds);
}

/* On one processor a step costs a tenth of what it costs on two. */
static void
share_processor(pid_t pid, cpu_set_t *before)
{
	int cpu = sched_getcpu();
	cpu_set_t one;

	sched_getaffinity(0, sizeof(*before), before);
	if (cpu < 0)
		return;
	CPU_ZERO(&one);
	CPU_SET((size_t)cpu, &one);
	sched_setaffinity(0, sizeof(one), &one);
	sched_setaffinity(pid, sizeof(one), &one);
}

static bool
step(pid_t pid, unsigned steps)
{
	for (; steps > 0; steps--) {
		trace(PTRACE_SINGLESTEP, pid, 0);
		if (!await_stop(pid))
			return false;
	}
	kill_now(pid);
	return true;
}

bool
hunter_kill_after_steps(pid_t pid, unsigned steps)
{
	cpu_set_t before;
	bool lived;

	share_processor(pid, &before);
	lived = step(pid, steps);
	sched_setaffinity(0, sizeof(before), &before);
	return lived;
}

bool
hunter_kill_at_syscall(pid_t pid, unsigned number)
{
	for (; number > 0; number--) {
		trace(PTRACE_SYSCALL, pid, 0);
		if (!await_stop(pid))
			return false;
	}
	kill_now(pid);
	return true;
}

static bool
is_entering(pid_t pid, uint64_t number)
{
	struct syscall_stop stop = { 0 };

	return ptrace(PTRACE_GET_SYSCALL_INFO, pid, sizeof(stop), &stop) > 0 &&
	       stop.kind == 1 && stop.number == number;
}

bool
hunter_kill_in_clone(pid_t pid, unsigned clone, unsigned microseconds)
{
	for (;;) {
		trace(PTRACE_SYSCALL, pid, 0);
		if (!await_stop(pid))
			return false;
		if (is_entering(pid, SYS_clone3) && --clone == 0)
			break;
	}
	trace(PTRACE_CONT, pid, 0);
	spend(microseconds);
	kill_now(pid);
	return true;
}

bool
hunter_kill_after(pid_t pid, unsigned microseconds)
{
	trace(PTRACE_CONT, pid, 0);
	spend(microseconds);
	kill_now(pid);
	return true;
}

void
hunter_spare(pid_t pid)
{
	trace(PTRACE_CONT, pid, 0);
}
