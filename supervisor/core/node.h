/* SPDX-License-Identifier: MIT */
/*
 * node.h - the table of nodes: ids, families, birth and death.
 */
#ifndef NODE_H
#define NODE_H

#include <stdint.h>

#include "layout.h"

const struct node *
node_at(const struct tree *t, uint32_t n);

/* To be written in this step. */
struct node *
node_edit(struct tree *t, uint32_t n);

/* Makes a node of spec, last among parent's children (NO_NODE: the root), in
   no list yet.  NO_NODE: the table is full. */
uint32_t
node_new(struct tree *t, uint32_t parent, const struct child_spec *spec);

/* Is n's index still the node of that generation? */
bool
node_is(const struct tree *t, uint32_t n, uint32_t generation);

/* Puts n on or off the child list of its supervisor. */
void
node_list(struct tree *t, uint32_t n, bool listed);

/* Takes n and all below it out of the tree: DO_FREE for each.  Nothing of it
   runs any more. */
void
node_delete(struct tree *t, uint32_t n);

/*
 * n, which does not run, leaves the tree: node_delete(), unless it is of the
 * file and its supervisor can be restarted: then it comes back, as it does in
 * OTP, where init/1 says anew who the children are.  It is buried until then,
 * and its own children in it.
 */
void
node_remove(struct tree *t, uint32_t n);

/* n is out of the tree and everybody was told: if it is buried, it and what
   was below it is nobody's any more. */
void
node_hide(struct tree *t, uint32_t n);

/* s begins a new life: its buried children come back to their places, but for
   those whose id was given to others. */
void
node_resurrect(struct tree *t, uint32_t s);

/* DO_FREE was taken: the index may be used again. */
void
node_release(struct tree *t, uint32_t n);

/* NO_NODE if there is none. */
uint32_t
node_find(const struct tree *t, const char *id);

/* Draws a number below limit. */
uint64_t
node_random(struct tree *t, uint64_t limit);

#endif
