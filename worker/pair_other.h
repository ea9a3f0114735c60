/* SPDX-License-Identifier: MIT */
/*
 * pair_other.h - what one half of a pair sees of the other: is it alive?
 */
#ifndef PAIR_OTHER_H
#define PAIR_OTHER_H

#include <stdbool.h>

#include "pair_page.h"

/* From now on the other half is the one with this role. */
void
other_is(enum pair_role role);

/* To be called once a period.  Who has missed ten beats is killed; he keeps
   his role until he is gone.  True: was killed. */
bool
other_judge(void);

/* Returns after so many ms, or when the other half is dead, or by a signal. */
void
other_await_death(int ms);

#endif
