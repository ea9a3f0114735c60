/* SPDX-License-Identifier: MIT */
/*
 * test_mail.c - mailboxes of children: what is sent, what does not fit, what is
 * asked for, and what is none of it.  The processes are ours to play.
 */
#include <inttypes.h>
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

#include "core/journal.h"
#include "core/tree.h"
#include "log.h"
#include "loop.h"
#include "mail.h"
#include "mail_request.h"
#include "settings.h"
#include "shell.h"
#include "spec.h"
#include "watches.h"

#define GARBAGE 20000

struct world {
	struct supd d;
	struct settings settings;
	uint32_t a, b, c; /* c has no mailbox */
	int of_a, of_b;   /* the processes' ends */
};

/* Live as long as we do, as the daemon's; volatile: for the leak checker. */
static struct loop *volatile loop;

static uint32_t
add_child(struct supd *d, const char *id, bool traps)
{
	struct child_spec spec = { .restart = PERMANENT,
				   .autostart = true,
				   .shutdown = 5000,
				   .trap_exit = traps };
	uint32_t n;

	snprintf(spec.id, sizeof(spec.id), "%s", id);
	assert_int_equal(supd_add(d, ROOT, &spec, "command=true\n", &n), 0);
	return n;
}

/* Performs what has to do with mailboxes; every start succeeds. */
static void
settle(struct world *w)
{
	struct action a;

	while (tree_next(w->d.tree, &a)) {
		if (a.type == DO_START)
			tree_step(w->d.tree,
				  &(struct event){ .type = ON_STARTED,
						   .node = a.node },
				  clock_ms());
		else if (a.type == DO_MESSAGE)
			mail_perform(&w->d, &a);
		else
			tree_done(w->d.tree);
	}
}

static int
open_mailbox(struct world *w, uint32_t n)
{
	const struct spec spec = { .mailbox = true };
	int fd;

	assert_int_equal(mail_open(w->d.state, n, &spec, &fd), 0);
	assert_true(fd >= 0);
	return fd;
}

static int
make_world(void **state)
{
	static const struct child_spec root = { .id = "root",
						.is_supervisor = true,
						.intensity = 5,
						.period = 60000 };
	struct world *w = calloc(1, sizeof(*w));
	struct state *s;

	assert_non_null(w);
	assert_int_equal(state_create(&s), 0);
	w->d.state = s;
	w->settings.name = strdup("test");
	w->d.settings = &w->settings;
	w->d.tree = tree_init(s->tree, &root, 1, s->journal);
	w->d.loop = loop = loop_new(-1);
	assert_non_null(loop);
	assert_true(watches_open(&w->d));
	w->a = add_child(&w->d, "a", false);
	w->b = add_child(&w->d, "b", true);
	w->c = add_child(&w->d, "c", false);
	tree_step(w->d.tree, &(struct event){ .type = ON_BOOT }, clock_ms());
	settle(w);
	w->of_a = open_mailbox(w, w->a);
	w->of_b = open_mailbox(w, w->b);
	s->process[w->c].mail.fd = -1;
	*state = w;
	return 0;
}

static int
end_world(void **state)
{
	struct world *w = *state;

	close(w->of_a);
	close(w->of_b);
	free(w->settings.name);
	free(w);
	return 0;
}

static void
post(struct world *w, uint32_t n, unsigned number)
{
	journal_begin(w->d.state->journal);
	mail_post(&w->d, n, "MESSAGE %u", number);
	journal_commit(w->d.state->journal);
	mail_flush(&w->d, n);
}

/* The next message of a process. */
static void
got(int fd, const char *expected)
{
	char text[MAIL_TEXT_MAX + 1];
	ssize_t n = recv(fd, text, sizeof(text) - 1, MSG_DONTWAIT);

	text[n > 0 ? n : 0] = '\0';
	assert_string_equal(text, expected);
}

/* What a process asks for, by fd; the answer is left there. */
static void
ask(struct world *w, int fd, const char *request)
{
	assert_int_equal(send(fd, request, strlen(request), 0),
			 strlen(request));
	mail_hear(&w->d, fd == w->of_a ? w->a : w->b);
	settle(w);
}

static void
messages_are_numbered_and_in_order(void **state)
{
	struct world *w = *state;

	post(w, w->a, 7);
	post(w, w->b, 1);
	post(w, w->a, 8);
	got(w->of_a, "1 MESSAGE 7");
	got(w->of_a, "2 MESSAGE 8");
	got(w->of_a, "");
	got(w->of_b, "1 MESSAGE 1");
	post(w, w->c, 1); /* goes nowhere */
}

/* Reads messages "N MESSAGE N", the next of which is number; returns the first
   other one. */
static void
read_on(struct world *w, unsigned *number, char *text, size_t size)
{
	char expected[64];
	ssize_t n;

	for (;;) {
		n = recv(w->of_a, text, size - 1, MSG_DONTWAIT);
		if (n < 0) {
			text[0] = '\0';
			if (w->d.state->process[w->a].mail.waiting == 0)
				return;
			mail_flush(&w->d, w->a);
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
	struct world *w = *state;
	const struct mail *mail = &w->d.state->process[w->a].mail;
	unsigned sent = 0, number = 1, kept;
	char text[256], lost[64];

	while (mail->lost < 3)
		post(w, w->a, ++sent);
	kept = sent - 3;
	assert_true(kept > 1000);
	assert_int_equal(mail->number, kept);
	read_on(w, &number, text, sizeof(text));
	assert_int_equal(number, kept + 1);
	snprintf(lost, sizeof(lost), "%u LOST 3", kept + 1);
	assert_string_equal(text, lost);
	post(w, w->a, kept + 2);
	number = kept + 2;
	read_on(w, &number, text, sizeof(text));
	assert_int_equal(number, kept + 3);
	assert_string_equal(text, "");
	assert_int_equal(mail->lost, 3);
}

static void
an_answer_is_never_lost(void **state)
{
	struct world *w = *state;
	const struct mail *mail = &w->d.state->process[w->a].mail;
	unsigned sent = 0, number = 1;
	char text[256];

	while (mail->lost == 0)
		post(w, w->a, ++sent);
	/* It is not heard before it has read something. */
	ask(w, w->of_a, "1 LINK b");
	assert_int_equal(mail->heard, 0);
	read_on(w, &number, text, sizeof(text));
	mail_hear(&w->d, w->a);
	assert_int_equal(mail->heard, 1);
	settle(w);
	snprintf(text, sizeof(text), "%u REPLY 1 ok", sent + 1);
	got(w->of_a, text);
}

static void
long_messages_fill_a_mailbox_sooner(void **state)
{
	struct world *w = *state;
	const struct mail *mail = &w->d.state->process[w->a].mail;
	char text[MAIL_SENT_MAX + 1];

	memset(text, 'x', MAIL_SENT_MAX);
	text[MAIL_SENT_MAX] = '\0';
	while (mail->lost == 0) {
		mail_send(&w->d, w->a, text);
		mail_flush(&w->d, w->a);
	}
	assert_true(mail->waiting < 200);
	assert_int_equal(w->d.state->mail_bytes, mail->bytes);
	journal_begin(w->d.state->journal);
	mail_forget(w->d.state, w->a);
	journal_commit(w->d.state->journal);
	assert_true(w->d.state->mail_bytes == 0 && mail->bytes == 0);
}

static void
what_has_ended_leaves_nothing_in_the_heap(void **state)
{
	struct world *w = *state;
	struct state *s = w->d.state;
	struct mail *mail = &s->process[w->a].mail;
	unsigned round, sent;
	uint64_t waiting = 0;

	for (round = 0; round < 3; round++) {
		for (sent = 0; mail->lost == 0; sent++)
			post(w, w->a, sent);
		assert_true(waiting == 0 || mail->first != 0);
		waiting = mail->waiting;
		journal_begin(s->journal);
		mail_forget(s, w->a);
		journal_commit(s->journal);
		assert_int_equal(mail->waiting, 0);
		assert_true(mail->first == 0 && mail->last == 0);
		mail->lost = mail->untold = 0;
	}
	assert_true(waiting > 1000);
}

static void
what_is_asked_for_is_answered(void **state)
{
	struct world *w = *state;

	ask(w, w->of_a, "1 LINK b");
	got(w->of_a, "1 REPLY 1 ok");
	assert_int_equal(tree_node(w->d.tree, w->a)->links, 1);
	ask(w, w->of_a, "2 UNLINK b");
	got(w->of_a, "2 REPLY 2 ok");
	assert_int_equal(tree_node(w->d.tree, w->a)->links, 0);
	ask(w, w->of_a, "3 MONITOR b");
	got(w->of_a, "3 REPLY 3 ok 1");
	ask(w, w->of_a, "4 DEMONITOR 1");
	got(w->of_a, "4 REPLY 4 ok");
	assert_int_equal(tree_node(w->d.tree, w->b)->watched, 0);
	ask(w, w->of_a, "5 TRAP 1");
	got(w->of_a, "5 REPLY 5 ok 0");
	ask(w, w->of_a, "6 TRAP 0");
	got(w->of_a, "6 REPLY 6 ok 1");
	ask(w, w->of_a, "7 SEND b two words");
	got(w->of_a, "7 REPLY 7 ok");
	got(w->of_b, "1 MESSAGE two words");
	ask(w, w->of_a, "8 SEND c x");
	got(w->of_a, "8 REPLY 8 error no_mailbox");
	ask(w, w->of_a, "9 EXIT b for a reason");
	got(w->of_a, "9 REPLY 9 ok");
	got(w->of_b, "2 EXIT a - for a reason");
	ask(w, w->of_a, "10 LINK nobody");
	got(w->of_a, "10 REPLY 10 error not_found");
	ask(w, w->of_a, "11 EXIT b ");
	got(w->of_a, "11 REPLY 11 error bad_request");
	ask(w, w->of_a, "12 DEMONITOR x");
	got(w->of_a, "12 REPLY 12 error bad_request");
}

static void
who_traps_is_told_that_there_is_no_process(void **state)
{
	struct world *w = *state;

	tree_step(w->d.tree,
		  &(struct event){ .type = ON_EXIT,
				   .node = w->c,
				   .reason = { .kind = REASON_SHUTDOWN } },
		  clock_ms());
	tree_step(w->d.tree,
		  &(struct event){
			  .type = ON_CALL, .call = CALL_STOP, .node = w->c },
		  clock_ms());
	w->d.state->child[w->c].last_pid = 4711;
	/* It was started again before it was stopped. */
	settle(w);
	tree_step(w->d.tree,
		  &(struct event){ .type = ON_EXIT,
				   .node = w->c,
				   .reason = { .kind = REASON_SHUTDOWN } },
		  clock_ms());
	settle(w);
	ask(w, w->of_b, "1 LINK c");
	got(w->of_b, "1 REPLY 1 ok");
	got(w->of_b, "2 EXIT c - noproc");
	ask(w, w->of_b, "2 MONITOR c");
	got(w->of_b, "3 REPLY 2 ok 1");
	got(w->of_b, "4 DOWN 1 c - noproc");
	ask(w, w->of_a, "1 LINK c");
	got(w->of_a, "1 REPLY 1 error noproc");
	ask(w, w->of_a, "2 SEND c x");
	got(w->of_a, "2 REPLY 2 error noproc");
}

static void
a_request_that_was_done_is_not_done_again(void **state)
{
	struct world *w = *state;

	ask(w, w->of_a, "5 MONITOR b");
	got(w->of_a, "1 REPLY 5 ok 1");
	ask(w, w->of_a, "5 MONITOR b");
	ask(w, w->of_a, "4 MONITOR b");
	got(w->of_a, "");
	assert_int_equal(tree_node(w->d.tree, w->b)->watched, 1);
	ask(w, w->of_a, "6 MONITOR b");
	got(w->of_a, "2 REPLY 6 ok 2");
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
	struct world *w = *state;

	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		tree_trap(w->d.tree, w->a, true);
		ask(w, w->of_a, wrong[i]);
		assert_int_equal(w->d.state->process[w->a].mail.fd, -1);
		assert_false(tree_node(w->d.tree, w->a)->traps);
		assert_int_equal(send(w->of_a, "1", 1, MSG_NOSIGNAL), -1);
		close(w->of_a);
		w->of_a = open_mailbox(w, w->a);
	}
	ask(w, w->of_b, "1 LINK a");
	got(w->of_b, "1 REPLY 1 ok");
}

static void
who_closes_it_is_left_alone(void **state)
{
	struct world *w = *state;

	post(w, w->b, 1);
	shutdown(w->of_b, SHUT_RDWR);
	post(w, w->b, 2);
	mail_hear(&w->d, w->b);
	assert_int_equal(w->d.state->process[w->b].mail.fd, -1);
	assert_false(tree_node(w->d.tree, w->b)->traps);
	post(w, w->b, 3);
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
	struct world *w = *state;
	char text[MAIL_TEXT_MAX + 64] = "";
	unsigned revoked = 0;

	srand(7);
	for (unsigned i = 1; i <= GARBAGE; i++) {
		size_t n = garbage(text, sizeof(text), i);

		if (w->d.state->process[w->a].mail.fd < 0) {
			revoked++;
			close(w->of_a);
			w->of_a = open_mailbox(w, w->a);
		}
		send(w->of_a, text, n, MSG_NOSIGNAL | MSG_DONTWAIT);
		mail_hear(&w->d, w->a);
		settle(w);
		while (recv(w->of_a, text, sizeof(text), MSG_DONTWAIT) > 0)
			;
		while (recv(w->of_b, text, sizeof(text), MSG_DONTWAIT) > 0)
			;
		if (i % 512 == 0)
			assert_null(tree_check(w->d.tree));
	}
	assert_true(revoked > 100 && revoked < GARBAGE);
	assert_true(w->d.state->process[w->b].mail.fd >= 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, make_world, end_world)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(messages_are_numbered_and_in_order),
		TEST(the_oldest_are_kept_and_the_lost_are_told),
		TEST(an_answer_is_never_lost),
		TEST(long_messages_fill_a_mailbox_sooner),
		TEST(what_has_ended_leaves_nothing_in_the_heap),
		TEST(what_is_asked_for_is_answered),
		TEST(who_traps_is_told_that_there_is_no_process),
		TEST(a_request_that_was_done_is_not_done_again),
		TEST(who_breaks_the_rules_loses_the_mailbox_alone),
		TEST(who_closes_it_is_left_alone),
		TEST(garbage_hurts_nobody_else),
	};

	log_open("stderr", LOG_ERR, &(int){ -1 });
	return cmocka_run_group_tests(tests, NULL, NULL);
}
