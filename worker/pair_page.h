/* SPDX-License-Identifier: MIT */
/*
 * pair_page.h - what the halves of a pair share: FILE.pair, beside their
 * checkpoint FILE.
 *
 * A role is a lock on a byte of the file.  The kernel gives it to one process,
 * knows to which, and takes it back from the dead, who then write no more.
 */
#ifndef PAIR_PAGE_H
#define PAIR_PAGE_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#define PAIR_SUFFIX ".pair"
#define PAIR_LIMIT 5        /* backups ... */
#define PAIR_LIMIT_MS 10000 /* ... in this time */

enum pair_role { PAIR_PRIMARY, PAIR_BACKUP, PAIR_NONE }; /* and its byte */

/* The file, mapped by both; zeroed when it is new. */
struct pair_page {
	char magic[8];
	uint64_t beats[2];         /* of each role */
	uint64_t ended;            /* the primary has ended in order */
	uint64_t created;          /* backups, ever */
	int64_t when[PAIR_LIMIT];  /* the last ones were: ms, monotonic */
	unsigned char unused[432]; /* 512 bytes in all */
};

extern struct pair_page *pair_page; /* NULL: there is no pair */
extern char pair_path[];            /* of the file, to be shown */

/* -1, or the exit code: all was said. */
int
pair_page_open(const char *checkpoint);

/* False if another process has the role. */
bool
pair_take(enum pair_role role);

void
pair_release(enum pair_role role);

/* The process that has the role; 0: none, or it cannot be told. */
pid_t
pair_holder(enum pair_role role);

/* A pidfd of it, or -1; never one of a stranger that got its pid. */
int
pair_holder_open(enum pair_role role);

/* Who has the role is alive. */
void
pair_page_beat(enum pair_role role);

/* Enters that a backup is about to be created; false: there were too many. */
bool
pair_may_create(int64_t now_ms);

#endif
