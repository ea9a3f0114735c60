/* SPDX-License-Identifier: MIT */
/*
 * test_config_fuzz.c - whatever a file holds, it is read or refused, never
 * half of it; and what is read can be read again from its text.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config_lib.h"
#include "settings.h"
#include "spec.h"

#define ROUNDS 3000

static uint32_t seed = 20261120;

static unsigned
below(unsigned n)
{
	seed = seed * 1664525 + 1013904223;
	return (unsigned)((uint64_t)(seed >> 1) * n >> 31);
}

/* What configurations are made of, and what hurts them. */
static const char *const pieces[] = {
	"[supd]\n",
	"[child:",
	"[supervisor:",
	"a",
	"b",
	"c@1",
	"root",
	"]\n",
	"[",
	"]",
	"command = ",
	"command = x\n",
	"supervisor = ",
	"\nrestart = ",
	"transient\n",
	"strategy = simple_one_for_one\n",
	"instances = 3\n",
	"significant = yes\n",
	"auto_shutdown = any_significant\n",
	"environment = A=",
	"include = *.inc\n",
	"include = t.ini\n",
	"shutdown = ",
	"infinity\n",
	"backoff = 1s..2s\n",
	"ready = fd:7\n",
	"intensity = 99999999999999999999\n",
	"\n",
	"\n",
	"\n",
	"\r\n",
	"  ",
	"\t",
	" ; ",
	"# ",
	"=",
	" = ",
	"\"",
	"'",
	"\\",
	"$'",
	"${",
	"}",
	"$${",
	"${id}",
	"${instance}",
	"${env:HOME}",
	"${state_dir}",
	"\x01",
	"\xc3\xa4",
	"\xff",
	"\xef\xbb\xbf",
	"socket = /",
	"state_dir = /s\n",
	"name = n\n",
	"stdout = file:/o\n",
	"stderr = same\n",
	"umask = 022\n",
	"autorestart = unexpected\n",
	"ExecStart = x\n",
	"[program:x]\n",
	"success_codes = 1 2 TERM\n",
	"x",
	"1",
	".",
	"..",
};

static void
count(void *arg, const char *line)
{
	(void)arg;
	assert_null(strchr(line, '\n'));
	assert_true(strlen(line) < 2048);
}

/* A child is read again as it was checked. */
static void
check_child(const struct config_node *n)
{
	static struct spec spec;
	size_t size = strlen(n->text) + 1;
	char *buf = malloc(size);

	assert_non_null(buf);
	assert_int_equal(spec_parse(n->text, &spec, buf, size), 0);
	assert_true(spec.argc > 0);
	assert_null(spec.argv[spec.argc]);
	assert_null(spec.env[spec.env_count]);
	assert_true(n->spec.acknowledges == (spec.ready != READY_EXEC));
	free(buf);
}

static unsigned
check_file(void)
{
	struct config_errors errors = { .say = count };
	bool is_missing;
	struct config *c = config_load("t.ini", &errors, &is_missing);
	struct settings *s;

	assert_true(!c == !!errors.count);
	assert_false(is_missing);
	if (!c)
		return 0;
	s = settings_parse(c->text);
	assert_non_null(s);
	assert_string_equal(s->name, c->name);
	assert_string_equal(s->socket, c->socket);
	settings_free(s);
	for (size_t i = 0; i < c->count; i++) {
		if (!c->nodes[i].spec.is_supervisor)
			check_child(&c->nodes[i]);
	}
	config_free(c);
	return 1;
}

static void
any_pieces_together_are_read_or_refused(void **state)
{
	char text[8192];
	unsigned read = 0;

	(void)state;
	write_file("a.inc", "[child:inc]\ncommand = x\n");
	for (unsigned round = 0; round < ROUNDS; round++) {
		unsigned n = below(40);

		*text = '\0';
		if (below(2))
			strcpy(text, "[child:z]\ncommand = z\n");
		for (unsigned i = 0; i < n; i++)
			strcat(text, pieces[below(sizeof(pieces) /
						  sizeof(pieces[0]))]);
		write_file("t.ini", text);
		read += check_file();
	}
	/* Both happened. */
	assert_in_range(read, 20, ROUNDS - 20);
}

static void
any_bytes_are_read_or_refused(void **state)
{
	static unsigned char bytes[70000];

	(void)state;
	for (unsigned round = 0; round < 200; round++) {
		size_t n = round < 190 ? below(400) : sizeof(bytes);

		for (size_t i = 0; i < n; i++) {
			bytes[i] = (unsigned char)below(256);
			if (round % 2 && !bytes[i])
				bytes[i] = '\n';
		}
		write_bytes("t.ini", bytes, n);
		check_file();
	}
}

/* Every prefix and every single changed byte of a good file. */
static void
damage_to_a_good_file_is_read_or_refused(void **state)
{
	static const char good[] =
		"\xef\xbb\xbf; x\n[supd]\nname = n\nstate_dir = /s\n"
		"strategy = rest_for_one\n\n[supervisor:s] ; c\n"
		"strategy = simple_one_for_one\n[child:t]\n"
		"supervisor = s\ncommand = x '${id} ; $${' \"a b\"\n"
		"   \\;more $'\\n'\nenvironment = A=\"b c\"\n"
		"[child:i]\r\ncommand = y ${instance}\r\ninstances = 2\n";
	char text[sizeof(good)];

	(void)state;
	load_good(good);
	for (size_t i = 0; i < sizeof(good) - 1; i++) {
		write_bytes("t.ini", good, i);
		check_file();
		memcpy(text, good, sizeof(good));
		for (unsigned k = 0; k < 4; k++) {
			text[i] = (char)below(256);
			write_bytes("t.ini", text, sizeof(good) - 1);
			check_file();
		}
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(any_pieces_together_are_read_or_refused),
		cmocka_unit_test(any_bytes_are_read_or_refused),
		cmocka_unit_test(damage_to_a_good_file_is_read_or_refused),
	};

	return cmocka_run_group_tests_name("config_fuzz", tests, folder_make,
					   folder_remove);
}
