/* SPDX-License-Identifier: MIT */
/*
 * environment.h - what a child is told in its environment (supd.ini(5),
 * ENVIRONMENT).
 */
#ifndef ENVIRONMENT_H
#define ENVIRONMENT_H

#include <stddef.h>
#include <stdint.h>

struct spec;
struct supd;

/* SUPD_* and NOTIFY_SOCKET, then the child's own, then supd's; the first of a
   name holds.  NULL: no memory.  Valid until the next call. */
char *const *
environment_build(struct supd *d, uint32_t slot, const struct spec *spec);

/* For a standby that is now the primary: what has changed, as lines
   "NAME=value\n" in buf.  Their length; 0: no room. */
size_t
environment_changes(struct supd *d, uint32_t slot, char *buf, size_t size);

/* getenv(3) in envp. */
char *
environment_get(char *const *envp, const char *name);

/* The child's parsed text.  NULL: no memory.  Valid until the next call. */
const struct spec *
spec_of(struct supd *d, uint32_t node);

#endif
