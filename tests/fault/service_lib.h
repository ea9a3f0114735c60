/* SPDX-License-Identifier: MIT */
/*
 * service_lib.h - a real supd that keeps one counter counting into a sink.
 */
#ifndef SERVICE_LIB_H
#define SERVICE_LIB_H

#include <stdbool.h>
#include <sys/types.h>

#include "os/state.h"
#include "sink_lib.h"

struct service {
	char dir[160]; /* of its own, removed at the end */
	pid_t keeper;
	int go;                    /* a byte into it, and supd executes */
	const struct state *state; /* read only; see service_look() */
	struct sink sink;
};

/* What is different from service to service. */
struct service_plan {
	enum sink_kind kind;
	const char *standby; /* `standby = `; NULL: without the key */
	bool forgets;        /* the counter has no checkpoint */
};

/*
 * Makes folder, configuration and sink, and the process that will be supd as
 * soon as service_go() is called, so that it can be traced before.  0 or
 * -errno.
 */
int
service_prepare(struct service *s, const struct service_plan *plan);

void
service_go(struct service *s);

/* Maps supd's own state, of which the part before the pointers can be read.
   False: not there yet. */
bool
service_look(struct service *s);

/* Nothing is left to do for the supervisor that runs. */
bool
service_has_settled(const struct service *s);

/* Why exactly once cannot be had for this kind of sink here; NULL: it can.
   Of what is no file only the count of the dead tells what has arrived, and
   Linux may show that to nobody but root. */
const char *
service_why_not(enum sink_kind kind);

/* Prints the last that supd and counter have said, without what kills make
   them say. */
void
service_tell(const struct service *s);

/* Removes what was made; supd has ended. */
void
service_done(struct service *s);

#endif
