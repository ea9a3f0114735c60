/* SPDX-License-Identifier: MIT */
/*
 * limits_lib.h - the restarts that were seen, held against each supervisor's
 * intensity and period.
 */
#ifndef LIMITS_LIB_H
#define LIMITS_LIB_H

#include <stdbool.h>
#include <stdint.h>

#include "core/tree.h"
#include "memory_lib.h"

#define LIMITS_STAMPS 64

/* Restarts: a ring of the last ones. */
struct stamps {
	uint32_t count;
	int64_t at[LIMITS_STAMPS];
};

struct limits {
	struct stamps as_child[MEMORY_NODES], as_supervisor[MEMORY_NODES];
};

/* Takes a report of the core.  NULL, or what is wrong with it.  manual: people
   have meddled, and there may be more restarts than the intensity. */
const char *
limits_report(struct limits *l, const struct tree *t, const struct action *a,
	      int64_t now, bool manual);

/* Nothing is counted any more of n, or n is another one now. */
void
limits_reset(struct limits *l, uint32_t n);

#endif
