/* SPDX-License-Identifier: MIT */
/*
 * config_sections.c - [supd], [supervisor:ID], [child:ID]: what a section's
 * head says.
 */
#include <string.h>

#include "arena.h"
#include "config_read.h"
#include "config_sections.h"
#include "suggest.h"
#include "values.h"

#define NAME_SHOWN 64

/* What stands in front of the colon, if it is ours; else 0. */
static unsigned
section_kind(const char *name, size_t length)
{
	static const struct {
		const char *name;
		enum section kind;
	} kinds[] = {
		{ "supd", IN_SUPD },
		{ "supervisor", IN_SUPERVISOR },
		{ "child", IN_CHILD },
	};

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		if (strncmp(kinds[i].name, name, length) == 0 &&
		    !kinds[i].name[length])
			return kinds[i].kind;
	}
	return 0;
}

/* [supd] may stand once in each file. */
static void
open_supd(struct config_files *f, const struct place *at, unsigned *supd_line)
{
	if (*supd_line)
		report_error(f->report, at,
			     "section [supd] stands here twice, first in line "
			     "%u",
			     *supd_line);
	else
		*supd_line = at->line;
	f->section = &f->supd;
}

static void
open_other(struct config_files *f, const struct place *at, enum section kind,
	   const char *id)
{
	struct config_section *s = arena_alloc(f->arena, sizeof(*s));

	if (!value_is_id(id))
		report_error(f->report, at,
			     "the id '%.*s' must be letters, digits and _.@- "
			     "alone, 1 to 32 of them",
			     NAME_SHOWN, id);
	else if (strcmp(id, "root") == 0)
		report_error(f->report, at,
			     "the id 'root' is the root supervisor's, whose "
			     "keys stand in [supd]");
	*s = (struct config_section){ .kind = kind, .id = id, .at = *at };
	s->end = &s->entries;
	*f->end = s;
	f->end = &s->next;
	f->count++;
	f->section = s;
}

/* Its keys are looked at as if what was meant had been written. */
static void
open_unknown(struct config_files *f, const struct place *at, const char *name,
	     const char *id)
{
	char hint[HINT_SIZE];
	unsigned kind;

	f->section = NULL;
	if (strcmp(name, "socket") == 0 || strncmp(name, "socket:", 7) == 0) {
		report_error(f->report, at,
			     "section [%.*s] is not supported yet", NAME_SHOWN,
			     name);
		return;
	}
	kind = suggest_section(name, hint);
	report_error(f->report, at, "unknown section [%.*s]%s", NAME_SHOWN,
		     name, hint);
	if (kind == IN_SUPD)
		f->section = &f->supd;
	else if (kind && *id)
		open_other(f, at, kind, id);
}

void
section_open(struct config_files *f, const struct place *at, const char *name,
	     unsigned *supd_line)
{
	size_t length = strcspn(name, ":");
	unsigned kind = section_kind(name, length);
	const char *id = name + length;

	if (*id)
		id += 1 + strspn(id + 1, " \t");
	if (kind == IN_SUPD && !name[length])
		open_supd(f, at, supd_line);
	else if (kind != IN_SUPD && kind && name[length])
		open_other(f, at, kind, id);
	else
		open_unknown(f, at, name, id);
}
