/* SPDX-License-Identifier: MIT */
/*
 * bonds.h - what ties two nodes: links, monitors, and wishes for links.
 *
 * A bond has two ends, a cell in the list of either node, each of which knows
 * the other: whoever ends finds all his bonds in the order in which they were
 * made, and each is taken out in constant time.
 */
#ifndef BONDS_H
#define BONDS_H

#include "layout.h"

/* Of all processes together: what one asks for must not use up the cells that
   others need. */
#define BONDS_MAX 32768u  /* links and monitors, beside the links wished for */
#define WISHES_MAX 16384u /* pairs of `links` */
#define WATCHES_MAX 4096u /* monitors by one process */

enum bond_type {
	BOND_LINK,
	BOND_WATCHED,  /* the other monitors this one, */
	BOND_WATCHES,  /* and its end */
	BOND_WISH,     /* is to be linked whenever both run */
	BOND_SPAWNLINK /* at this one's next start; no end at the other */
};

/* Is there room for one that nobody has wished for? */
bool
bonds_have_room(const struct tree *t);

/* The bond in a cell of a node's list. */
const struct bond *
bonds_at(const struct tree *t, uint32_t cell);

/* Makes one between a and b; what it is to each. */
void
bonds_bind(struct tree *t, uint32_t a, enum bond_type of_a, uint32_t b,
	   enum bond_type of_b, uint64_t ref);

/* Ends one of n's, at both ends. */
void
bonds_end(struct tree *t, uint32_t n, uint32_t cell);

/* One that has one end; last in n's list.  Its cell. */
uint32_t
bonds_put(struct tree *t, uint32_t n, enum bond_type type, uint32_t other,
	  uint64_t ref);
void
bonds_take(struct tree *t, uint32_t n, uint32_t cell);

/* n's bond of that type with other; 0: there is none. */
uint32_t
bonds_find(const struct tree *t, uint32_t n, enum bond_type type,
	   uint32_t other);

#endif
