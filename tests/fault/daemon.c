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
 * FAULT_FULL=1 kills at each system call and at many more instructions;
 * FAULT_DEED=WORD does the deeds with that word in their names alone.
 */
#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "daemon_lib.h"
#include "deeds_lib.h"
#include "ledger_lib.h"
#include "os/state.h"

#define PATIENCE_MS 20000
#define TIME_LIMIT 280 /* seconds, for all */
#define CALL_TRIES 60
#define STEP_TRIES 20
#define INSTRUCTIONS 2000 /* behind a system call at most */

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
		daemon_rest();
	}
	printf("# not whole: %s\n", wrong);
	return false;
}

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
			at.calls += (unsigned)random() % (to - from);
		if (instructions)
			at.instructions = 1 + (unsigned)random() % instructions;
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
				   is_full ? 8 * calls : STEP_TRIES,
				   is_full ? 5 * INSTRUCTIONS : INSTRUCTIONS);
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
run(struct test *t)
{
	bool is_full = getenv("FAULT_FULL") != NULL, is_right;
	const char *word = getenv("FAULT_DEED");

	deeds_add_bystander(t);
	srandom((unsigned)getpid());
	is_right = is_whole(t);
	for (size_t i = 0; is_right && i < DEEDS; i++)
		if (!word || strstr(deeds[i].name, word))
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
	if (ledger_open(&t.ledger, t.record) && deeds_configure(&t))
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
