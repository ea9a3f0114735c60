/* SPDX-License-Identifier: MIT */
/*
 * tally.c - how the children are, in one line.
 *
 * Counted along with each report, and anew by each supervisor.
 */
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "loop.h"
#include "shell.h"
#include "tally.h"

#define PAUSE_MS 100 /* between two lines */

struct tally {
	uint8_t counted[NODES_MAX]; /* 1 + the state; 0: not at all */
	uint32_t count[FATAL + 1];
	uint32_t failed; /* one that is FATAL, if there is any */
	bool has_changed;
	int64_t told; /* when */
	struct timer *later;
};

static uint8_t
state_to_count(const struct supd *d, uint32_t n)
{
	const struct node *node = tree_node(d->tree, n);

	if (!node || node->is_supervisor || node->is_template)
		return 0;
	return (uint8_t)(1 + node->state);
}

void
tally_look(struct supd *d, uint32_t n)
{
	struct tally *t = d->tally;
	uint8_t now;

	if (!t)
		return;
	now = state_to_count(d, n);
	if (now == t->counted[n])
		return;
	if (t->counted[n])
		t->count[t->counted[n] - 1]--;
	if (now)
		t->count[now - 1]++;
	if (now == 1 + FATAL)
		t->failed = n;
	t->counted[n] = now;
	t->has_changed = true;
}

/* Looked for only when somebody has brought the last one back. */
static const char *
name_of_failed(const struct supd *d)
{
	struct tally *t = d->tally;

	if (t->counted[t->failed] != 1 + FATAL) {
		t->failed = ROOT;
		while (t->counted[t->failed] != 1 + FATAL)
			t->failed++;
	}
	return tree_node(d->tree, t->failed)->id;
}

struct line {
	char text[sizeof(((struct state *)0)->status_text)];
	size_t length;
};

__attribute__((format(printf, 2, 3))) static void
add(struct line *l, const char *format, ...)
{
	size_t room = sizeof(l->text) - l->length;
	va_list args;
	int n;

	va_start(args, format);
	n = vsnprintf(l->text + l->length, room, format, args);
	va_end(args);
	if (n > 0)
		l->length += (size_t)n < room ? (size_t)n : room - 1;
}

static void
describe(const struct supd *d, struct line *l)
{
	static const char *const words[] = {
		[STARTING] = "starting", [BACKOFF] = "waiting for a restart",
		[STOPPING] = "stopping", [STOPPED] = "stopped",
		[EXITED] = "ended",
	};
	const uint32_t *count = d->tally->count;

	add(l, "%u %s running", count[RUNNING],
	    count[RUNNING] == 1 ? "child" : "children");
	if (count[FATAL])
		add(l, "; %u failed (FATAL): %s", count[FATAL],
		    name_of_failed(d));
	if (count[FATAL] > 1)
		add(l, " and %u more", count[FATAL] - 1);
	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++)
		if (words[i] && count[i])
			add(l, "; %u %s", count[i], words[i]);
}

static void
tell(void *arg)
{
	struct supd *d = arg;
	struct line line = { 0 };

	d->tally->has_changed = false;
	describe(d, &line);
	if (memcmp(line.text, d->state->status_text, sizeof(line.text)) == 0)
		return;
	memcpy(d->state->status_text, line.text, sizeof(line.text));
	d->tally->told = loop_now(d->loop);
	supd_poke_keeper(d);
}

void
tally_tell(struct supd *d)
{
	struct tally *t = d->tally;
	int64_t due;

	if (!t || !t->has_changed)
		return;
	due = t->told + PAUSE_MS;
	if (!t->told || due <= loop_now(d->loop))
		tell(d);
	else
		timer_set(t->later, due);
}

void
tally_open(struct supd *d)
{
	struct tally *t;
	uint32_t end = tree_end(d->tree);

	if (d->state->fds[FD_OUTER] < 0)
		return;
	t = calloc(1, sizeof(*t));
	if (!t || !(t->later = loop_timer(d->loop, tell, d))) {
		free(t);
		return;
	}
	d->tally = t;
	for (uint32_t n = ROOT; n < end; n++)
		tally_look(d, n);
	t->has_changed = true;
}
