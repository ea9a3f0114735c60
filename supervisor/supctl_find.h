/* SPDX-License-Identifier: MIT */
/*
 * supctl_find.h - which control socket is meant: -s, -c, $SUPD_SOCKET, or the
 * only one there is.
 */
#ifndef SUPCTL_FIND_H
#define SUPCTL_FIND_H

#include "supctl.h"

/* Fills s->path, or says why it cannot. */
enum supctl_exit
find_socket(struct supctl *s);

#endif
