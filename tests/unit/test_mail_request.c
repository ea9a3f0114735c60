/* SPDX-License-Identifier: MIT */
/*
 * test_mail_request.c - what processes ask for by their mailboxes, and what is
 * no request.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <syslog.h>
#include <unistd.h>

#include <cmocka.h>

#include "core/tree.h"
#include "log.h"
#include "mail.h"
#include "mail_request.h"
#include "office_lib.h"

#define GARBAGE 20000

static void
what_is_asked_for_is_answered(void **state)
{
	struct office *o = *state;

	office_ask(o, o->of_a, "1 LINK b");
	office_got(o->of_a, "1 REPLY 1 ok");
	assert_int_equal(tree_node(o->d.tree, o->a)->links, 1);
	office_ask(o, o->of_a, "2 UNLINK b");
	office_got(o->of_a, "2 REPLY 2 ok");
	assert_int_equal(tree_node(o->d.tree, o->a)->links, 0);
	office_ask(o, o->of_a, "3 MONITOR b");
	office_got(o->of_a, "3 REPLY 3 ok 1");
	office_ask(o, o->of_a, "4 DEMONITOR 1");
	office_got(o->of_a, "4 REPLY 4 ok");
	assert_int_equal(tree_node(o->d.tree, o->b)->watched, 0);
	office_ask(o, o->of_a, "5 TRAP 1");
	office_got(o->of_a, "5 REPLY 5 ok 0");
	office_ask(o, o->of_a, "6 TRAP 0");
	office_got(o->of_a, "6 REPLY 6 ok 1");
	office_ask(o, o->of_a, "7 SEND b two words");
	office_got(o->of_a, "7 REPLY 7 ok");
	office_got(o->of_b, "1 MESSAGE two words");
	office_ask(o, o->of_a, "8 SEND c x");
	office_got(o->of_a, "8 REPLY 8 error no_mailbox");
	office_ask(o, o->of_a, "9 EXIT b for a reason");
	office_got(o->of_a, "9 REPLY 9 ok");
	office_got(o->of_b, "2 EXIT a - for a reason");
	office_ask(o, o->of_a, "10 LINK nobody");
	office_got(o->of_a, "10 REPLY 10 error not_found");
	office_ask(o, o->of_a, "11 EXIT b ");
	office_got(o->of_a, "11 REPLY 11 error bad_request");
	office_ask(o, o->of_a, "12 DEMONITOR x");
	office_got(o->of_a, "12 REPLY 12 error bad_request");
}

static void
who_traps_is_told_that_there_is_no_process(void **state)
{
	struct office *o = *state;

	tree_step(o->d.tree,
		  &(struct event){ .type = ON_EXIT,
				   .node = o->c,
				   .reason = { .kind = REASON_SHUTDOWN } },
		  clock_ms());
	tree_step(o->d.tree,
		  &(struct event){
			  .type = ON_CALL, .call = CALL_STOP, .node = o->c },
		  clock_ms());
	o->d.state->child[o->c].last_pid = 4711;
	/* It was started again before it was stopped. */
	office_settle(o);
	tree_step(o->d.tree,
		  &(struct event){ .type = ON_EXIT,
				   .node = o->c,
				   .reason = { .kind = REASON_SHUTDOWN } },
		  clock_ms());
	office_settle(o);
	office_ask(o, o->of_b, "1 LINK c");
	office_got(o->of_b, "1 REPLY 1 ok");
	office_got(o->of_b, "2 EXIT c - noproc");
	office_ask(o, o->of_b, "2 MONITOR c");
	office_got(o->of_b, "3 REPLY 2 ok 1");
	office_got(o->of_b, "4 DOWN 1 c - noproc");
	office_ask(o, o->of_a, "1 LINK c");
	office_got(o->of_a, "1 REPLY 1 error noproc");
	office_ask(o, o->of_a, "2 SEND c x");
	office_got(o->of_a, "2 REPLY 2 error noproc");
}

static void
a_request_that_was_done_is_not_done_again(void **state)
{
	struct office *o = *state;

	office_ask(o, o->of_a, "5 MONITOR b");
	office_got(o->of_a, "1 REPLY 5 ok 1");
	office_ask(o, o->of_a, "5 MONITOR b");
	office_ask(o, o->of_a, "4 MONITOR b");
	office_got(o->of_a, "");
	assert_int_equal(tree_node(o->d.tree, o->b)->watched, 1);
	office_ask(o, o->of_a, "6 MONITOR b");
	office_got(o->of_a, "2 REPLY 6 ok 2");
}

static void
who_breaks_the_rules_loses_the_mailbox_alone(void **state)
{
	static const char *const wrong[] = { "x",
					     "1",
					     "1 ",
					     "LINK b",
					     "1 DANCE b",
					     "-1 LINK b",
					     "99999999999999999999 LINK b" };
	struct office *o = *state;

	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		tree_trap(o->d.tree, o->a, true);
		office_ask(o, o->of_a, wrong[i]);
		assert_int_equal(o->d.state->process[o->a].mail.fd, -1);
		assert_false(tree_node(o->d.tree, o->a)->traps);
		assert_int_equal(send(o->of_a, "1", 1, MSG_NOSIGNAL), -1);
		close(o->of_a);
		o->of_a = office_mailbox(o, o->a);
	}
	office_ask(o, o->of_b, "1 LINK a");
	office_got(o->of_b, "1 REPLY 1 ok");
}

/* A request that may be right, with some of its bytes changed. */
static size_t
garbage(char *text, size_t size, unsigned serial)
{
	static const char *const seeds[] = {
		"LINK b",      "UNLINK b",    "MONITOR b", "DEMONITOR 3",
		"EXIT b boom", "EXIT a kill", "TRAP 1",    "SEND b hello",
		"SEND b ",     "LINK a",
	};
	size_t n = (size_t)snprintf(text, size, "%u %s", serial,
				    seeds[(size_t)rand() % 10]);

	for (int i = rand() % 4; i > 0; i--)
		text[(size_t)rand() % n] = (char)rand();
	if (rand() % 64 == 0)
		n = (size_t)rand() % size;
	return n;
}

static void
garbage_hurts_nobody_else(void **state)
{
	struct office *o = *state;
	char text[MAIL_TEXT_MAX + 64] = "";
	unsigned revoked = 0;

	srand(7);
	for (unsigned i = 1; i <= GARBAGE; i++) {
		size_t n = garbage(text, sizeof(text), i);

		if (o->d.state->process[o->a].mail.fd < 0) {
			revoked++;
			close(o->of_a);
			o->of_a = office_mailbox(o, o->a);
		}
		send(o->of_a, text, n, MSG_NOSIGNAL | MSG_DONTWAIT);
		mail_hear(&o->d, o->a);
		office_settle(o);
		while (recv(o->of_a, text, sizeof(text), MSG_DONTWAIT) > 0)
			;
		while (recv(o->of_b, text, sizeof(text), MSG_DONTWAIT) > 0)
			;
		if (i % 512 == 0)
			assert_null(tree_check(o->d.tree));
	}
	assert_true(revoked > 100 && revoked < GARBAGE);
	assert_true(o->d.state->process[o->b].mail.fd >= 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		OFFICE_TEST(what_is_asked_for_is_answered),
		OFFICE_TEST(who_traps_is_told_that_there_is_no_process),
		OFFICE_TEST(a_request_that_was_done_is_not_done_again),
		OFFICE_TEST(who_breaks_the_rules_loses_the_mailbox_alone),
		OFFICE_TEST(garbage_hurts_nobody_else),
	};

	log_open("stderr", LOG_ERR, &(int){ -1 });
	return cmocka_run_group_tests(tests, NULL, NULL);
}
