/* SPDX-License-Identifier: MIT */
/*
 * calls.h - the methods that ask something of the core and wait for its answer.
 *
 * Each child that a call names is one ON_CALL with a token of its own; they are
 * given only while the shell is idle, so that no index is stale.
 */
#ifndef CALLS_H
#define CALLS_H

struct action;
struct request;

/* Start, Stop, Restart: any number of children, one reply with all results. */
void
calls_begin_start(struct request *r);
void
calls_begin_stop(struct request *r);
void
calls_begin_restart(struct request *r);
void
calls_answered_many(struct request *r, const struct action *a);

/* OTP's calls: one child, and OTP's errors. */
void
calls_begin_restart_child(struct request *r);
void
calls_begin_stop_child(struct request *r);
void
calls_begin_delete_child(struct request *r);
void
calls_begin_exit(struct request *r);
void
calls_answered_one(struct request *r, const struct action *a);

/* One child's primary is stopped, and its standby takes over. */
void
calls_begin_takeover(struct request *r);

/* which_children, count_children: answered when their turn has come. */
void
calls_begin_sync(struct request *r);
void
calls_answered_which(struct request *r, const struct action *a);
void
calls_answered_count(struct request *r, const struct action *a);

/* Gives the core what it has not been given yet. */
void
calls_issue(struct request *r);

/* The error that a result is, for the child of this id. */
void
calls_error(struct request *r, const char *id, const struct action *a);

#endif
