/* SPDX-License-Identifier: MIT */
/*
 * descriptor.h - the descriptors that supd leaves to its children.
 */
#ifndef DESCRIPTOR_H
#define DESCRIPTOR_H

/* The descriptor that a variable names, closed on execve(2) from now on; -1:
   none. */
int
sup_take_fd(const char *name);

#endif
