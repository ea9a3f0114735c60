/* SPDX-License-Identifier: MIT */
/*
 * ckfile.h - gets hold of a checkpoint file: opened and locked, or made.
 *
 * A new file is made as PATH.new and renamed when it is complete, under a lock
 * on PATH.new: a crash meanwhile leaves no PATH, and two that make it at once
 * cannot both do so.
 */
#ifndef CKFILE_H
#define CKFILE_H

#include <stdbool.h>
#include <stddef.h>

#include "cklayout.h"

enum header_state {
	HEADER_GOOD,
	HEADER_DAMAGED, /* of a file that is as long as it should be: its
			   generations tell whether it is one of ours */
};

/* The header that a file for payload_max has. */
struct layout_header
sup_ckfile_header(size_t payload_max);

/* Opens path, or makes it, and locks it; fd, or -errno with sup_error(). */
int
sup_ckfile_open(const char *path, const struct layout_header *new, bool disk);

/*
 * Judges the header and length of a regular file.  *h is what the file says,
 * or for HEADER_DAMAGED what it should say.  `expected` (or NULL) is what it
 * must be equal to.  An enum header_state, or -errno with sup_error().
 */
int
sup_ckfile_check(int fd, const char *path, const struct layout_header *expected,
		 struct layout_header *h);

/* Makes the disk keep room for all of the file; 0 or -errno. */
int
sup_ckfile_reserve(int fd, const struct layout_header *h);

/* Writes exactly length bytes, with `disk` on to the disk; 0 or -errno. */
int
sup_write_at(int fd, const void *data, size_t length, off_t offset, bool disk);

#endif
