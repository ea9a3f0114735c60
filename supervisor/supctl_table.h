/* SPDX-License-Identifier: MIT */
/*
 * supctl_table.h - rows of text in aligned columns.
 *
 * Cells are added one after the other, row by row.  A column that is empty but
 * for its title is left out; nothing is padded behind the last one.
 */
#ifndef SUPCTL_TABLE_H
#define SUPCTL_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#define TABLE_COLUMNS_MAX 10

enum colour { PLAIN, BOLD, GREEN, YELLOW, RED, DIM };

struct cell {
	size_t text; /* offset */
	size_t width;
	enum colour colour;
};

struct table {
	unsigned columns;
	bool has_titles; /* the first row is of titles */
	struct cell *cells;
	size_t count, room;
	char *text;
	size_t length, text_room;
	bool failed; /* no memory */
};

void
table_init(struct table *t, unsigned columns, bool has_titles);

void
table_done(struct table *t);

void
table_add(struct table *t, const char *text, enum colour colour);

/* false: no memory, or it could not be written. */
bool
table_print(const struct table *t, FILE *to, bool in_colour);

/* Columns that UTF-8 text takes on a terminal, each character one. */
size_t
table_width(const char *text);

#endif
