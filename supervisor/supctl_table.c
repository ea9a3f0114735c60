/* SPDX-License-Identifier: MIT */
/*
 * supctl_table.c - rows of text in aligned columns.
 */
#include <stdlib.h>
#include <string.h>

#include "supctl_table.h"

static const char *const colours[] = {
	[PLAIN] = "",          [BOLD] = "\033[1m", [GREEN] = "\033[32m",
	[YELLOW] = "\033[33m", [RED] = "\033[31m", [DIM] = "\033[2m",
};

void
table_init(struct table *t, unsigned columns, bool has_titles)
{
	*t = (struct table){ .columns = columns, .has_titles = has_titles };
}

void
table_done(struct table *t)
{
	free(t->cells);
	free(t->text);
	*t = (struct table){ .columns = t->columns };
}

size_t
table_width(const char *text)
{
	size_t width = 0;

	for (; *text; text++)
		width += ((unsigned char)*text & 0xc0) != 0x80;
	return width;
}

/* Room for one more cell with size bytes of text. */
static bool
reserve(struct table *t, size_t size)
{
	size_t room = t->room ? 2 * t->room : 64;
	void *p;

	if (t->count == t->room) {
		p = reallocarray(t->cells, room, sizeof(*t->cells));
		if (!p)
			return false;
		t->cells = p;
		t->room = room;
	}
	if (t->length + size <= t->text_room)
		return true;
	room = 2 * (t->text_room + size);
	p = realloc(t->text, room);
	if (!p)
		return false;
	t->text = p;
	t->text_room = room;
	return true;
}

void
table_add(struct table *t, const char *text, enum colour colour)
{
	size_t size = strlen(text) + 1;

	if (t->failed || !reserve(t, size)) {
		t->failed = true;
		return;
	}
	t->cells[t->count++] = (struct cell){ .text = t->length,
					      .width = table_width(text),
					      .colour = colour };
	memcpy(t->text + t->length, text, size);
	t->length += size;
}

static void
print_cell(const struct table *t, const struct cell *c, FILE *to,
	   bool in_colour)
{
	if (in_colour && c->colour != PLAIN)
		fprintf(to, "%s%s\033[0m", colours[c->colour],
			t->text + c->text);
	else
		fputs(t->text + c->text, to);
}

static void
print_row(const struct table *t, const struct cell *row, const size_t *widths,
	  FILE *to, bool in_colour)
{
	size_t gap = 0;

	for (unsigned i = 0; i < t->columns; i++) {
		if (widths[i] == 0)
			continue;
		if (row[i].width > 0) {
			for (; gap > 0; gap--)
				putc(' ', to);
			print_cell(t, &row[i], to, in_colour);
		}
		gap += widths[i] - row[i].width + 2;
	}
	putc('\n', to);
}

bool
table_print(const struct table *t, FILE *to, bool in_colour)
{
	size_t widths[TABLE_COLUMNS_MAX] = { 0 };
	size_t first = t->has_titles ? t->columns : 0;

	if (t->failed)
		return false;
	for (size_t i = first; i < t->count; i++)
		if (t->cells[i].width > widths[i % t->columns])
			widths[i % t->columns] = t->cells[i].width;
	for (size_t i = 0; i < first; i++)
		if (widths[i] > 0 && t->cells[i].width > widths[i])
			widths[i] = t->cells[i].width;
	for (size_t i = 0; i + t->columns <= t->count; i += t->columns)
		print_row(t, &t->cells[i], widths, to, in_colour);
	return !ferror(to);
}
