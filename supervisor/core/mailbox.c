/* SPDX-License-Identifier: MIT */
/*
 * mailbox.c - a supervisor's mailbox: what arrives while it is busy waits.
 */
#include "mailbox.h"

#include <assert.h>

#include "node.h"

uint32_t
mailbox_put(struct tree *t, uint32_t supervisor, const struct letter *letter)
{
	struct node *s = node_edit(t, supervisor);
	uint32_t cell = pool_alloc(t);

	assert(cell);
	pool_edit(t, cell)->u.letter = *letter;
	if (s->mail_last)
		pool_edit(t, s->mail_last)->next = cell;
	else
		s->mail_first = cell;
	s->mail_last = cell;
	if (letter->type == LETTER_CALL)
		t->calls++;
	return cell;
}

uint32_t
mailbox_take(struct tree *t, uint32_t supervisor)
{
	uint32_t cell = node_at(t, supervisor)->mail_first;
	const struct letter *letter;
	struct node *s;

	if (!cell)
		return 0;
	s = node_edit(t, supervisor);
	s->mail_first = pool_at(t, cell)->next;
	if (!s->mail_first)
		s->mail_last = 0;
	pool_edit(t, cell)->next = 0;
	letter = &pool_at(t, cell)->u.letter;
	if (letter->type == LETTER_EXIT)
		node_edit(t, letter->node)->letter = 0;
	return cell;
}

void
mailbox_free(struct tree *t, uint32_t cell)
{
	if (pool_at(t, cell)->u.letter.type == LETTER_CALL)
		t->calls--;
	pool_free(t, cell);
}

void
mailbox_put_exit(struct tree *t, uint32_t n)
{
	struct node *c = node_edit(t, n);

	assert(!c->letter);
	c->letter =
		mailbox_put(t, c->parent,
			    &(struct letter){ .type = LETTER_EXIT, .node = n });
}

void
mailbox_drop_exit(struct tree *t, uint32_t n)
{
	struct node *c = node_edit(t, n);

	if (c->letter)
		pool_edit(t, c->letter)->u.letter.type = LETTER_VOID;
	c->letter = 0;
}

void
mailbox_put_retry(struct tree *t, uint32_t n, bool counted)
{
	const struct node *c = node_at(t, n);

	mailbox_put(t, c->parent,
		    &(struct letter){ .type = LETTER_RETRY,
				      .node = n,
				      .counted = counted,
				      .generation = c->generation });
}
