/* SPDX-License-Identifier: MIT */
/*
 * standby.h - standbys: a second process of a child, ready to be its primary.
 *
 * The core knows nothing of them: to promote one is a faster way to perform
 * DO_START.  A standby is started when its child is RUNNING and ended when the
 * child is meant to rest; its own death is never told to the core.
 *
 *	none --RUNNING--> ALIVE --DO_START--> the primary (slots change places)
 *	                  ALIVE --it dies, or the child rests--> none
 *
 * It holds SUPD_STANDBY_FD, a SOCK_SEQPACKET, and waits for one message there:
 * lines NAME=value, what is to be changed in its environment.  More than one is
 * the same again.  A gate (gate.h) tells the errno if it cannot execute; what
 * uses the library (hot) may say that the primary is about to die
 * (lockpage.h).
 */
#ifndef STANDBY_H
#define STANDBY_H

#include <stdbool.h>
#include <stdint.h>

struct spec;
struct supd;

/* The numbers of the two descriptors in the child: they leave that of ready =
   fd:N alone. */
int
standby_number(const struct spec *spec);

int
standby_lock_number(const struct spec *spec);

/*
 * DO_START, when nothing of the former primary is left: makes the standby the
 * primary and tells it so.  false: there is none to promote.  Else *ret is 0 or
 * the -errno of a gate that could not execute.
 */
bool
standby_promote(struct supd *d, uint32_t node, const struct spec *spec,
		int *ret);

/* The message of a promotion again, since a predecessor may have died before it
   was sent.  0 or -errno, as above. */
int
standby_tell(struct supd *d, uint32_t node, const struct spec *spec);

/* Something has come on a slot's standby_fd; false: its other end is closed. */
bool
standby_hear(struct supd *d, uint32_t slot);

/* Starts or ends node's standby, if it should be there or not; both may have
   happened already. */
void
standby_look(struct supd *d, uint32_t node);

/* Kills it; its end is seen later. */
void
standby_retire(struct supd *d, uint32_t node);

/* Is anything there that a stop has to wait for? */
bool
standby_is_there(const struct supd *d, uint32_t node);

/* The standby of that slot and all it had are gone: counts it, starts the
   next. */
void
standby_ended(struct supd *d, uint32_t slot);

/* Ends it and waits until it is dead. */
void
standby_end(struct supd *d, uint32_t node);

/* A new supervisor looks after all of them. */
void
standby_recover(struct supd *d);

/* 0: there is none. */
int32_t
standby_pid(const struct supd *d, uint32_t node);

#endif
