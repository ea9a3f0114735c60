/* SPDX-License-Identifier: MIT */
/*
 * linking.c - the methods Link, Unlink and Send, and `links` of a child.
 */
#include <stdlib.h>
#include <string.h>

#include "environment.h"
#include "linking.h"
#include "log.h"
#include "mail.h"
#include "mail_request.h"
#include "request.h"
#include "shell.h"
#include "spec.h"

static void
reply_empty(struct request *r)
{
	request_reply(r);
	request_end(r, false);
}

void
linking_begin_pair(struct request *r)
{
	if (request_pair(r, request_string(r, "id"), request_string(r, "with")))
		r->method->look(r);
}

void
linking_link(struct request *r)
{
	struct supd *d = r->d;
	uint32_t a = r->items[0].node, b = r->items[1].node;

	if (!supd_is_idle(d))
		return;
	r->items[0].result = (enum result)tree_link(d->tree, a, b);
	if (r->items[0].result == RESULT_OK)
		reply_empty(r);
	else if (r->items[0].result == RESULT_FULL)
		request_error(r, "Full", NULL, NULL);
	else
		request_error(r, "NoProc", "id",
			      r->items[tree_can_link(d->tree, a) ? 1 : 0].id);
	supd_work(d);
}

void
linking_unlink(struct request *r)
{
	struct supd *d = r->d;

	if (!supd_is_idle(d))
		return;
	tree_unlink(d->tree, r->items[0].node, r->items[1].node);
	reply_empty(r);
	supd_work(d);
}

void
linking_begin_send(struct request *r)
{
	if (!mail_may_send(request_string(r, "text")))
		request_invalid(r, "text");
	else if (request_items(r))
		r->method->look(r);
}

void
linking_send(struct request *r)
{
	struct supd *d = r->d;
	uint32_t node = r->items[0].node;
	const char *wrong;

	if (!supd_is_idle(d))
		return;
	wrong = mail_send(d, node, request_string(r, "text"));
	if (!wrong)
		reply_empty(r);
	else if (strcmp(wrong, "no_mailbox") == 0)
		request_error(r, "NoMailbox", "id", r->items[0].id);
	else if (strcmp(wrong, "full") == 0)
		request_error(r, "Full", NULL, NULL);
	else
		request_error(r, "NotRunning", "id", r->items[0].id);
	mail_flush(d, slot_of_primary(d->state, node));
}

bool
linking_check(const struct supd *d, const char *text, char id[ID_SIZE])
{
	size_t size = 2 * strlen(text) + 64;
	struct spec *spec = malloc(sizeof(*spec) + size);
	const struct node *node;
	const char *at;
	bool is_good = true;

	id[0] = '\0';
	if (!spec || spec_parse(text, spec, (char *)(spec + 1), size) < 0) {
		free(spec);
		return false;
	}
	at = spec->links;
	while (is_good && spec_next_link(&at, id)) {
		node = tree_node(d->tree, tree_find(d->tree, id));
		is_good = node && node->parent != NO_NODE && !node->is_template;
	}
	free(spec);
	return is_good;
}

void
linking_apply(struct supd *d, uint32_t node)
{
	const struct spec *spec = spec_of(d, node);
	const char *at = spec ? spec->links : "";
	char id[ID_SIZE];

	while (spec_next_link(&at, id)) {
		uint32_t other = tree_find(d->tree, id);

		if (other != NO_NODE && !tree_link_always(d->tree, node, other))
			log_err("child=%s: links: there are too many of all"
				" children: not linked to %s",
				tree_node(d->tree, node)->id, id);
	}
}
