/* SPDX-License-Identifier: MIT */
/*
 * kin_lib.c - the workers, and their links.
 */
#include "kin_lib.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#include "core/reason.h"

void
kin_begin(struct scene *s, const char *letters)
{
	struct child_spec root = scene_supervisor("root");

	root.intensity = 9;
	root.on_limit = LIMIT_REMOVE;
	scene_new(s, &root);
	for (; *letters; letters++) {
		char id[2] = { *letters, '\0' };
		struct child_spec spec = scene_worker(id);

		spec.trap_exit = *letters < 'a';
		scene_add(s, "root", &spec);
	}
	scene_boot(s);
	s->trace[0] = '\0';
}

int
kin_link(struct scene *s, const char *a, const char *b)
{
	int r = tree_link(s->t, scene_find(s, a), scene_find(s, b));

	scene_settle(s);
	return r;
}

void
kin_ended_as(struct scene *s, const char *id, const char *reason)
{
	char text[REASON_SIZE];

	assert_string_equal(reason_format(&scene_node(s, id)->ended, text,
					  sizeof(text)),
			    reason);
}
