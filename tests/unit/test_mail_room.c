/* SPDX-License-Identifier: MIT */
/*
 * test_mail_room.c - what comes although a mailbox is full, and who has room
 * although others leave none.  The processes are ours to play.
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

#include "core/journal.h"
#include "core/tree.h"
#include "log.h"
#include "loop.h"
#include "mail.h"
#include "mail_request.h"
#include "scene_lib.h"
#include "settings.h"
#include "shell.h"
#include "spec.h"
#include "watches.h"

#define MANY 4000 /* more than a socket and a queue hold */

/* Lives as long as we do, as the daemon's; volatile: for the leak checker. */
static struct loop *volatile loop;
static char name[] = "test";
static struct settings settings = { .name = name };
static struct supd supd;
static uint32_t child; /* traps exits */
static int end;        /* the process's */

/* Until the next action of that type. */
static void
perform_until(enum action_type type)
{
	struct action a;

	while (tree_next(supd.tree, &a) && a.type != type) {
		if (a.type == DO_START)
			tree_step(supd.tree,
				  &(struct event){ .type = ON_STARTED,
						   .node = a.node },
				  clock_ms());
		else
			tree_done(supd.tree);
	}
}

static struct loop *kept[16]; /* a loop lives as long as its process */
static size_t kept_n;

static int
make(void **unused)
{
	const struct spec spec = { .mailbox = true };
	struct child_spec root = scene_supervisor("root");
	struct child_spec worker = scene_worker("a");
	struct state *s;

	(void)unused;
	assert_int_equal(state_create(&s), 0);
	supd = (struct supd){ .state = s, .settings = &settings };
	supd.tree = tree_init(s->tree, &root, 1, s->journal);
	supd.loop = loop = loop_new(-1);
	kept[kept_n++] = loop;
	assert_true(supd.loop && watches_open(&supd));
	worker.trap_exit = true;
	assert_int_equal(
		supd_add(&supd, ROOT, &worker, "command=true\n", &child), 0);
	tree_step(supd.tree, &(struct event){ .type = ON_BOOT }, clock_ms());
	perform_until(DO_EXIT);
	assert_int_equal(mail_open(s, child, &spec, &end), 0);
	return 0;
}

static int
leave(void **unused)
{
	(void)unused;
	close(end);
	return 0;
}

static bool
post(const char *text)
{
	bool is_posted;

	journal_begin(supd.state->journal);
	is_posted = mail_post(&supd, child, "MESSAGE %s", text);
	journal_commit(supd.state->journal);
	mail_flush(&supd, child);
	return is_posted;
}

/* The next message, behind its number; "": there is none. */
static const char *
next(void)
{
	static char text[MAIL_TEXT_MAX + 1];
	ssize_t n = recv(end, text, sizeof(text) - 1, MSG_DONTWAIT);

	mail_flush(&supd, child);
	text[n > 0 ? n : 0] = '\0';
	return n > 0 ? strchr(text, ' ') + 1 : text;
}

static void
a_stop_comes_though_all_is_full(void **unused)
{
	struct event stop = { .type = ON_CALL,
			      .call = CALL_STOP,
			      .node = child };
	int lost = 0;
	const char *text;

	(void)unused;
	for (int i = 0; i < MANY; i++)
		lost += !post("x");
	assert_true(lost > 0);
	tree_step(supd.tree, &stop, clock_ms());
	perform_until(DO_STOP);
	mail_stop(&supd, child);
	for (int i = 0; i < MANY - lost; i++)
		assert_string_equal(next(), "MESSAGE x");
	text = next();
	assert_memory_equal(text, "LOST ", 5);
	assert_int_equal(strtol(text + 5, NULL, 10), lost);
	assert_string_equal(next(), "STOP shutdown");
	assert_string_equal(next(), "");
	assert_int_equal(supd.state->mail_bytes, 0);
}

static void
who_reads_has_room_whatever_others_leave(void **unused)
{
	(void)unused;
	supd.state->mail_bytes = INT64_C(1) << 30;
	for (int i = 0; i < MANY; i++) {
		assert_true(post("x"));
		assert_string_equal(next(), "MESSAGE x");
	}
	assert_int_equal(supd.state->process[child].mail.lost, 0);
}

static void
a_message_is_one_line(void **unused)
{
	(void)unused;
	assert_string_equal(mail_send(&supd, child, "a\nb"), "bad_request");
	assert_null(mail_send(&supd, child, "a\tb"));
	mail_flush(&supd, child);
	assert_string_equal(next(), "MESSAGE a\tb");
}

/* A primary that was replaced is in the standby's place. */
static void
what_a_replaced_one_has_asked_for_is_not_done(void **unused)
{
	static const char text[] = "1 TRAP 0";

	(void)unused;
	assert_int_equal(send(end, text, sizeof(text) - 1, 0),
			 sizeof(text) - 1);
	supd.state->child[child].primary = 1;
	mail_hear(&supd, child);
	assert_true(tree_node(supd.tree, child)->traps);
	assert_string_equal(next(), "");
	supd.state->child[child].primary = 0;
	mail_hear(&supd, child);
	assert_false(tree_node(supd.tree, child)->traps);
	assert_string_equal(next(), "REPLY 1 ok 1");
}

static void
who_has_closed_it_traps_no_more(void **unused)
{
	(void)unused;
	assert_true(tree_node(supd.tree, child)->traps);
	close(end);
	mail_hear(&supd, child);
	assert_false(tree_node(supd.tree, child)->traps);
	assert_string_equal(mail_send(&supd, child, "x"), "no_mailbox");
	end = -1;
}

/* It is its successor's node already. */
static void
the_mailbox_of_a_replaced_one_is_its_own(void **unused)
{
	(void)unused;
	supd.state->child[child].primary = 1;
	mail_close(&supd, child);
	assert_true(tree_node(supd.tree, child)->traps);
	assert_int_equal(supd.state->process[child].mail.fd, -1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_stop_comes_though_all_is_full,
						make, leave),
		cmocka_unit_test_setup_teardown(
			who_reads_has_room_whatever_others_leave, make, leave),
		cmocka_unit_test_setup_teardown(a_message_is_one_line, make,
						leave),
		cmocka_unit_test_setup_teardown(
			what_a_replaced_one_has_asked_for_is_not_done, make,
			leave),
		cmocka_unit_test_setup_teardown(who_has_closed_it_traps_no_more,
						make, leave),
		cmocka_unit_test_setup_teardown(
			the_mailbox_of_a_replaced_one_is_its_own, make, leave),
	};
	int fd;

	log_open("stderr", LOG_ERR, &fd);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
