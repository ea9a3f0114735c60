/* SPDX-License-Identifier: MIT */
/*
 * office_lib.h - a supervisor of which only the mail works: three children, of
 * which two have mailboxes, whose processes are the test's to play.
 */
#ifndef OFFICE_LIB_H
#define OFFICE_LIB_H

#include <stdint.h>

#include "settings.h"
#include "shell.h"

struct office {
	struct supd d;
	struct settings settings;
	uint32_t a, b, c; /* b traps exits, c has no mailbox */
	int of_a, of_b;   /* the processes' ends */
};

/* cmocka's setup and teardown; every child runs. */
int
office_open(void **state);

int
office_close(void **state);

/* A new mailbox for child n; returns its process's end. */
int
office_mailbox(struct office *o, uint32_t n);

/* Performs what has to do with mailboxes; every start succeeds. */
void
office_settle(struct office *o);

/* Sends "MESSAGE number" to child n. */
void
office_post(struct office *o, uint32_t n, unsigned number);

/* Asserts that the next message of a process is this; "": there is none. */
void
office_got(int fd, const char *expected);

/* What a process asks for, by fd; the answer is left there. */
void
office_ask(struct office *o, int fd, const char *request);

/* A test that has an office. */
#define OFFICE_TEST(name) \
	cmocka_unit_test_setup_teardown(name, office_open, office_close)

#endif
