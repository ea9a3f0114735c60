/* SPDX-License-Identifier: MIT */
/*
 * test_mail.c - mailboxes of children: what is sent, in order, and what does
 * not fit.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <syslog.h>

#include <cmocka.h>

#include "core/journal.h"
#include "log.h"
#include "mail.h"
#include "mail_request.h"
#include "office_lib.h"

static void
messages_are_numbered_and_in_order(void **state)
{
	struct office *o = *state;

	office_post(o, o->a, 7);
	office_post(o, o->b, 1);
	office_post(o, o->a, 8);
	office_got(o->of_a, "1 MESSAGE 7");
	office_got(o->of_a, "2 MESSAGE 8");
	office_got(o->of_a, "");
	office_got(o->of_b, "1 MESSAGE 1");
	office_post(o, o->c, 1); /* goes nowhere */
}

/* Reads messages "N MESSAGE N", the next of which is number; returns the first
   other one. */
static void
read_on(struct office *o, unsigned *number, char *text, size_t size)
{
	char expected[64];
	ssize_t n;

	for (;;) {
		n = recv(o->of_a, text, size - 1, MSG_DONTWAIT);
		if (n < 0) {
			text[0] = '\0';
			if (o->d.state->process[o->a].mail.waiting == 0)
				return;
			mail_flush(&o->d, o->a);
			continue;
		}
		text[n] = '\0';
		snprintf(expected, sizeof(expected), "%u MESSAGE %u", *number,
			 *number);
		if (strcmp(text, expected) != 0)
			return;
		++*number;
	}
}

static void
the_oldest_are_kept_and_the_lost_are_told(void **state)
{
	struct office *o = *state;
	const struct mail *mail = &o->d.state->process[o->a].mail;
	unsigned sent = 0, number = 1, kept;
	char text[256], lost[64];

	while (mail->lost < 3)
		office_post(o, o->a, ++sent);
	kept = sent - 3;
	assert_true(kept > 1000);
	assert_int_equal(mail->number, kept);
	read_on(o, &number, text, sizeof(text));
	assert_int_equal(number, kept + 1);
	snprintf(lost, sizeof(lost), "%u LOST 3", kept + 1);
	assert_string_equal(text, lost);
	office_post(o, o->a, kept + 2);
	number = kept + 2;
	read_on(o, &number, text, sizeof(text));
	assert_int_equal(number, kept + 3);
	assert_string_equal(text, "");
	assert_int_equal(mail->lost, 3);
}

static void
an_answer_is_never_lost(void **state)
{
	struct office *o = *state;
	const struct mail *mail = &o->d.state->process[o->a].mail;
	unsigned sent = 0, number = 1;
	char text[256];

	while (mail->lost == 0)
		office_post(o, o->a, ++sent);
	/* It is not heard before it has read something. */
	office_ask(o, o->of_a, "1 LINK b");
	assert_int_equal(mail->heard, 0);
	read_on(o, &number, text, sizeof(text));
	mail_hear(&o->d, o->a);
	assert_int_equal(mail->heard, 1);
	office_settle(o);
	snprintf(text, sizeof(text), "%u REPLY 1 ok", sent + 1);
	office_got(o->of_a, text);
}

static void
long_messages_fill_a_mailbox_sooner(void **state)
{
	struct office *o = *state;
	const struct mail *mail = &o->d.state->process[o->a].mail;
	char text[MAIL_SENT_MAX + 1];

	memset(text, 'x', MAIL_SENT_MAX);
	text[MAIL_SENT_MAX] = '\0';
	while (mail->lost == 0) {
		mail_send(&o->d, o->a, text);
		mail_flush(&o->d, o->a);
	}
	assert_true(mail->waiting < 200);
	assert_int_equal(o->d.state->mail_bytes, mail->bytes);
	journal_begin(o->d.state->journal);
	mail_forget(o->d.state, o->a);
	journal_commit(o->d.state->journal);
	assert_true(o->d.state->mail_bytes == 0 && mail->bytes == 0);
}

static void
what_has_ended_leaves_nothing_in_the_heap(void **state)
{
	struct office *o = *state;
	struct state *s = o->d.state;
	struct mail *mail = &s->process[o->a].mail;
	unsigned round, sent;
	uint64_t waiting = 0;

	for (round = 0; round < 3; round++) {
		for (sent = 0; mail->lost == 0; sent++)
			office_post(o, o->a, sent);
		assert_true(waiting == 0 || mail->first != 0);
		waiting = mail->waiting;
		journal_begin(s->journal);
		mail_forget(s, o->a);
		journal_commit(s->journal);
		assert_int_equal(mail->waiting, 0);
		assert_true(mail->first == 0 && mail->last == 0);
		mail->lost = mail->untold = 0;
	}
	assert_true(waiting > 1000);
}

static void
who_closes_it_is_left_alone(void **state)
{
	struct office *o = *state;

	office_post(o, o->b, 1);
	shutdown(o->of_b, SHUT_RDWR);
	office_post(o, o->b, 2);
	mail_hear(&o->d, o->b);
	assert_int_equal(o->d.state->process[o->b].mail.fd, -1);
	assert_false(tree_node(o->d.tree, o->b)->traps);
	office_post(o, o->b, 3);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		OFFICE_TEST(messages_are_numbered_and_in_order),
		OFFICE_TEST(the_oldest_are_kept_and_the_lost_are_told),
		OFFICE_TEST(an_answer_is_never_lost),
		OFFICE_TEST(long_messages_fill_a_mailbox_sooner),
		OFFICE_TEST(what_has_ended_leaves_nothing_in_the_heap),
		OFFICE_TEST(who_closes_it_is_left_alone),
	};

	log_open("stderr", LOG_ERR, &(int){ -1 });
	return cmocka_run_group_tests(tests, NULL, NULL);
}
