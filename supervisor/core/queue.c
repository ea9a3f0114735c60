/* SPDX-License-Identifier: MIT */
/*
 * queue.c - the actions that were decided and not yet performed.
 */
#include "queue.h"

#include <assert.h>
#include <string.h>

#include "node.h"
#include "reason.h"

static void
push(struct tree *t, const struct action *a)
{
	uint32_t cell = pool_alloc(t), text = 0;
	struct cell *c;

	assert(cell);
	if (a->reason.kind == REASON_TEXT_GIVEN) {
		text = pool_alloc(t);
		assert(text);
		memcpy(pool_edit(t, text)->u.text, a->reason.text, REASON_TEXT);
	}
	c = pool_edit(t, cell);
	c->text = text;
	c->u.queued = (struct queued){
		.type = (uint8_t)a->type,
		.report = (uint8_t)a->report,
		.message = (uint8_t)a->message,
		.result = (uint8_t)a->result,
		.kind = a->reason.kind,
		.dumped = a->reason.dumped,
		.reason_value = a->reason.value,
		.node = a->node,
		.other = a->other,
		.value = a->type == DO_REPLY ? (int64_t)a->token : a->value,
	};
	if (t->out_last)
		pool_edit(t, t->out_last)->next = cell;
	else
		t->out_first = cell;
	t->out_last = cell;
}

bool
tree_next(const struct tree *t, struct action *ret)
{
	const struct cell *c;
	const struct queued *q;

	if (!t->out_first)
		return false;
	c = pool_at(t, t->out_first);
	q = &c->u.queued;
	*ret = (struct action){
		.type = (enum action_type)q->type,
		.node = q->node,
		.other = q->other,
		.report = (enum report)q->report,
		.message = (enum message)q->message,
		.result = (enum result)q->result,
		.value = q->type == DO_REPLY ? 0 : q->value,
		.token = q->type == DO_REPLY ? (uint64_t)q->value : 0,
		.reason = { .kind = q->kind,
			    .dumped = q->dumped,
			    .value = q->reason_value },
	};
	if (c->text)
		memcpy(ret->reason.text, pool_at(t, c->text)->u.text,
		       REASON_TEXT);
	return true;
}

void
queue_do(struct tree *t, enum action_type type, uint32_t n)
{
	push(t, &(struct action){ .type = type, .node = n });
}

void
queue_reply(struct tree *t, uint64_t token, enum result result, uint32_t n,
	    const struct reason *reason)
{
	struct action a = {
		.type = DO_REPLY, .token = token, .result = result, .node = n
	};

	if (token == 0)
		return;
	if (reason)
		a.reason = *reason;
	push(t, &a);
}

static void
push_report(struct tree *t, enum report report, uint32_t n, uint32_t other,
	    int64_t value, const struct reason *reason)
{
	push(t, &(struct action){ .type = DO_REPORT,
				  .report = report,
				  .node = n,
				  .other = other,
				  .value = value,
				  .reason = *reason });
}

void
queue_report(struct tree *t, enum report report, uint32_t n, uint32_t other,
	     int64_t value)
{
	push_report(t, report, n, other, value, &node_at(t, n)->ended);
}

void
queue_signal(struct tree *t, uint32_t n, uint32_t from, int32_t pid,
	     const struct reason *reason)
{
	push_report(t, REPORT_EXIT_SIGNAL, n, from, pid, reason);
}

void
queue_message(struct tree *t, uint32_t n, enum message message, uint32_t other,
	      int64_t value, const struct reason *reason)
{
	push(t, &(struct action){ .type = DO_MESSAGE,
				  .node = n,
				  .message = message,
				  .other = other,
				  .value = value,
				  .reason = *reason });
}

void
queue_noproc(struct tree *t, uint32_t n, enum message message, uint32_t other,
	     int64_t value)
{
	push(t, &(struct action){ .type = DO_MESSAGE,
				  .node = n,
				  .message = message,
				  .other = other,
				  .result = RESULT_NOPROC,
				  .value = value,
				  .reason = reason_noproc });
}

void
queue_exit(struct tree *t)
{
	push(t, &(struct action){ .type = DO_EXIT,
				  .node = ROOT,
				  .value = t->exit_status });
}

void
queue_drop(struct tree *t)
{
	uint32_t cell = t->out_first;
	const struct cell *c = pool_at(t, cell);
	uint32_t text = c->text;

	t->out_first = c->next;
	if (!t->out_first)
		t->out_last = 0;
	if (text)
		pool_free(t, text);
	pool_free(t, cell);
}
