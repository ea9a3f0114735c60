/* SPDX-License-Identifier: MIT */
/*
 * mutex_lib.h - the mutex semaphore: who has it, and who waits for it, in turn.
 * It is the same in mutex_link and mutex_monitor, which differ in how they learn
 * that one of these has died.
 */
#ifndef MUTEX_LIB_H
#define MUTEX_LIB_H

#include "serve_lib.h"

struct claim {
	struct claim *next;
	struct client *client; /* to be told when it has the mutex; NULL */
	char id[SUP_ID_SIZE];  /* mutex_link: the child's */
	pid_t pid;             /* mutex_monitor: the client's */
	long long monitor;
};

/* The first one has the mutex, the others wait; NULL: it is free. */
extern struct claim *mutex;

/* wait: gives it the mutex, or has it wait behind the others. */
void
mutex_wait(const struct claim *claim);

/* signal, or death: it has the mutex no more, or waits no more. */
void
mutex_leave(struct claim *claim);

/* One that waits for this client, who has hung up; NULL. */
struct claim *
mutex_waiting(const struct client *c);

#endif
