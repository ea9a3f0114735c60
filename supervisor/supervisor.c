/* SPDX-License-Identifier: MIT */
/*
 * supervisor.c - the supervisor process.
 *
 * The way of a death: the keeper records it and writes FD_WAKE; woken() ->
 * exits_take() -> tree_step() decides -> supd_work() performs -> launch().
 */
#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "boot.h"
#include "control.h"
#include "core/journal.h"
#include "core/reason.h"
#include "events.h"
#include "exits.h"
#include "log.h"
#include "loop.h"
#include "notify.h"
#include "os/process.h"
#include "settings.h"
#include "shell.h"
#include "standby.h"
#include "supervisor.h"
#include "tally.h"
#include "watches.h"

static const struct options *options;

void
supervisor_options(const struct options *o)
{
	options = o;
}

/* supctl wants to know, and so may a person at a terminal: USR2. */
static void
dump(struct supd *d)
{
	uint32_t end = tree_end(d->tree);
	char reason[REASON_TEXT + 16];

	for (uint32_t n = ROOT; n < end; n++) {
		const struct node *node = tree_node(d->tree, n);

		if (node)
			log_notice("dump: node=%u id=%s parent=%u state=%d"
				   " pid=%d phase=%u restarts=%" PRIu64
				   " deadline=%" PRId64 " ended=%s",
				   n, node->id, node->parent, node->state,
				   process_of_primary(d->state, n)->tid,
				   process_of_primary(d->state, n)->phase,
				   node->restarts, node->deadline,
				   reason_format(&node->ended, reason,
						 sizeof(reason)));
	}
}

static void
reopen_log(struct supd *d)
{
	int level = options->log_level >= 0 ? options->log_level :
					      d->settings->log_level;
	int fd, old = d->state->fds[FD_LOG];
	int r = log_open(d->settings->log, level, &fd);

	if (r == 0 && fd >= 0)
		r = state_keep_fd(d->state, FD_LOG, fd);
	if (r < 0) {
		log_err("cannot reopen log %s: %s", d->settings->log,
			strerror(-r));
		return;
	}
	if (fd >= 0) {
		log_fd(d->state->fds[FD_LOG]);
		if (old >= 0)
			close(old);
	}
}

static void
answer(struct supd *d, enum ask ask)
{
	struct state *s = d->state;

	switch (ask) {
	case ASK_STOP:
		s->stopping = 1;
		supd_poke_keeper(d);
		events_say(d, ROOT, "event=shutdown reason=signal");
		supd_event(d, &(struct event){ .type = ON_SHUTDOWN });
		break;
	case ASK_HURRY:
		events_say(d, ROOT, "event=hurry reason=signal");
		supd_event(d, &(struct event){ .type = ON_HURRY });
		break;
	case ASK_RELOAD:
		log_warn("SIGHUP: the configuration is read at the start only;"
			 " nothing was changed");
		break;
	case ASK_REOPEN:
		reopen_log(d);
		break;
	case ASK_DUMP:
		dump(d);
		break;
	case ASKS:
		break;
	}
}

/* Counted as answered after the act: to be asked to stop twice does no harm,
   not at all would. */
static void
answer_asks(struct supd *d)
{
	struct state *s = d->state;

	for (int i = 0; i < ASKS && supd_is_idle(d); i++) {
		uint32_t asked =
			__atomic_load_n(&s->asked[i], __ATOMIC_ACQUIRE);

		if (s->answered[i] == asked)
			continue;
		answer(d, (enum ask)i);
		s->answered[i] = asked;
	}
}

static void
turn(struct supd *d)
{
	answer_asks(d);
	exits_take(d);
}

static void
woken(void *arg, int events)
{
	struct supd *d = arg;
	uint64_t count;

	(void)events;
	if (read(d->state->fds[FD_WAKE], &count, sizeof(count)) < 0 &&
	    errno != EAGAIN)
		log_err("eventfd: %s", strerror(errno));
	turn(d);
}

static void
more_work(void *arg)
{
	struct supd *d = arg;

	supd_work(d);
	turn(d);
}

static void
beat(void *arg)
{
	struct supd *d = arg;
	struct state *s = d->state;

	s->beats++;
	supd_poke_keeper(d);
	timer_set(d->beat, clock_ms() + (int64_t)(s->watchdog_usec / 2000));
}

void
supervisor_settled(struct supd *d)
{
	struct state *s = d->state;

	if (s->taken_over != s->supervisors && supd_is_idle(d))
		s->taken_over = s->supervisors;
	if (!s->ready && !d->ended && tree_has_started(d->tree)) {
		s->ready = 1;
		events_say(d, ROOT,
			   "event=ready name=%s pid=%d after=%" PRId64 "ms",
			   d->settings->name, s->keeper,
			   clock_ms() - s->booted_at);
		supd_poke_keeper(d);
	}
	tally_tell(d);
	if (d->control)
		control_changed(d);
}

void
supervisor_end(struct supd *d, int status)
{
	struct state *s = d->state;

	d->ended = true;
	s->exit_status = status;
	events_say(d, ROOT, "event=end status=%d", status);
	loop_stop(d->loop);
}

static int
start(struct supd *d)
{
	struct state *s = d->state;
	int r;

	d->loop = loop_new(s->fds[FD_DEADMAN]);
	if (!d->loop || !watches_open(d) || !exits_open(d)) {
		log_err("out of memory");
		return EX_OSERR;
	}
	d->more = loop_timer(d->loop, more_work, d);
	d->beat = loop_timer(d->loop, beat, d);
	d->wake = loop_watch(d->loop, s->fds[FD_WAKE], LOOP_READ, woken, d);
	if (!d->more || !d->beat || !d->wake) {
		log_err("out of memory");
		return EX_OSERR;
	}
	r = s->booted ? boot_again(d, options) : boot_first(d, options);
	if (r == 0) {
		standby_recover(d);
		tally_open(d);
	}
	if (r == 0 && s->watchdog_usec)
		beat(d);
	return r;
}

/* The files that others would find us by. */
static void
leave(struct supd *d)
{
	const char *pid_file = options->pid_file ? options->pid_file :
						   d->settings->pid_file;

	for (uint32_t n = ROOT; n < d->state->process_end; n++)
		standby_end(d, n);
	control_close(d);
	notify_close(d);
	if (d->state->fds[FD_PIDFILE] >= 0)
		unlink(pid_file);
	if (d->state->fds[FD_CGROUP] >= 0)
		cgroup_close(d->state, d->settings->name);
}

int
supervisor_run(struct state *s)
{
	struct supd d = { .state = s };
	int status;

	status = start(&d);
	if (status != 0 || !s->booted) {
		/* At the first start that is the end; a successor that cannot
		   go on is replaced, until the keeper has enough of it. */
		if (!s->booted) {
			s->exit_status = status;
			s->done = 1;
		}
		return status;
	}
	more_work(&d);
	while (!d.ended)
		loop_run(d.loop);
	leave(&d);
	s->done = 1;
	return s->exit_status;
}
