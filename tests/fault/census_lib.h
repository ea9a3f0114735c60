/* SPDX-License-Identifier: MIT */
/*
 * census_lib.h - counts the descendants of this process.
 */
#ifndef CENSUS_LIB_H
#define CENSUS_LIB_H

/* How many are alive: neither dead nor dying. */
unsigned
census(void);

#endif
