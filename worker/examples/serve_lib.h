/* SPDX-License-Identifier: MIT */
/*
 * serve_lib.h - what the servers of the examples share: clients on a unix
 * socket, who send a request a line and get an answer a line, and the mailbox
 * beside them.
 *
 * Answers are written as Erlang prints them: ok, 7, {ok,10}, {error,instance},
 * [a,b]; timeout is what a client says itself when none comes.
 */
#ifndef SERVE_LIB_H
#define SERVE_LIB_H

#include <stdbool.h>
#include <sys/types.h>

#include "supworker.h"

/* One connection. */
struct client;

struct server {
	void (*request)(struct client *c, char *line);
	/* What comes into the mailbox; NULL: of no interest. */
	void (*message)(const struct sup_message *m);
	/* It has hung up; NULL: of no interest. */
	void (*gone)(struct client *c);
};

/* Serves on the socket, until the process ends. */
__attribute__((noreturn)) void
serve(const char *path, const struct server *server);

/* The process at the other end. */
pid_t
client_pid(const struct client *c);

/* Sends a line, now or later; one that the client does not take is lost. */
__attribute__((format(printf, 2, 3))) void
answer(struct client *c, const char *format, ...);

/* sup_receive(), which ends the process when its supervisor, or supd's end,
   wants that.  Is there a message? */
bool
receive(struct sup_message *m, int timeout);

/* The client function of a server that lives in another child: sends text to
   it, and waits for the message that answers it, a second at most. */
bool
call(const char *child, const char *text, struct sup_message *ret);

/* Msg + n, where the text is to be an integer: else ends with badarith. */
long long
add(const char *text, int n);

/* Says what the library has failed of, and ends. */
__attribute__((noreturn)) void
die(const char *reason);

#endif
