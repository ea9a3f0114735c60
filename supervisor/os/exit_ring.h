/* SPDX-License-Identifier: MIT */
/*
 * exit_ring.h - how the keeper tells supervisors of deaths: a ring of slots in
 * the shared state, in the order in which their processes ended.
 *
 * A slot is in it at most once, so it cannot overflow: process[].queued is set
 * by the keeper when it puts the slot in, and cleared by the supervisor before
 * it looks at `exited`.  Whichever comes second sees what the first has done.
 */
#ifndef EXIT_RING_H
#define EXIT_RING_H

#include <stdint.h>

struct state;

/* The keeper's: the slot's process has ended, which is recorded and reaped. */
void
exit_ring_put(struct state *s, uint32_t slot);

/* The supervisor's: the next whose process has ended; it is PROCESS_DEAD from
   now on.  NO_NODE: none.  Each is given once, whoever dies meanwhile. */
uint32_t
exit_ring_take(struct state *s);

#endif
