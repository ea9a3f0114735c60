/* SPDX-License-Identifier: MIT */
/*
 * exit_ring.c - how the keeper tells supervisors of deaths.
 */
#include "exit_ring.h"

#include "../core/journal.h"
#include "state.h"

/* Whoever is in the ring already, for a death that the supervisor has learnt of
   otherwise, will be looked at. */
void
exit_ring_put(struct state *s, uint32_t slot)
{
	uint32_t *queued = &s->process[slot].queued;
	uint32_t head = s->exits_head;

	if (__atomic_exchange_n(queued, 1, __ATOMIC_SEQ_CST))
		return;
	s->exits[head % SLOTS_MAX] = slot;
	__atomic_store_n(&s->exits_head, head + 1, __ATOMIC_RELEASE);
}

/* What the keeper may be writing at this moment is not saved, lest it is
   undone: `queued` alone, until `exited` says that the keeper is done. */
static bool
take_slot(struct state *s, uint32_t slot)
{
	struct process *p = &s->process[slot];

	journal_save(s->journal, &p->queued, sizeof(p->queued));
	__atomic_store_n(&p->queued, 0, __ATOMIC_SEQ_CST);
	if (!__atomic_load_n(&p->exited, __ATOMIC_SEQ_CST) ||
	    p->phase == PROCESS_DEAD || p->phase == PROCESS_EMPTY)
		return false;
	if (p->phase == PROCESS_REPLACED)
		return true;
	journal_save(s->journal, p, sizeof(*p));
	p->phase = PROCESS_DEAD;
	return true;
}

uint32_t
exit_ring_take(struct state *s)
{
	uint32_t head = __atomic_load_n(&s->exits_head, __ATOMIC_ACQUIRE);

	while (s->exits_tail != head) {
		uint32_t slot = s->exits[s->exits_tail % SLOTS_MAX];
		bool has_ended;

		journal_begin(s->journal);
		journal_save(s->journal, &s->exits_tail, sizeof(uint32_t));
		s->exits_tail++;
		has_ended = take_slot(s, slot);
		journal_commit(s->journal);
		if (has_ended)
			return slot;
	}
	return NO_NODE;
}
