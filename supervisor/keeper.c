/* SPDX-License-Identifier: MIT */
/*
 * keeper.c - the parent of everything.
 *
 * It learns of a child's death by its pidfd (in O(1), none is missed), of an
 * orphan's by SIGCHLD, whose signals the kernel merges: so a look through all
 * children follows, at once behind an orphan, else a little later, out of the
 * way of the restart.
 */
#include "keeper.h"

#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <sysexits.h>
#include <unistd.h>

#include "deaths.h"
#include "os/state.h"
#include "partner.h"
#include "sdnotify.h"

#define LOOK_MS 20 /* from a SIGCHLD to the look through all children */
#define TURN_EVENTS 64

/* What an event of FD_EVENTS is about: a slot, or one of these. */
enum { OF_SIGNALS = SLOTS_MAX, OF_POKE, OF_DEADMAN, OF_SUPERVISOR };

struct keeper {
	struct state *s;
	struct partner partner;
	struct sdnotify outer;
	bool ignores_hangup; /* nohup supd */
	int64_t look_at;     /* deadline of the look through all; 0: none */
};

static void
ask(struct keeper *k, enum ask what)
{
	__atomic_add_fetch(&k->s->asked[what], 1, __ATOMIC_RELEASE);
	partner_wake(&k->partner);
}

static void
take(struct keeper *k, pid_t pid)
{
	if (pid == k->s->supervisor) {
		partner_take(&k->partner);
		return;
	}
	switch (deaths_take(k->s, pid)) {
	case DEATH_NONE:
		break;
	case DEATH_ORPHAN:
		k->look_at = clock_ms();
		partner_wake(&k->partner);
		break;
	case DEATH_CHILD:
		partner_wake(&k->partner);
		break;
	}
}

static void
look_through_all(struct keeper *k)
{
	pid_t pid, last = 0;

	while ((pid = deaths_find()) != 0 && pid != last) {
		take(k, pid);
		last = pid;
	}
	k->look_at = 0;
}

static void
hear_of_child(struct keeper *k, const struct signalfd_siginfo *info)
{
	bool has_died = info->ssi_code != CLD_STOPPED &&
			info->ssi_code != CLD_CONTINUED;

	if (!k->look_at)
		k->look_at = clock_ms() + LOOK_MS;
	if (has_died)
		take(k, (pid_t)info->ssi_pid);
	else if ((pid_t)info->ssi_pid == k->s->supervisor)
		/* One that is stopped in its sleep would not be missed. */
		partner_wake(&k->partner);
}

static void
hear(struct keeper *k, const struct signalfd_siginfo *info)
{
	switch (info->ssi_signo) {
	case SIGCHLD:
		hear_of_child(k, info);
		break;
	case SIGHUP:
		if (!k->ignores_hangup)
			ask(k, ASK_RELOAD);
		break;
	case SIGUSR1:
		ask(k, ASK_REOPEN);
		break;
	case SIGUSR2:
		ask(k, ASK_DUMP);
		break;
	default: /* TERM, INT, QUIT */
		ask(k, k->s->asked[ASK_STOP] ? ASK_HURRY : ASK_STOP);
		break;
	}
}

static void
read_signals(struct keeper *k)
{
	struct signalfd_siginfo info;

	while (read(k->s->fds[FD_SIGNALS], &info, sizeof(info)) == sizeof(info))
		hear(k, &info);
}

/* `supd -d` returns.  It may have been killed meanwhile: then nobody reads. */
static void
release_terminal(struct state *s)
{
	const unsigned char status = EX_OK;
	ssize_t n;

	if (!s->ready || s->fds[FD_READY] < 0)
		return;
	n = write(s->fds[FD_READY], &status, 1);
	(void)n;
	close(s->fds[FD_READY]);
	s->fds[FD_READY] = -1;
}

static void
dispatch(struct keeper *k, uint64_t what)
{
	uint64_t count;
	pid_t pid;

	switch (what) {
	case OF_SIGNALS:
		read_signals(k);
		break;
	case OF_POKE:
		if (read(k->s->fds[FD_KEEPER], &count, sizeof(count)) < 0)
			break;
		sdnotify_tell(&k->outer, k->s);
		release_terminal(k->s);
		break;
	case OF_DEADMAN:
		partner_end_hanging(&k->partner);
		break;
	case OF_SUPERVISOR:
		partner_take(&k->partner);
		break;
	default:
		pid = __atomic_load_n(&k->s->process[what].tid,
				      __ATOMIC_ACQUIRE);
		if (pid)
			take(k, pid);
		break;
	}
}

static int64_t
earlier(int64_t a, int64_t b)
{
	return !a || (b && b < a) ? b : a;
}

/* Waits for something, but not beyond the deadline (0: none), and does what
   there is to do. */
static void
turn(struct keeper *k, int64_t deadline)
{
	struct epoll_event events[TURN_EVENTS];
	int64_t now = clock_ms();
	int n, delay = -1;

	deadline = earlier(deadline, earlier(k->look_at, k->partner.retry_at));
	if (deadline)
		delay = deadline <= now          ? 0 :
			deadline - now > INT_MAX ? INT_MAX :
						   (int)(deadline - now);
	n = epoll_wait(k->s->fds[FD_EVENTS], events, TURN_EVENTS, delay);
	for (int i = 0; i < n; i++)
		dispatch(k, events[i].data.u64);
	now = clock_ms();
	if (k->look_at && k->look_at <= now)
		look_through_all(k);
	if (k->partner.retry_at && k->partner.retry_at <= now)
		partner_start(&k->partner);
}

/* To the process and its group: it has a session of its own. */
static void
signal_child(const struct process *p, int sig)
{
	kill(p->tid, sig);
	if (p->kill_mode != KILL_PROCESS)
		kill(-p->tid, sig);
}

static bool
is_alive(const struct process *p)
{
	return p->tid && !p->exited;
}

/* Kills those whose grace is over.  The next deadline; 0: nobody is left. */
static int64_t
kill_overdue(const struct state *s, int64_t since, bool hurry)
{
	int64_t now = clock_ms(), next = 0;

	for (uint32_t n = 0; (n = state_next_slot(s, n)) < SLOTS_MAX; n++) {
		const struct process *p = &s->process[n];
		int64_t deadline = INT64_MAX;

		if (!is_alive(p))
			continue;
		if (p->grace < INT64_MAX - since)
			deadline = since + p->grace;
		if (hurry || deadline <= now) {
			kill(-p->tid, SIGKILL);
			kill(p->tid, SIGKILL);
			deadline = INT64_MAX;
		}
		next = earlier(next, deadline);
	}
	return next;
}

/* There is no supervisor any more that could: stop signals to all, SIGKILL at
   the end of each one's grace, and to whatever they have left. */
static void
end_all(struct keeper *k)
{
	struct state *s = k->s;
	uint32_t asked = s->asked[ASK_STOP] + s->asked[ASK_HURRY];
	int64_t since = clock_ms(), next;
	bool hurry = false;

	for (uint32_t n = 0; (n = state_next_slot(s, n)) < SLOTS_MAX; n++) {
		const struct process *p = &s->process[n];

		if (!is_alive(p) || p->grace < 0)
			continue;
		signal_child(p, p->stop_signal);
		signal_child(p, SIGCONT);
	}
	while ((next = kill_overdue(s, since, hurry)) != 0) {
		turn(k, next == INT64_MAX ? 0 : next);
		hurry = s->asked[ASK_STOP] + s->asked[ASK_HURRY] != asked;
	}
	deaths_for_all(s);
}

static int
watch(struct state *s, int fd, uint64_t what)
{
	struct epoll_event event = { .events = EPOLLIN, .data.u64 = what };

	return epoll_ctl(s->fds[FD_EVENTS], EPOLL_CTL_ADD, fd, &event) < 0 ?
		       -errno :
		       0;
}

/* Everything is blocked; what we care about comes through FD_SIGNALS. */
static int
take_signals(struct keeper *k)
{
	static const int heard[] = { SIGCHLD, SIGTERM, SIGINT, SIGQUIT,
				     SIGHUP,  SIGUSR1, SIGUSR2 };
	static const int ignored[] = { SIGTSTP, SIGTTIN, SIGTTOU, SIGPIPE };
	struct sigaction action;
	sigset_t all, ours;
	int fd;

	sigaction(SIGHUP, NULL, &action);
	k->ignores_hangup = action.sa_handler == SIG_IGN;
	sigfillset(&all);
	sigprocmask(SIG_SETMASK, &all, NULL);
	sigemptyset(&ours);
	for (size_t i = 0; i < sizeof(heard) / sizeof(*heard); i++) {
		sigaddset(&ours, heard[i]);
		signal(heard[i], SIG_DFL);
	}
	for (size_t i = 0; i < sizeof(ignored) / sizeof(*ignored); i++)
		signal(ignored[i], SIG_IGN);
	for (int sig = 1; sig <= 64; sig++)
		if (sigaction(sig, NULL, &action) == 0 &&
		    action.sa_handler == SIG_IGN)
			k->s->ignored |= UINT64_C(1) << (sig - 1);
	/* libc's own two, which it hides: posix_spawn leaves them ignored. */
	k->s->ignored |= UINT64_C(3) << 31;
	fd = signalfd(-1, &ours, SFD_CLOEXEC | SFD_NONBLOCK);
	return fd < 0 ? -errno : state_keep_fd(k->s, FD_SIGNALS, fd);
}

static int
prepare(struct keeper *k)
{
	struct state *s = k->s;
	int r = take_signals(k);

	s->keeper = getpid();
	if (!s->deadman_ms)
		s->deadman_ms = DEADMAN_MS;
	if (s->keeper != 1 && prctl(PR_SET_CHILD_SUBREAPER, 1) < 0)
		return -errno;
	sdnotify_open(&k->outer, s);
	if (r == 0)
		r = watch(s, s->fds[FD_SIGNALS], OF_SIGNALS);
	if (r == 0)
		r = watch(s, s->fds[FD_KEEPER], OF_POKE);
	if (r == 0)
		r = watch(s, s->fds[FD_DEADMAN], OF_DEADMAN);
	return r;
}

int
keeper_run(struct state *s, int (*supervisor)(struct state *s))
{
	struct keeper k = {
		.s = s,
		.partner = { .s = s,
			     .supervisor = supervisor,
			     .key = OF_SUPERVISOR },
	};
	int r = prepare(&k);

	if (r < 0) {
		fprintf(stderr, "supd: cannot keep: %s\n", strerror(-r));
		return EX_OSERR;
	}
	partner_start(&k.partner);
	while (!k.partner.is_done && !k.partner.gave_up)
		turn(&k, 0);
	look_through_all(&k);
	if (!k.partner.gave_up)
		return s->exit_status;
	end_all(&k);
	return k.partner.gave_up;
}
