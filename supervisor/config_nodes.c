/* SPDX-License-Identifier: MIT */
/*
 * config_nodes.c - [child:] and [supervisor:] sections become nodes: parents
 * found, instances made, values expanded.
 *
 * Supervisors are read in a first turn, because a child below a
 * simple_one_for_one is a template, in which ${id} and ${instance} stay.
 */
#include <stdio.h>
#include <string.h>

#include "arena.h"
#include "config.h"
#include "config_fill.h"
#include "config_links.h"
#include "config_nodes.h"
#include "config_tree.h"
#include "map.h"

/* Those that the tree can hold beside the root and index 0. */
#define COUNT_MAX (NODES_MAX - 2)

struct builder {
	struct config *config;
	struct config_files *files;
	struct filler *filler;
	struct config_tree tree;
	struct map ids;             /* id -> struct config_section */
	struct variables variables; /* what is the same for all */
	size_t room;                /* of config->nodes */
	bool is_full;
};

static void
take_supervisor(struct builder *b, const struct config_section *section)
{
	struct config_supervisor *s = arena_alloc(b->files->arena, sizeof(*s));
	struct variables v = b->variables;
	struct draft *d = &b->filler->draft;

	v.id = section->id;
	filler_init(b->filler, b->files->arena, b->files->report, section, &v);
	filler_take(b->filler, FILL_FIRST);
	filler_take(b->filler, FILL_REST);
	draft_finish(d);
	s->section = section;
	s->spec = d->core;
	s->text = draft_text(d);
	s->parent_id = d->target.supervisor ? d->target.supervisor : "root";
	config_tree_add(&b->tree, s);
}

static void
add_node(struct builder *b, const struct config_section *section,
	 const char *parent, const struct child_spec *spec, const char *text,
	 const char *links)
{
	const struct config_entry *e = filler_find(section, KEY_LINKS);
	struct config *c = b->config;
	struct config_node *more;

	if (c->count == COUNT_MAX && !b->is_full) {
		report_error(b->files->report, &section->at,
			     "there are more than %u children and supervisors",
			     COUNT_MAX);
		b->is_full = true;
	}
	if (b->is_full)
		return;
	if (c->count == b->room) {
		b->room = b->room ? b->room * 2 : 64;
		more = arena_alloc(b->files->arena, b->room * sizeof(*more));
		if (c->count)
			memcpy(more, c->nodes, c->count * sizeof(*more));
		c->nodes = more;
	}
	c->nodes[c->count++] = (struct config_node){
		.spec = *spec,
		.parent = parent,
		.text = text,
		.file = section->at.file,
		.line = section->at.line,
		.links = links,
		.links_at = e ? &e->at : &section->at,
	};
}

static void
place_supervisor(struct builder *b, const struct config_section *section)
{
	struct config_supervisor *s = map_get(&b->tree.map, section->id);

	if (!s || s->section != section) /* the id is used twice */
		return;
	s->parent = config_tree_find(&b->tree, section, s->parent_id);
	if (s->parent)
		config_tree_join(&b->tree, s->parent, section, &s->spec, 1);
	add_node(b, section, s->parent_id, &s->spec, s->text, "");
}

/* One of a child's instances; the first is 1. */
static bool
place_instance(struct builder *b, const struct config_section *section,
	       const struct config_supervisor *parent, unsigned instance,
	       unsigned instances)
{
	struct draft *d = &b->filler->draft;
	struct variables v = b->variables;
	const struct config_section *other;
	char id[ID_SIZE];
	bool is_good;

	snprintf(id, sizeof(id), instances > 1 ? "%.32s@%u" : "%.32s",
		 section->id, instance);
	other = map_get(&b->ids, id);
	if (other && other != section && instances > 1)
		report_error(b->files->report, &other->at,
			     "the id '%s' is an instance of [child:%s]'s, at "
			     "%s:%u",
			     id, section->id, section->at.file,
			     section->at.line);
	v.id = id;
	v.instance = instance;
	v.is_template = parent && parent->spec.strategy == SIMPLE_ONE_FOR_ONE;
	filler_init(b->filler, b->files->arena, b->files->report, section, &v);
	is_good = filler_take(b->filler, FILL_REST);
	if (!draft_finish(d) || !is_good)
		return false;
	add_node(b, section, parent ? parent->section->id : "root", &d->core,
		 draft_text(d), arena_copy(b->files->arena, d->spec.links));
	return true;
}

static void
place_child(struct builder *b, const struct config_section *section)
{
	struct draft *d = &b->filler->draft;
	struct variables v = b->variables;
	struct config_supervisor *parent;
	unsigned instances;

	v.id = section->id;
	filler_init(b->filler, b->files->arena, b->files->report, section, &v);
	filler_take(b->filler, FILL_FIRST);
	instances = d->target.instances;
	parent = config_tree_find(&b->tree, section,
				  d->target.supervisor ? d->target.supervisor :
							 "root");
	for (unsigned i = 1; i <= instances; i++) {
		bool is_good = place_instance(b, section, parent, i, instances);

		if (i == 1 && parent)
			config_tree_join(&b->tree, parent, section, &d->core,
					 instances);
		if (!is_good)
			break;
	}
}

/* Notes who has which id. */
static void
collect_ids(struct builder *b)
{
	map_init(&b->ids, b->files->arena, b->files->count);
	for (struct config_section *s = b->files->sections; s; s = s->next) {
		const struct config_section *first = map_add(&b->ids, s->id, s);

		if (first != s)
			report_error(b->files->report, &s->at,
				     "the id '%s' is used twice, first at "
				     "%s:%u",
				     s->id, first->at.file, first->at.line);
	}
}

void
config_nodes(struct config *c, struct config_files *files)
{
	struct builder b = {
		.config = c,
		.files = files,
		.filler = arena_alloc(files->arena, sizeof(struct filler)),
		.variables = {
			.state_dir = c->state_dir,
			.log_dir = arena_print(files->arena, "%s/log",
					       c->state_dir),
			.instance = 1,
		},
	};

	collect_ids(&b);
	config_tree_init(&b.tree, files, &c->root);
	for (const struct config_section *s = files->sections; s; s = s->next) {
		if (s->kind == IN_SUPERVISOR)
			take_supervisor(&b, s);
	}
	for (const struct config_section *s = files->sections; s; s = s->next) {
		if (s->kind == IN_SUPERVISOR)
			place_supervisor(&b, s);
		else
			place_child(&b, s);
	}
	config_tree_check(&b.tree);
	config_links_check(c, files, &b.ids);
}
