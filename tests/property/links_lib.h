/* SPDX-License-Identifier: MIT */
/*
 * links_lib.h - who is linked to whom, by the core's reports, and who has to
 * end because another one has.
 */
#ifndef LINKS_LIB_H
#define LINKS_LIB_H

#include <stdbool.h>
#include <stdint.h>

#include "core/tree.h"
#include "memory_lib.h"

struct links {
	bool linked[MEMORY_NODES][MEMORY_NODES];
	bool must_end[MEMORY_NODES];
};

/* Takes a report of the core.  NULL, or what is wrong with it. */
const char *
links_report(struct links *l, const struct action *a);

/* n has ended: whoever is linked to it and does not trap has to, too. */
void
links_end(struct links *l, const struct tree *t, uint32_t n,
	  const struct reason *reason);

/* Has n to end, at the latest now?  Told once. */
bool
links_due(struct links *l, uint32_t n);

#endif
