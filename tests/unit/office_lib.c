/* SPDX-License-Identifier: MIT */
/*
 * office_lib.c - the tree, the children's ends and what is done for them.
 */
#include "office_lib.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "core/journal.h"
#include "core/tree.h"
#include "loop.h"
#include "mail.h"
#include "mail_request.h"
#include "spec.h"
#include "watches.h"

/* One for all offices; lives as long as we do, as the daemon's. */
static struct loop *loop;

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

void
office_settle(struct office *o)
{
	struct action a;

	while (tree_next(o->d.tree, &a)) {
		if (a.type == DO_START)
			tree_step(o->d.tree,
				  &(struct event){ .type = ON_STARTED,
						   .node = a.node },
				  clock_ms());
		else if (a.type == DO_MESSAGE)
			mail_perform(&o->d, &a);
		else
			tree_done(o->d.tree);
	}
}

int
office_mailbox(struct office *o, uint32_t n)
{
	const struct spec spec = { .mailbox = true };
	int fd;

	assert_int_equal(mail_open(o->d.state, n, &spec, &fd), 0);
	assert_true(fd >= 0);
	return fd;
}

int
office_open(void **state)
{
	static const struct child_spec root = { .id = "root",
						.is_supervisor = true,
						.intensity = 5,
						.period = 60000 };
	struct office *o = calloc(1, sizeof(*o));
	struct state *s;

	assert_non_null(o);
	assert_int_equal(state_create(&s), 0);
	o->d.state = s;
	o->settings.name = strdup("test");
	o->d.settings = &o->settings;
	o->d.tree = tree_init(s->tree, &root, 1, s->journal);
	if (!loop)
		loop = loop_new(-1);
	assert_non_null(loop);
	o->d.loop = loop;
	assert_true(watches_open(&o->d));
	o->a = add_child(&o->d, "a", false);
	o->b = add_child(&o->d, "b", true);
	o->c = add_child(&o->d, "c", false);
	tree_step(o->d.tree, &(struct event){ .type = ON_BOOT }, clock_ms());
	office_settle(o);
	o->of_a = office_mailbox(o, o->a);
	o->of_b = office_mailbox(o, o->b);
	s->process[o->c].mail.fd = -1;
	*state = o;
	return 0;
}

int
office_close(void **state)
{
	struct office *o = *state;

	close(o->of_a);
	close(o->of_b);
	mail_close(&o->d, o->a);
	mail_close(&o->d, o->b);
	free(o->settings.name);
	free(o);
	return 0;
}

void
office_post(struct office *o, uint32_t n, unsigned number)
{
	journal_begin(o->d.state->journal);
	mail_post(&o->d, n, "MESSAGE %u", number);
	journal_commit(o->d.state->journal);
	mail_flush(&o->d, n);
}

void
office_got(int fd, const char *expected)
{
	char text[MAIL_TEXT_MAX + 1];
	ssize_t n = recv(fd, text, sizeof(text) - 1, MSG_DONTWAIT);

	text[n > 0 ? n : 0] = '\0';
	assert_string_equal(text, expected);
}

void
office_ask(struct office *o, int fd, const char *request)
{
	assert_int_equal(send(fd, request, strlen(request), 0),
			 strlen(request));
	mail_hear(&o->d, fd == o->of_a ? o->a : o->b);
	office_settle(o);
}
