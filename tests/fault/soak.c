/* SPDX-License-Identifier: MIT */
/*
 * soak.c - kills worker, standby and supervisor of a real supd at random
 * instants, tens of thousands of times if wanted, for each kind of sink, and
 * compares what has arrived with 1, 2, 3, ..., byte by byte.
 *
 *	soak [--kills N] [--seconds N] [--seed N] [--standby hot] [SINK...]
 *
 * kills and seconds are for all sinks together; a kill is one SIGKILL to a
 * process that lived.  A SINK is a part of the names of those wanted.
 */
#include <err.h>
#include <fcntl.h>
#include <getopt.h>
#include <inttypes.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "cklayout.h"
#include "lot_lib.h"
#include "os/procfs.h"
#include "service_lib.h"

#define PATIENCE_MS 30000
#define PAUSE_US 3000    /* the longest before a kill, */
#define OVERLAP_US 400   /* and of a supervisor that takes a death in hand */
#define TURN_BYTES 65536 /* a writer may be faster than we are */

enum victim { WORKER, STANDBY, SUPERVISOR, VICTIMS };

struct options {
	unsigned kills, seconds;
	uint64_t seed;
	const char *standby;
};

struct soak {
	const struct options *o;
	struct service service;
	struct verdict verdict;
	uint64_t random;
	unsigned kills[VICTIMS];
	int checkpoint; /* to see who has it; -1: not yet there */
	uint64_t mark;  /* numbers */
	const char *failure;
};

static void
drain(struct soak *s)
{
	sink_drain(&s->service.sink, &s->verdict, TURN_BYTES);
}

static void
pause_us(unsigned us)
{
	const struct timespec moment = { .tv_nsec = us * 1000L };

	nanosleep(&moment, NULL);
}

/* Until it is so, or too late; what arrives is taken meanwhile. */
static bool
wait_until(struct soak *s, bool (*is_so)(struct soak *s))
{
	int64_t deadline = clock_ms() + PATIENCE_MS;

	while (!is_so(s)) {
		if (clock_ms() > deadline)
			return false;
		drain(s);
		pause_us(100);
	}
	return true;
}

static bool
has_settled(struct soak *s)
{
	return service_look(&s->service) && service_has_settled(&s->service);
}

/* Who has opened the checkpoint last; 0: nobody yet. */
static pid_t
find_owner(struct soak *s)
{
	struct layout_progress progress = { 0 };

	if (s->checkpoint < 0) {
		char path[256];

		snprintf(path, sizeof(path), "%s/checkpoint", s->service.dir);
		s->checkpoint = open(path, O_RDONLY | O_CLOEXEC);
	}
	if (pread(s->checkpoint, &progress, sizeof(progress),
		  LAYOUT_PROGRESS_OFFSET) < 0)
		return 0;
	return (pid_t)progress.owner;
}

static const struct pid_list *
list_children(const struct soak *s)
{
	static struct pid_list list;

	list.count = 0;
	proc_children(s->service.keeper, &list);
	return &list;
}

/* One of the keeper's children that is not its supervisor: the one that has
   the checkpoint, or one that has it not (the standby, a newborn).
   0: there is none at the moment. */
static pid_t
find_worker(struct soak *s, bool owns)
{
	const struct pid_list *list = list_children(s);
	pid_t owner = find_owner(s), found = 0;

	for (unsigned i = 0; i < list->count; i++) {
		if (list->pid[i] == s->service.state->supervisor)
			continue;
		if (!found || (list->pid[i] == owner) == owns)
			found = list->pid[i];
	}
	return found;
}

static bool
is_keepers(const struct soak *s, pid_t pid)
{
	const struct pid_list *list = list_children(s);

	for (unsigned i = 0; i < list->count; i++)
		if (list->pid[i] == pid)
			return true;
	return false;
}

/* By a descriptor, so that nobody else can be meant.  A pidfd to wait for its
   end with, or -1: it was gone. */
static int
kill_one(struct soak *s, pid_t pid, enum victim victim)
{
	int fd = pid > 0 ? pidfd_open(pid, 0) : -1;
	struct pollfd ended = { .fd = fd, .events = POLLIN };

	if (fd < 0)
		return -1;
	if (is_keepers(s, pid) && poll(&ended, 1, 0) == 0 &&
	    pidfd_send_signal(fd, SIGKILL, NULL, 0) == 0) {
		s->kills[victim]++;
		s->verdict.kill++;
		return fd;
	}
	close(fd);
	return -1;
}

static void
await_end(struct soak *s, int fd)
{
	struct pollfd ended = { .fd = fd, .events = POLLIN };

	if (fd < 0)
		return;
	if (poll(&ended, 1, PATIENCE_MS) < 1)
		s->failure = "a process does not die of SIGKILL";
	close(fd);
}

static bool
has_worker(struct soak *s)
{
	return find_worker(s, true) != 0;
}

/* One that is killed before it has come up counts as one that crashes, and
   five of those end supd: that one is waited for. */
static int
kill_supervisor(struct soak *s)
{
	if (wait_until(s, has_settled))
		return kill_one(s, s->service.state->supervisor, SUPERVISOR);
	s->failure = "the supervisor does not come up";
	return -1;
}

/* Also both at once: the supervisor before the other, or over its death. */
static void
strike(struct soak *s)
{
	uint64_t lot = lot_draw(&s->random, 100);
	bool hits_standby = s->o->standby && lot % 10 < 3;
	bool comes_second = lot >= 70 && lot < 85 && lot % 2;
	int one = -1, other = -1;

	if (!wait_until(s, has_worker)) {
		s->failure = "no worker comes";
		return;
	}
	s->verdict.after = lot < 70 ? "of a worker" : "with the supervisor";
	if (lot >= 70 && !comes_second)
		one = kill_supervisor(s);
	if (lot < 85)
		other = kill_one(s, find_worker(s, !hits_standby),
				 hits_standby ? STANDBY : WORKER);
	if (comes_second) {
		pause_us((unsigned)lot_draw(&s->random, OVERLAP_US));
		one = kill_supervisor(s);
	}
	await_end(s, one);
	await_end(s, other);
}

/* Sometimes nobody takes what is written, so that the writer gets stuck. */
static void
breathe(struct soak *s)
{
	uint64_t lot = lot_draw(&s->random, 8);

	pause_us((unsigned)lot_draw(&s->random, PAUSE_US) * (lot == 0 ? 3 : 1));
	if (lot > 1)
		drain(s);
}

static bool
has_ended(struct soak *s)
{
	int status;

	if (waitpid(s->service.keeper, &status, WNOHANG) == 0)
		return false;
	s->service.keeper = 0;
	if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
		s->failure = "supd did not end in order";
	return true;
}

static bool
has_gone_on(struct soak *s)
{
	return s->verdict.numbers > s->mark;
}

/* Only one that goes on completes what the last kill has torn. */
static void
finish(struct soak *s)
{
	s->verdict.after = "the end";
	s->mark = s->verdict.numbers + 1;
	if (!s->failure && !wait_until(s, has_gone_on))
		s->failure = "it does not go on";
	kill(s->service.keeper, SIGTERM);
	if (!wait_until(s, has_ended)) {
		s->failure = "supd does not stop";
		kill(s->service.keeper, SIGKILL);
		waitpid(s->service.keeper, NULL, 0);
	}
	sink_drain_rest(&s->service.sink, &s->verdict);
}

static unsigned
sum(const struct soak *s)
{
	return s->kills[WORKER] + s->kills[STANDBY] + s->kills[SUPERVISOR];
}

static bool
is_good(struct soak *s)
{
	struct verdict *v = &s->verdict;

	if (!s->failure && verdict_errors(v))
		s->failure = "the output is wrong";
	else if (!s->failure && verdict_is_torn(v))
		s->failure = "the last line is torn";
	else if (!s->failure && !v->numbers)
		s->failure = "nothing was printed";
	else if (!s->failure && !sink_is_right(&s->service.sink, v))
		s->failure = "the file is wrong";
	if (s->failure)
		printf("# %s: %s\n", v->name, s->failure);
	return !s->failure;
}

static bool
soak(struct soak *s, unsigned kills, int64_t milliseconds)
{
	struct verdict *v = &s->verdict;
	int64_t since = clock_ms(), until = since + milliseconds;

	service_go(&s->service);
	if (!wait_until(s, has_settled))
		s->failure = "supd does not come up";
	while (!s->failure && sum(s) < kills && clock_ms() < until) {
		breathe(s);
		strike(s);
	}
	finish(s);
	printf("# %s: killed %u workers, %u standbys, %u supervisors; %" PRIu64
	       " numbers, %u repeated, %u gaps, %u garbled; %.1f s\n",
	       v->name, s->kills[WORKER], s->kills[STANDBY],
	       s->kills[SUPERVISOR], v->numbers, v->repeated, v->skipped,
	       v->garbled, (double)(clock_ms() - since) / 1e3);
	return is_good(s);
}

/* Prints the line of TAP. */
static bool
test(const struct options *o, enum sink_kind kind, unsigned number,
     unsigned sinks)
{
	const struct service_plan plan = { .kind = kind,
					   .standby = o->standby };
	const char *why = service_why_not(kind), *name = sink_names[kind];
	struct soak s = { .o = o, .checkpoint = -1 };
	int64_t milliseconds = (int64_t)o->seconds * 1000 / sinks;
	bool good = false;
	int r;

	if (why) {
		printf("ok %u - %s # SKIP %s\n", number, name, why);
		return true;
	}
	s.random = o->seed + kind;
	verdict_init(&s.verdict, name);
	r = service_prepare(&s.service, &plan);
	if (r == 0)
		good = soak(&s, (o->kills + sinks - 1) / sinks, milliseconds);
	else
		printf("# cannot prepare: %s\n", strerror(-r));
	if (!good)
		service_tell(&s.service);
	if (s.checkpoint >= 0)
		close(s.checkpoint);
	service_done(&s.service);
	printf("%s %u - %s\n", good ? "ok" : "not ok", number, name);
	fflush(stdout);
	return good;
}

static void
read_options(int argc, char **argv, struct options *o)
{
	static const struct option known[] = {
		{ "kills", required_argument, NULL, 'k' },
		{ "seconds", required_argument, NULL, 's' },
		{ "seed", required_argument, NULL, 'r' },
		{ "standby", required_argument, NULL, 'b' },
		{ 0 },
	};
	int letter;

	while ((letter = getopt_long(argc, argv, "", known, NULL)) != -1) {
		if (letter == 'k')
			o->kills = (unsigned)strtoul(optarg, NULL, 10);
		else if (letter == 's')
			o->seconds = (unsigned)strtoul(optarg, NULL, 10);
		else if (letter == 'r')
			o->seed = strtoull(optarg, NULL, 10);
		else if (letter == 'b')
			o->standby = optarg;
		else
			exit(64);
	}
	if (!o->kills || !o->seconds)
		errx(64, "--kills and --seconds are at least 1");
}

int
main(int argc, char **argv)
{
	/* What `make test` has time for. */
	struct options o = { .kills = 1000, .seconds = 8 };
	unsigned number = 0, sinks = 0;
	bool good = true;

	o.seed = (uint64_t)time(NULL) << 22 ^ (uint64_t)getpid();
	read_options(argc, argv, &o);
	for (unsigned kind = 0; kind < SINK_KINDS; kind++)
		sinks += sink_is_wanted(kind, argv + optind);
	printf("1..%u\n# --seed %" PRIu64 "\n", sinks, o.seed);
	for (unsigned kind = 0; kind < SINK_KINDS; kind++)
		if (sink_is_wanted(kind, argv + optind))
			good = test(&o, (enum sink_kind)kind, ++number,
				    sinks) &&
			       good;
	return !good;
}
