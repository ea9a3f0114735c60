/* SPDX-License-Identifier: MIT */
/*
 * ledger_lib.h - what the children have written down of their lives
 * (victim_helper.c), beside what supd says of them and what was done to them.
 */
#ifndef LEDGER_LIB_H
#define LEDGER_LIB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <jansson.h>
#include <sys/types.h>

#define LIVES_MAX 10000u
#define ACCOUNTS_MAX 16u

struct account {
	char id[40];
	bool runs;             /* it should */
	bool is_paired;        /* it should have a standby: */
	pid_t standby;         /* as of ledger_compare() */
	unsigned restarts;     /* that should be in its window */
	unsigned heard, hears; /* exit signals: came, should have come */
	unsigned starts, ends;
	pid_t pid;                     /* of its last life */
	unsigned char life[LIVES_MAX]; /* LIFE_STARTED, LIFE_ENDED */
};

struct ledger {
	int fd; /* the record */
	size_t length;
	char text[4096]; /* the beginning of a line */
	unsigned count;
	unsigned starts, ends; /* of all */
	unsigned twice, wrong; /* lives begun or ended twice; unknown ones */
	struct account accounts[ACCOUNTS_MAX];
};

bool
ledger_open(struct ledger *l, const char *path);

/* A child that is to run from now on. */
struct account *
ledger_add(struct ledger *l, const char *id);

/* Never NULL. */
struct account *
ledger_find(struct ledger *l, const char *id);

/* The child was deleted.  NULL, or what is wrong with its record. */
const char *
ledger_close(struct ledger *l, const char *id);

/*
 * NULL if all agree: the record, supd's Status and the keeper's children, of
 * which one is the supervisor.  Else what does not, yet or for good.
 */
const char *
ledger_compare(struct ledger *l, const json_t *status, pid_t keeper,
	       pid_t supervisor);

#endif
