/* SPDX-License-Identifier: MIT */
/*
 * world_lib.h - a world for the core to act in: processes that behave as the
 * script says, and a clock of whole seconds.
 */
#ifndef WORLD_LIB_H
#define WORLD_LIB_H

#include "core/tree.h"
#include "scenario_lib.h"
#include "trace_lib.h"

#define ACTORS_MAX 256
#define CALLS_MAX 512
#define DYING_MAX 256

/* What a process is doing. */
enum life { LIFE_GONE, LIFE_STARTING, LIFE_RUNNING, LIFE_STOPPING };

/* One that the tree may have: a child or a supervisor. */
struct actor {
	struct declared declared;
	enum life life;
	uint32_t node;               /* of its process */
	unsigned fail, hang;         /* how many next starts do so */
	bool slow;                   /* answers a stop only when told */
	char signalled[REASON_TEXT]; /* by the script, with this reason */
};

struct dying {
	uint32_t node;
	struct reason reason;
};

struct timer {
	int64_t deadline; /* 0: none */
	unsigned order;   /* in which they were set */
};

struct world {
	struct tree *tree;
	int64_t now;
	struct trace trace;
	struct actor actors[ACTORS_MAX];
	unsigned actor_count;
	struct actor *of_node[NODES_MAX];
	struct timer timers[NODES_MAX];
	unsigned timer_order;
	struct dying dying[DYING_MAX]; /* whose ON_EXIT is to come, in order */
	unsigned dying_first, dying_end;
	struct { /* by token, which begins with 1 */
		char verb[32], subject[ID_SIZE];
		bool unknown; /* OTP's answer is not_found */
	} calls[CALLS_MAX];
	uint64_t call_count;
};

struct world *
world_new(const struct scenario *s);

void
world_free(struct world *w);

/* NULL: none is declared. */
struct actor *
world_actor(struct world *w, const char *id);

/* The actor of a child that start_child/2 adds. */
struct actor *
world_declare(struct world *w, const struct declared *d);

/* Adds it to the tree as well: 0 and *ret, or an enum result. */
int
world_add(struct world *w, struct actor *a, uint32_t *ret);

/* Gives the core an event, does what it decides, and so on until all rests. */
void
world_step(struct world *w, const struct event *e);

/* ON_CALL; the answer goes into the trace as "= verb subject answer". */
void
world_call(struct world *w, const char *verb, enum call_type call,
	   uint32_t node, const char *subject);

/* a's process ends by itself. */
void
world_end(struct world *w, struct actor *a, const char *reason);

/* The clock goes on by a second; what is due happens. */
void
world_tick(struct world *w);

#endif
