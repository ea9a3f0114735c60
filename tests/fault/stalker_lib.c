/* SPDX-License-Identifier: MIT */
/*
 * stalker_lib.c - walks workers to where they shall die.
 */
#include "stalker_lib.h"

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "os/state.h"

#define PATIENCE_MS 30000
#define SYSCALL_STOP (SIGTRAP | 0x80)

/* ptrace()'s number argument goes as a pointer. */
static long
trace(enum __ptrace_request request, pid_t pid, uintptr_t number)
{
	return ptrace(request, pid, NULL, number);
}

int
stalker_attach(struct stalker *st, pid_t keeper)
{
	*st = (struct stalker){ .keeper = keeper };
	/* Options and tracing go on to all that are born. */
	if (trace(PTRACE_SEIZE, keeper,
		  PTRACE_O_TRACEFORK | PTRACE_O_TRACEVFORK |
			  PTRACE_O_TRACECLONE | PTRACE_O_EXITKILL |
			  PTRACE_O_TRACESYSGOOD) < 0)
		return -errno;
	return 0;
}

/* The signal that a stop is about; 0: it is about something else. */
static int
signal_of(int status)
{
	return status >> 16 || WSTOPSIG(status) == SYSCALL_STOP ?
		       0 :
		       WSTOPSIG(status);
}

/* Somebody who is not in hand: it runs on. */
static void
pass(struct stalker *st, pid_t pid, int status)
{
	if (WIFSTOPPED(status)) {
		trace(PTRACE_CONT, pid, (uintptr_t)signal_of(status));
	} else if (pid == st->keeper) {
		st->is_over = true;
		st->status = status;
	}
}

/* Before it executes, a worker has the supervisor's name, and a supervisor the
   keeper's. */
static bool
is_worker(pid_t pid)
{
	char path[64], name[32];
	ssize_t n = -1;
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/comm", pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd >= 0) {
		n = read(fd, name, sizeof(name) - 1);
		close(fd);
	}
	name[n > 0 ? n - 1 : 0] = '\0';
	return strcmp(name, "supd-supervisor") == 0;
}

static bool
is_birth(const struct stalker *st, pid_t pid, int status)
{
	return pid != st->keeper && WIFSTOPPED(status) &&
	       status >> 16 == PTRACE_EVENT_STOP && is_worker(pid);
}

bool
stalker_next(struct stalker *st, struct life *l)
{
	while (!st->is_over) {
		int status;
		pid_t pid = waitpid(-1, &status, __WALL);

		if (pid < 0 && errno != EINTR)
			break;
		if (pid < 0)
			continue;
		if (is_birth(st, pid, status)) {
			*l = (struct life){ .stalker = st, .pid = pid };
			return true;
		}
		pass(st, pid, status);
	}
	return false;
}

/* Its next stop; the others run on meanwhile.  False: it has ended. */
static bool
await(struct life *l, int *status)
{
	while (!l->stalker->is_over && !l->has_ended) {
		pid_t pid = waitpid(-1, status, __WALL);

		if (pid < 0 && errno != EINTR)
			return false;
		if (pid == l->pid) {
			l->has_ended = !WIFSTOPPED(*status);
			return !l->has_ended;
		}
		if (pid > 0)
			pass(l->stalker, pid, *status);
	}
	return false;
}

bool
life_is_printing(const struct life *l)
{
	return l->is_entering && l->number == SYS_write && l->argument[0] == 1;
}

/* Was the last byte of the write that returns a newline? */
static bool
has_ended_line(const struct life *l)
{
	uint64_t last = l->argument[1] + (uint64_t)l->result - 1;
	long word;

	if (l->number != SYS_write || l->argument[0] != 1 || l->result <= 0)
		return false;
	word = ptrace(PTRACE_PEEKDATA, l->pid, last, NULL);
	return (word & 0xff) == '\n';
}

static void
look(struct life *l)
{
	struct __ptrace_syscall_info info;

	memset(&info, 0, sizeof(info));
	ptrace(PTRACE_GET_SYSCALL_INFO, l->pid, sizeof(info), &info);
	l->is_entering = info.op == PTRACE_SYSCALL_INFO_ENTRY;
	if (l->is_entering) {
		l->number = info.entry.nr;
		memcpy(l->argument, info.entry.args, sizeof(l->argument));
		/* Neither the loader nor libc's start does that. */
		if (l->has_executed && l->number == SYS_rt_sigaction)
			l->is_in_main = true;
	} else {
		l->result = info.exit.rval;
		l->has_executed |= l->number == SYS_execve && !l->result;
		l->lines += has_ended_line(l);
	}
}

bool
life_step(struct life *l)
{
	for (;;) {
		int status;

		trace(PTRACE_SYSCALL, l->pid, (uintptr_t)l->signal);
		if (!await(l, &status))
			return false;
		l->signal = signal_of(status);
		if (WSTOPSIG(status) == SYSCALL_STOP)
			break;
	}
	look(l);
	return true;
}

bool
life_cut(const struct life *l, uint64_t length)
{
	struct user_regs_struct regs;
	struct iovec all = { .iov_base = &regs, .iov_len = sizeof(regs) };

	if (ptrace(PTRACE_GETREGSET, l->pid, NT_PRSTATUS, &all) < 0)
		return false;
#if defined(__x86_64__)
	regs.rdx = length;
#elif defined(__aarch64__)
	regs.regs[2] = length;
#else
#error "say which register has the third argument of a system call"
#endif
	return ptrace(PTRACE_SETREGSET, l->pid, NT_PRSTATUS, &all) == 0;
}

bool
life_run(struct life *l)
{
	do {
		int status;

		trace(PTRACE_CONT, l->pid, (uintptr_t)l->signal);
		if (!await(l, &status))
			return false;
		l->signal = signal_of(status);
	} while (!l->signal);
	return true;
}

static void
spend(unsigned nanoseconds)
{
	struct timespec now, since;

	clock_gettime(CLOCK_MONOTONIC, &since);
	do
		clock_gettime(CLOCK_MONOTONIC, &now);
	while ((now.tv_sec - since.tv_sec) * 1000000000 + now.tv_nsec -
		       since.tv_nsec <
	       nanoseconds);
}

void
life_kill(struct life *l)
{
	int status;

	if (!l->has_ended)
		kill(l->pid, SIGKILL);
	while (await(l, &status))
		;
}

void
life_kill_after(struct life *l, unsigned nanoseconds)
{
	trace(PTRACE_CONT, l->pid, (uintptr_t)l->signal);
	spend(nanoseconds);
	life_kill(l);
}

bool
stalker_wait(struct stalker *st, bool (*is_so)(void *arg), void *arg)
{
	const struct timespec moment = { .tv_nsec = 100000 };
	int64_t deadline = clock_ms() + PATIENCE_MS;

	while (!is_so(arg)) {
		int status;
		pid_t pid = waitpid(-1, &status, __WALL | WNOHANG);

		if (pid > 0)
			pass(st, pid, status);
		else
			nanosleep(&moment, NULL);
		if (clock_ms() > deadline)
			return false;
	}
	return true;
}

void
life_spare(struct life *l)
{
	trace(PTRACE_CONT, l->pid, (uintptr_t)l->signal);
}
