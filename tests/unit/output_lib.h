/* SPDX-License-Identifier: MIT */
/*
 * output_lib.h - sinks of each kind, and writers that a test takes the keeper's
 * place for: it reads what the dead have written, and tells their successors.
 */
#ifndef OUTPUT_LIB_H
#define OUTPUT_LIB_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

enum out_kind {
	OUT_FILE,
	OUT_APPEND,
	OUT_PIPE,
	OUT_FIFO,
	OUT_TERMINAL,
	OUT_SOCKET,
	OUT_KINDS
};

extern const char *const out_names[OUT_KINDS];
extern int out_fd; /* writers write here */

/* A new checkpoint path, sink and lineage.  Set-up and teardown of ck_file are
   the caller's. */
void
out_begin(enum out_kind kind);

/* May we know what the dead have written?  The kernel tells root alone; without
   it only files are exact. */
bool
out_has_counts(void);

/* Starts a reader of the sink, which has none before. */
void
out_read(void);

/* The writer (its result is its exit code) as the next incarnation; with
   `stopped`, it waits for its tracer before it begins. */
pid_t
out_start(int (*writer)(void *arg), void *arg, int stopped);

/* Waits for its end, and remembers what it has written; its wait status. */
int
out_end(pid_t pid);

/* Waits until it sleeps in a system call. */
void
out_wait_asleep(pid_t pid);

/* Closes the sink: all that has arrived; to be freed. */
char *
out_finish(size_t *size);

#endif
