/* SPDX-License-Identifier: MIT */
/*
 * client.h - one connection of the control socket: bytes in, calls in order,
 * bytes out.
 *
 * Nothing of it blocks or grows without bound: one call is at work at a time,
 * further ones wait in the input (which is then not read any more), long
 * answers are produced as they are taken.  Whoever sends what is no message
 * gets an error and loses this connection.
 */
#ifndef CLIENT_H
#define CLIENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "request.h"

struct supd;
struct watch;

enum access {
	ACCESS_NONE, /* may know who we are */
	ACCESS_READ, /* members of socket_group */
	ACCESS_ALL   /* root and supd's own user */
};

struct client {
	struct supd *d;
	int fd;
	struct watch *watch;
	enum access access;
	uint64_t token;  /* of its requests: the bits that name the client */
	uint32_t serial; /* requests so far */
	char *in;
	size_t first, length, room; /* of in: taken up to, filled up to */
	size_t scanned;             /* no NUL before it */
	struct emit out;
	struct request request;
	bool is_closing; /* once out is sent */
	bool is_dead;    /* nobody reads it any more */
};

/* Takes fd.  ready: called when client_turn() should be.  NULL: no memory. */
struct client *
client_new(struct supd *d, int fd, enum access access, uint64_t token,
	   void (*ready)(void *arg, int events));

/* NULL is fine; so is an fd of -1. */
void
client_free(struct client *c);

/* Does what there is to do for it, without blocking: reads if it is readable,
   begins calls, sends.  false: it is over, client_free() it. */
bool
client_turn(struct client *c, int events);

/* Has it a call at work, or something to send or to begin? */
bool
client_is_waiting(const struct client *c);

/* The process at the other end of fd; 0: unknown. */
int32_t
client_pid(int fd);

/* Who is at the other end of fd; group: (gid_t)-1 if none may read. */
enum access
client_access(int fd, gid_t group);

#endif
