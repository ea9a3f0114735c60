/* SPDX-License-Identifier: MIT */
/*
 * mail_request.c - what processes ask for through their mailboxes.
 */
#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "core/journal.h"
#include "core/reason.h"
#include "mail.h"
#include "mail_request.h"
#include "shell.h"
#include "watches.h"

#define VALUE_SIZE 32
#define A_TURN 64 /* requests of one process */

/* A request at work: who asks, what for, and the value of its answer. */
struct asking {
	struct supd *d;
	uint32_t node;
	char *words;
	char value[VALUE_SIZE];
	uint32_t sent_to; /* node; its mailbox is to be flushed */
};

static const char bad_request[] = "bad_request";

/* Cuts the next word off; "" if there is none. */
static char *
next_word(char **words)
{
	char *word = *words, *end = word + strcspn(word, " ");

	*words = *end ? end + 1 : end;
	*end = '\0';
	return word;
}

/* The next word is a child's id. NULL, or what is wrong. */
static const char *
next_node(struct asking *a, uint32_t *ret)
{
	const struct node *node;

	*ret = tree_find(a->d->tree, next_word(&a->words));
	node = tree_node(a->d->tree, *ret);
	if (!node || node->deleted)
		return "not_found";
	return node->is_template ? "simple_one_for_one" : NULL;
}

static bool
parse_number(const char *text, uint64_t *ret)
{
	char *end;

	if (!isdigit((unsigned char)*text))
		return false;
	errno = 0;
	*ret = strtoull(text, &end, 10);
	return *end == '\0' && errno == 0;
}

static const char *
ask_link(struct asking *a)
{
	uint32_t other;
	const char *wrong = next_node(a, &other);
	int r = RESULT_OK;

	if (!wrong)
		r = tree_link_by(a->d->tree, a->node, other);
	return r == RESULT_NOPROC ? "noproc" :
	       r == RESULT_FULL   ? "full" :
				    wrong;
}

static const char *
ask_unlink(struct asking *a)
{
	uint32_t other;
	const char *wrong = next_node(a, &other);

	if (!wrong)
		tree_unlink(a->d->tree, a->node, other);
	return wrong;
}

static const char *
ask_monitor(struct asking *a)
{
	uint32_t other;
	const char *wrong = next_node(a, &other);
	uint64_t ref;

	if (wrong)
		return wrong;
	ref = tree_monitor(a->d->tree, a->node, other);
	snprintf(a->value, sizeof(a->value), " %" PRIu64, ref);
	return ref ? NULL : "full";
}

static const char *
ask_demonitor(struct asking *a)
{
	uint64_t ref;

	if (!parse_number(a->words, &ref))
		return bad_request;
	tree_demonitor(a->d->tree, a->node, ref);
	return NULL;
}

static const char *
ask_exit(struct asking *a)
{
	struct event e = { .type = ON_CALL,
			   .call = CALL_EXIT,
			   .from = a->node };
	const char *wrong = next_node(a, &e.node);

	if (wrong)
		return wrong;
	if (!reason_parse(a->words, &e.reason))
		return bad_request;
	tree_step(a->d->tree, &e, clock_ms());
	return NULL;
}

static const char *
ask_trap(struct asking *a)
{
	bool on = strcmp(a->words, "1") == 0;

	if (!on && strcmp(a->words, "0") != 0)
		return bad_request;
	snprintf(a->value, sizeof(a->value), " %d",
		 tree_trap(a->d->tree, a->node, on));
	return NULL;
}

static const char *
ask_send(struct asking *a)
{
	uint32_t other;
	const char *wrong = next_node(a, &other);

	a->sent_to = other;
	return wrong ? wrong : mail_send(a->d, other, a->words);
}

static const struct verb {
	const char *name;
	/* NULL, or the word that says what is wrong. */
	const char *(*ask)(struct asking *a);
} verbs[] = {
	{ "LINK", ask_link },       { "UNLINK", ask_unlink },
	{ "MONITOR", ask_monitor }, { "DEMONITOR", ask_demonitor },
	{ "EXIT", ask_exit },       { "TRAP", ask_trap },
	{ "SEND", ask_send },
};

static const struct verb *
find_verb(const char *name)
{
	for (size_t i = 0; i < sizeof(verbs) / sizeof(*verbs); i++)
		if (strcmp(verbs[i].name, name) == 0)
			return &verbs[i];
	return NULL;
}

bool
mail_may_send(const char *text)
{
	return strlen(text) <= MAIL_SENT_MAX && !strchr(text, '\n');
}

const char *
mail_send(struct supd *d, uint32_t node, const char *text)
{
	uint32_t slot = slot_of_primary(d->state, node);
	const struct node *n = tree_node(d->tree, node);
	bool is_posted;

	if (!mail_may_send(text))
		return bad_request;
	if (!n->has_process)
		return "noproc";
	if (d->state->process[slot].mail.fd < 0)
		return "no_mailbox";
	journal_begin(d->state->journal);
	is_posted = mail_post(d, slot, "MESSAGE %s", text);
	journal_commit(d->state->journal);
	return is_posted ? NULL : "full";
}

/* false: it is no request. */
static bool
obey(struct supd *d, uint32_t slot, char *text)
{
	struct asking a = { .d = d, .node = slot_node(slot), .words = text };
	struct mail *mail = &d->state->process[slot].mail;
	const struct verb *verb;
	char answer[VALUE_SIZE + 16];
	const char *wrong;
	uint64_t serial;

	if (!parse_number(next_word(&a.words), &serial))
		return false;
	verb = find_verb(next_word(&a.words));
	if (!verb)
		return false;
	if (serial <= mail->heard)
		return true; /* done by a predecessor */
	journal_begin(d->state->journal);
	journal_save(d->state->journal, mail, sizeof(*mail));
	mail->heard = serial;
	wrong = verb->ask(&a);
	snprintf(answer, sizeof(answer), "%s%s", wrong ? "error " : "ok",
		 wrong ? wrong : a.value);
	mail_reply(d, slot, serial, answer);
	journal_commit(d->state->journal);
	if (a.sent_to != NO_NODE)
		mail_flush(d, slot_of_primary(d->state, a.sent_to));
	return true;
}

void
mail_hear(struct supd *d, uint32_t slot)
{
	struct mail *mail = &d->state->process[slot].mail;
	char text[MAIL_TEXT_MAX + 2];
	ssize_t n;

	/* One that was replaced: what it asked for was for itself. */
	if (slot_is_standby(d->state, slot)) {
		watches_mail(d, slot);
		return;
	}
	for (int i = 0;
	     i < A_TURN && mail_takes_requests(mail) && supd_is_idle(d); i++) {
		n = recv(mail->fd, text, sizeof(text) - 1,
			 MSG_PEEK | MSG_DONTWAIT);
		if (n < 0 && (errno == EAGAIN || errno == EINTR))
			return;
		if (n <= 0) {
			mail_close(d, slot);
			return;
		}
		text[n] = '\0';
		if (n > MAIL_TEXT_MAX || strlen(text) < (size_t)n ||
		    !obey(d, slot, text)) {
			mail_revoke(d, slot, "it has sent what is no request");
			return;
		}
		recv(mail->fd, text, 1, MSG_DONTWAIT);
		mail_flush(d, slot);
		supd_work(d);
	}
}
