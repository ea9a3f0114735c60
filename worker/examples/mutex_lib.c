/* SPDX-License-Identifier: MIT */
/*
 * mutex_lib.c - who has the mutex, and who waits for it.
 */
#include "mutex_lib.h"

#include <stdio.h>
#include <stdlib.h>

struct claim *mutex;

/* The first one has it now, and supctl status can tell how many do not. */
static void
tell(void)
{
	int waiting = 0;

	if (mutex && mutex->client) {
		answer(mutex->client, "ok");
		mutex->client = NULL;
	}
	for (struct claim *one = mutex; one && one->next; one = one->next)
		waiting++;
	if (mutex)
		sup_status("busy, %d waiting", waiting);
	else
		sup_status("free");
}

void
mutex_wait(const struct claim *claim)
{
	struct claim **end = &mutex, *one = malloc(sizeof(*one));

	if (!one)
		sup_exit("enomem");
	*one = *claim;
	one->next = NULL;
	while (*end)
		end = &(*end)->next;
	*end = one;
	tell();
}

void
mutex_leave(struct claim *claim)
{
	struct claim **p = &mutex;

	while (*p != claim)
		p = &(*p)->next;
	*p = claim->next;
	free(claim);
	tell();
}

struct claim *
mutex_waiting(const struct client *c)
{
	struct claim *one = mutex;

	while (one && one->client != c)
		one = one->next;
	return one;
}
