/* SPDX-License-Identifier: MIT */
/*
 * checkpoint.h - what the library itself must know of an open checkpoint.
 */
#ifndef CHECKPOINT_H
#define CHECKPOINT_H

#include <stddef.h>

struct sup_checkpoint;

const char *
sup_checkpoint_path(const struct sup_checkpoint *c);

size_t
sup_checkpoint_room(const struct sup_checkpoint *c); /* payload_max */

unsigned
sup_checkpoint_flags(const struct sup_checkpoint *c);

#endif
