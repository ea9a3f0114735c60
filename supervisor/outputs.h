/* SPDX-License-Identifier: MIT */
/*
 * outputs.h - where a child's standard output and error go.
 */
#ifndef OUTPUTS_H
#define OUTPUTS_H

struct spec;

struct outputs {
	int out, err;  /* descriptors of ours for 1 and 2 of the child */
	int opened[2]; /* those that are to be closed again; -1: none */
};

/* Opens what `stdout` and `stderr` name.  0 or -errno; what was opened before an
   error is closed by outputs_close() as well. */
int
outputs_open(struct outputs *o, const struct spec *spec);

void
outputs_close(const struct outputs *o);

#endif
