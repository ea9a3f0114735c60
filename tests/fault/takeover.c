/* SPDX-License-Identifier: MIT */
/*
 * takeover.c - kills the supervisor at every instruction and system call of a
 * spawn, an exit and a takeover, and counts children lost, doubled and missed.
 *
 * The keeper, the spawning and the shared state are the real ones; the
 * supervisor is a small one that restarts its children for ever and keeps its
 * books under the journal, as the real one does.  Each child writes its number
 * to a pipe and exits with a status that belongs to it:
 *
 *	started == run == ended, each once, with the right status
 *
 * FAULT_FULL=1 leaves out no instruction and takes minutes.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "hunter_lib.h"
#include "keeper.h"
#include "os/state.h"
#include "small_lib.h"

#define STRIDE 131 /* instructions; which of them differs from run to run */
#define SKIPPED 77
#define TIME_LIMIT 280 /* seconds, for all */

struct run {
	struct state *s;
	struct hunter hunter;
	int lines; /* our end of the pipe */
	uint8_t (*ran)[LIVES_MAX];
};

/* Every now and then, that the pipe does not fill. */
static void
read_lines(struct run *r)
{
	static char text[65536];
	static size_t length;
	ssize_t n;

	while ((n = read(r->lines, text + length, sizeof(text) - length - 1)) >
	       0) {
		char *line = text, *end;

		text[length + (size_t)n] = '\0';
		while ((end = strchr(line, '\n'))) {
			unsigned node, life;

			if (sscanf(line, "%u %u", &node, &life) == 2 &&
			    node <= LAST && life < LIVES_MAX)
				r->ran[node][life]++;
			line = end + 1;
		}
		length = strlen(line);
		memmove(text, line, length + 1);
	}
}

/* How supervisors die in the i-th of `all` tries. */
struct way {
	const char *name;
	bool (*kill)(pid_t pid, unsigned i);
	unsigned tries, all; /* all: with FAULT_FULL */
};

static unsigned stride, offset;

static bool
by_step(pid_t pid, unsigned i)
{
	return hunter_kill_at(pid, BY_INSTRUCTION, i * stride + offset);
}

static bool
by_syscall(pid_t pid, unsigned i)
{
	return hunter_kill_at(pid, BY_SYSCALL, i);
}

static bool
in_clone(pid_t pid, unsigned i)
{
	return hunter_kill_in_clone(pid, 1 + i % 3, i * 7 % 400);
}

static bool
by_time(pid_t pid, unsigned i)
{
	return hunter_kill_after(pid, i * 37 % 3000);
}

static const struct way ways[] = {
	{ "after every k-th instruction", by_step, 45, 6000 },
	{ "at every system call", by_syscall, 160, 400 },
	{ "in clone3()", in_clone, 160, 4000 },
	{ "at any time", by_time, 300, 4000 },
};

static unsigned
hunt(struct run *r, const struct way *way, bool is_full)
{
	unsigned tries = is_full ? way->all : way->tries, kills = 0;

	stride = is_full ? 1 : STRIDE;
	offset = is_full ? 0 : (unsigned)getpid() % STRIDE;
	for (unsigned i = 0; i < tries; i++) {
		pid_t pid = hunter_next(&r->hunter);

		if (!pid)
			return kills;
		kills += way->kill(pid, i);
		read_lines(r);
	}
	return kills;
}

/* 0, 1, or SKIPPED. */
static int
start_keeper(struct run *r)
{
	int lines[2], go[2];
	char byte;
	int error = state_create(&r->s);
	pid_t pid;

	if (error < 0 || pipe2(lines, O_CLOEXEC) < 0 ||
	    pipe2(go, O_CLOEXEC) < 0)
		return 1;
	fcntl(lines[0], F_SETFL, O_NONBLOCK);
	r->lines = lines[0];
	r->s->tireless = true;
	r->s->deadman_ms = 60000;
	state_keep_fd(r->s, FD_LINES, lines[1]);
	pid = fork();
	if (pid < 0)
		return 1;
	if (pid == 0) {
		int null = open("/dev/null", O_WRONLY);

		dup2(null, 2); /* one line for each supervisor */
		close(go[1]);
		_exit(read(go[0], &byte, 1) == 1 ?
			      keeper_run(r->s, small_supervise) :
			      1);
	}
	close(r->s->fds[FD_LINES]);
	error = hunter_attach(&r->hunter, pid);
	if (error < 0) {
		kill(pid, SIGKILL);
		waitpid(pid, NULL, 0);
		printf("ok 1 - takeover # SKIP may not trace: %s\n",
		       strerror(-error));
		return SKIPPED;
	}
	return write(go[1], "", 1) != 1;
}

/* The last one may go on to the end. */
static bool
finish(struct run *r)
{
	__atomic_store_n(&books->is_over, 1, __ATOMIC_SEQ_CST);
	for (pid_t pid; (pid = hunter_next(&r->hunter));)
		hunter_spare(pid);
	read_lines(r);
	return WIFEXITED(r->hunter.status) &&
	       WEXITSTATUS(r->hunter.status) == 0;
}

static unsigned
judge(const struct run *r)
{
	unsigned lives = 0, lost = 0, twice = 0, missed = 0, doubled = 0;
	uint64_t starts = 0;

	for (uint32_t n = FIRST; n <= LAST; n++) {
		uint64_t all = r->s->child[n].incarnation;

		starts += all;
		for (uint32_t life = 1; life < LIVES_MAX; life++) {
			unsigned ran = r->ran[n][life];
			unsigned ended = books->ended[n][life];

			lives += ran;
			lost += life <= all && ran == 0;
			twice += ran > 1 || (ran && life > all);
			missed += life <= all && ended == 0;
			doubled += ended > 1 || (ended && life > all);
		}
	}
	printf("# %lu starts, %u ran, %u exits recorded: %u lost, %u run twice,"
	       " %u exits missed, %u recorded twice, %u wrong, %u failed\n",
	       (unsigned long)starts, lives, r->s->exits_head, lost, twice,
	       missed, doubled, books->wrong, books->failed);
	return lost + twice + missed + doubled + books->wrong + books->failed +
	       (starts != lives) + (lives != r->s->exits_head) + (starts == 0) +
	       r->s->orphans;
}

static void *
shared(size_t size)
{
	void *memory = mmap(NULL, size, PROT_READ | PROT_WRITE,
			    MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	if (memory == MAP_FAILED)
		abort();
	return memory;
}

int
main(void)
{
	static uint8_t ran[LAST + 1][LIVES_MAX];
	const unsigned count = sizeof(ways) / sizeof(*ways);
	bool is_full = getenv("FAULT_FULL") != NULL, is_ended;
	struct run r = { .ran = ran };
	int status;

	alarm(is_full ? 3600 : TIME_LIMIT);
	books = shared(sizeof(*books));
	status = start_keeper(&r);
	if (status != 0)
		return status == SKIPPED ? 0 : 1;
	for (unsigned i = 0; i < count; i++) {
		int64_t since = clock_ms();
		unsigned kills = hunt(&r, &ways[i], is_full);

		printf("# killed %s: %u times in %.1f s\n", ways[i].name, kills,
		       (double)(clock_ms() - since) / 1e3);
		fflush(stdout);
	}
	is_ended = finish(&r);
	if (!is_ended)
		printf("# the keeper did not end in order: %#x\n",
		       (unsigned)r.hunter.status);
	is_ended = judge(&r) == 0 && is_ended;
	printf("%s 1 - takeover\n", is_ended ? "ok" : "not ok");
	return !is_ended;
}
