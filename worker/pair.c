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
#include <sys/pidfd.h>
#include <sys/wait.h>
#include <sysexits.h>
#include <time.h>
#include <unistd.h>

#include "pair.h"
#include "pair_page.h"
#include "pair_spawn.h"

#define PERIOD_MS 100
#define MISSED_MAX 10    /* beats */
#define PATIENCE_MS 5000 /* until a new backup must be up */
#define EARLY_MS 10
#define EARLY_MAX 200

static const struct options *options;
static char *const *arguments;
static const volatile sig_atomic_t *stopped;

/* The other half. */
static struct {
	enum pair_role role;
	uint64_t beats; /* when we looked last */
	unsigned missed;
	int pidfd; /* -1: none */
} other = { .pidfd = -1 };

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

static void
beat(enum pair_role role)
{
	__atomic_add_fetch(&pair_page->beats[role], 1, __ATOMIC_RELAXED);
}

static void
watch_other(enum pair_role role)
{
	if (other.pidfd >= 0)
		close(other.pidfd);
	other.role = role;
	other.pidfd = -1;
	other.missed = 0;
}

/* Once a period.  Who has missed too many beats is killed; he keeps his role
   until he is gone.  True: was killed. */
static bool
judge_other(void)
{
	uint64_t beats = __atomic_load_n(&pair_page->beats[other.role],
					 __ATOMIC_RELAXED);

	if (beats != other.beats)
		other.missed = 0;
	other.beats = beats;
	if (other.missed++ < MISSED_MAX)
		return false;
	if (other.pidfd >= 0)
		close(other.pidfd);
	other.pidfd = pair_holder_open(other.role);
	return other.pidfd >= 0 &&
	       pidfd_send_signal(other.pidfd, SIGKILL, NULL, 0) == 0;
}

/* --- the first loop ------------------------------------------------------ */

/* Until a period has passed, or the primary is dead. */
static void
sleep_beside_primary(void)
{
	struct pollfd death = { .events = POLLIN };

	if (other.pidfd < 0)
		other.pidfd = pair_holder_open(PAIR_PRIMARY);
	death.fd = other.pidfd;
	poll(&death, 1, PERIOD_MS);
	if (!death.revents)
		return;
	close(other.pidfd);
	other.pidfd = -1;
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
	watch_other(PAIR_BACKUP);
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
	if (pair_take(PAIR_PRIMARY))
		return become_primary(o->backup ? why : NULL);
	if (!pair_take(PAIR_BACKUP))
		return refuse();
	watch_other(PAIR_PRIMARY);
	while (!*stop) {
		if (pair_take(PAIR_PRIMARY))
			return become_primary(why);
		beat(PAIR_BACKUP);
		if (judge_other())
			why = "has missed its beats and is killed";
		sleep_beside_primary();
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
		judge_other();
		return;
	}
	other.missed = 0;
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
	beat(PAIR_PRIMARY);
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
