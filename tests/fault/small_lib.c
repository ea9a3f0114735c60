/* SPDX-License-Identifier: MIT */
/*
 * small_lib.c - a small supervisor that restarts its children for ever.
 */
#include "small_lib.h"

#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <sys/timerfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/journal.h"
#include "os/exit_ring.h"
#include "os/spawn.h"

struct books *books;

static int
status_of(uint32_t node, uint32_t life)
{
	return (int)((node + life) % 100);
}

/* Its death has been recorded and nothing is left of it. */
static void
close_account(struct state *s, uint32_t n)
{
	struct process *p = &s->process[n];
	struct child *c = &s->child[n];
	int pidfd = p->pidfd;

	journal_begin(s->journal);
	journal_save(s->journal, &books->ended[n][p->incarnation], 1);
	journal_save(s->journal, &books->wrong, sizeof(books->wrong));
	journal_save(s->journal, p, sizeof(*p));
	journal_save(s->journal, c, sizeof(*c));
	books->ended[n][p->incarnation]++;
	books->wrong += p->code != CLD_EXITED ||
			p->status != status_of(n, p->incarnation);
	c->exits++;
	p->tid = 0;
	p->pidfd = -1;
	p->phase = PROCESS_EMPTY;
	__atomic_store_n(&p->exited, 0, __ATOMIC_RELEASE);
	journal_commit(s->journal);
	close(pidfd);
}

static void
take_exits(struct state *s)
{
	while (exit_ring_take(s) != NO_NODE)
		;
	for (uint32_t n = FIRST; n <= LAST; n++)
		if (s->process[n].phase == PROCESS_DEAD)
			close_account(s, n);
}

static int
spawn(struct state *s, uint32_t n)
{
	static const char script[] = "echo $1 $2 >&3; exit $3";
	struct process *p = &s->process[n];
	char node[16], life[16], status[16];
	const char *argv[] = {
		"sh", "-c", script, "-", node, life, status, NULL
	};
	const char *envp[] = { NULL };
	const struct spawn_fd lines = { .from = s->fds[FD_LINES], .to = 3 };
	const struct spawn how = {
		.path = "/bin/sh",
		.argv = (char *const *)(uintptr_t)argv,
		.envp = (char *const *)(uintptr_t)envp,
		.in = FD_NULL,
		.out = FD_NULL,
		.err = 2,
		.fds = &lines,
		.fd_count = 1,
		.umask = -1,
		.cgroup = -1,
	};
	enum spawn_stage stage;

	p->incarnation = (uint32_t)s->child[n].incarnation + 1;
	p->kill_mode = KILL_PROCESS;
	p->ready_fd = -1;
	snprintf(node, sizeof(node), "%u", n);
	snprintf(life, sizeof(life), "%u", p->incarnation);
	snprintf(status, sizeof(status), "%d", status_of(n, p->incarnation));
	return spawn_start(s, n, &how, &stage);
}

/* Makes n's process, or goes on with the one that a predecessor made. */
static void
start(struct state *s, uint32_t n)
{
	struct process *p = &s->process[n];
	struct child *c = &s->child[n];
	enum spawn_stage stage;
	int r = p->tid ? spawn_finish(s, n, &stage) : spawn(s, n);

	if (r < 0)
		books->failed++;
	if (!p->tid)
		return;
	journal_begin(s->journal);
	journal_save(s->journal, c, sizeof(*c));
	c->incarnation = p->incarnation;
	journal_commit(s->journal);
}

static bool
is_unanswered(const struct state *s, uint32_t n)
{
	const struct process *p = &s->process[n];

	return p->tid && p->incarnation != s->child[n].incarnation;
}

int
small_supervise(struct state *s)
{
	struct pollfd wake = { .fd = s->fds[FD_WAKE], .events = POLLIN };
	const struct itimerspec never = { 0 };
	uint64_t count;

	journal_rollback(s->journal);
	for (;;) {
		bool is_idle = true;

		for (uint32_t n = FIRST; n <= LAST; n++)
			if (is_unanswered(s, n))
				start(s, n);
		take_exits(s);
		for (uint32_t n = FIRST; n <= LAST; n++) {
			if (!s->process[n].tid && !books->is_over)
				start(s, n);
			is_idle = is_idle && !s->process[n].tid;
		}
		if (is_idle && books->is_over)
			break;
		timerfd_settime(s->fds[FD_DEADMAN], 0, &never, NULL);
		poll(&wake, 1, -1);
		if (read(wake.fd, &count, sizeof(count)) < 0)
			continue;
	}
	s->done = 1;
	return 0;
}
