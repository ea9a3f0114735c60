/* SPDX-License-Identifier: MIT */
/*
 * methods.h - the table of all methods of the control socket, and those that
 * are done at once.
 */
#ifndef METHODS_H
#define METHODS_H

struct method;

/* By its full name; NULL: there is none. */
const struct method *
method_find(const char *name);

#endif
