/* SPDX-License-Identifier: MIT */
/*
 * layout.c - the tree's memory under the journal.
 */
#include "layout.h"

#include "journal.h"

#define ENTRY_OVERHEAD 24 /* at most, of a journal's entry */

size_t
tree_size(void)
{
	return sizeof(struct tree);
}

size_t
tree_journal_size(void)
{
	return offsetof(struct tree, hash) + ENTRY_OVERHEAD +
	       NODES_MAX * 2 * (sizeof(uint32_t) + 4 + ENTRY_OVERHEAD) +
	       NODES_MAX * (sizeof(struct node) + ENTRY_OVERHEAD) +
	       CELLS_MAX * (sizeof(struct cell) + ENTRY_OVERHEAD);
}

void
layout_begin(struct tree *t)
{
	if (!t->journal)
		return;
	journal_begin(t->journal);
	journal_save(t->journal, t, offsetof(struct tree, hash));
}

void
layout_commit(struct tree *t)
{
	if (t->journal)
		journal_commit(t->journal);
}

void
layout_save(struct tree *t, uint64_t *stamp, const void *where, size_t size)
{
	if (!t->journal || *stamp == t->journal->step)
		return;
	journal_save(t->journal, where, size);
	*stamp = t->journal->step;
}

void
layout_save_hash(struct tree *t, uint32_t bucket)
{
	if (t->journal)
		journal_save(t->journal, &t->hash[bucket],
			     sizeof(t->hash[bucket]));
}
