/* SPDX-License-Identifier: MIT */
/*
 * written.h - how many bytes a child's processes have written in their lives.
 *
 * A successor asks for the process whose intent it finds saved.  That need not
 * be the last one: any number may have died before they saved anything.  Such
 * deaths are alike, and incarnations in a row with the same count are kept as
 * one, so a crash loop displaces nothing.
 */
#ifndef WRITTEN_H
#define WRITTEN_H

#include <stddef.h>
#include <stdint.h>

struct child;

/* An incarnation has ended.  bytes: UINT64_MAX: unknown. */
void
written_note(struct child *c, uint32_t incarnation, uint64_t bytes);

/* "7:340 8-24:0", newest last; what is unknown is left out.  Cut at size. */
void
written_format(const struct child *c, char *buf, size_t size);

#endif
