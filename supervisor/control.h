/* SPDX-License-Identifier: MIT */
/*
 * control.h - the control socket: Varlink (JSON, NUL-terminated) for supctl
 * and whoever else.  Interface org.supd.Supervisor.
 */
#ifndef CONTROL_H
#define CONTROL_H

struct action;
struct event_record;
struct supd;

/* Makes the listening socket, or goes on with FD_CONTROL of a predecessor, and
   serves it.  0; -errno with a message in err. */
int
control_open(struct supd *d, char *err, unsigned err_size);

/* A DO_REPLY; tokens of clients that are gone are ignored. */
void
control_reply(struct supd *d, const struct action *a);

/* A DO_REPORT: if it is of an end, those who monitor that child are told. */
void
control_ended(struct supd *d, const struct action *a);

/* To those who follow the events. */
void
control_event(struct supd *d, const struct event_record *e);

/* The tree has come up, or any child changed its state: `wait` looks again. */
void
control_changed(struct supd *d);

/* Removes the socket's file at the end. */
void
control_close(struct supd *d);

#endif
