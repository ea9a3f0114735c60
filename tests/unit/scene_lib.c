/* SPDX-License-Identifier: MIT */
/*
 * scene_lib.c - a small tree, obedient processes, and a trace.
 */
#include "scene_lib.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

#include <cmocka.h>

#include "core/reason.h"

void
scene_new(struct scene *s, const struct child_spec *flags)
{
	struct child_spec root = scene_supervisor("root");

	memset(s, 0, sizeof(*s));
	s->size = tree_size();
	s->memory = mmap(NULL, s->size, PROT_READ | PROT_WRITE,
			 MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	assert_ptr_not_equal(s->memory, MAP_FAILED);
	s->now = 100;
	s->t = tree_init(s->memory, flags ? flags : &root, 1, NULL);
}

void
scene_free(struct scene *s)
{
	munmap(s->memory, s->size);
}

struct child_spec
scene_worker(const char *id)
{
	struct child_spec spec = { .restart = PERMANENT,
				   .shutdown = 5,
				   .autostart = true };

	snprintf(spec.id, sizeof(spec.id), "%s", id);
	return spec;
}

struct child_spec
scene_supervisor(const char *id)
{
	struct child_spec spec = scene_worker(id);

	spec.is_supervisor = true;
	spec.type = TYPE_SUPERVISOR;
	spec.shutdown = SHUTDOWN_INFINITY;
	spec.strategy = ONE_FOR_ONE;
	spec.on_limit = LIMIT_SHUTDOWN;
	spec.intensity = 1;
	spec.period = 5;
	return spec;
}

uint32_t
scene_find(struct scene *s, const char *id)
{
	uint32_t n = tree_find(s->t, id);

	assert_int_not_equal(n, NO_NODE);
	return n;
}

uint32_t
scene_add(struct scene *s, const char *parent, const struct child_spec *spec)
{
	uint32_t n = NO_NODE;

	assert_int_equal(tree_add(s->t, scene_find(s, parent), spec, &n), 0);
	return n;
}

void
scene_add_all(struct scene *s, const char *parent, const char *letters)
{
	for (; *letters; letters++) {
		char id[2] = { *letters, '\0' };
		struct child_spec spec = scene_worker(id);

		scene_add(s, parent, &spec);
	}
}

const struct node *
scene_node(struct scene *s, const char *id)
{
	return tree_node(s->t, scene_find(s, id));
}

static void
saw(struct scene *s, const char *word, uint32_t n)
{
	size_t length = strlen(s->trace);

	snprintf(s->trace + length, sizeof(s->trace) - length, "%s%s:%s",
		 length ? " " : "", word, tree_node(s->t, n)->id);
}

static const char *const reports[] = {
	[REPORT_REMOVED] = "removed",
	[REPORT_GAVE_UP] = "gave_up",
	[REPORT_AUTO_SHUTDOWN] = "auto_shutdown",
	[REPORT_TIMEOUT] = "timeout",
	[REPORT_BACKOFF] = "backoff",
	[REPORT_ADDED] = "added",
	[REPORT_DELETED] = "deleted",
};

static void
do_start(struct scene *s, uint32_t n)
{
	struct event e = { .type = ON_STARTED, .node = n };

	saw(s, "start", n);
	assert_false(s->runs[n]);
	if (s->failures[n] > 0) {
		s->failures[n]--;
		e.type = ON_START_FAILED;
		e.reason = (struct reason){ .kind = REASON_NOEXEC,
					    .value = s->why ? s->why : ENOENT };
	} else {
		s->runs[n] = true;
	}
	tree_step(s->t, &e, s->now);
}

/* "EXIT:to:from:reason", "DOWN:to:from:reason" */
static void
saw_message(struct scene *s, const struct action *a)
{
	size_t length = strlen(s->trace);
	char reason[REASON_SIZE];

	assert_true(s->runs[a->node]);
	snprintf(s->trace + length, sizeof(s->trace) - length, "%s%s:%s:%s:%s",
		 length ? " " : "",
		 a->message == MESSAGE_EXIT ? "EXIT" : "DOWN",
		 tree_node(s->t, a->node)->id,
		 a->other ? tree_node(s->t, a->other)->id : "-",
		 reason_format(&a->reason, reason, sizeof(reason)));
}

static void
obey(struct scene *s, uint32_t n, bool must)
{
	if (!s->runs[n] || (s->stubborn[n] && !must))
		return;
	s->runs[n] = false;
	s->gone[s->gone_count++] = n;
}

static void
perform(struct scene *s, const struct action *a)
{
	char word[16];

	switch (a->type) {
	case DO_START:
		do_start(s, a->node);
		return;
	case DO_STOP:
		saw(s, "stop", a->node);
		obey(s, a->node, false);
		break;
	case DO_KILL:
		saw(s, "kill", a->node);
		obey(s, a->node, true);
		break;
	case DO_MESSAGE:
		saw_message(s, a);
		break;
	case DO_REPLY:
		s->result = (int)a->result;
		s->reason = a->reason;
		break;
	case DO_REPORT:
		if (a->report < sizeof(reports) / sizeof(reports[0]) &&
		    reports[a->report])
			saw(s, reports[a->report], a->node);
		break;
	case DO_EXIT:
		snprintf(word, sizeof(word), "exit %d", (int)a->value);
		saw(s, word, ROOT);
		break;
	case DO_TIMER:
	case DO_FREE:
		break;
	}
	tree_done(s->t);
}

void
scene_settle(struct scene *s)
{
	struct action a;

	for (;;) {
		while (tree_next(s->t, &a))
			perform(s, &a);
		assert_null(tree_check(s->t));
		if (s->gone_count == 0)
			break;
		a.node = s->gone[0];
		memmove(s->gone, s->gone + 1,
			--s->gone_count * sizeof(s->gone[0]));
		tree_step(s->t,
			  &(struct event){ .type = ON_EXIT,
					   .node = a.node,
					   .reason = { .kind = REASON_SIGNAL,
						       .value = 15 } },
			  s->now);
	}
}

static void
step(struct scene *s, const struct event *event)
{
	tree_step(s->t, event, s->now);
	scene_settle(s);
}

void
scene_boot(struct scene *s)
{
	step(s, &(struct event){ .type = ON_BOOT });
}

void
scene_event(struct scene *s, enum event_type type, const char *id)
{
	step(s, &(struct event){ .type = type,
				 .node = id ? scene_find(s, id) : NO_NODE });
}

void
scene_exit(struct scene *s, const char *id, int code)
{
	struct event e = { .type = ON_EXIT, .node = scene_find(s, id) };

	assert_true(s->runs[e.node]);
	s->runs[e.node] = false;
	e.reason.kind = code ? REASON_EXIT : REASON_NORMAL;
	e.reason.value = code;
	step(s, &e);
}

static int
call(struct scene *s, enum call_type type, uint32_t n, const char *reason)
{
	struct event e = {
		.type = ON_CALL, .call = type, .node = n, .token = ++s->tokens
	};

	if (reason)
		assert_true(reason_parse(reason, &e.reason));
	e.from = s->from;
	s->result = -1;
	step(s, &e);
	return s->result;
}

int
scene_call(struct scene *s, enum call_type type, const char *id)
{
	return call(s, type, scene_find(s, id), NULL);
}

void
scene_kill(struct scene *s, const char *id, const char *reason)
{
	assert_int_equal(call(s, CALL_EXIT, scene_find(s, id), reason),
			 RESULT_OK);
}

int
scene_start_child(struct scene *s, const char *parent,
		  const struct child_spec *spec)
{
	uint32_t n;
	int r = tree_add(s->t, scene_find(s, parent), spec, &n);

	return r ? r : call(s, CALL_START_CHILD, n, NULL);
}

void
scene_pass(struct scene *s, int64_t ticks)
{
	uint32_t n;

	s->now += ticks;
	for (n = ROOT; n < tree_end(s->t); n++) {
		const struct node *c = tree_node(s->t, n);

		if (c && c->deadline && c->deadline <= s->now)
			step(s,
			     &(struct event){ .type = ON_DEADLINE, .node = n });
	}
}

void
scene_fail(struct scene *s, const char *id, unsigned times)
{
	s->failures[scene_find(s, id)] = times;
}

void
scene_stubborn(struct scene *s, const char *id, bool stubborn)
{
	s->stubborn[scene_find(s, id)] = stubborn;
}

void
scene_saw_(struct scene *s, const char *expected, const char *file, int line)
{
	char trace[SCENE_TRACE];

	memcpy(trace, s->trace, sizeof(trace));
	s->trace[0] = '\0';
	if (strcmp(trace, expected) != 0)
		print_error("saw      %s\nexpected %s\n", trace, expected);
	_assert_true(strcmp(trace, expected) == 0, "trace", file, line);
}
