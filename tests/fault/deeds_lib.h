/* SPDX-License-Identifier: MIT */
/*
 * deeds_lib.h - what a supervisor does while it is hunted: each deed can be
 * begun while it is stopped, and be seen to its end after it was killed.
 */
#ifndef DEEDS_LIB_H
#define DEEDS_LIB_H

#include <stdbool.h>

#include "daemon_lib.h"
#include "ledger_lib.h"

struct test {
	struct daemon d;
	struct ledger ledger;
	char record[96];
	char extra[16]; /* the child that comes and goes */
	unsigned serial;
	int call; /* that may be cut off */
};

enum hunted_when {
	AT_WORK,
	FROM_BIRTH,   /* its successor is hunted */
	BEFORE_RECORD /* the keeper, too, was stopped by `begin` */
};

struct deed {
	const char *name;
	void (*prepare)(struct test *t);
	void (*begin)(struct test *t); /* while the supervisor is stopped */
	void (*finish)(struct test *t);
	enum hunted_when when;
};

#define DEEDS 10
extern const struct deed deeds[DEEDS];

/* Writes the configuration of the children that they are done to. */
bool
deeds_configure(struct test *t);

/* Lets the keeper go on after a deed BEFORE_RECORD.  true: by then the standby
   was promoted, if the supervisor was not killed over it. */
bool
deeds_end_record(struct test *t, bool is_killed);

/* Adds the dynamic child that nothing is done to. */
void
deeds_add_bystander(struct test *t);

#endif
