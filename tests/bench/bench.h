/* SPDX-License-Identifier: MIT */
/*
 * bench.h - what a measured child writes to its file as soon as it runs.
 */
#ifndef BENCH_H
#define BENCH_H

#include <stdint.h>

struct record {
	int64_t began; /* ns of CLOCK_MONOTONIC at its first instruction */
	int64_t pid;
};

#endif
