/* SPDX-License-Identifier: MIT */
/*
 * supctl_errors.h - what the errors of the control socket mean to a person and
 * to a script.
 */
#ifndef SUPCTL_ERRORS_H
#define SUPCTL_ERRORS_H

#include "supctl.h"

/* Says the error of s->message (with -j: prints it, too); its exit code. */
enum supctl_exit
errors_explain(const struct supctl *s, const char *error);

#endif
