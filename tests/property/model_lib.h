/* SPDX-License-Identifier: MIT */
/*
 * model_lib.h - performs the core's actions on processes that are only
 * imagined, and holds against each action what must never happen.
 */
#ifndef MODEL_LIB_H
#define MODEL_LIB_H

#include <stdbool.h>
#include <stdint.h>

#include "core/tree.h"
#include "limits_lib.h"
#include "links_lib.h"
#include "memory_lib.h"

#define MODEL_TOKENS 4096

struct process_model {
	bool exists, told, killed;
	bool reported; /* the end of the last one */
	bool failed;   /* the last start: what it was to be told is lost */
	int64_t deadline;
};

struct model {
	struct memory memory;
	struct tree *t;
	int64_t now;
	uint64_t luck;   /* decides how starts go; 1: all well */
	uint64_t tokens; /* given so far */
	uint32_t added;  /* nodes made so far */
	unsigned crash;  /* of the next step: percent */
	bool manual;     /* people have meddled */
	bool exited;
	int64_t status;
	const char *wrong;
	struct process_model process[MEMORY_NODES];
	bool answered[MODEL_TOKENS];
	struct limits limits;
	struct links links;
};

/* Gives an event and performs all that follows from it. */
void
model_event(struct model *m, const struct event *event);

/* Performs what was called for without an event. */
void
model_settle(struct model *m);

/* Lets ticks pass. */
void
model_time(struct model *m, int64_t ticks);

/* Everybody obeys and nobody fails, until nothing happens any more. */
void
model_calm(struct model *m);

/* The same, after ON_SHUTDOWN, until the end. */
void
model_finish(struct model *m);

bool
model_done(const struct model *m);

#endif
