/* SPDX-License-Identifier: MIT */
/*
 * environment.c - what a child is told in its environment.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/reason.h"
#include "environment.h"
#include "mail.h"
#include "notify.h"
#include "settings.h"
#include "shell.h"
#include "spec.h"
#include "standby.h"
#include "watchdog.h"
#include "written.h"

#define OWN_MAX 24 /* variables of ours */

static struct {
	char **list;
	size_t count, room;
} env;

static char own[OWN_MAX][4352];

const struct spec *
spec_of(struct supd *d, uint32_t node)
{
	static struct spec spec;
	static char *buf;
	static size_t room;
	static const char *parsed; /* whose text this is, */
	static uint64_t lineage;   /* of which addition */
	const char *text = supd_text(d, node);
	size_t need;

	/* One death asks three times. */
	if (parsed && parsed == text &&
	    lineage == d->state->child[node].lineage)
		return &spec;
	parsed = NULL;
	need = 2 * strlen(text) + 64;
	if (need > room) {
		char *more = realloc(buf, need);

		if (!more)
			return NULL;
		buf = more;
		room = need;
	}
	if (spec_parse(text, &spec, buf, room) < 0)
		return NULL;
	parsed = text;
	lineage = d->state->child[node].lineage;
	return &spec;
}

/* Unless one of the first `among` has the name already. */
static void
add(char *variable, size_t among)
{
	size_t n = strcspn(variable, "=") + 1;

	for (size_t i = 0; i < among; i++)
		if (strncmp(variable, env.list[i], n) == 0)
			return;
	env.list[env.count++] = variable;
}

static bool
make_room(const struct spec *spec)
{
	size_t need = OWN_MAX + spec->env_count + 1;
	char **more;

	for (char **e = environ; e && *e; e++)
		need++;
	if (need <= env.room)
		return true;
	more = reallocarray(env.list, need, sizeof(*more));
	if (!more)
		return false;
	env.list = more;
	env.room = need;
	return true;
}

#define OWN(...) snprintf(own[i++], sizeof(own[0]), __VA_ARGS__)

/* DESIGN: "Contract with any program, text only".  First what is of a process
   alone, and another at its promotion. */
static size_t
build_changing(struct supd *d, uint32_t slot)
{
	const uint32_t n = slot_node(slot);
	const uint64_t incarnation = d->state->process[slot].incarnation;
	const bool is_standby = slot_is_standby(d->state, slot);
	const struct node *node = tree_node(d->tree, n);
	const struct child *c = &d->state->child[n];
	char reason[REASON_TEXT + 16], written[1024];
	size_t i = 0;

	OWN("SUPD_ROLE=%s", is_standby ? "standby" : "primary");
	OWN("SUPD_INCARNATION=%" PRIu64, incarnation);
	OWN("SUPD_RESTARTS=%u",
	    tree_restarts(d->tree, n, clock_ms(), &(uint32_t){ 0 },
			  &(int64_t){ 0 }));
	if (node->ended.kind != REASON_NONE)
		OWN("SUPD_LAST_REASON=%s",
		    reason_format(&node->ended, reason, sizeof(reason)));
	/* Set in any case: a supd may run below a supd. */
	written_format(c, written, sizeof(written));
	OWN("SUPD_WRITTEN=%s", written);
	if (c->last_written != UINT64_MAX)
		OWN("SUPD_LAST_WRITTEN=%" PRIu64, c->last_written);
	return i;
}

/* Behind these, from i on, what is the same for all processes of the child. */
static size_t
build_fixed(struct supd *d, uint32_t slot, const struct spec *spec, size_t i)
{
	const uint32_t n = slot_node(slot);

	OWN("SUPD_CHILD=%s", tree_node(d->tree, n)->id);
	OWN("SUPD_KEEPER=%d", d->state->keeper);
	OWN("SUPD_STATE_DIR=%s", d->settings->state_dir);
	OWN("NOTIFY_SOCKET=%s", notify_path(d));
	OWN("SUPD_LINEAGE=%016" PRIx64, d->state->child[n].lineage);
	if (spec->watchdog) {
		OWN("WATCHDOG_USEC=%" PRId64, spec->watchdog * 1000);
		OWN("WATCHDOG_PID=0"); /* the child writes it: spawn.pid_at */
		OWN("SUPD_BEAT_FD=%d", watchdog_number(spec));
	}
	if (spec->mailbox)
		OWN("SUPD_MAILBOX_FD=%d", mail_number(spec));
	if (slot_is_standby(d->state, slot))
		OWN("SUPD_STANDBY_FD=%d", standby_number(spec));
	if (spec->standby == STANDBY_HOT)
		OWN("SUPD_LOCK_FD=%d", standby_lock_number(spec));
	return i;
}

#undef OWN

char *const *
environment_build(struct supd *d, uint32_t slot, const struct spec *spec)
{
	size_t ours;

	if (!make_room(spec))
		return NULL;
	env.count = 0;
	ours = build_fixed(d, slot, spec, build_changing(d, slot));
	for (size_t i = 0; i < ours; i++)
		add(own[i], 0);
	for (unsigned i = 0; i < spec->env_count; i++)
		add(spec->env[i], env.count);
	ours = env.count;
	for (char **e = environ; e && *e; e++)
		add(*e, ours);
	env.list[env.count] = NULL;
	return env.list;
}

size_t
environment_changes(struct supd *d, uint32_t slot, char *buf, size_t size)
{
	size_t ours = build_changing(d, slot), length = 0;

	for (size_t i = 0; i < ours && length < size; i++)
		length += (size_t)snprintf(buf + length, size - length, "%s\n",
					   own[i]);
	return length < size ? length : 0;
}

char *
environment_get(char *const *envp, const char *name)
{
	size_t n = strlen(name);

	for (; *envp; envp++)
		if (strncmp(*envp, name, n) == 0 && (*envp)[n] == '=')
			return *envp + n + 1;
	return NULL;
}
