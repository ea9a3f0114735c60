/* SPDX-License-Identifier: MIT */
/*
 * draft.c - keys and values of one section on their way to what is kept of
 * them.
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "arena.h"
#include "core/heap.h"
#include "draft.h"
#include "suggest.h"

#define WHY_SIZE 256
#define VALUE_SHOWN 64

struct draft_line {
	struct draft_line *next;
	const char *value;
};

__attribute__((format(printf, 2, 3))) static void
complain(struct draft *d, const char *format, ...)
{
	char message[WHY_SIZE + HINT_SIZE + VALUE_SHOWN + 64];
	va_list args;

	va_start(args, format);
	vsnprintf(message, sizeof(message), format, args);
	va_end(args);
	d->complain(d->arg, message);
}

void
draft_init(struct draft *d, enum section in, const char *id,
	   const struct variables *v)
{
	*d = (struct draft){
		.arena = d->arena,
		.in = in,
		.variables = *v,
		.complain = d->complain,
		.arg = d->arg,
		.spec.umask = -1,
		.spec.links = "",
		.core.is_supervisor = in != IN_CHILD,
		.core.type = in == IN_CHILD ? TYPE_WORKER : TYPE_SUPERVISOR,
		.core.autostart = true,
	};
	d->target = (struct target){
		.core = &d->core,
		.spec = &d->spec,
		.settings = &d->settings,
		.instances = 1,
	};
	snprintf(d->core.id, sizeof(d->core.id), "%s", id ? id : "root");
	keys_set_defaults(in, FOR_CORE, &d->target);
	keys_set_defaults(in, FOR_SPEC, &d->target);
}

const struct key *
draft_key(struct draft *d, const char *name, const char *value)
{
	const struct key *key = keys_find(name, strlen(name));
	char hint[HINT_SIZE], here[SECTIONS_SIZE], there[SECTIONS_SIZE];

	if (key && key->sections & d->in)
		return key;
	if (!key && keys_is_planned(name)) {
		complain(d, "key '%s' is not supported yet", name);
		return NULL;
	}
	if (key) {
		name_sections(d->in, here);
		name_sections(key->sections, there);
		complain(d, "key '%s' belongs in %s, not in %s", name, there,
			 here);
		return NULL;
	}
	suggest_key(d->in, name, value, hint);
	complain(d, "unknown key '%.*s'%s", VALUE_SHOWN, name, hint);
	return NULL;
}

bool
draft_set_canonical(struct draft *d, const struct key *key,
		    const char *canonical)
{
	const char *wrong =
		key->set(&d->target, arena_copy(d->arena, canonical));
	struct draft_line *line, **last = &d->lines[key - keys];
	char hint[HINT_SIZE] = "";

	d->seen[key - keys] = true;
	if (wrong) {
		if (!*wrong)
			suggest_value(key, canonical, hint);
		complain(d, "%s = '%.*s': %s%s%s", key->name, VALUE_SHOWN,
			 canonical, *wrong ? wrong : "expected ",
			 *wrong ? "" : key->values, hint);
		return false;
	}
	while (*last)
		last = &(*last)->next;
	line = arena_alloc(d->arena, sizeof(*line));
	line->value = canonical;
	*last = line;
	d->length += strlen(key->name) + strlen(canonical) + 2;
	return true;
}

bool
draft_set(struct draft *d, const struct key *key, const char *value)
{
	char why[WHY_SIZE] = "", *text = NULL, *canonical = NULL;
	size_t length;
	FILE *to = open_memstream(&text, &length);
	bool is_good = false;

	d->seen[key - keys] = true;
	if (to) {
		is_good = expand_value(to, key->form, value, &d->variables, why,
				       sizeof(why));
		if (fclose(to) != 0)
			is_good = false;
		if (is_good)
			canonical = arena_copy(d->arena, text);
	}
	free(text);
	if (canonical)
		return draft_set_canonical(d, key, canonical);
	complain(d, "%s: %s", key->name, *why ? why : "no memory");
	return false;
}

bool
draft_has(const struct draft *d, enum key_id key)
{
	return d->seen[key];
}

static int
by_text(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Is a variable of the environment set twice? */
static bool
check_environment(struct draft *d)
{
	char **env =
		arena_alloc(d->arena, d->spec.env_count * sizeof(char *) + 1);

	memcpy(env, d->spec.env, d->spec.env_count * sizeof(char *));
	qsort(env, d->spec.env_count, sizeof(char *), by_text);
	for (unsigned i = 1; i < d->spec.env_count; i++) {
		size_t name = strcspn(env[i], "=") + 1;

		if (strncmp(env[i - 1], env[i], name) == 0) {
			complain(d, "environment sets %.*s twice",
				 (int)name - 1, env[i]);
			return false;
		}
	}
	return true;
}

bool
draft_finish(struct draft *d)
{
	struct child_spec *core = &d->core;
	bool is_good = true;

	if (core->type == TYPE_SUPERVISOR && !draft_has(d, KEY_SHUTDOWN))
		core->shutdown = SHUTDOWN_INFINITY;
	core->acknowledges = d->spec.ready != READY_EXEC;
	if (!core->acknowledges)
		core->start_timeout = 0;
	if (d->in == IN_CHILD && !draft_has(d, KEY_COMMAND)) {
		complain(d, "a child needs a command");
		is_good = false;
	}
	if (core->trap_exit && !d->spec.mailbox) {
		complain(d, "trap_exit = yes needs mailbox = yes: a trapped "
			    "exit signal is a message");
		is_good = false;
	}
	if (core->significant && core->restart == PERMANENT) {
		complain(d, "significant = yes needs restart = transient or "
			    "temporary");
		is_good = false;
	}
	if (d->length >= HEAP_BLOCK_MAX) {
		complain(d, "its keys are longer than a MiB together");
		is_good = false;
	}
	return check_environment(d) && is_good;
}

/* [supd] has the root supervisor's keys, too; those are not in its text. */
static bool
is_in_text(const struct draft *d, const struct key *key)
{
	return key->reader != FOR_CONFIG &&
	       (d->in != IN_SUPD || key->reader == FOR_SETTINGS);
}

char *
draft_text(struct draft *d)
{
	char *text = arena_alloc(d->arena, d->length + 1), *end = text;

	for (const struct key *k = keys; k < keys + KEYS; k++) {
		if (!is_in_text(d, k))
			continue;
		for (struct draft_line *line = d->lines[k - keys]; line;
		     line = line->next) {
			end = stpcpy(stpcpy(end, k->name), "=");
			end = stpcpy(stpcpy(end, line->value), "\n");
		}
	}
	return text;
}
