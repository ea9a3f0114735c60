/* SPDX-License-Identifier: MIT */
/*
 * test_client.c - a connection of the control socket: one end is served by
 * client_turn(), the other one is ours.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "client.h"
#include "core/tree.h"
#include "loop.h"
#include "settings.h"
#include "shell.h"

#define CHILDREN 1000
#define SUPD "\"org.supd.Supervisor."

/* A tree that was never booted: nobody runs. */
struct world {
	struct supd d;
	struct settings settings;
	struct client *client;
	int peer;
	char in[1 << 20];
	size_t length;
};

/* Lives as long as we do, as the daemon's; volatile: for the leak checker. */
static struct loop *volatile loop;

static void
ready(void *arg, int events)
{
	(void)arg;
	(void)events;
}

static void
add_child(struct supd *d, const char *id)
{
	struct child_spec spec = { .restart = PERMANENT, .autostart = true };
	uint32_t n;

	snprintf(spec.id, sizeof(spec.id), "%s", id);
	assert_int_equal(supd_add(d, ROOT, &spec, "command=true\n", &n), 0);
}

static int
make_world(void **state)
{
	static const struct child_spec root = { .id = "root",
						.is_supervisor = true,
						.intensity = 5,
						.period = 60000 };
	struct world *w = calloc(1, sizeof(*w));

	assert_non_null(w);
	assert_int_equal(state_create(&w->d.state), 0);
	w->settings.name = strdup("test");
	w->d.settings = &w->settings;
	w->d.tree = tree_init(w->d.state->tree, &root, 1, w->d.state->journal);
	w->d.loop = loop = loop_new(-1);
	assert_non_null(loop);
	add_child(&w->d, "a");
	add_child(&w->d, "b");
	*state = w;
	return 0;
}

static int
end_world(void **state)
{
	struct world *w = *state;

	free(w->settings.name);
	free(w);
	return 0;
}

static int
connect_client(void **state)
{
	struct world *w = *state;
	int pair[2];

	assert_int_equal(
		socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, pair), 0);
	w->peer = pair[0];
	w->length = 0;
	w->client = client_new(&w->d, pair[1], ACCESS_ALL, 1, ready);
	assert_non_null(w->client);
	return 0;
}

static int
disconnect(void **state)
{
	struct world *w = *state;

	client_free(w->client);
	close(w->peer);
	return 0;
}

static void
put(struct world *w, const char *text, size_t length)
{
	assert_int_equal(send(w->peer, text, length, MSG_NOSIGNAL), length);
}

/* Turns until nothing comes any more; false: the client is over. */
static bool
turn(struct world *w)
{
	for (;;) {
		bool is_alive = client_turn(w->client, LOOP_READ);
		ssize_t n = recv(w->peer, w->in + w->length,
				 sizeof(w->in) - w->length, 0);

		if (n > 0)
			w->length += (size_t)n;
		if (!is_alive) {
			client_free(w->client);
			w->client = NULL;
			return false;
		}
		if (n <= 0)
			return true;
	}
}

/* The replies that have come, one a line. */
static const char *
answer(struct world *w)
{
	for (size_t i = 0; i < w->length; i++)
		if (w->in[i] == '\0')
			w->in[i] = '\n';
	w->in[w->length] = '\0';
	w->length = 0;
	return w->in;
}

static const char *
ask(struct world *w, const char *text)
{
	put(w, text, strlen(text) + 1);
	assert_true(turn(w));
	return answer(w);
}

static void
pings_are_answered_in_order(void **state)
{
	static const char calls[] = "{\"method\":" SUPD "Ping\"}\0"
				    "{\"method\":" SUPD "Nope\"}\0"
				    "{\"method\":" SUPD "Ping\"}";
	struct world *w = *state;

	put(w, calls, sizeof(calls));
	assert_true(turn(w));
	assert_string_equal(answer(w), "{\"parameters\":{}}\n"
				       "{\"error\":\"org.varlink.service."
				       "MethodNotFound\","
				       "\"parameters\":{\"method\":\"org.supd."
				       "Supervisor.Nope\"}}\n"
				       "{\"parameters\":{}}\n");
}

static void
a_message_may_come_byte_by_byte(void **state)
{
	static const char call[] = "{\"method\":" SUPD "Ping\"}";
	struct world *w = *state;

	for (size_t i = 0; i < sizeof(call); i++) {
		assert_int_equal(w->length, 0);
		put(w, call + i, 1);
		assert_true(turn(w));
	}
	assert_string_equal(answer(w), "{\"parameters\":{}}\n");
}

static void
oneway_is_not_answered(void **state)
{
	struct world *w = *state;

	assert_string_equal(ask(w, "{\"method\":" SUPD "Ping\","
				   "\"oneway\":true}"),
			    "");
	assert_string_equal(ask(w, "{\"method\":" SUPD "Status\","
				   "\"oneway\":true}"),
			    "");
	assert_string_equal(ask(w, "{\"method\":\"x\",\"oneway\":true}"), "");
	assert_string_equal(ask(w, "{\"method\":" SUPD "Ping\"}"), "{\"paramete"
								   "rs\":{}}"
								   "\n");
}

static void
what_is_no_message_costs_the_connection(void **state)
{
	struct world *w = *state;

	put(w, "garbage", 8);
	put(w, "{\"method\":" SUPD "Ping\"}", 38);
	assert_false(turn(w));
	assert_non_null(strstr(answer(w), "BadMessage"));
}

static void
a_message_that_never_ends_costs_the_connection(void **state)
{
	struct world *w = *state;
	char text[4096];

	memset(text, 'x', sizeof(text));
	for (size_t sent = 0; sent < VARLINK_MESSAGE_MAX;
	     sent += sizeof(text)) {
		put(w, text, sizeof(text));
		if (!turn(w))
			break;
	}
	assert_null(w->client);
	assert_non_null(strstr(answer(w), "too long"));
}

static void
those_without_rights_may_read_or_less(void **state)
{
	struct world *w = *state;

	w->client->access = ACCESS_READ;
	assert_string_equal(ask(w, "{\"method\":" SUPD "Ping\"}"), "{\"paramete"
								   "rs\":{}}"
								   "\n");
	assert_non_null(strstr(ask(w, "{\"method\":" SUPD "Shutdown\"}"), "Perm"
									  "issi"
									  "onDe"
									  "nie"
									  "d"));
	w->client->access = ACCESS_NONE;
	assert_non_null(strstr(ask(w, "{\"method\":" SUPD "Ping\"}"), "Permissi"
								      "onDenie"
								      "d"));
	assert_non_null(strstr(ask(w, "{\"method\":\"org.varlink.service."
				      "GetInfo\"}"),
			       "\"product\":\"supd\""));
}

static void
status_names_the_children(void **state)
{
	struct world *w = *state;
	const char *text = ask(w, "{\"method\":" SUPD "Status\"}");

	assert_non_null(strstr(text, "{\"children\":[{\"id\":\"root\","
				     "\"depth\":0,"));
	assert_non_null(strstr(text, "\"id\":\"b\",\"supervisor\":\"root\","
				     "\"depth\":1,\"type\":\"worker\","
				     "\"state\":\"STOPPED\""));
	text = ask(w, "{\"method\":" SUPD "Status\",\"parameters\":"
		      "{\"ids\":[\"a\"]}}");
	assert_null(strstr(text, "\"id\":\"b\""));
	assert_string_equal(ask(w, "{\"method\":" SUPD "Status\","
				   "\"parameters\":{\"ids\":[\"a\",\"x\"]}}"),
			    "{\"error\":\"org.supd.Supervisor.NotFound\","
			    "\"parameters\":{\"id\":\"x\"}}\n");
}

/* Long answers come in portions with "more", as one message without. */
static void
status_of_many_is_complete(void **state)
{
	struct world *w = *state;
	static const char *const calls[] = {
		"{\"method\":" SUPD "Status\"}",
		"{\"method\":" SUPD "Status\",\"more\":true}",
	};

	for (int i = 0; i < CHILDREN; i++) {
		char id[16];

		snprintf(id, sizeof(id), "c%d", i);
		add_child(&w->d, id);
	}
	for (int more = 0; more < 2; more++) {
		const char *at = ask(w, calls[more]), *end;
		size_t seen = 0, messages = 0;

		for (; (end = strchr(at, '\n')) != NULL; at = end + 1) {
			json_error_t error;
			json_t *m =
				json_loadb(at, (size_t)(end - at), 0, &error);
			json_t *p = json_object_get(m, "parameters");

			assert_non_null(m);
			assert_true(json_is_true(json_object_get(m, "continue"
								    "s")) ==
				    (end[1] != '\0'));
			seen += json_array_size(json_object_get(p, "children"));
			messages++;
			json_decref(m);
		}
		assert_int_equal(seen, CHILDREN + 3);
		assert_true(more ? messages > 1 : messages == 1);
	}
}

static void
wait_and_pending_calls_do_not_block(void **state)
{
	struct world *w = *state;

	assert_string_equal(ask(w, "{\"method\":" SUPD "Wait\",\"parameters\":"
				   "{\"ids\":[\"a\"],\"ready\":true}}"),
			    "");
	assert_string_equal(ask(w, "{\"method\":" SUPD "Ping\"}"), "");
	assert_true(client_is_waiting(w->client));
}

static void
a_client_that_leaves_is_over(void **state)
{
	struct world *w = *state;

	shutdown(w->peer, SHUT_RDWR);
	assert_false(turn(w));
}

static void
our_own_user_may_do_everything(void **state)
{
	struct world *w = *state;

	assert_int_equal(client_access(w->peer, (gid_t)-1), ACCESS_ALL);
}

#define CLIENT_TEST(f) \
	cmocka_unit_test_setup_teardown(f, connect_client, disconnect)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		CLIENT_TEST(pings_are_answered_in_order),
		CLIENT_TEST(a_message_may_come_byte_by_byte),
		CLIENT_TEST(oneway_is_not_answered),
		CLIENT_TEST(what_is_no_message_costs_the_connection),
		CLIENT_TEST(a_message_that_never_ends_costs_the_connection),
		CLIENT_TEST(those_without_rights_may_read_or_less),
		CLIENT_TEST(status_names_the_children),
		CLIENT_TEST(status_of_many_is_complete),
		CLIENT_TEST(wait_and_pending_calls_do_not_block),
		CLIENT_TEST(a_client_that_leaves_is_over),
		CLIENT_TEST(our_own_user_may_do_everything),
	};

	return cmocka_run_group_tests(tests, make_world, end_world);
}
