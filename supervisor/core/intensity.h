/* SPDX-License-Identifier: MIT */
/*
 * intensity.h - the sliding window of restarts (supervisor:add_restart/1).
 */
#ifndef INTENSITY_H
#define INTENSITY_H

#include "layout.h"

/* Counts a restart now; false if that are more than intensity within period.
   w lies in a node that may be written. */
bool
intensity_add(struct tree *t, struct window *w, uint32_t intensity,
	      int64_t period);

/* How many lie within period before now. */
uint32_t
intensity_count(const struct tree *t, const struct window *w, int64_t period,
		int64_t now);

void
intensity_clear(struct tree *t, struct window *w);

#endif
