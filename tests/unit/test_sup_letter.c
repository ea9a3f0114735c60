/* SPDX-License-Identifier: MIT */
/*
 * test_sup_letter.c - what is no message of supd is refused, and does no harm.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "mailbox_lib.h"

#define GARBAGE 20000

static struct sup_message message;

static const char *const bad[] = {
	"",
	" ",
	"x",
	"1",
	"1 ",
	"-1 MESSAGE a",
	"0 MESSAGE a",
	"+1 MESSAGE a",
	" 1 MESSAGE a",
	"1  MESSAGE a",
	"99999999999999999999 MESSAGE a",
	"1 message a",
	"1 MESSAGES a",
	"1 EXIT",
	"1 EXIT a",
	"1 EXIT a 1",
	"1 EXIT a 1 ",
	"1 EXIT a 0 normal",
	"1 EXIT a -1 normal",
	"1 EXIT a 2147483648 normal",
	"1 EXIT  1 normal",
	"1 EXIT aaaaaaaaaabbbbbbbbbbccccccccccddddddddddeeeeeeee 1 n",
	"1 DOWN a - normal",
	"1 DOWN 0 a 1 normal",
	"1 DOWN 1 a 1",
	"1 LOST",
	"1 LOST 0",
	"1 LOST 1 2",
	"1 PRIMARY now",
	"1 REPLY",
	"1 REPLY x ok",
	"1 REPLY 0 ok",
};

static void
receive_what_is_none(void)
{
	for (size_t i = 1; i < sizeof(bad) / sizeof(bad[0]); i++) {
		mb_say("%s", bad[i]);
		mb_failed(sup_receive(&message, 0), EBADMSG, bad[i]);
	}
	mb_say_bytes("1 MESSAGE a\0b", 13);
	mb_failed(sup_receive(&message, 0), EBADMSG, "1 MESSAGE a");
	mb_say("1 MESSAGE fine");
	mb_next(SUP_TEXT, "fine");
	mb_say("2 nonsense");
	mb_failed(sup_link("a"), EBADMSG, "2 nonsense");
	mb_say("3 REPLY 1 ok"); /* the late one */
	mb_say("4 REPLY 2 error noproc");
	mb_failed(sup_link("b"), ESRCH, "b: it does not run");
	mb_say("5 REPLY 3 perhaps");
	mb_failed(sup_link("b"), EBADMSG, "perhaps");
}

static void
what_is_no_message_is_an_error_and_skipped(void **state)
{
	(void)state;
	mb_worker(receive_what_is_none);
}

/* Words of the protocol, and bytes of any kind, in any order. */
static size_t
make_garbage(char *text, size_t size, int number)
{
	static const char *const words[] = {
		"1",       "2",      "77",
		"-",       " ",      " ",
		" ",       "EXIT",   "DOWN",
		"PRIMARY", "STOP",   "MESSAGE",
		"LOST",    "REPLY",  "ok",
		"error",   "noproc", "9223372036854775807",
		"a",       "full",
	};
	size_t n, parts = 1 + (size_t)rand() % 12;

	/* A number out of the row would make the rest a repetition. */
	n = (size_t)snprintf(text, size, rand() % 4 ? "%d " : "-%d", number);
	for (size_t i = 0; i < parts; i++) {
		size_t word = (size_t)rand() % (sizeof(words) / sizeof(*words));

		if (rand() % 8 == 0)
			text[n++] = (char)(rand() % 256);
		else
			n += (size_t)snprintf(text + n, size - n, "%s%s",
					      words[word],
					      rand() % 3 ? " " : "");
	}
	if (rand() % 50 == 0) {
		memset(text + n, 'z', size - n);
		n = size;
	}
	return n;
}

/* Receives what is there, good or bad. */
static void
receive_all(int *received, int *refused)
{
	int got;

	while ((got = sup_receive(&message, 0)) != 0) {
		CHECK(got == 1 || got == -EBADMSG);
		*received += got == 1;
		*refused += got == -EBADMSG;
		if (got < 0)
			continue;
		CHECK(message.kind >= SUP_TEXT && message.kind <= SUP_LOST);
		CHECK(message.length == strlen(message.text));
		CHECK(memchr(message.id, '\0', SUP_ID_SIZE) != NULL);
	}
}

static void
receive_garbage(void)
{
	static char text[12000];
	char request[32];
	int received = 0, refused = 0, asked = 0, got;

	for (int i = 1000; i < 1000 + 2 * GARBAGE; i += 2) {
		mb_say_bytes(text, make_garbage(text, sizeof(text), i));
		if (i % 16 == 0) {
			mb_say("%d REPLY %d ok", i + 1, ++asked);
			got = sup_link("a");
			CHECK(got == 0 || got == -EBADMSG);
			snprintf(request, sizeof(request), "%d LINK a", asked);
			mb_hears(request);
		}
		receive_all(&received, &refused);
	}
	CHECK(received > GARBAGE / 100 && refused > GARBAGE / 100);
}

static void
garbage_does_no_harm(void **state)
{
	(void)state;
	srand(4);
	mb_worker(receive_garbage);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_no_message_is_an_error_and_skipped),
		cmocka_unit_test(garbage_does_no_harm),
	};

	return cmocka_run_group_tests_name("sup_letter", tests, NULL, NULL);
}
