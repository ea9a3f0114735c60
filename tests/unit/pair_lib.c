/* SPDX-License-Identifier: MIT */
/*
 * pair_lib.c - runs a real keeper with a supervisor of the test's own.
 */
#include "pair_lib.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/timerfd.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "keeper.h"
#include "os/procfs.h"

struct notes *notes;

void
pair_complain(const char *file, int line, const char *what)
{
	fprintf(stderr, "# %s:%d: not so: %s\n", file, line, what);
}

void
pair_pause(void)
{
	const struct timespec delay = { .tv_nsec = 2000000 };

	nanosleep(&delay, NULL);
}

void
pair_prepare(struct pair *p)
{
	int r = state_create(&p->s);

	if (r < 0) {
		fprintf(stderr, "state_create: %s\n", strerror(-r));
		exit(1);
	}
	notes = mmap(NULL, sizeof(*notes), PROT_READ | PROT_WRITE,
		     MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (notes == MAP_FAILED)
		exit(1);
}

void
pair_start(struct pair *p, int (*supervisor)(struct state *s))
{
	p->keeper = fork();
	if (p->keeper == 0)
		_exit(keeper_run(p->s, supervisor));
}

int
pair_wait(struct pair *p)
{
	int status;

	while (waitpid(p->keeper, &status, 0) < 0)
		;
	for (int i = 0; i < STATE_FDS; i++)
		if (p->s->fds[i] >= FD_LIMIT)
			close(p->s->fds[i]);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 256 + WTERMSIG(status);
}

static int (*scenario)(struct state *s);

static int
run_scenario(struct state *s)
{
	pair_rest(s);
	return pair_end(s, scenario(s));
}

int
pair_run(int (*supervisor)(struct state *s))
{
	struct pair p;

	scenario = supervisor;
	pair_prepare(&p);
	pair_start(&p, run_scenario);
	return pair_wait(&p);
}

/* Whoever still runs is ended first, as the real one would. */
int
pair_end(struct state *s, int status)
{
	for (uint32_t n = 0; n < s->process_end; n++)
		if (s->process[n].tid && !s->process[n].exited) {
			kill(s->process[n].tid, SIGKILL);
			while (!pair_has_ended(s, n))
				pair_pause();
		}
	s->exit_status = status;
	s->done = 1;
	return status;
}

void
pair_rest(struct state *s)
{
	const struct itimerspec never = { 0 };

	timerfd_settime(s->fds[FD_DEADMAN], 0, &never, NULL);
}

int
pair_spawn(struct state *s, uint32_t node, const char *const *argv,
	   const char *const *words, enum spawn_stage *stage)
{
	static const char *const nothing[] = { NULL };
	struct spawn how = {
		.path = argv[0],
		.argv = (char *const *)(uintptr_t)argv,
		.envp = (char *const *)(uintptr_t)(words ? words : nothing),
		.in = FD_NULL,
		.out = 1,
		.err = 2,
		.umask = -1,
		.cgroup = -1,
	};

	s->process[node].stop_signal = SIGTERM;
	s->process[node].ready_fd = -1;
	return spawn_start(s, node, &how, stage);
}

int
pair_shell(struct state *s, uint32_t node, const char *script,
	   const char *const *words)
{
	const char *argv[] = { "/bin/sh", "-c", script, NULL };
	enum spawn_stage stage;

	return pair_spawn(s, node, argv, words, &stage);
}

bool
pair_has_ended(struct state *s, uint32_t node)
{
	uint64_t count;

	pair_rest(s);
	if (read(s->fds[FD_WAKE], &count, sizeof(count)) < 0)
		count = 0;
	return s->process[node].exited && s->process[node].queued;
}

void
pair_forget(struct state *s, uint32_t node)
{
	struct process *p = &s->process[node];

	close(p->pidfd);
	p->pidfd = -1;
	p->tid = 0;
	p->exited = 0;
	p->queued = 0;
	p->phase = PROCESS_EMPTY;
	s->exits_tail = s->exits_head;
}

bool
pair_is_alive(pid_t pid)
{
	struct proc_stat stat;

	return proc_stat(pid, &stat) == 0 && stat.state != 'Z' &&
	       stat.state != 'X';
}
