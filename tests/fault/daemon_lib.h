/* SPDX-License-Identifier: MIT */
/*
 * daemon_lib.h - a real supd in a folder of its own, its supervisors traced
 * from birth, and calls to its control socket.
 */
#ifndef DAEMON_LIB_H
#define DAEMON_LIB_H

#include <stdbool.h>
#include <jansson.h>
#include <sys/types.h>

#include "hunter_lib.h"

struct daemon {
	char folder[64]; /* has the configuration, the record, the socket */
	char supd[4096], victim[4096];
	struct hunter hunter;
	pid_t supervisor; /* the one that lives */
};

/* Makes the folder and finds the programs; false: that failed, and was said. */
bool
daemon_prepare(struct daemon *d);

/* Starts it on folder/t.ini.  0; -errno if it may not be traced. */
int
daemon_start(struct daemon *d);

/* SIGTERM: has it ended in order? */
bool
daemon_end(struct daemon *d);

/* Prints the end of what it has said. */
void
daemon_show_log(const struct daemon *d);

/* Removes the folder. */
void
daemon_forget(const struct daemon *d);

/* A millisecond, until one looks again. */
void
daemon_rest(void);

/* Sends a call, parameters as JSON; the connection, or -1. */
int
daemon_send(const struct daemon *d, const char *method, const char *parameters);

/* The reply, to be released by json_decref(), NULL: the connection was lost.
   Takes fd. */
json_t *
daemon_receive(int fd);

/* Both, again and again until there is a reply; NULL: too often. */
json_t *
daemon_call(const struct daemon *d, const char *method, const char *parameters);

#endif
