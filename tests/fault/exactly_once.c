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
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "hunt_lib.h"

#define TIME_LIMIT 280   /* seconds, for all */
#define TURN_BYTES 65536 /* a writer may be faster than we are */
#define STRIDE 37        /* instructions; which of them differs */

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
		if (!hunt_next_life(h) || !way->kill(h, i))
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

	sink_drain(&h->service.sink, &h->verdict, TURN_BYTES);
	return h->stalker.is_over;
}

static bool
has_gone_on(void *arg)
{
	struct hunt *h = arg;

	sink_drain(&h->service.sink, &h->verdict, TURN_BYTES);
	return h->stalker.is_over || h->verdict.numbers > h->mark;
}

/* The last one counts freely until supd is stopped in order; only one that goes
   on completes what the last kill has torn. */
static bool
finish(struct hunt *h)
{
	if (!hunt_next_life(h))
		return false;
	h->verdict.after = "the end";
	h->mark = h->verdict.numbers + 1;
	life_spare(&h->life);
	if (!stalker_wait(&h->stalker, has_gone_on, h))
		return false;
	kill(h->service.keeper, SIGTERM);
	if (!stalker_wait(&h->stalker, has_ended, h))
		return false;
	sink_drain_rest(&h->service.sink, &h->verdict);
	return WIFEXITED(h->stalker.status) &&
	       WEXITSTATUS(h->stalker.status) == 0;
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
	struct verdict *v = &h->verdict;
	int64_t since = clock_ms();
	bool is_good;

	for (unsigned i = 0; i < WAYS && !h->stalker.is_over; i++)
		if (is_for(&ways[i], &h->service.sink))
			hunt(h, &ways[i], is_full);
	is_good = finish(h);
	if (!is_good)
		printf("# %s: supd did not end in order: %#x\n", v->name,
		       (unsigned)h->stalker.status);
	is_good = is_good && !verdict_is_torn(v) && !verdict_errors(v) &&
		  v->numbers && sink_is_right(&h->service.sink, v);
	printf("# %s: %u kills, %" PRIu64 " numbers, %u torn lines; %u"
	       " repeated, %u gaps, %u garbled; %.1f s\n",
	       v->name, h->kills, v->numbers, h->torn, v->repeated, v->skipped,
	       v->garbled, (double)(clock_ms() - since) / 1e3);
	if (!is_good)
		service_tell(&h->service);
	return is_good;
}

/* The test must be able to fail. */
static bool
run_forgetful(struct hunt *h, bool is_full)
{
	(void)is_full;
	for (unsigned i = 0; i < 4; i++)
		if (hunt_next_life(h))
			hunt_print_line(h);
	return finish(h) && h->verdict.repeated;
}

/* Prints the line of TAP. */
static bool
test(const struct service_plan *plan, unsigned number, bool is_full)
{
	bool (*what)(struct hunt *, bool) = plan->forgets ? run_forgetful : run;
	const char *name = plan->forgets ? "what forgets is found out" :
					   sink_names[plan->kind];
	const char *why = plan->forgets ? NULL : service_why_not(plan->kind);
	static struct hunt h;
	bool is_good = false;
	int r;

	if (why) {
		printf("ok %u - %s # SKIP %s\n", number, name, why);
		return true;
	}
	h = (struct hunt){ .stride = is_full ? 1 : STRIDE };
	h.offset = (unsigned)getpid() % h.stride;
	verdict_init(&h.verdict, name);
	r = service_prepare(&h.service, plan);
	if (r == 0)
		r = stalker_attach(&h.stalker, h.service.keeper);
	if (r == 0) {
		service_go(&h.service);
		is_good = what(&h, is_full);
	} else if (r == -EPERM) {
		why = " # SKIP may not trace";
		is_good = true;
	} else {
		printf("# cannot prepare: %s\n", strerror(-r));
	}
	kill_all(&h);
	service_done(&h.service);
	printf("%s %u - %s%s\n", is_good ? "ok" : "not ok", number, name,
	       why ? why : "");
	fflush(stdout);
	return is_good;
}

int
main(int argc, char **argv)
{
	bool is_full = getenv("FAULT_FULL") != NULL, is_good = true;
	struct service_plan plan = { 0 };
	unsigned number = 0;

	(void)argc;
	alarm(is_full ? 7200 : TIME_LIMIT);
	for (unsigned kind = 0; kind < SINK_KINDS; kind++) {
		plan.kind = (enum sink_kind)kind;
		if (sink_is_wanted(kind, argv + 1))
			is_good = test(&plan, ++number, is_full) && is_good;
	}
	plan = (struct service_plan){ .kind = SINK_PIPE, .forgets = true };
	is_good = test(&plan, ++number, is_full) && is_good;
	printf("1..%u\n", number);
	return !is_good;
}
