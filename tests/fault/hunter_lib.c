/* SPDX-License-Identifier: MIT */
/*
 * hunter_lib.c - kills supervisors where one wants.
 */
#include "hunter_lib.h"

#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>

#define TICK_NS 20000000
#define NAP_TICKS 2 /* asleep as long as that: it has nothing to do */

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
await_stop(pid_t pid, int *status)
{
	while (waitpid(pid, status, __WALL) < 0)
		if (errno != EINTR)
			return false;
	return WIFSTOPPED(*status);
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

/* The keeper has forked, or was interrupted; it goes on. */
static bool
release_keeper(const struct hunter *h, int status)
{
	trace(PTRACE_CONT, h->keeper, 0);
	return status >> 8 == (SIGTRAP | PTRACE_EVENT_FORK << 8);
}

pid_t
hunter_next(struct hunter *h)
{
	bool has_forked = false;
	pid_t born = 0;
	int status;

	while (!born || !has_forked) {
		pid_t pid = waitpid(-1, &status, __WALL);

		if (pid < 0 && errno != EINTR)
			return 0;
		if (pid <= 0)
			continue;
		if (pid == h->keeper && !WIFSTOPPED(status)) {
			h->status = status;
			return 0;
		}
		if (pid == h->keeper)
			has_forked |= release_keeper(h, status);
		else if (WIFSTOPPED(status))
			born = pid;
	}
	return born;
}

void
hunter_kill(pid_t pid)
{
	int status;

	kill(pid, SIGKILL);
	while (await_stop(pid, &status))
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

static void
on_tick(int sig)
{
	(void)sig;
}

/* Interrupts waitpid() every now and then. */
static void
tick(bool is_on)
{
	static timer_t timer;
	static bool is_made;
	const struct timespec interval = { .tv_nsec = is_on ? TICK_NS : 0 };
	const struct itimerspec when = { interval, interval };
	const struct sigaction action = { .sa_handler = on_tick };
	struct sigevent event = {
		.sigev_notify = SIGEV_SIGNAL,
		.sigev_signo = SIGUSR2,
	};

	if (!is_made) {
		sigaction(SIGUSR2, &action, NULL);
		is_made = timer_create(CLOCK_MONOTONIC, &event, &timer) == 0;
	}
	timer_settime(timer, 0, &when, NULL);
}

static bool
is_in_its_loop(pid_t pid)
{
	char path[40];
	long number = -1;
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%d/syscall", pid);
	file = fopen(path, "re");
	if (!file)
		return false;
	if (fscanf(file, "%ld", &number) != 1)
		number = -1;
	fclose(file);
	return number == SYS_epoll_wait || number == SYS_epoll_pwait;
}

enum step { STEP_MADE, STEP_LAST, STEP_INTO_SLEEP };

static enum step
await_step(pid_t pid)
{
	int status, naps = 0;

	while (waitpid(pid, &status, __WALL) < 0) {
		if (errno != EINTR)
			return STEP_LAST;
		naps = is_in_its_loop(pid) ? naps + 1 : 0;
		if (naps > NAP_TICKS)
			return STEP_INTO_SLEEP;
	}
	if (!WIFSTOPPED(status))
		return STEP_LAST;
	if ((WSTOPSIG(status) & 0x7f) == SIGTRAP)
		return STEP_MADE;
	printf("# the supervisor gets signal %d\n", WSTOPSIG(status));
	hunter_kill(pid);
	return STEP_LAST;
}

bool
hunter_stop(pid_t pid)
{
	int status;

	trace(PTRACE_INTERRUPT, pid, 0);
	return await_stop(pid, &status);
}

/* It goes on sleeping untraced.  The end of the step into sleep is reported
   instead of the interruption, or (of an instruction) behind it. */
static void
let_sleep(pid_t pid, enum stride stride)
{
	int status;

	trace(PTRACE_INTERRUPT, pid, 0);
	if (!await_stop(pid, &status))
		return;
	if (stride == BY_INSTRUCTION && status >> 16 == PTRACE_EVENT_STOP) {
		trace(PTRACE_CONT, pid, 0);
		await_stop(pid, &status);
	}
	trace(PTRACE_CONT, pid, 0);
}

static enum hunted
go_on(pid_t pid, enum stride stride, unsigned steps, unsigned *done)
{
	static const enum __ptrace_request requests[] = {
		[BY_INSTRUCTION] = PTRACE_SINGLESTEP,
		[BY_SYSCALL] = PTRACE_SYSCALL,
	};

	for (*done = 0; *done < steps; ++*done) {
		enum step step;

		trace(requests[stride], pid, 0);
		step = await_step(pid);
		if (step != STEP_MADE)
			return step == STEP_LAST ? HUNTED_ENDED : HUNTED_ASLEEP;
	}
	return HUNTED_STOPPED;
}

enum hunted
hunter_follow(pid_t pid, enum stride stride, unsigned steps, unsigned *done)
{
	cpu_set_t before;
	enum hunted state;
	unsigned count;

	if (stride == BY_INSTRUCTION)
		share_processor(pid, &before);
	tick(true);
	state = go_on(pid, stride, steps, done ? done : &count);
	tick(false);
	if (stride == BY_INSTRUCTION)
		sched_setaffinity(0, sizeof(before), &before);
	if (state != HUNTED_ASLEEP)
		return state;
	if (stride == BY_INSTRUCTION)
		sched_setaffinity(pid, sizeof(before), &before);
	let_sleep(pid, stride);
	return state;
}

bool
hunter_kill_at(pid_t supervisor, enum stride stride, unsigned steps)
{
	if (hunter_follow(supervisor, stride, steps, NULL) != HUNTED_STOPPED)
		return false;
	hunter_kill(supervisor);
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
	int status;

	for (;;) {
		trace(PTRACE_SYSCALL, pid, 0);
		if (!await_stop(pid, &status))
			return false;
		if (is_entering(pid, SYS_clone3) && --clone == 0)
			break;
	}
	trace(PTRACE_CONT, pid, 0);
	spend(microseconds);
	hunter_kill(pid);
	return true;
}

bool
hunter_kill_after(pid_t pid, unsigned microseconds)
{
	trace(PTRACE_CONT, pid, 0);
	spend(microseconds);
	hunter_kill(pid);
	return true;
}

void
hunter_spare(pid_t pid)
{
	trace(PTRACE_CONT, pid, 0);
}
