/* SPDX-License-Identifier: MIT */
/*
 * supctl_show.c - children as a person wants to see them.
 */
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "log.h"
#include "supctl_line.h"
#include "supctl_show.h"
#include "supctl_table.h"

#define BRANCH_SIZE 1024

static const struct state_colour {
	const char *state;
	enum colour colour;
} state_colours[] = {
	{ "RUNNING", GREEN },  { "STARTING", YELLOW }, { "STOPPING", YELLOW },
	{ "BACKOFF", YELLOW }, { "FATAL", RED },       { "EXITED", DIM },
	{ "STOPPED", DIM },
};

bool
show_in_colour(void)
{
	const char *no = getenv("NO_COLOR");

	return isatty(STDOUT_FILENO) && !(no && *no);
}

const char *
show_string(const json_t *object, const char *key)
{
	const char *value = json_string_value(json_object_get(object, key));

	return value ? value : "";
}

int64_t
show_int(const json_t *object, const char *key)
{
	return json_integer_value(json_object_get(object, key));
}

char *
show_duration(int64_t ms, char buf[24])
{
	int64_t s = ms / 1000, m = s / 60, h = m / 60, d = h / 24;

	if (s < 1)
		snprintf(buf, 24, "%" PRId64 "ms", ms < 0 ? 0 : ms);
	else if (m < 1)
		snprintf(buf, 24, "%" PRId64 "s", s);
	else if (h < 1)
		snprintf(buf, 24, "%" PRId64 "m%02ds", m, (int)(s % 60));
	else if (d < 1)
		snprintf(buf, 24, "%" PRId64 "h%02dm", h, (int)(m % 60));
	else
		snprintf(buf, 24, "%" PRId64 "d%02dh", d, (int)(h % 24));
	return buf;
}

void
show_titles(struct table *t)
{
	static const char *const titles[SHOW_COLUMNS] = {
		"ID",       "STATE",       "PID",    "UPTIME",
		"RESTARTS", "LAST REASON", "STATUS",
	};

	for (size_t i = 0; i < SHOW_COLUMNS; i++)
		table_add(t, titles[i], BOLD);
}

static enum colour
colour_of(const char *state)
{
	for (size_t i = 0; i < sizeof(state_colours) / sizeof(*state_colours);
	     i++)
		if (strcmp(state_colours[i].state, state) == 0)
			return state_colours[i].colour;
	return PLAIN;
}

__attribute__((format(printf, 3, 4))) static void
add_words(char *text, size_t size, const char *format, ...)
{
	size_t n = strlen(text);
	va_list args;

	if (n > 0 && n + 2 < size)
		n += (size_t)snprintf(text + n, size - n, "; ");
	va_start(args, format);
	vsnprintf(text + n, size - n, format, args);
	va_end(args);
}

/* What it says of itself; of one that says nothing, what it is. */
static void
add_note(struct table *t, const struct line *child)
{
	const char *kind = child->kind;
	char text[512];

	log_escape(text, sizeof(text), child->status);
	if (child->standby)
		add_words(text, sizeof(text), "standby %" PRId64,
			  child->standby);
	if (*child->links)
		add_words(text, sizeof(text), "linked to %s", child->links);
	if (*text)
		table_add(t, text, PLAIN);
	else
		table_add(t, strcmp(kind, "worker") == 0 ? "" : kind, DIM);
}

static void
add_number(struct table *t, int64_t number, bool is_there)
{
	char text[24];

	snprintf(text, sizeof(text), "%" PRId64, number);
	table_add(t, is_there ? text : "-", PLAIN);
}

void
show_child(struct table *t, const struct line *child, const char *branch)
{
	char text[BRANCH_SIZE + 64];

	snprintf(text, sizeof(text), "%s%s", branch, child->id);
	table_add(t, text, PLAIN);
	table_add(t, child->state, colour_of(child->state));
	add_number(t, child->pid, child->pid != 0);
	show_duration(child->uptime, text);
	table_add(t, child->uptime < 0 ? "-" : text, PLAIN);
	snprintf(text, sizeof(text), "%" PRId64 "/%" PRId64, child->restarts,
		 child->limit);
	table_add(t, text, PLAIN);
	log_escape(text, sizeof(text), child->reason);
	table_add(t, *text ? text : "-", PLAIN);
	add_note(t, child);
}

#define DEPTH_MAX 256 /* deeper ones are drawn at this depth */

static size_t
depth_of(const struct line *child)
{
	return child->depth < 0          ? 0 :
	       child->depth >= DEPTH_MAX ? DEPTH_MAX - 1 :
					   (size_t)child->depth;
}

static bool
get_line(const json_t *lines, size_t i, struct line *ret)
{
	const char *text = json_string_value(json_array_get(lines, i));

	return text && line_parse(text, ret);
}

/* For each child: is it the last below its supervisor?  From the end: has one
   been seen on this level since the last one of a level above? */
static bool
find_last(const json_t *lines, bool *is_last)
{
	bool has_later[DEPTH_MAX + 1] = { false };
	struct line child;
	size_t deepest = 0;

	for (size_t i = json_array_size(lines); i-- > 0;) {
		size_t depth;

		if (!get_line(lines, i, &child))
			return false;
		depth = depth_of(&child);
		is_last[i] = !has_later[depth];
		has_later[depth] = true;
		for (; deepest > depth; deepest--)
			has_later[deepest] = false;
		deepest = depth;
	}
	return true;
}

static void
append(char *branch, const char *what)
{
	size_t length = strlen(branch), more = strlen(what);

	if (length + more < BRANCH_SIZE)
		memcpy(branch + length, what, more + 1);
}

/* The stem: of each level above, a line where more follows on it. */
static void
draw_branch(char *branch, const bool *open, size_t depth, bool is_last,
	    bool ascii)
{
	branch[0] = '\0';
	for (size_t i = 1; i < depth; i++)
		append(branch, !open[i] ? "   " : ascii ? "|  " : "│  ");
	if (ascii)
		append(branch, is_last ? "`- " : "|- ");
	else
		append(branch, is_last ? "└─ " : "├─ ");
}

static void
draw_tree(struct table *t, const json_t *lines, const bool *is_last, bool ascii)
{
	bool open[DEPTH_MAX] = { false };
	char branch[BRANCH_SIZE];
	struct line child;

	for (size_t i = 0; get_line(lines, i, &child); i++) {
		size_t depth = depth_of(&child);

		if (depth == 0)
			continue;
		open[depth] = !is_last[i];
		draw_branch(branch, open, depth, is_last[i], ascii);
		show_child(t, &child, branch);
	}
}

bool
show_tree(struct table *t, const json_t *lines, bool ascii)
{
	bool *is_last = calloc(json_array_size(lines) + 1, sizeof(bool));
	bool are_lines = true;

	if (!is_last)
		t->failed = true;
	else if ((are_lines = find_last(lines, is_last)))
		draw_tree(t, lines, is_last, ascii);
	free(is_last);
	return are_lines;
}
