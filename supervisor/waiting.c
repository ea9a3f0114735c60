/* SPDX-License-Identifier: MIT */
/*
 * waiting.c - the Wait method.
 *
 * A child has ended when it neither runs nor will be restarted: STOPPED,
 * EXITED, FATAL, or deleted.  It is ready when it is RUNNING; of one that is
 * FATAL or deleted nobody can expect that any more.
 */
#include "core/reason.h"
#include "request.h"
#include "shell.h"
#include "status.h"
#include "waiting.h"

static bool
has_ended(const struct node *node)
{
	return !node || node->state == STOPPED || node->state == EXITED ||
	       node->state == FATAL;
}

/* false: it has answered. */
static bool
can_come_up(struct request *r, const struct item *item, const struct node *node)
{
	char reason[REASON_SIZE];
	struct emit *out;

	if (!node) {
		request_error(r, "NotFound", "id", item->id);
		return false;
	}
	if (node->state != FATAL)
		return true;
	out = request_error_begin(r, "StartFailed");
	emit_string(out, "id", item->id);
	emit_string(out, "reason",
		    reason_format(&node->ended, reason, sizeof(reason)));
	request_end(r, false);
	return false;
}

void
waiting_look(struct request *r)
{
	struct supd *d = r->d;
	bool wants_ready = request_bool(r, "ready"), is_over = true;

	if (r->count == 0)
		is_over = tree_node(d->tree, ROOT)->state == RUNNING &&
			  tree_is_up(d->tree);
	for (size_t i = 0; i < r->count; i++) {
		const struct item *item = &r->items[i];
		const struct node *node =
			tree_node(d->tree, tree_find(d->tree, item->id));

		if (wants_ready && !can_come_up(r, item, node))
			return;
		if (wants_ready ? status_state(node) != RUNNING :
				  !has_ended(node))
			is_over = false;
	}
	if (!is_over)
		return;
	request_reply(r);
	request_end(r, false);
}

void
waiting_begin(struct request *r)
{
	bool has_ids = json_array_size(request_list(r, "ids")) > 0;

	if (!has_ids && !request_bool(r, "ready")) {
		request_invalid(r, "ids");
		return;
	}
	if (has_ids && !request_items(r))
		return;
	waiting_look(r);
}
