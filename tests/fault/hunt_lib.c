/* SPDX-License-Identifier: MIT */
/*
 * hunt_lib.c - the ways in which exactly_once.c kills a worker.
 */
#include "hunt_lib.h"

#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include "hunter_lib.h"

#define LINES 3 /* of a life that is walked to its end */
#define PAGE 4096

bool
hunt_next_life(struct hunt *h)
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

void
hunt_print_line(struct hunt *h)
{
	tear(h, 1, UINT64_MAX);
}

static bool
in_torn_line(struct hunt *h, unsigned i)
{
	return tear(h, 1 + i / 8, i % 8);
}

static bool
in_completion(struct hunt *h, unsigned i)
{
	return tear(h, 2, 1 + i % 3) && hunt_next_life(h) && from_main(h, i);
}

/* Three in a row: the line is torn, and two die over it. */
static bool
in_completion_twice(struct hunt *h, unsigned i)
{
	unsigned both = i * 97 % 1600; /* each pair once in 1600 */

	if (!tear(h, 2, 1 + i % 3) || !hunt_next_life(h))
		return false;
	from_main(h, both / 40);
	if (!hunt_next_life(h))
		return false;
	from_main(h, both % 40);
	return true;
}

/* Torn, and torn again when the rest is written. */
static bool
torn_twice(struct hunt *h, unsigned i)
{
	return tear(h, 2, 1 + i % 2) && hunt_next_life(h) && tear(h, 1, 1) &&
	       hunt_next_life(h) && tear(h, 1, i / 2 % 3);
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
	return hunter_kill_at(h->life.pid, BY_INSTRUCTION,
			      i * h->stride + h->offset);
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
	return end_life(h, life_run(l) && l->signal == SIGXFSZ) &&
	       hunt_next_life(h);
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

const struct way ways[WAYS] = {
	{ "at each system call of its life", from_birth, 400, 400, FIRST },
	{ "at each system call", from_main, 200, 200, EACH },
	{ "when a line is torn", in_torn_line, 24, 24, EACH },
	{ "when it completes a line", in_completion, 200, 200, EACH },
	{ "when it completes a line, twice", in_completion_twice, 12, 1600,
	  EACH },
	{ "when the rest is torn", torn_twice, 6, 6, EACH },
	{ "together with the supervisor", with_supervisor, 14, 200, EACH },
	{ "after each k-th instruction", steps_from_main, 15, 4000, EACH },
	{ "after each k-th instruction of a line", steps_from_print, 20, 4000,
	  EACH },
	{ "in a write", in_write, 30, 2000, EACH },
	{ "at the end of a page", across_page, 28, 700, FILES },
};
