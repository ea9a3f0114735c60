/* SPDX-License-Identifier: MIT */
/*
 * partner.c - the keeper's other half: makes supervisors, wakes them, and finds
 * out when one hangs or dies.
 *
 * Of that it says one line to the standard error, whatever the log is: the one
 * who could log it is gone.
 */
#include "partner.h"

#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <linux/sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/timerfd.h>
#include <sys/wait.h>
#include <sysexits.h>
#include <unistd.h>

#include "log.h"
#include "os/state.h"

#define RETRY_MIN_MS 10
#define RETRY_MAX_MS 1000

static void
arm_deadman(struct partner *p)
{
	const struct itimerspec when = {
		.it_value = { .tv_sec = p->s->deadman_ms / 1000,
			      .tv_nsec = p->s->deadman_ms % 1000 * 1000000 },
	};

	timerfd_settime(p->s->fds[FD_DEADMAN], 0, &when, NULL);
}

/* A supervisor that is awake already has its own deadline. */
void
partner_wake(struct partner *p)
{
	const uint64_t one = 1;
	struct itimerspec left = { 0 };

	timerfd_gettime(p->s->fds[FD_DEADMAN], &left);
	if (!left.it_value.tv_sec && !left.it_value.tv_nsec)
		arm_deadman(p);
	if (write(p->s->fds[FD_WAKE], &one, sizeof(one)) < 0)
		return; /* it is full of wakes */
}

__attribute__((noreturn)) static void
be_supervisor(struct partner *p)
{
	static const int crashes[] = { SIGSEGV, SIGBUS,  SIGFPE,
				       SIGILL,  SIGABRT, SIGSYS };
	sigset_t set;

	sigemptyset(&set);
	for (size_t i = 0; i < sizeof(crashes) / sizeof(*crashes); i++)
		sigaddset(&set, crashes[i]);
	sigprocmask(SIG_UNBLOCK, &set, NULL);
	prctl(PR_SET_NAME, "supd-supervisor");
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != p->s->keeper)
		_exit(EX_SOFTWARE);
	_exit(p->supervisor(p->s));
}

/* A fork that shares the descriptors.  libc's idea of its own thread number is
   put right by the kernel, or abort() would signal somebody else. */
static long
clone_supervisor(struct partner *p)
{
	struct epoll_event event = { .events = EPOLLIN | EPOLLONESHOT,
				     .data.u64 = p->key };
	void *own_number = NULL;
	int pidfd = -1;
	struct clone_args args = {
		.flags = CLONE_FILES | CLONE_PIDFD | CLONE_PARENT_SETTID,
		.pidfd = (uint64_t)(uintptr_t)&pidfd,
		.parent_tid = (uint64_t)(uintptr_t)&p->s->supervisor,
		.exit_signal = SIGCHLD,
	};
	long pid;

	if (prctl(PR_GET_TID_ADDRESS, &own_number) == 0) {
		args.flags |= CLONE_CHILD_SETTID | CLONE_CHILD_CLEARTID;
		args.child_tid = (uint64_t)(uintptr_t)own_number;
	}
	pid = syscall(SYS_clone3, &args, sizeof(args));
	if (pid == 0)
		be_supervisor(p);
	if (pid > 0) {
		p->s->fds[FD_SUPERVISOR] = pidfd;
		epoll_ctl(p->s->fds[FD_EVENTS], EPOLL_CTL_ADD, pidfd, &event);
	}
	return pid < 0 ? -errno : pid;
}

/* What the next try would be told as well. */
static bool
is_for_good(int error)
{
	return error == ENOSYS || error == EPERM || error == EINVAL;
}

static void
say_for_good(int error)
{
	log_stderr("cannot make a supervisor: clone3: %s: it needs Linux"
		   " 5.11 or newer, and no system call filter that refuses"
		   " clone3 (seccomp of the container engine;"
		   " RestrictNamespaces= or SystemCallFilter= of the unit)",
		   strerror(error));
}

static void
retry_later(struct partner *p, int error)
{
	if (p->retry_delay < RETRY_MIN_MS) {
		p->retry_delay = RETRY_MIN_MS;
		log_stderr("cannot make a supervisor: %s; trying again",
			   strerror(error));
	}
	p->retry_at = clock_ms() + p->retry_delay;
	p->retry_delay *= 2;
	if (p->retry_delay > RETRY_MAX_MS)
		p->retry_delay = RETRY_MAX_MS;
}

void
partner_start(struct partner *p)
{
	struct state *s = p->s;
	long pid;

	state_sweep_fds(s);
	arm_deadman(p);
	s->supervisors++;
	p->retry_at = 0;
	pid = clone_supervisor(p);
	if (pid > 0) {
		p->retry_delay = 0;
		return;
	}
	s->supervisors--;
	s->supervisor = 0;
	if (is_for_good((int)-pid)) {
		p->gave_up = EX_OSERR;
		say_for_good((int)-pid);
		return;
	}
	retry_later(p, (int)-pid);
}

/* SIGKILL comes from outside and says nothing about the supervisor, unless it
   came from us. */
static bool
is_crash(const struct partner *p, const siginfo_t *info)
{
	return p->has_hung || info->si_code != CLD_KILLED ||
	       info->si_status != SIGKILL;
}

/* Whatever ends one after the other before they have come up: it will go on. */
static bool
is_in_a_loop(struct partner *p)
{
	bool came_up = p->s->taken_over == p->s->supervisors;

	p->stillborn = came_up ? 0 : p->stillborn + 1;
	return p->stillborn > SUPERVISOR_INTENSITY;
}

/* The rule for children: the sixth in a minute is one too many. */
static bool
is_one_too_many(struct partner *p)
{
	int64_t now = clock_ms();
	int64_t *oldest = &p->crashes[p->crash_count % SUPERVISOR_INTENSITY];
	bool is_too_many = p->crash_count >= SUPERVISOR_INTENSITY &&
			   now - *oldest < SUPERVISOR_PERIOD_MS;

	*oldest = now;
	p->crash_count++;
	return is_too_many;
}

static bool
has_enough(struct partner *p, const siginfo_t *info)
{
	bool is_loop = is_in_a_loop(p);
	bool is_too_many = is_crash(p, info) && is_one_too_many(p);

	return (is_loop || is_too_many) && !p->s->tireless;
}

static void
replace_supervisor(struct partner *p, const siginfo_t *info)
{
	bool is_enough = has_enough(p, info);
	char how[64];

	if (p->has_hung)
		snprintf(how, sizeof(how), "hung for %d s and was killed",
			 (int)(p->s->deadman_ms / 1000));
	else if (info->si_code == CLD_EXITED)
		snprintf(how, sizeof(how), "exited with %d", info->si_status);
	else
		snprintf(how, sizeof(how), "was killed by signal %s",
			 sigabbrev_np(info->si_status));
	p->has_hung = false;
	if (is_enough) {
		p->gave_up = EX_SOFTWARE;
		log_stderr("supervisor (pid %d) %s, too often; all children"
			   " are ended",
			   info->si_pid, how);
		return;
	}
	partner_start(p);
	if (p->s->supervisor)
		log_stderr("supervisor (pid %d) %s; replaced by pid %d",
			   info->si_pid, how, p->s->supervisor);
	else
		log_stderr("supervisor (pid %d) %s", info->si_pid, how);
}

void
partner_take(struct partner *p)
{
	struct state *s = p->s;
	siginfo_t info = { 0 };

	if (waitid(P_PID, (id_t)s->supervisor, &info, WEXITED | WNOHANG) < 0 ||
	    !info.si_pid)
		return;
	close(s->fds[FD_SUPERVISOR]);
	s->fds[FD_SUPERVISOR] = -1;
	s->supervisor = 0;
	if (s->done && info.si_code == CLD_EXITED)
		p->is_done = true;
	else
		replace_supervisor(p, &info);
}

void
partner_end_hanging(struct partner *p)
{
	uint64_t count;

	/* Nothing to read: it has come to itself meanwhile. */
	if (read(p->s->fds[FD_DEADMAN], &count, sizeof(count)) < 0 ||
	    !p->s->supervisor)
		return;
	p->has_hung = true;
	kill(p->s->supervisor, SIGKILL); /* ours until we reap it */
}
