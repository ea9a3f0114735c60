/* SPDX-License-Identifier: MIT */
/*
 * interface.h - the text of org.supd.Supervisor.varlink, as it was at the
 * build.
 */
#ifndef INTERFACE_H
#define INTERFACE_H

extern const char interface_text[];

#endif
