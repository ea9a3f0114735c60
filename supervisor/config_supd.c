/* SPDX-License-Identifier: MIT */
/*
 * config_supd.c - [supd]: the daemon's settings, with the defaults that depend
 * on who runs it, and the root supervisor's flags.
 */
#include <grp.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "arena.h"
#include "config.h"
#include "config_fill.h"
#include "config_supd.h"
#include "values.h"

/* The value of a variable that names a directory; NULL: it does not. */
static const char *
directory_of(const char *variable)
{
	const char *value = getenv(variable);

	return value && *value == '/' ? value : NULL;
}

/* The file's base name without .ini; NULL: that is no name. */
static const char *
default_name(struct arena *a, const char *path)
{
	const char *slash = strrchr(path, '/');
	char *name = arena_copy(a, slash ? slash + 1 : path);
	size_t n = strlen(name);

	if (n > 4 && strcmp(name + n - 4, ".ini") == 0)
		name[n - 4] = '\0';
	return value_is_id(name) ? name : NULL;
}

static const char *
default_state_dir(struct arena *a, const char *name)
{
	const char *xdg = directory_of("XDG_STATE_HOME");
	const char *home = directory_of("HOME");

	if (geteuid() == 0)
		return arena_print(a, "/var/lib/supd/%s", name);
	if (xdg)
		return arena_print(a, "%s/supd/%s", xdg, name);
	if (home)
		return arena_print(a, "%s/.local/state/supd/%s", home, name);
	return NULL;
}

static const char *
default_socket(struct arena *a, const struct settings *s)
{
	const char *xdg = directory_of("XDG_RUNTIME_DIR");

	if (geteuid() == 0)
		return arena_print(a, "/run/supd/%s.sock", s->name);
	if (xdg)
		return arena_print(a, "%s/supd/%s.sock", xdg, s->name);
	return arena_print(a, "%s/supd.sock", s->state_dir);
}

/* Sets a key that was not given; value NULL: there is no default for it. */
static void
set_default(struct draft *d, enum key_id key, const char *value,
	    const char *complaint)
{
	if (draft_has(d, key))
		return;
	if (value)
		draft_set_canonical(d, &keys[key], value);
	else if (complaint)
		d->complain(d->arg, complaint);
}

/* ${state_dir} and ${log_dir} are known from here on. */
static void
set_first_defaults(struct draft *d, const char *path)
{
	struct settings *s = &d->settings;

	set_default(d, KEY_NAME, default_name(d->arena, path),
		    "the file's name cannot be the daemon's: set 'name'");
	if (!s->name)
		s->name = arena_copy(d->arena, "supd");
	set_default(d, KEY_STATE_DIR, default_state_dir(d->arena, s->name),
		    "HOME is not set: set 'state_dir'");
	if (!s->state_dir)
		s->state_dir = arena_copy(d->arena, "/");
	d->variables.state_dir = s->state_dir;
	d->variables.log_dir = arena_print(d->arena, "%s/log", s->state_dir);
}

static void
set_other_defaults(struct draft *d)
{
	set_default(d, KEY_SOCKET, default_socket(d->arena, &d->settings),
		    NULL);
	for (enum key_id k = 0; k < KEYS; k++) {
		if (keys[k].reader == FOR_SETTINGS)
			set_default(d, k, keys[k].initial, NULL);
	}
}

static void
check_group(struct config_files *files, const char *group)
{
	if (group && !getgrnam(group))
		report_error(files->report,
			     &filler_find(&files->supd, KEY_SOCKET_GROUP)->at,
			     "supd: there is no group '%.32s'", group);
}

void
config_supd(struct config *c, struct config_files *files, const char *path)
{
	const struct variables none = { .id = NULL };
	struct filler *f = arena_alloc(files->arena, sizeof(*f));
	const struct settings *s = &f->draft.settings;

	filler_init(f, files->arena, files->report, &files->supd, &none);
	filler_take(f, FILL_FIRST);
	set_first_defaults(&f->draft, path);
	filler_take(f, FILL_REST);
	set_other_defaults(&f->draft);
	check_group(files, s->socket_group);
	c->name = s->name;
	c->state_dir = s->state_dir;
	c->socket = s->socket;
	c->socket_group = s->socket_group;
	c->log = s->log;
	c->pid_file = s->pid_file;
	c->socket_mode = s->socket_mode;
	c->log_level = s->log_level;
	c->root = f->draft.core;
	c->text = draft_text(&f->draft);
}
