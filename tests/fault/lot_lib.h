/* SPDX-License-Identifier: MIT */
/*
 * lot_lib.h - random numbers that a seed brings back.
 */
#ifndef LOT_LIB_H
#define LOT_LIB_H

#include <stdint.h>

/* 0 to below - 1; *seed goes on. */
uint64_t
lot_draw(uint64_t *seed, uint64_t below);

#endif
