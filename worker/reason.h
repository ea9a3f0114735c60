/* SPDX-License-Identifier: MIT */
/*
 * reason.h - the reasons that a process may give for its end.
 */
#ifndef REASON_H
#define REASON_H

/* 0; -EMSGSIZE: it is too long; -EINVAL: it is empty or has control
   characters. */
int
sup_reason_check(const char *reason);

#endif
