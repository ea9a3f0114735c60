/* SPDX-License-Identifier: MIT */
/*
 * mutex_link.c - a reliable mutex semaphore, the first version of exercise 6-2:
 * it is linked to each child that has the mutex or waits for it, and traps
 * exits.  When the holder dies, the next one has the mutex; one that dies
 * waiting is passed over.
 *
 *	wait CHILD	ok, when CHILD has the mutex; {error,noproc}
 *	signal CHILD	ok; {error,not_holder}
 *
 * A link holds both ways.  If this server dies, all that it is linked to die
 * with it: right for a holder that must not go on unguarded, harsh for one that
 * only waits.  Only children of supd can be linked to.  There is one link to
 * each, so a claim cannot have its own; and an exit signal tells which child
 * has died, not which claim was meant.  Nor may the server forget to trap exits.
 * mutex_monitor has none of these cares.
 */
#include <stdio.h>
#include <string.h>

#include "mutex_lib.h"

static struct claim *
find(const char *id)
{
	struct claim *one = mutex;

	while (one && strcmp(one->id, id) != 0)
		one = one->next;
	return one;
}

/* Where link/1 is to be caught, here comes EXIT with noproc: to one that traps,
   a child that has died already is one that dies now. */
static void
await(struct client *c, const char *id)
{
	struct claim claim = { .client = c };

	snprintf(claim.id, sizeof(claim.id), "%s", id);
	if (find(id)) {
		answer(c, "{error,claimed}");
	} else if (sup_link(id) < 0) {
		answer(c, "{error,noproc}");
	} else {
		mutex_wait(&claim);
	}
}

static void
drop(struct claim *one)
{
	sup_unlink(one->id);
	mutex_leave(one);
}

static void
release(struct client *c, const char *id)
{
	if (!mutex || strcmp(mutex->id, id) != 0) {
		answer(c, "{error,not_holder}");
		return;
	}
	drop(mutex);
	answer(c, "ok");
}

/* It keeps the mutex if it has it, but waits no more. */
static void
gone(struct client *c)
{
	struct claim *one;

	while ((one = mutex_waiting(c)) != NULL)
		drop(one);
}

static void
message(const struct sup_message *m)
{
	struct claim *dead = m->kind == SUP_EXIT ? find(m->id) : NULL;

	if (dead)
		mutex_leave(dead);
}

static void
request(struct client *c, char *line)
{
	char id[SUP_ID_SIZE];

	if (sscanf(line, "wait %47s", id) == 1)
		await(c, id);
	else if (sscanf(line, "signal %47s", id) == 1)
		release(c, id);
	else
		answer(c, "{error,undef}");
}

int
main(int argc, char **argv)
{
	static const struct server mutex_link = { .request = request,
						  .message = message,
						  .gone = gone };

	if (argc != 2) {
		fprintf(stderr, "usage: mutex_link SOCKET\n");
		return 2;
	}
	if (sup_trap_exit(1) < 0)
		die("notrap");
	serve(argv[1], &mutex_link);
}
