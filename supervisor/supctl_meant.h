/* SPDX-License-Identifier: MIT */
/*
 * supctl_meant.h - which verb was meant: the nearest, or ours for what other
 * tools call it.
 */
#ifndef SUPCTL_MEANT_H
#define SUPCTL_MEANT_H

#include <stddef.h>

/* NULL: no idea. */
const char *
meant_word(const char *name, const char *const *words, size_t count);

#endif
