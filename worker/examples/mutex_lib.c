/* SPDX-License-Identifier: MIT */
/*
 * mutex_lib.c - who has the mutex, and who waits for it.
 */
#include "mutex_lib.h"

#include <stdio.h>
#include <stdlib.h>

struct claim *mutex;

/* The first one has it now. */
static void
tell_first(void)
{
	if (!mutex || !mutex->client)
		return;
	answer(mutex->client, "ok");
	mutex->client = NULL;
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
	if (one == mutex)
		tell_first();
}

void
mutex_leave(struct claim *claim)
{
	struct claim **p = &mutex;

	while (*p != claim)
		p = &(*p)->next;
	*p = claim->next;
	free(claim);
	if (p == &mutex)
		tell_first();
}

struct claim *
mutex_waiting(const struct client *c)
{
	struct claim *one = mutex;

	while (one && one->client != c)
		one = one->next;
	return one;
}
