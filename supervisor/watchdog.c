/* SPDX-License-Identifier: MIT */
/*
 * watchdog.c - children that give no sign of life for too long are killed.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "beatpage.h"
#include "core/tree.h"
#include "events.h"
#include "notify.h"
#include "os/state.h"
#include "shell.h"
#include "spec.h"
#include "units.h"
#include "watchdog.h"
#include "watches.h"

/* The highest number that children may have and that ready = fd:N leaves. */
int
watchdog_number(const struct spec *spec)
{
	const int number = FD_RESERVED - 1;

	return spec->ready == READY_FD && spec->ready_fd == number ?
		       number - 1 :
		       number;
}

/* Sealed: whatever the child does, it stays a page that can be read. */
static int
make_page(void)
{
	static const struct beat_page page = { .magic = BEAT_MAGIC };
	int fd = memfd_create("supd-beat", MFD_CLOEXEC | MFD_ALLOW_SEALING);
	int r = 0;

	if (fd < 0)
		return -errno;
	if (ftruncate(fd, BEAT_PAGE_SIZE) < 0 ||
	    pwrite(fd, &page, sizeof(page), 0) < 0 ||
	    fcntl(fd, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL) <
		    0)
		r = -errno;
	if (r == 0)
		return fd;
	close(fd);
	return r;
}

int
watchdog_prepare(struct process *p, const struct spec *spec)
{
	int fd;

	p->beat_fd = -1;
	p->fed = p->looked = p->beat_seen = 0;
	p->watchdog = spec->watchdog;
	if (!spec->watchdog)
		return 0;
	fd = make_page();
	if (fd < 0)
		return fd;
	p->beat_fd = fd;
	return 0;
}

void
watchdog_end(struct process *p)
{
	state_close_fd(&p->beat_fd);
	p->watchdog = p->fed = 0;
}

/* What the page says; without one, what was seen last. */
static int64_t
read_beat(const struct process *p)
{
	int64_t beat;

	if (p->beat_fd < 0 ||
	    pread(p->beat_fd, &beat, sizeof(beat),
		  offsetof(struct beat_page, beat)) != sizeof(beat))
		return p->beat_seen;
	return beat;
}

/* The last sign of life, ms.  The clock of a child in a time namespace is
   another; but a beat that is new was made since the last look. */
static int64_t
last_sign(const struct process *p, int64_t beat, int64_t now)
{
	int64_t at = beat / 1000000 + 1;

	if (beat == p->beat_seen)
		return p->fed;
	if (at < p->looked || at > now)
		at = now;
	return at > p->fed ? at : p->fed;
}

static void
take_beat(struct process *p, int64_t now)
{
	int64_t beat = read_beat(p);

	p->fed = last_sign(p, beat, now);
	p->beat_seen = beat;
	p->looked = now;
}

/* Has it a process that may be killed for its silence? */
static bool
is_running(const struct supd *d, uint32_t n)
{
	const struct node *node = tree_node(d->tree, n);
	const struct process *p = process_of_primary(d->state, n);

	return node && node->state == RUNNING && node->has_process &&
	       !node->killed && node->pending.kind == REASON_NONE &&
	       p->phase == PROCESS_ALIVE &&
	       !__atomic_load_n(&p->exited, __ATOMIC_ACQUIRE);
}

bool
watchdog_is_watched(const struct supd *d, uint32_t n)
{
	const struct process *p = process_of_primary(d->state, n);

	return p->watchdog && p->fed && is_running(d, n);
}

int64_t
watchdog_silence(const struct supd *d, uint32_t n)
{
	const struct process *p = process_of_primary(d->state, n);
	int64_t now = clock_ms();

	return now - last_sign(p, read_beat(p), now);
}

void
watchdog_begin(struct supd *d, uint32_t n)
{
	struct process *p = process_of_primary(d->state, n);
	int64_t now = clock_ms();

	if (!p->watchdog || !is_running(d, n))
		return;
	take_beat(p, now);
	p->fed = now;
	watches_watchdog(d, n, now + p->watchdog);
}

static int64_t
later(int64_t a, int64_t b)
{
	return a > b ? a : b;
}

void
watchdog_resume(struct supd *d, uint32_t n)
{
	const struct process *p = process_of_primary(d->state, n);

	if (watchdog_is_watched(d, n))
		watches_watchdog(d, n,
				 later(p->fed + p->watchdog,
				       clock_ms() + p->watchdog / 2));
}

static void
end_silent(struct supd *d, uint32_t n, const char *why, int64_t silence)
{
	const struct process *p = process_of_primary(d->state, n);

	events_say(d, n,
		   "event=watchdog child=%s %s limit=%" PRId64
		   "ms silent=%" PRId64 "ms",
		   tree_node(d->tree, n)->id, why, p->watchdog, silence);
	supd_event(d, &(struct event){ .type = ON_TIMEOUT, .node = n });
}

void
watchdog_look(struct supd *d, uint32_t n, int64_t due)
{
	struct process *p;
	int64_t now, deadline;

	notify_take(d);
	if (!watchdog_is_watched(d, n))
		return;
	if (!supd_is_idle(d)) {
		watches_watchdog(d, n, due); /* has passed: the next turn */
		return;
	}
	p = process_of_primary(d->state, n);
	now = clock_ms();
	take_beat(p, now);
	deadline = p->fed + p->watchdog;
	if (deadline <= now && now - due > p->watchdog / 2)
		deadline = now + p->watchdog / 2;
	if (deadline > now)
		watches_watchdog(d, n, deadline);
	else
		end_silent(d, n, "reason=silence", now - p->fed);
}

/* Microseconds, rounded up to what our clock can tell; 0: no limit. */
static void
change_limit(struct supd *d, uint32_t n, const char *value)
{
	struct process *p = process_of_primary(d->state, n);
	char *end;
	uint64_t usec;

	errno = 0;
	usec = strtoull(value, &end, 10);
	if (*value < '0' || *value > '9' || *end || errno ||
	    usec / 1000 > (uint64_t)UNIT_DURATION_MAX)
		return;
	p->watchdog = (int64_t)((usec + 999) / 1000);
	watchdog_begin(d, n);
}

void
watchdog_hear(struct supd *d, uint32_t n, const char *line)
{
	struct process *p = process_of_primary(d->state, n);

	if (strcmp(line, "WATCHDOG=1") == 0) {
		if (p->fed)
			p->fed = clock_ms();
	} else if (strcmp(line, "WATCHDOG=trigger") == 0) {
		if (is_running(d, n))
			end_silent(d, n, "reason=trigger",
				   p->fed ? clock_ms() - p->fed : 0);
	} else if (strncmp(line, "WATCHDOG_USEC=", 14) == 0) {
		change_limit(d, n, line + 14);
	}
}
