/* SPDX-License-Identifier: MIT */
/*
 * tally.h - how the children are, in one line: what supd tells the service
 * manager that started it (STATUS= of sd_notify(3)).
 */
#ifndef TALLY_H
#define TALLY_H

#include <stdint.h>

struct supd;

/* Counts all children once; does nothing where nobody is to be told.  Without
   memory there is no line. */
void
tally_open(struct supd *d);

/* The state of node n may have changed, or n is gone. O(1). */
void
tally_look(struct supd *d, uint32_t n);

/* Has the line told if it is another one, though not ten times a second. */
void
tally_tell(struct supd *d);

#endif
