/* SPDX-License-Identifier: MIT */
/*
 * layout.h - how the tree lies in its memory.
 */
#ifndef LAYOUT_H
#define LAYOUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "pool.h"
#include "tree.h"

#define HASH_SIZE 65536u

struct tree {
	/* saved whole at the beginning of each step */
	struct journal *journal; /* of this process; may be NULL */
	int64_t now;             /* of the step at work, or the last one */
	uint64_t random;
	uint32_t node_end, node_free; /* free ones: by hash_next */
	uint32_t cell_end, cell_free;
	uint32_t cells_used;
	uint32_t stamp_cells;         /* of them with stamps */
	uint32_t calls;               /* letters that are calls */
	uint32_t out_first, out_last; /* actions */
	uint32_t unsettled; /* nodes and supervisors with work before them */
	uint64_t refs;      /* of monitors, given so far */
	uint32_t bonds;     /* links and monitors there are */
	uint32_t wishes;    /* and wishes for links */
	int32_t exit_status;
	bool booted;
	bool stopping; /* ON_SHUTDOWN */
	bool hurry;    /* ON_HURRY */
	bool decided;  /* exit_status is valid */
	bool done;     /* DO_EXIT was given */

	uint32_t hash[HASH_SIZE]; /* of ids; saved entry by entry */
	struct node nodes[NODES_MAX];
	struct cell cells[CELLS_MAX];
};

/* Opens and closes a transaction. */
void
layout_begin(struct tree *t);
void
layout_commit(struct tree *t);

/* Saves an object once in a step; *stamp is in it. */
void
layout_save(struct tree *t, uint64_t *stamp, const void *where, size_t size);

/* Saves an entry of the hash table. */
void
layout_save_hash(struct tree *t, uint32_t bucket);

#endif
