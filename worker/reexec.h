/* SPDX-License-Identifier: MIT */
/*
 * reexec.h - the images of a process that starts itself again after a crash:
 * 0, 1, 2, ...
 */
#ifndef REEXEC_H
#define REEXEC_H

#include <stdbool.h>
#include <stdint.h>

/* The number of this one. */
uint64_t
sup_reexec_image(void);

/* How many bytes this process had written (output_count.h) when that image
   ended; false: it has not, or that is no longer known. */
bool
sup_reexec_written(uint64_t image, uint64_t *bytes);

#endif
