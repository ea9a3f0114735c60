/* SPDX-License-Identifier: MIT */
/*
 * spec.c - a child's keys as text, and the text as what a spawn needs.
 */
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "arena.h"
#include "core/heap.h"
#include "draft.h"
#include "expand.h"
#include "keys.h"
#include "spec.h"
#include "values.h"
#include "words.h"

/* One "key=value\n" of a text that is cut up. */
struct line {
	const struct key *key;
	char *value;
};

/* Takes the next line off *text; false: no more. */
static bool
next_line(char **text, struct line *ret)
{
	char *line = *text, *end = strchr(line, '\n'), *equals;

	if (!end)
		return false;
	*end = '\0';
	*text = end + 1;
	equals = strchr(line, '=');
	ret->key = equals ? keys_find(line, (size_t)(equals - line)) : NULL;
	ret->value = equals ? equals + 1 : end;
	return true;
}

int
spec_parse(const char *text, struct spec *ret, char *buf, size_t size)
{
	struct target t = { .spec = ret };
	size_t length = strlen(text) + 1;
	struct line line;

	if (length > size)
		return -ENOBUFS;
	memcpy(buf, text, length);
	ret->argv[0] = ret->env[0] = NULL;
	ret->argc = ret->env_count = 0;
	ret->directory = ret->out_path = ret->err_path = NULL;
	ret->umask = -1;
	ret->links = "";
	keys_set_defaults(IN_CHILD, FOR_SPEC, &t);
	while (next_line(&buf, &line)) {
		if (line.key && line.key->reader == FOR_SPEC &&
		    line.key->set(&t, line.value))
			return -EINVAL;
	}
	return 0;
}

bool
spec_next_link(const char **at, char id[ID_SIZE])
{
	size_t n;

	*at += strspn(*at, SPEC_LINK_ENDS);
	n = strcspn(*at, SPEC_LINK_ENDS);
	snprintf(id, ID_SIZE, "%.*s", (int)n, *at);
	*at += n;
	return n > 0;
}

/* Keeps the first complaint about a dynamic child. */
struct refusal {
	char *err;
	size_t size;
};

static void
refuse(void *arg, const char *message)
{
	struct refusal *r = arg;

	if (!*r->err)
		snprintf(r->err, r->size, "%s", message);
}

static void
take_setting(struct draft *d, const char *setting)
{
	const char *equals = strchr(setting, '=');
	const struct key *key;
	char *name;

	if (!equals || equals == setting) {
		d->complain(d->arg, "a setting is KEY=VALUE");
		return;
	}
	for (const char *p = setting; *p; p++) {
		if (iscntrl((unsigned char)*p)) {
			d->complain(d->arg, "a setting has a control "
					    "character");
			return;
		}
	}
	name = arena_copy_n(d->arena, setting, (size_t)(equals - setting));
	key = draft_key(d, name, equals + 1);
	if (!key)
		return;
	if (key->reader == FOR_CONFIG)
		d->complain(d->arg, arena_print(d->arena,
						"key '%s' is for the file "
						"alone",
						name));
	else if (draft_has(d, (enum key_id)(key - keys)) && !key->repeatable)
		d->complain(d->arg, arena_print(d->arena,
						"key '%s' is set twice", name));
	else
		draft_set(d, key, equals + 1);
}

/* argv in quotes, malloc. NULL: no memory. */
static char *
quote_words(const char *const *argv, size_t argc)
{
	char *text = NULL;
	size_t length;
	FILE *to = open_memstream(&text, &length);

	if (!to)
		return NULL;
	for (size_t i = 0; i < argc; i++) {
		if (i > 0)
			putc(' ', to);
		words_quote(to, argv[i]);
	}
	if (fclose(to) == 0)
		return text;
	free(text);
	return NULL;
}

static void
take_command(struct draft *d, const char *const *argv, size_t argc)
{
	char *command;

	if (!argv)
		return;
	if (draft_has(d, KEY_COMMAND)) {
		d->complain(d->arg, "there are two commands");
		return;
	}
	command = quote_words(argv, argc);
	if (command)
		draft_set_canonical(d, &keys[KEY_COMMAND],
				    arena_copy(d->arena, command));
	free(command);
}

/* In the arena; NULL: it was refused. */
static const char *
build(struct draft *d, const char *id, const char *const *settings,
      size_t settings_count, const char *const *argv, size_t argc)
{
	const struct refusal *r = d->arg;
	const struct variables v = { .id = id, .instance = 1 };

	draft_init(d, IN_CHILD, id, &v);
	if (!value_is_id(id)) {
		d->complain(d->arg, "an id is made of letters, digits and "
				    "_.@- alone, 32 at most");
	}
	for (size_t i = 0; i < settings_count; i++)
		take_setting(d, settings[i]);
	take_command(d, argv, argc);
	d->core.dynamic = true;
	return draft_finish(d) && !*r->err ? draft_text(d) : NULL;
}

int
spec_build(const char *id, const char *const *settings, size_t settings_count,
	   const char *const *argv, size_t argc, struct child_spec *spec,
	   char **text, char *err, size_t err_size)
{
	struct refusal refusal = { .err = err, .size = err_size };
	struct arena *arena = arena_new();
	struct draft *d;
	const char *built;
	char *copy = NULL;

	snprintf(err, err_size, "%s", "");
	if (!arena || setjmp(*arena_exhausted(arena))) {
		snprintf(err, err_size, "no memory");
		arena_free(arena);
		return -EINVAL;
	}
	d = arena_alloc(arena, sizeof(*d));
	d->arena = arena;
	d->complain = refuse;
	d->arg = &refusal;
	built = build(d, id, settings, settings_count, argv, argc);
	if (built) {
		copy = strdup(built);
		if (!copy)
			refuse(&refusal, "no memory");
	}
	if (copy) {
		*spec = d->core;
		*text = copy;
	}
	arena_free(arena);
	return copy ? 0 : -EINVAL;
}

static bool
write_instance(FILE *to, char *text, const struct variables *v,
	       const char *const *args, size_t argc)
{
	struct line line;
	char why[64];

	while (next_line(&text, &line)) {
		if (!line.key)
			continue;
		fprintf(to, "%s=", line.key->name);
		if (!expand_value(to, line.key->form, line.value, v, why,
				  sizeof(why)))
			return false;
		for (size_t i = 0; line.key == &keys[KEY_COMMAND] && i < argc;
		     i++) {
			putc(' ', to);
			words_quote(to, args[i]);
		}
		putc('\n', to);
	}
	return true;
}

/* Is it short enough for the heap, and are its words not too many? */
static bool
is_usable(const char *text, size_t length)
{
	struct spec *spec;
	bool is_good;

	if (length >= HEAP_BLOCK_MAX)
		return false;
	spec = malloc(sizeof(*spec) + length + 1);
	if (!spec)
		return false;
	is_good = spec_parse(text, spec, (char *)(spec + 1), length + 1) == 0;
	free(spec);
	return is_good;
}

char *
spec_instance(const char *text, const char *id, unsigned instance,
	      const char *const *args, size_t argc)
{
	const struct variables v = { .id = id, .instance = instance };
	char *copy = strdup(text), *ret = NULL;
	size_t length;
	FILE *to = open_memstream(&ret, &length);
	bool is_good = copy && to && write_instance(to, copy, &v, args, argc);

	if (to && fclose(to) != 0)
		is_good = false;
	free(copy);
	if (is_good && is_usable(ret, length))
		return ret;
	free(ret);
	return NULL;
}
