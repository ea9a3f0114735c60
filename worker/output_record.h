/* SPDX-License-Identifier: MIT */
/*
 * output_record.h - what a program with exactly-once output has saved: struct
 * output_record, its state, the text.
 *
 * Bytes 0 to done of the text had arrived when the record was saved.  What has
 * arrived since, `sink` and `position` tell.
 */
#ifndef OUTPUT_RECORD_H
#define OUTPUT_RECORD_H

#include <stdint.h>

#define OUTPUT_MAGIC "SUPOUT1\n"

enum output_sink {
	OUTPUT_SETTLED, /* none of the rest has been written since */
	OUTPUT_FILE,    /* the rest is for a regular file, from position on */
	OUTPUT_COUNT,   /* the writer had written position bytes, to anything,
			   before it wrote the rest */
	OUTPUT_UNKNOWN, /* nobody can tell */
};

struct output_record {
	char magic[8];
	uint64_t sink;
	uint64_t position;
	union {
		uint64_t inode; /* OUTPUT_FILE */
		uint64_t image; /* OUTPUT_COUNT: reexec.h */
	};
	uint64_t lineage;     /* OUTPUT_COUNT: whose count it is */
	uint64_t incarnation; /* and here */
	uint64_t done;
	uint64_t text_size;
	uint64_t state_size;
};

_Static_assert(sizeof(struct output_record) == 72, "no padding");

#endif
