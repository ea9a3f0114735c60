/* SPDX-License-Identifier: MIT */
/*
 * output_sink.h - where the text goes, and how much of a text that was begun
 * has arrived there.
 */
#ifndef OUTPUT_SINK_H
#define OUTPUT_SINK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "output_count.h"
#include "output_record.h"

struct sink {
	int fd;
	enum output_sink kind; /* never OUTPUT_SETTLED */
	bool countable;        /* count may be used */
	bool shared;           /* a regular file that others write to, too */
	uint64_t inode;        /* OUTPUT_FILE: of this file ... */
	uint64_t position;     /* ... we are here: its end, as we know it */
	struct output_count count;
};

/* Finds out what fd is, and goes to the end of a regular file.  0 or -errno
   with sup_error(). */
int
sup_sink_open(struct sink *s, int fd);

void
sup_sink_close(struct sink *s);

/* What fd is called in messages. */
const char *
sup_sink_name(const struct sink *s);

/* Notes in r where the rest of its text is about to go.  Nothing may be written
   from here to the write.  0 or -errno with sup_error(). */
int
sup_sink_mark(struct sink *s, struct output_record *r);

/* n bytes have been written.  True, once: others write to the file, too, so
   that the last mark may have been wrong. */
bool
sup_sink_wrote(struct sink *s, size_t n);

/*
 * How much of r's text has arrived, whoever wrote it.  NULL and *arrived; or,
 * if that is unknown, why (*arrived is then what had arrived for certain).
 */
const char *
sup_sink_arrived(const struct sink *s, const struct output_record *r,
		 const char *text, uint64_t *arrived);

#endif
