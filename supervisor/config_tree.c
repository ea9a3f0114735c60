/* SPDX-License-Identifier: MIT */
/*
 * config_tree.c - the supervisors of a configuration: who is below whom, and
 * what OTP does not allow there.
 */
#include <string.h>

#include "config_fill.h"
#include "config_read.h"
#include "config_report.h"
#include "config_tree.h"

void
config_tree_init(struct config_tree *t, struct config_files *files,
		 const struct child_spec *root)
{
	*t = (struct config_tree){
		.report = files->report,
		.root = { .section = &files->supd, .spec = *root },
	};
	t->end = &t->root.next;
	map_init(&t->map, files->arena, files->count + 1);
	map_add(&t->map, "root", &t->root);
}

void
config_tree_add(struct config_tree *t, struct config_supervisor *s)
{
	if (map_add(&t->map, s->section->id, s) != s)
		return;
	*t->end = s;
	t->end = &s->next;
}

/* Where a section says something, else where it begins. */
static const struct place *
place_of(const struct config_section *section, enum key_id key)
{
	const struct config_entry *e = filler_find(section, key);

	return e ? &e->at : &section->at;
}

struct config_supervisor *
config_tree_find(struct config_tree *t, const struct config_section *section,
		 const char *id)
{
	struct config_supervisor *s = map_get(&t->map, id);
	char label[LABEL_SIZE];

	if (!s) {
		section_label(section, label);
		report_error(t->report, place_of(section, KEY_SUPERVISOR),
			     "%s: there is no [supervisor:%s]", label, id);
	}
	return s;
}

/* A template stands alone. */
static void
join_simple(struct config_tree *t, const struct config_supervisor *parent,
	    const struct config_section *section, unsigned instances)
{
	char label[LABEL_SIZE];

	section_label(section, label);
	if (section->kind == IN_SUPERVISOR)
		report_error(t->report, place_of(section, KEY_SUPERVISOR),
			     "%s: a supervisor cannot be below '%s', which is "
			     "simple_one_for_one",
			     label, parent->section->id);
	else if (parent->members > 0)
		report_error(t->report, place_of(section, KEY_SUPERVISOR),
			     "%s: supervisor '%s' is simple_one_for_one and "
			     "has its one [child:] already",
			     label, parent->section->id);
	if (instances > 1)
		report_error(t->report, place_of(section, KEY_INSTANCES),
			     "%s: the template of a simple_one_for_one has no "
			     "instances",
			     label);
}

/* No more restarts fit into the period than the backoff lets pass. */
static bool
can_reach_limit(const struct child_spec *spec, const struct child_spec *parent)
{
	return parent->intensity == 0 ||
	       spec->backoff_min <= parent->period / parent->intensity;
}

void
config_tree_join(struct config_tree *t, struct config_supervisor *parent,
		 const struct config_section *section,
		 const struct child_spec *spec, unsigned instances)
{
	char label[LABEL_SIZE];

	section_label(section, label);
	if (parent->spec.strategy == SIMPLE_ONE_FOR_ONE)
		join_simple(t, parent, section, instances);
	parent->members++;
	if (spec->significant && parent->spec.auto_shutdown == AUTO_NEVER)
		report_error(t->report, place_of(section, KEY_SIGNIFICANT),
			     "%s: significant = yes needs auto_shutdown in "
			     "supervisor '%s'",
			     label, parent->section->id);
	if (!can_reach_limit(spec, &parent->spec))
		report_warning(t->report, place_of(section, KEY_BACKOFF),
			       "%s: with this backoff it never reaches the "
			       "limit of supervisor '%s', %u restarts in "
			       "%lld ms",
			       label, parent->section->id,
			       parent->spec.intensity,
			       (long long)parent->spec.period);
}

/* Walks up from s; who meets its own traces is its own supervisor. */
static void
check_cycle(struct config_tree *t, struct config_supervisor *s, unsigned walk)
{
	const struct config_section *section = s->section;

	while (s && !s->mark) {
		s->mark = walk;
		s = s->parent;
	}
	if (s && s->mark == walk)
		report_error(t->report, place_of(section, KEY_SUPERVISOR),
			     "supervisor %s: it is below itself", section->id);
}

static void
check_flags(struct config_tree *t, const struct config_supervisor *s)
{
	const struct place *at = place_of(s->section, KEY_STRATEGY);
	char label[LABEL_SIZE];

	if (s->spec.strategy != SIMPLE_ONE_FOR_ONE)
		return;
	section_label(s->section, label);
	if (s->spec.auto_shutdown != AUTO_NEVER)
		report_error(t->report, place_of(s->section, KEY_AUTO_SHUTDOWN),
			     "%s: auto_shutdown is not for simple_one_for_one",
			     label);
	if (s->members == 0)
		report_error(t->report, at,
			     "%s: simple_one_for_one needs a [child:], its "
			     "template",
			     label);
}

void
config_tree_check(struct config_tree *t)
{
	unsigned walk = 0;

	for (struct config_supervisor *s = &t->root; s; s = s->next) {
		check_flags(t, s);
		check_cycle(t, s, ++walk);
	}
}
