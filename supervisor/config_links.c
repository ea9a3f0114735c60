/* SPDX-License-Identifier: MIT */
/*
 * config_links.c - `links` of a configuration: whoever is named is there.
 */
#include "config_links.h"

#include <stdio.h>
#include <string.h>

#include "config.h"
#include "config_read.h"
#include "map.h"
#include "spec.h"

/* The child of a simple_one_for_one, which never runs itself. */
static bool
is_template(const struct config *c, const struct map *nodes,
	    const struct config_node *node)
{
	const struct config_node *parent = map_get(nodes, node->parent);
	const struct child_spec *spec = parent ? &parent->spec : &c->root;

	return !node->spec.is_supervisor &&
	       spec->strategy == SIMPLE_ONE_FOR_ONE;
}

/* What is wrong with an id that is no node's; NULL: nothing. */
static const char *
fault_of_nobody(const struct map *nodes, const struct map *sections,
		const char *id)
{
	char first[ID_SIZE + 2];

	if (strcmp(id, "root") == 0)
		return "nobody can be linked to the root";
	snprintf(first, sizeof(first), "%s@1", id);
	if (map_get(nodes, first))
		return "it has instances: name one, as NAME@1";
	return map_get(sections, id) ? NULL :
				       "there is no such child or supervisor";
}

/* What is wrong with a link of node to other; NULL: nothing. */
static const char *
fault(const struct config *c, const struct map *nodes,
      const struct config_node *node, const struct config_node *other)
{
	if (other == node)
		return "it cannot be linked to itself";
	return is_template(c, nodes, other) ? "it is the template of a "
					      "simple_one_for_one" :
					      NULL;
}

void
config_links_check(const struct config *c, struct config_files *files,
		   const struct map *sections)
{
	struct map nodes;

	map_init(&nodes, files->arena, c->count);
	for (size_t i = 0; i < c->count; i++)
		map_add(&nodes, c->nodes[i].spec.id, &c->nodes[i]);
	for (size_t i = 0; i < c->count; i++) {
		const struct config_node *node = &c->nodes[i], *other;
		const char *at = node->links, *wrong;
		char id[ID_SIZE];

		while (spec_next_link(&at, id)) {
			other = map_get(&nodes, id);
			wrong = other ? fault(c, &nodes, node, other) :
					fault_of_nobody(&nodes, sections, id);
			if (wrong)
				report_error(files->report, node->links_at,
					     "child %s: links: %s: %s",
					     node->spec.id, id, wrong);
		}
	}
}
