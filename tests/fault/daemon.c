/* SPDX-License-Identifier: MIT */
/*
 * daemon.c - kills the supervisor of a real supd at instructions and system
 * calls of all that it does, and compares what the children have recorded of
 * their lives with what supd says of them.
 *
 * After each kill the tree must become whole again by itself: no child is lost
 * or there twice, no exit is missed or counted twice, no process is stray.
 * A call that was cut off is repeated, as a user would.
 *
 * FAULT_FULL=1 kills at each system call and at many more instructions.
 */
#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "daemon_lib.h"
#include "ledger_lib.h"
#include "os/state.h"

#define PATIENCE_MS 20000
#define TIME_LIMIT 280 /* seconds, for all */
#define CALL_TRIES 60
#define STEP_TRIES 40
#define INSTRUCTIONS 2000 /* behind a system call at most */

struct test {
	struct daemon d;
	struct ledger ledger;
	char record[96];
	char extra[16]; /* the child that comes and goes */
	unsigned serial;
	int call; /* that may be cut off */
};

static void
rest(void)
{
	nanosleep(&(struct timespec){ .tv_nsec = 1000000 }, NULL);
}

static bool
is_whole(struct test *t)
{
	int64_t deadline = clock_ms() + PATIENCE_MS;
	const char *wrong;

	for (;;) {
		json_t *status = daemon_call(&t->d, "Status", "{}");

		wrong = status ? ledger_compare(&t->ledger, status,
						t->d.hunter.keeper,
						t->d.supervisor) :
				 "no answer";
		json_decref(status);
		if (!wrong)
			return true;
		if (clock_ms() > deadline)
			break;
		rest();
	}
	printf("# not whole: %s\n", wrong);
	return false;
}

/* Ends a child's process; the keeper has taken note when this returns. */
static void
end_child(struct test *t, const char *id)
{
	struct account *a = ledger_find(&t->ledger, id);

	a->restarts++;
	kill(a->pid, SIGUSR1);
	while (kill(a->pid, 0) == 0)
		rest();
}

static void
ask(struct test *t, const char *method, const char *id)
{
	char parameters[64];

	snprintf(parameters, sizeof(parameters), "{\"ids\":[\"%s\"]}", id);
	t->call = daemon_send(&t->d, method, parameters);
}

/* The end of a call that may have been cut off, and was asked for again. */
static void
insist(struct test *t, const char *method, const char *parameters)
{
	json_decref(daemon_receive(t->call));
	json_decref(daemon_call(&t->d, method, parameters));
	t->call = -1;
}

static void
exit_plain(struct test *t)
{
	end_child(t, "plain");
}

static void
exit_notifier(struct test *t)
{
	end_child(t, "notifier");
}

static void
exit_of_group(struct test *t)
{
	end_child(t, "middle");
}

static void
stop(struct test *t)
{
	ledger_find(&t->ledger, "idle")->runs = false;
	ask(t, "Stop", "idle");
}

static void
stop_again(struct test *t)
{
	insist(t, "Stop", "{\"ids\":[\"idle\"]}");
}

static void
start(struct test *t)
{
	ledger_find(&t->ledger, "idle")->runs = true;
	ask(t, "Start", "idle");
}

static void
start_again(struct test *t)
{
	insist(t, "Start", "{\"ids\":[\"idle\"]}");
}

static void
be_started(struct test *t)
{
	if (ledger_find(&t->ledger, "idle")->runs)
		return;
	start(t);
	start_again(t);
}

static void
be_stopped(struct test *t)
{
	if (!ledger_find(&t->ledger, "idle")->runs)
		return;
	stop(t);
	stop_again(t);
}

static const char *
addition(const struct test *t, const char *id)
{
	static char text[4400];

	snprintf(text, sizeof(text),
		 "{\"id\":\"%s\",\"command\":[\"./victim\",\"record\"],"
		 "\"settings\":[\"directory=%s\"]}",
		 id, t->d.folder);
	return text;
}

static void
add(struct test *t)
{
	snprintf(t->extra, sizeof(t->extra), "extra%u", ++t->serial);
	ledger_add(&t->ledger, t->extra);
	t->call = daemon_send(&t->d, "StartChild", addition(t, t->extra));
}

static void
add_again(struct test *t)
{
	insist(t, "StartChild", addition(t, t->extra));
}

static void
drop(struct test *t)
{
	char parameters[64];

	snprintf(parameters, sizeof(parameters), "{\"id\":\"%s\"}", t->extra);
	t->call = daemon_send(&t->d, "StopChild", parameters);
}

static void
drop_again(struct test *t)
{
	const char *wrong;
	char parameters[64];

	snprintf(parameters, sizeof(parameters), "{\"id\":\"%s\"}", t->extra);
	insist(t, "StopChild", parameters);
	wrong = ledger_close(&t->ledger, t->extra);
	t->extra[0] = '\0';
	if (wrong) {
		printf("# %s\n", wrong);
		t->ledger.wrong++;
	}
}

static void
be_there(struct test *t)
{
	if (t->extra[0])
		return;
	add(t);
	add_again(t);
}

static void
be_away(struct test *t)
{
	if (!t->extra[0])
		return;
	drop(t);
	drop_again(t);
}

static void
nothing(struct test *t)
{
	(void)t;
}

/* What the supervisor does while it is hunted. */
static const struct deed {
	const char *name;
	void (*prepare)(struct test *t);
	void (*begin)(struct test *t); /* while it is stopped */
	void (*finish)(struct test *t);
	bool is_takeover; /* its successor is hunted from its birth */
} deeds[] = {
	{ "an exit and its restart", nothing, exit_plain, nothing, false },
	{ "one that is ready later", nothing, exit_notifier, nothing, false },
	{ "a round of one_for_all", nothing, exit_of_group, nothing, false },
	{ "a takeover, and an exit", nothing, exit_plain, nothing, true },
	{ "a stop by hand", be_started, stop, stop_again, false },
	{ "a start by hand", be_stopped, start, start_again, false },
	{ "start_child", be_away, add, add_again, false },
	{ "stop and delete a child", be_there, drop, drop_again, false },
};

/* Where the supervisor dies: so many stops at system calls after the beginning
   of a deed, and so many instructions further. */
struct place {
	unsigned calls, instructions;
};

/* To that place; false: it slept before. *calls: as far as it came. */
static bool
kill_at(pid_t pid, const struct place *at, unsigned *calls)
{
	enum hunted r = hunter_follow(pid, BY_SYSCALL, at->calls, calls);

	if (r == HUNTED_STOPPED && at->instructions)
		r = hunter_follow(pid, BY_INSTRUCTION, at->instructions, NULL);
	if (r == HUNTED_STOPPED)
		hunter_kill(pid);
	if (r == HUNTED_ENDED)
		printf("# the supervisor has ended by itself\n");
	return r != HUNTED_ASLEEP;
}

/* One try. false: something went wrong. */
static bool
hunt(struct test *t, const struct deed *deed, const struct place *at,
     unsigned *calls, bool *is_killed)
{
	struct daemon *d = &t->d;

	deed->prepare(t);
	if (!is_whole(t) || !hunter_stop(d->supervisor))
		return false;
	deed->begin(t);
	if (deed->is_takeover) {
		hunter_kill(d->supervisor);
		d->supervisor = hunter_next(&d->hunter);
	}
	*is_killed = kill_at(d->supervisor, at, calls);
	if (*is_killed) {
		d->supervisor = hunter_next(&d->hunter);
		hunter_spare(d->supervisor);
	}
	deed->finish(t);
	if (is_whole(t))
		return true;
	printf("# %s: killed at stop %u and %u instructions\n", deed->name,
	       at->calls, at->instructions);
	return false;
}

/* Kills made in tries that are spread over a whole deed; -1: it went wrong. */
static int
hunt_all(struct test *t, const struct deed *deed, unsigned calls,
	 unsigned tries, unsigned instructions)
{
	unsigned done;
	int kills = 0;

	for (unsigned i = 0; i < tries; i++) {
		unsigned from = calls * i / tries, to = calls * (i + 1) / tries;
		struct place at = { .calls = from };
		bool is_killed;

		if (to > from)
			at.calls += (unsigned)rand() % (to - from);
		if (instructions)
			at.instructions = 1 + (unsigned)rand() % instructions;
		if (!hunt(t, deed, &at, &done, &is_killed))
			return -1;
		kills += is_killed;
	}
	return kills;
}

static bool
hunt_deed(struct test *t, const struct deed *deed, bool is_full)
{
	const struct place nowhere = { .calls = UINT_MAX };
	int64_t since = clock_ms();
	int at_calls, between = 0;
	unsigned calls;
	bool is_killed;

	if (!hunt(t, deed, &nowhere, &calls, &is_killed))
		return false;
	at_calls = hunt_all(t, deed, calls, is_full ? calls : CALL_TRIES, 0);
	if (at_calls >= 0)
		between = hunt_all(t, deed, calls,
				   is_full ? 20 * calls : STEP_TRIES,
				   is_full ? 10 * INSTRUCTIONS : INSTRUCTIONS);
	if (at_calls < 0 || between < 0)
		return false;
	printf("# %s, %u stops at system calls: killed %d times there, %d times"
	       " between them (%.1f s)\n",
	       deed->name, calls, at_calls, between,
	       (double)(clock_ms() - since) / 1e3);
	fflush(stdout);
	return true;
}

static bool
write_config(struct test *t)
{
	static const char *const ids[] = { "plain", "notifier", "idle",
					   "first", "middle",   "last" };
	char path[96];
	FILE *f;

	snprintf(path, sizeof(path), "%s/victim", t->d.folder);
	if (symlink(t->d.victim, path) < 0)
		return false;
	snprintf(path, sizeof(path), "%s/t.ini", t->d.folder);
	f = fopen(path, "we");
	if (!f)
		return false;
	fprintf(f,
		"[supd]\nname = fault-%d\nstate_dir = %s/state\n"
		"socket = %s/s\nintensity = 10000\nperiod = 10h\n"
		"[supervisor:group]\nstrategy = one_for_all\n"
		"intensity = 10000\nperiod = 10h\n",
		getpid(), t->d.folder, t->d.folder);
	for (size_t i = 0; i < sizeof(ids) / sizeof(*ids); i++) {
		fprintf(f,
			"[child:%s]\ncommand = ./victim record%s\n"
			"directory = %s\n%s%s",
			ids[i], i == 1 || i == 4 ? " notify" : "", t->d.folder,
			i == 1 || i == 4 ? "ready = notify\n" : "",
			i >= 3 ? "supervisor = group\n" : "");
		ledger_add(&t->ledger, ids[i]);
	}
	return fclose(f) == 0;
}

static bool
run(struct test *t)
{
	bool is_full = getenv("FAULT_FULL") != NULL, is_right;

	ledger_add(&t->ledger, "dynamic");
	json_decref(daemon_call(&t->d, "StartChild", addition(t, "dynamic")));
	srand((unsigned)getpid());
	is_right = is_whole(t);
	for (size_t i = 0; is_right && i < sizeof(deeds) / sizeof(*deeds); i++)
		is_right = hunt_deed(t, &deeds[i], is_full);
	is_right = daemon_end(&t->d) && is_right;
	printf("# %u lives begun, %u ended, %u twice, %u out of order\n",
	       t->ledger.starts, t->ledger.ends, t->ledger.twice,
	       t->ledger.wrong);
	return is_right;
}

int
main(void)
{
	static struct test t = { .call = -1 };
	bool is_right = false;
	int r = 1;

	alarm(getenv("FAULT_FULL") ? 3600 : TIME_LIMIT);
	if (!daemon_prepare(&t.d))
		return 1;
	snprintf(t.record, sizeof(t.record), "%s/record", t.d.folder);
	if (ledger_open(&t.ledger, t.record) && write_config(&t))
		r = daemon_start(&t.d);
	if (r == -EPERM || r == -EACCES)
		printf("ok 1 - daemon # SKIP may not trace: %s\n",
		       strerror(-r));
	else if (r == 0)
		is_right = run(&t);
	if (r >= 0)
		printf("%s 1 - daemon\n", is_right ? "ok" : "not ok");
	if (!is_right && r >= 0)
		daemon_show_log(&t.d);
	daemon_forget(&t.d);
	return !is_right && r >= 0;
}
