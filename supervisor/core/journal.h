/* SPDX-License-Identifier: MIT */
/*
 * journal.h - makes a change to shared memory all or nothing, whoever dies.
 *
 * An undo journal: the old bytes are saved before they are overwritten; a
 * process that is killed half-way leaves a journal that is not empty, and its
 * successor puts the old bytes back.  One process writes at a time.  Since the
 * writer's stores are seen by its successor in program order (it is dead by
 * then, and the memory is coherent), compiler barriers are enough.
 */
#ifndef JOURNAL_H
#define JOURNAL_H

#include <stddef.h>
#include <stdint.h>

struct journal {
	uint64_t length; /* bytes used: 0 means nothing to undo */
	uint64_t capacity;
	uint64_t depth; /* nested begins */
	uint64_t step;  /* number of the current transaction: never used
			      twice, so that what was saved in it can be marked */
	unsigned char entries[]; /* old bytes, then where and how many they
				    are; 8-aligned */
};

/* capacity: bytes of entries[] behind the struct. */
void
journal_init(struct journal *j, size_t capacity);

/* Transactions nest; the outermost one counts. */
void
journal_begin(struct journal *j);

/* Before [where, where + size) is written.  Asserts that it fits and that a
   transaction is open.  Offsets are kept relative to the journal itself, so
   the region may be mapped elsewhere next time. */
void
journal_save(struct journal *j, const void *where, size_t size);

/* Everything since journal_begin() is now done. */
void
journal_commit(struct journal *j);

/* After a crash: puts back what an unfinished transaction had changed.
   Returns whether there was one.  May itself be interrupted and repeated. */
int
journal_rollback(struct journal *j);

#endif
