/* SPDX-License-Identifier: MIT */
/*
 * exactly_once.c - kills a counter under a real supd at every system call and
 * every k-th instruction of its life, for each kind of sink, and compares what
 * has arrived with 1, 2, 3, ..., byte by byte.
 *
 *	exactly_once [SINK...]    parts of the names of sinks; all
 *
 * All kills of a sink hit one supd: each successor goes on with what the kills
 * before have left.  A write is cut short on purpose by making its third
 * argument smaller, so that each torn line there can be is there.
 *
 * FAULT_FULL=1 leaves out nothing and takes minutes.
 */
#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "hunter_lib.h"
#include "service_lib.h"
#include "stalker_lib.h"
#include "verdict_lib.h"

#define TIME_LIMIT 280 /* seconds, for all */
#define LINES 3        /* of a life that is walked to its end */
#define PAGE 4096

struct hunt {
	struct service service;
	struct stalker stalker;
	struct life life;
	struct verdict verdict;
	unsigned kills, torn;
	uint64_t last_torn;
};

static unsigned stride, offset; /* instructions */

/* The next life.  Its predecessor is gone, so what it wrote has arrived. */
static bool
next_life(struct hunt *h)
{
	if (!stalker_next(&h->stalker, &h->life))
		return false;
	sink_drain(&h->service.sink, &h->verdict, UINT64_MAX);
	if (verdict_is_torn(&h->verdict) && h->last_torn != h->verdict.next) {
		h->torn++;
		h->last_torn = h->verdict.next;
	}
	return true;
}

static void
count_kill(struct hunt *h)
{
	h->kills++;
	h->verdict.kill = h->kills;
}

/* Ends the life; gives back what it was given: did it come as far as it
   should? */
static bool
end_life(struct hunt *h, bool is_there)
{
	count_kill(h);
	life_kill(&h->life);
	return is_there;
}

static bool
walk(struct life *l, unsigned steps)
{
	for (; steps > 0; steps--)
		if (l->lines >= LINES || !life_step(l))
			return false;
	return true;
}

static bool
walk_to_main(struct life *l)
{
	while (!l->is_in_main)
		if (!life_step(l))
			return false;
	return true;
}

/* To the entry of its n-th write. */
static bool
walk_to_print(struct life *l, unsigned n)
{
	for (; n > 0; n--)
		do {
			if (!life_step(l))
				return false;
		} while (!life_is_printing(l));
	return true;
}

static bool
from_birth(struct hunt *h, unsigned i)
{
	return end_life(h, walk(&h->life, i));
}

static bool
from_main(struct hunt *h, unsigned i)
{
	return end_life(h, walk_to_main(&h->life) && walk(&h->life, i));
}

/* Leaves the line of its n-th write with `length` bytes. */
static bool
tear(struct hunt *h, unsigned n, uint64_t length)
{
	struct life *l = &h->life;

	if (!walk_to_print(l, n))
		return end_life(h, false);
	if (length < l->argument[2])
		life_cut(l, length);
	return end_life(h, life_step(l));
}

static bool
in_torn_line(struct hunt *h, unsigned i)
{
	return tear(h, 1 + i / 8, i % 8);
}

static bool
in_completion(struct hunt *h, unsigned i)
{
	return tear(h, 2, 1 + i % 3) && next_life(h) && from_main(h, i);
}

/* Three in a row: the line is torn, and two die over it. */
static bool
in_completion_twice(struct hunt *h, unsigned i)
{
	unsigned both = i * 97 % 1600; /* each pair once in 1600 */

	if (!tear(h, 2, 1 + i % 3) || !next_life(h))
		return false;
	from_main(h, both / 40);
	if (!next_life(h))
		return false;
	from_main(h, both % 40);
	return true;
}

/* Torn, and torn again when the rest is written. */
static bool
torn_twice(struct hunt *h, unsigned i)
{
	return tear(h, 2, 1 + i % 2) && next_life(h) && tear(h, 1, 1) &&
	       next_life(h) && tear(h, 1, i / 2 % 3);
}

static bool
has_settled(void *arg)
{
	const struct hunt *h = arg;

	return h->stalker.is_over || service_has_settled(&h->service);
}

/* Both at the same instant. */
static bool
with_supervisor(struct hunt *h, unsigned i)
{
	bool is_there = walk_to_main(&h->life) && walk(&h->life, i);
	pid_t supervisor;

	/* One that is killed earlier counts as one that crashes. */
	if (!service_look(&h->service) ||
	    !stalker_wait(&h->stalker, has_settled, h))
		return end_life(h, false);
	supervisor = h->service.state->supervisor;
	if (i % 2 == 0)
		kill(supervisor, SIGKILL);
	end_life(h, is_there);
	if (i % 2 == 1)
		kill(supervisor, SIGKILL);
	count_kill(h);
	return is_there;
}

static bool
kill_after_steps(struct hunt *h, bool is_there, unsigned i)
{
	if (!is_there)
		return end_life(h, false);
	count_kill(h);
	return hunter_kill_after_steps(h->life.pid, i * stride + offset);
}

static bool
steps_from_main(struct hunt *h, unsigned i)
{
	return kill_after_steps(h, walk_to_main(&h->life), 5 * i);
}

static bool
steps_from_print(struct hunt *h, unsigned i)
{
	return kill_after_steps(h, walk_to_print(&h->life, 1), i);
}

/* The kernel's own way of tearing a line, if it does. */
static bool
in_write(struct hunt *h, unsigned i)
{
	if (!walk_to_print(&h->life, 1 + i % 2))
		return end_life(h, false);
	count_kill(h);
	life_kill_after(&h->life, i * 211 % 12000);
	return true;
}

static uint64_t
file_size(const struct hunt *h)
{
	struct stat info;

	return fstat(h->service.sink.ours, &info) == 0 ?
		       (uint64_t)info.st_size :
		       0;
}

/* Counts freely until the file is `gap` bytes from the end of its page, where
   the limit of its size tears the line; the signal tells. */
static bool
approach_page(struct hunt *h, uint64_t end, uint64_t gap)
{
	const struct rlimit limit = { end - gap, end - gap };
	struct life *l = &h->life;

	if (!walk_to_print(l, 1) ||
	    prlimit(l->pid, RLIMIT_FSIZE, &limit, NULL) < 0)
		return end_life(h, false);
	return end_life(h, life_run(l) && l->signal == SIGXFSZ) && next_life(h);
}

/* To the write that begins in one page of the file and ends in another. */
static bool
across_page(struct hunt *h, unsigned i)
{
	struct life *l = &h->life;
	uint64_t size = file_size(h), end = (size / PAGE + 1) * PAGE;
	unsigned steps = i % 7;

	if (end - size > 60 && !approach_page(h, end, 2 + i % 23))
		return false;
	do {
		if (!walk_to_print(l, 1))
			return end_life(h, false);
		size = file_size(h);
	} while (size + l->argument[2] <= end);
	if (steps > 4) {
		count_kill(h);
		life_kill_after(l, i * 97 % 8000);
		return true;
	}
	if (steps > 1)
		life_cut(l, end - size);
	for (; steps > 0 && life_step(l); steps--)
		;
	return end_life(h, true);
}

struct way {
	const char *name;
	bool (*kill)(struct hunt *h, unsigned i);
	unsigned tries, all; /* all: with FAULT_FULL */
	enum { EACH, FILES, FIRST } sinks;
};

static const struct way ways[] = {
	{ "at each system call of its life", from_birth, 400, 400, FIRST },
	{ "at each system call", from_main, 200, 200, EACH },
	{ "when a line is torn", in_torn_line, 24, 24, EACH },
	{ "when it completes a line", in_completion, 200, 200, EACH },
	{ "when it completes a line, twice", in_completion_twice, 20, 1600,
	  EACH },
	{ "when the rest is torn", torn_twice, 6, 6, EACH },
	{ "together with the supervisor", with_supervisor, 24, 200, EACH },
	{ "after each k-th instruction", steps_from_main, 25, 4000, EACH },
	{ "after each k-th instruction of a line", steps_from_print, 25, 4000,
	  EACH },
	{ "in a write", in_write, 60, 2000, EACH },
	{ "at the end of a page", across_page, 42, 700, FILES },
};

static bool
is_for(const struct way *way, const struct sink *s)
{
	return way->sinks == EACH || s->kind == SINK_FILE ||
	       (way->sinks == FILES && sink_is_file(s));
}

static void
hunt(struct hunt *h, const struct way *way, bool is_full)
{
	unsigned tries = is_full ? way->all : way->tries, i;
	unsigned before = h->kills;
	int64_t since = clock_ms();

	h->verdict.after = way->name;
	for (i = 0; i < tries; i++)
		if (!next_life(h) || !way->kill(h, i))
			break;
	if (is_full)
		printf("# %s: %s: %u kills in %.1f s\n", h->verdict.name,
		       way->name, h->kills - before,
		       (double)(clock_ms() - since) / 1e3);
}

static bool
has_ended(void *arg)
{
	struct hunt *h = arg;

	sink_drain(&h->service.sink, &h->verdict, UINT64_MAX);
	return h->stalker.is_over;
}

/* The last one counts freely until supd is stopped in order. */
static bool
finish(struct hunt *h)
{
	struct pollfd more = { .fd = h->service.sink.ours, .events = POLLIN };

	if (!next_life(h))
		return false;
	h->verdict.after = "the end";
	life_spare(&h->life);
	kill(h->service.keeper, SIGTERM);
	if (!stalker_wait(&h->stalker, has_ended, h))
		return false;
	/* What a terminal has taken comes through a little later. */
	do {
		sink_drain(&h->service.sink, &h->verdict, UINT64_MAX);
	} while (!sink_is_file(&h->service.sink) && poll(&more, 1, 100) > 0);
	return WIFEXITED(h->stalker.status) &&
	       WEXITSTATUS(h->stalker.status) == 0;
}

/* From the first byte, not only as it came. */
static bool
is_right_as_a_whole(struct hunt *h)
{
	struct verdict whole;

	if (!sink_is_file(&h->service.sink))
		return true;
	verdict_init(&whole, h->verdict.name);
	lseek(h->service.sink.ours, 0, SEEK_SET);
	sink_drain(&h->service.sink, &whole, UINT64_MAX);
	return !verdict_errors(&whole) && whole.numbers == h->verdict.numbers;
}

static void
kill_all(struct hunt *h)
{
	if (h->service.keeper > 0 && !h->stalker.is_over) {
		kill(h->service.keeper, SIGKILL);
		waitpid(h->service.keeper, NULL, __WALL);
	}
}

static bool
run(struct hunt *h, bool is_full)
{
	const unsigned count = sizeof(ways) / sizeof(*ways);
	struct verdict *v = &h->verdict;
	int64_t since = clock_ms();
	bool is_good;

	for (unsigned i = 0; i < count && !h->stalker.is_over; i++)
		if (is_for(&ways[i], &h->service.sink))
			hunt(h, &ways[i], is_full);
	is_good = finish(h);
	if (!is_good)
		printf("# %s: supd did not end in order: %#x\n", v->name,
		       (unsigned)h->stalker.status);
	is_good = is_good && !verdict_is_torn(v) && !verdict_errors(v) &&
		  v->numbers && is_right_as_a_whole(h);
	printf("# %s: %u kills, %" PRIu64 " numbers, %u torn lines; %u"
	       " repeated, %u gaps, %u garbled; %.1f s\n",
	       v->name, h->kills, v->numbers, h->torn, v->repeated, v->skipped,
	       v->garbled, (double)(clock_ms() - since) / 1e3);
	if (!is_good)
		service_tell(&h->service);
	return is_good;
}

/* Prints the line of TAP. */
static bool
test(enum sink_kind kind, unsigned number, bool is_full)
{
	const struct service_plan plan = { .kind = kind };
	const char *name = sink_names[kind], *skip = "";
	static struct hunt h;
	bool is_good = false;
	int r;

	h = (struct hunt){ 0 };
	verdict_init(&h.verdict, name);
	r = service_prepare(&h.service, &plan);
	if (r == 0)
		r = stalker_attach(&h.stalker, h.service.keeper);
	if (r == 0) {
		service_go(&h.service);
		is_good = run(&h, is_full);
	} else if (r == -EPERM) {
		skip = " # SKIP may not trace";
		is_good = true;
	} else {
		printf("# cannot prepare: %s\n", strerror(-r));
	}
	kill_all(&h);
	service_done(&h.service);
	printf("%s %u - %s%s\n", is_good ? "ok" : "not ok", number, name, skip);
	fflush(stdout);
	return is_good;
}

static bool
is_wanted(int argc, char **argv, const char *name)
{
	for (int i = 1; i < argc; i++)
		if (strstr(name, argv[i]))
			return true;
	return argc == 1;
}

int
main(int argc, char **argv)
{
	bool is_full = getenv("FAULT_FULL") != NULL, is_good = true;
	unsigned number = 0;

	alarm(is_full ? 7200 : TIME_LIMIT);
	stride = is_full ? 1 : 37;
	offset = is_full ? 0 : (unsigned)getpid() % stride;
	for (unsigned kind = 0; kind < SINK_KINDS; kind++)
		if (is_wanted(argc, argv, sink_names[kind]))
			is_good =
				test((enum sink_kind)kind, ++number, is_full) &&
				is_good;
	printf("1..%u\n", number);
	return !is_good;
}
