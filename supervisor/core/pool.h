/* SPDX-License-Identifier: MIT */
/*
 * pool.h - cells of 64 bytes in the tree's memory, for all that comes and goes:
 * letters in mailboxes, actions in the queue, stamps of restarts, links.
 */
#ifndef POOL_H
#define POOL_H

#include <stdbool.h>
#include <stdint.h>

#include "core.h"

#define CELLS_MAX (1u << 19)
#define STAMPS 6 /* in a cell */

struct tree;

enum letter_type {
	LETTER_VOID,  /* was taken back */
	LETTER_EXIT,  /* {'EXIT', Pid, Reason} of a child */
	LETTER_RETRY, /* {try_again_restart, Id} */
	LETTER_STOP,  /* {'EXIT', Parent, shutdown} */
	LETTER_CALL   /* '$gen_call' */
};

struct letter {
	uint8_t type;    /* enum letter_type */
	uint8_t call;    /* enum call_type */
	bool interrupts; /* LETTER_CALL: has ended the start of its node */
	bool counted;    /* LETTER_RETRY: is not to be counted again */
	uint32_t node;
	uint32_t generation; /* of the node: it may be another one by now */
	uint64_t token;
};

/* One end of a link or a monitor (bonds.h). */
struct bond {
	uint8_t type;   /* enum bond_type */
	uint32_t other; /* node */
	uint32_t twin;  /* its cell of the same */
	uint32_t prev;
	uint64_t ref; /* of a monitor */
};

/* struct action without what is rarely there. */
struct queued {
	uint8_t type, report, message, result;
	uint8_t kind; /* of the reason */
	bool dumped;
	int32_t reason_value;
	uint32_t node, other;
	int64_t value; /* DO_REPLY: its token */
};

struct cell {
	uint64_t saved; /* journal's step in which it was saved */
	uint32_t next;
	uint32_t text; /* of a queued action: cell of its reason's text */
	union {
		struct letter letter;
		struct bond bond;
		struct queued queued;
		int64_t stamps[STAMPS];
		char text[REASON_TEXT];
	} u;
};

/* A zeroed cell; 0: none is left. */
uint32_t
pool_alloc(struct tree *t);

void
pool_free(struct tree *t, uint32_t cell);

const struct cell *
pool_at(const struct tree *t, uint32_t cell);

/* To be written in this step. */
struct cell *
pool_edit(struct tree *t, uint32_t cell);

#endif
