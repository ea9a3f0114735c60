/* SPDX-License-Identifier: MIT */
/*
 * ledger_lib.c - what the children have written down of their lives.
 */
#include "ledger_lib.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "os/procfs.h"

enum { LIFE_STARTED = 1, LIFE_ENDED = 2 };

static char complaint[160];

bool
ledger_open(struct ledger *l, const char *path)
{
	l->fd = open(path, O_RDONLY | O_CREAT | O_CLOEXEC, 0600);
	return l->fd >= 0;
}

static struct account *
find(struct ledger *l, const char *id)
{
	for (unsigned i = 0; i < l->count; i++)
		if (strcmp(l->accounts[i].id, id) == 0)
			return &l->accounts[i];
	return NULL;
}

struct account *
ledger_find(struct ledger *l, const char *id)
{
	struct account *a = find(l, id);

	if (!a)
		abort();
	return a;
}

struct account *
ledger_add(struct ledger *l, const char *id)
{
	struct account *a = &l->accounts[l->count++];

	if (l->count > ACCOUNTS_MAX)
		abort();
	memset(a, 0, sizeof(*a));
	snprintf(a->id, sizeof(a->id), "%s", id);
	a->runs = true;
	return a;
}

static void
begin_life(struct ledger *l, struct account *a, unsigned life, pid_t pid)
{
	l->twice += (a->life[life] & LIFE_STARTED) != 0;
	a->life[life] |= LIFE_STARTED;
	a->pid = pid;
	a->starts++;
	l->starts++;
}

static void
end_life(struct ledger *l, struct account *a, unsigned life)
{
	l->twice += (a->life[life] & LIFE_ENDED) != 0;
	l->wrong += !(a->life[life] & LIFE_STARTED);
	a->life[life] |= LIFE_ENDED;
	a->ends++;
	l->ends++;
}

static void
enter_line(struct ledger *l, const char *line)
{
	struct account *a;
	unsigned life;
	char id[40];
	int pid;

	if (sscanf(line + 1, "%39s %u %d", id, &life, &pid) != 3 ||
	    life >= LIVES_MAX || !(a = find(l, id)))
		l->wrong++;
	else if (*line == '!')
		a->heard++;
	else if (*line == '+')
		begin_life(l, a, life, pid);
	else
		end_life(l, a, life);
}

static void
read_record(struct ledger *l)
{
	ssize_t n;

	while ((n = read(l->fd, l->text + l->length,
			 sizeof(l->text) - l->length - 1)) > 0) {
		char *line = l->text, *end;

		l->text[l->length + (size_t)n] = '\0';
		while ((end = strchr(line, '\n'))) {
			*end = '\0';
			enter_line(l, line);
			line = end + 1;
		}
		l->length = strlen(line);
		memmove(l->text, line, l->length + 1);
	}
}

const char *
ledger_close(struct ledger *l, const char *id)
{
	struct account *a = ledger_find(l, id);

	read_record(l);
	if (a->starts != a->ends) {
		snprintf(complaint, sizeof(complaint),
			 "%s: deleted with %u starts and %u ends", id,
			 a->starts, a->ends);
		return complaint;
	}
	*a = l->accounts[--l->count];
	return NULL;
}

static long
number_of(const json_t *child, const char *key)
{
	return (long)json_integer_value(json_object_get(child, key));
}

static bool
agrees(const struct account *a, const json_t *child, const char *state)
{
	return strcmp(state, a->runs ? "RUNNING" : "STOPPED") == 0 &&
	       number_of(child, "incarnation") == a->starts &&
	       number_of(child, "exits") == a->ends &&
	       number_of(child, "restarts") == a->restarts &&
	       number_of(child, "total") == a->restarts &&
	       number_of(child, "pid") == (a->runs ? a->pid : 0) &&
	       (a->standby > 0) == a->is_paired && a->heard == a->hears &&
	       a->starts == a->ends + a->runs;
}

static const char *
compare_child(struct ledger *l, const json_t *child)
{
	const char *id = json_string_value(json_object_get(child, "id"));
	const char *state = json_string_value(json_object_get(child, "state"));
	struct account *a = id ? find(l, id) : NULL;

	if (!a || !state) {
		snprintf(complaint, sizeof(complaint), "unknown child %s", id);
		return complaint;
	}
	a->standby = (pid_t)number_of(child, "standby");
	if (agrees(a, child, state))
		return NULL;
	snprintf(complaint, sizeof(complaint),
		 "%s: %s, %ld starts, %ld exits, %ld restarts, pid %ld,"
		 " standby %d; recorded %u, %u, %u, %d; heard %u of %u",
		 id, state, number_of(child, "incarnation"),
		 number_of(child, "exits"), number_of(child, "restarts"),
		 number_of(child, "pid"), a->standby, a->starts, a->ends,
		 a->restarts, a->pid, a->heard, a->hears);
	return complaint;
}

/* The keeper has these children, and no stray ones. */
static const char *
compare_processes(const struct ledger *l, pid_t keeper, pid_t supervisor)
{
	static struct pid_list list;
	unsigned known = 0;

	list.count = 0;
	proc_children(keeper, &list);
	for (unsigned i = 0; i < list.count; i++) {
		known += list.pid[i] == supervisor;
		for (unsigned j = 0; j < l->count; j++)
			known += l->accounts[j].standby == list.pid[i] ||
				 (l->accounts[j].runs &&
				  l->accounts[j].pid == list.pid[i]);
	}
	if (known == list.count)
		return NULL;
	snprintf(complaint, sizeof(complaint), "%u stray processes",
		 list.count - known);
	return complaint;
}

const char *
ledger_compare(struct ledger *l, const json_t *status, pid_t keeper,
	       pid_t supervisor)
{
	json_t *parameters = json_object_get(status, "parameters");
	json_t *children = json_object_get(parameters, "children");
	const char *wrong = NULL;
	unsigned workers = 0;

	read_record(l);
	for (size_t i = 0; i < json_array_size(children) && !wrong; i++) {
		const json_t *child = json_array_get(children, i);
		json_t *type = json_object_get(child, "type");

		if (strcmp(json_string_value(type), "worker") != 0)
			continue;
		workers++;
		wrong = compare_child(l, child);
	}
	if (wrong)
		return wrong;
	if (workers != l->count)
		return "not all children are there";
	if (l->twice || l->wrong)
		return "lives were recorded twice or out of order";
	return compare_processes(l, keeper, supervisor);
}
