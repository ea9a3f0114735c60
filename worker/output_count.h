/* SPDX-License-Identifier: MIT */
/*
 * output_count.h - how many bytes processes have written in their lives: this
 * one, and those that were this child of supd before.
 *
 * The kernel counts what write(2) and its kin have written, to whatever it was
 * (wchar in /proc/PID/io); a mapping, sendto(2) and sendmsg(2) do not count.
 * supd reads the count of each dead process and tells its successors.
 */
#ifndef OUTPUT_COUNT_H
#define OUTPUT_COUNT_H

#include <signal.h>
#include <stdbool.h>
#include <stdint.h>

struct output_count {
	int fd; /* /proc/self/io; -1: nobody will know our count */
	uint64_t lineage, incarnation; /* what supd calls this process */
};

/* False if nobody would tell a successor what this process had written: it is
   not a child's main process, or the kernel does not count. */
bool
sup_count_open(struct output_count *c);

void
sup_count_close(struct output_count *c);

/* This process's own; 0 or -errno. */
int
sup_count_own(const struct output_count *c, uint64_t *bytes);

/* The same without a struct output_count. */
int
sup_count_now(uint64_t *bytes);

/*
 * From an intent to the end of its write: signals that may leave a core file
 * wait, since the kernel counts that file as written, too, and nobody could
 * tell how much of the count is text.
 */
void
sup_count_hold(sigset_t *before);

void
sup_count_release(const sigset_t *before);

/* A dead predecessor's, or that of an earlier image of this process
   (reexec.h); false: unknown. */
bool
sup_count_of(uint64_t lineage, uint64_t incarnation, uint64_t image,
	     uint64_t *bytes);

#endif
