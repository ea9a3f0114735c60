/* SPDX-License-Identifier: MIT */
/*
 * sink_lib.h - whatever a worker's standard output can be, with its other end
 * in the test's hands.
 */
#ifndef SINK_LIB_H
#define SINK_LIB_H

#include <stdbool.h>
#include <stdint.h>

#include "verdict_lib.h"

enum sink_kind {
	SINK_FILE,   /* stdout = file:PATH, which supd opens with O_APPEND */
	SINK_APPEND, /* inherited, O_APPEND */
	SINK_OFFSET, /* inherited, without it: all share one offset */
	SINK_FIFO,   /* stdout = file:PATH */
	SINK_PIPE,
	SINK_SOCKET,
	SINK_TERMINAL, /* cooked: each newline gets a carriage return */
	SINK_RAW,      /* a terminal as it is for programs */
	SINK_KINDS
};

struct sink {
	enum sink_kind kind;
	const char *name;
	char path[256]; /* for stdout = file:; "": inherited */
	int theirs;     /* what supd inherits as its standard output */
	int ours;       /* to read from */
};

extern const char *const sink_names[SINK_KINDS];

/* Is one of names, which a NULL ends, a part of its name?  Without names each
   is wanted. */
bool
sink_is_wanted(unsigned kind, char *const *names);

/* 0 or -errno.  Makes its file in dir. */
int
sink_open(struct sink *s, enum sink_kind kind, const char *dir);

bool
sink_is_file(const struct sink *s);

/* Feeds what has arrived since the last call, without waiting; at most `most`
   bytes.  How many that were. */
uint64_t
sink_drain(struct sink *s, struct verdict *v, uint64_t most);

/* The same, until no more comes: what a terminal has taken comes through a
   little later. */
void
sink_drain_rest(struct sink *s, struct verdict *v);

/* A file is right from its first byte on, and not only as it came; other sinks
   are. */
bool
sink_is_right(struct sink *s, const struct verdict *v);

void
sink_close(struct sink *s);

#endif
