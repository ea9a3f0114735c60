/* SPDX-License-Identifier: MIT */
/*
 * pair.c - a counter and its backup, without a supervisor: process pairs.
 *
 * Both beat, and each watches the other by counting its own periods in which
 * no beat came: a clock that jumps, or a pause of both at once, is not taken
 * for one that hangs.
 */
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <sysexits.h>
#include <time.h>
#include <unistd.h>

#include "pair.h"
#include "pair_other.h"
#include "pair_page.h"
#include "pair_spawn.h"

#define PERIOD_MS 100
#define PATIENCE_MS 5000 /* until a new backup must be up */
#define EARLY_MS 10
#define EARLY_MAX 200
#define JOIN_MAX 20

static const struct options *options;
static char *const *arguments;
static const volatile sig_atomic_t *stopped;

/* What the primary knows of the backup that it has created. */
static struct {
	bool is_primary;
	pid_t child;       /* it, or the command that opens its window */
	int64_t asked_for; /* ms */
	int64_t look_at;   /* ms */
} own;

static int64_t
now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* --- the first loop ------------------------------------------------------ */

/* Takes a role that is free.  Those of processes that were killed just now soon
   are. */
static enum pair_role
join(void)
{
	for (unsigned i = 0; i < JOIN_MAX; i++) {
		if (pair_take(PAIR_PRIMARY))
			return PAIR_PRIMARY;
		if (pair_take(PAIR_BACKUP))
			return PAIR_BACKUP;
		poll(NULL, 0, EARLY_MS);
	}
	return PAIR_NONE;
}

static int
refuse(void)
{
	fprintf(stderr,
		"counter: %s: process %d counts already, and process %d is "
		"its backup\n",
		pair_path, pair_holder(PAIR_PRIMARY), pair_holder(PAIR_BACKUP));
	return EX_TEMPFAIL;
}

/* `why` is what has happened to the primary; NULL: this is a new start.  -1, or
   the exit code of a backup whose primary has ended in order. */
static int
become_primary(const char *why)
{
	if (why && pair_page->ended)
		return EX_OK;
	pair_page->ended = 0;
	pair_release(PAIR_BACKUP);
	other_is(PAIR_BACKUP);
	own.is_primary = true;
	if (why)
		fprintf(stderr,
			"counter: process %d takes over: the primary %s\n",
			getpid(), why);
	return -1;
}

int
pair_watch(const struct options *o, char *const *argv,
	   const volatile sig_atomic_t *stop)
{
	const char *why = "is dead";
	int code = pair_page_open(o->checkpoint);

	if (code >= 0)
		return code;
	options = o;
	arguments = argv;
	stopped = stop;
	switch (join()) {
	case PAIR_PRIMARY:
		return become_primary(o->backup ? why : NULL);
	case PAIR_BACKUP:
		break;
	case PAIR_NONE:
		return refuse();
	}
	other_is(PAIR_PRIMARY);
	while (!*stop) {
		if (pair_take(PAIR_PRIMARY))
			return become_primary(why);
		pair_page_beat(PAIR_BACKUP);
		if (other_judge())
			why = "has missed its beats and is killed";
		other_await_death(PERIOD_MS);
	}
	return EX_OK;
}

/* --- between the loops --------------------------------------------------- */

void
pair_create_backup(void)
{
	int64_t now = now_ms();

	if (!own.is_primary || !pair_may_create(now))
		return;
	own.asked_for = now;
	own.child = pair_spawn(options, arguments);
}

/* --- the second loop, counter's own, calls these ------------------------- */

static void
see_to_backup(int64_t now)
{
	pid_t pid;

	while ((pid = waitpid(-1, NULL, WNOHANG)) > 0)
		if (pid == own.child)
			own.child = 0;
	if (pair_holder(PAIR_BACKUP)) {
		other_judge();
		return;
	}
	other_is(PAIR_BACKUP);
	if ((own.child || options->terminal) &&
	    now - own.asked_for < PATIENCE_MS)
		return;
	if (own.child > 0 && !options->terminal)
		kill(own.child, SIGKILL);
	else
		pair_create_backup();
}

void
pair_beat(void)
{
	int64_t now;

	if (!own.is_primary || *stopped)
		return;
	pair_page_beat(PAIR_PRIMARY);
	now = now_ms();
	if (now < own.look_at)
		return;
	own.look_at = now + PERIOD_MS;
	see_to_backup(now);
}

int64_t
pair_period(void)
{
	return own.is_primary ? PERIOD_MS * (NS_PER_S / 1000) : 0;
}

void
pair_wait_for_output(void)
{
	struct pollfd room = { STDOUT_FILENO, POLLOUT, 0 };

	while (own.is_primary && !*stopped && poll(&room, 1, PERIOD_MS) <= 0)
		pair_beat();
}

bool
pair_is_early(void)
{
	static unsigned times;

	if (!own.is_primary || *stopped || times++ >= EARLY_MAX)
		return false;
	poll(NULL, 0, EARLY_MS);
	pair_beat();
	return true;
}

void
pair_end(void)
{
	if (own.is_primary)
		pair_page->ended = 1;
}
