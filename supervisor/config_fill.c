/* SPDX-License-Identifier: MIT */
/*
 * config_fill.c - gives a draft the keys of a section of a file, and the
 * report what the draft complains of.
 */
#include <stdio.h>
#include <string.h>

#include "config_fill.h"

void
section_label(const struct config_section *section, char label[LABEL_SIZE])
{
	switch (section->kind) {
	case IN_SUPD:
		snprintf(label, LABEL_SIZE, "supd");
		break;
	case IN_SUPERVISOR:
		snprintf(label, LABEL_SIZE, "supervisor %s", section->id);
		break;
	case IN_CHILD:
		snprintf(label, LABEL_SIZE, "child %s", section->id);
		break;
	}
}

static void
complain(void *arg, const char *message)
{
	struct filler *f = arg;
	char label[LABEL_SIZE];

	section_label(f->section, label);
	report_error(f->report, &f->at, "%s: %s", label, message);
}

void
filler_init(struct filler *f, struct arena *arena, struct config_report *report,
	    const struct config_section *section, const struct variables *v)
{
	f->report = report;
	f->section = section;
	f->at = section->at;
	f->draft.arena = arena;
	f->draft.complain = complain;
	f->draft.arg = f;
	draft_init(&f->draft, section->kind, v->id, v);
}

static bool
is_first(const struct key *key)
{
	return key->reader == FOR_CONFIG || key == &keys[KEY_NAME] ||
	       key == &keys[KEY_STATE_DIR];
}

static bool
take_entry(struct filler *f, const struct config_entry *e,
	   const struct key *key, const struct config_entry **before)
{
	const struct config_entry **earlier = &before[key - keys];
	char message[512];

	if (*earlier && !key->repeatable) {
		snprintf(message, sizeof(message),
			 "key '%s' is set twice, first at %s:%u", key->name,
			 (*earlier)->at.file, (*earlier)->at.line);
		complain(f, message);
		return false;
	}
	*earlier = e;
	if (key == &keys[KEY_INCLUDE]) /* config_read.c has done it */
		return true;
	return draft_set(&f->draft, key, e->value);
}

bool
filler_take(struct filler *f, enum fill which)
{
	const struct config_entry *before[KEYS] = { NULL };
	bool is_good = true;

	for (const struct config_entry *e = f->section->entries; e;
	     e = e->next) {
		const struct key *key = keys_find(e->key, strlen(e->key));
		bool is_known = key && key->sections & f->section->kind;

		f->at = e->at;
		if ((is_known && is_first(key) ? FILL_FIRST : FILL_REST) !=
		    which)
			continue;
		if (!is_known)
			key = draft_key(&f->draft, e->key, e->value);
		if (!key || !take_entry(f, e, key, before))
			is_good = false;
	}
	f->at = f->section->at;
	return is_good;
}

const struct config_entry *
filler_find(const struct config_section *section, enum key_id key)
{
	const struct config_entry *e = section->entries;

	while (e && strcmp(e->key, keys[key].name) != 0)
		e = e->next;
	return e;
}
