/* SPDX-License-Identifier: MIT */
/*
 * version.h - the one place of the version.
 */
#ifndef VERSION_H
#define VERSION_H

#define SUPD_VERSION "0.1.0"

#endif
