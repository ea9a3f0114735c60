/* SPDX-License-Identifier: MIT */
/*
 * beatpage.h - the page of $SUPD_BEAT_FD, which a worker beats into and supd
 * reads (supworker(3), WATCHDOG).
 */
#ifndef BEATPAGE_H
#define BEATPAGE_H

#include <stdint.h>

#define BEAT_PAGE_SIZE 4096u
#define BEAT_MAGIC UINT64_C(0x0a54414542505553) /* "SUPBEAT\n" */

struct beat_page {
	uint64_t magic; /* BEAT_MAGIC, by supd */
	int64_t beat;   /* the last beat: ns of CLOCK_MONOTONIC; 0: none */
};

#endif
