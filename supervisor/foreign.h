/* SPDX-License-Identifier: MIT */
/*
 * foreign.h - what supervisord, systemd, dinit and others call our things.
 *
 * Names are compared without regard to case, '_' and '-' (suggest.c).
 */
#ifndef FOREIGN_H
#define FOREIGN_H

#include "keys.h"

/* The tables end with a NULL. */
struct foreign_key {
	const char *theirs;
	const char *ours; /* a key; or words that explain */
};

struct foreign_value {
	const char *key; /* ours */
	const char *theirs;
	const char *ours;
};

struct foreign_section {
	const char *theirs;
	enum section section; /* 0: none of ours */
	const char *instead;  /* words that explain */
};

extern const struct foreign_key foreign_keys[];
extern const struct foreign_value foreign_values[];
extern const struct foreign_section foreign_sections[];

#endif
