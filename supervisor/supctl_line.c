/* SPDX-License-Identifier: MIT */
/*
 * supctl_line.c - one child in a table:
 *
 *	ID DEPTH STATE PID UPTIME RESTARTS LIMIT STANDBY KIND[ STATUS]
 *	[<tab>REASON[<tab>LINKS]]
 */
#include <stdlib.h>
#include <string.h>

#include "supctl_line.h"

/* Ends the word at *p and goes behind the space that follows it. NULL: there is
   none. */
static const char *
take_word(char **p)
{
	char *word = *p, *end = strchr(word, ' ');

	if (!end || end == word)
		return NULL;
	*end = '\0';
	*p = end + 1;
	return word;
}

static bool
take_number(char **p, int64_t *ret)
{
	const char *word = take_word(p);
	char *end;

	if (!word)
		return false;
	*ret = strtoll(word, &end, 10);
	return *end == '\0';
}

/* What is behind the next tab, which becomes an end; "": there is none. */
static char *
cut_at_tab(char *p)
{
	char *tab = strchr(p, '\t');

	if (!tab)
		return p + strlen(p);
	*tab = '\0';
	return tab + 1;
}

static void
take_rest(char *p, struct line *l)
{
	char *reason = cut_at_tab(p), *space;

	l->links = cut_at_tab(reason);
	l->reason = reason;
	l->status = "";
	space = strchr(p, ' ');
	if (space) {
		*space = '\0';
		l->status = space + 1;
	}
	l->kind = p;
}

bool
line_parse(const char *text, struct line *l)
{
	size_t size = strlen(text) + 1;
	char *p = l->text;

	if (size > sizeof(l->text))
		return false;
	memcpy(p, text, size);
	l->id = take_word(&p);
	if (!l->id || !take_number(&p, &l->depth) ||
	    !(l->state = take_word(&p)) || !take_number(&p, &l->pid) ||
	    !take_number(&p, &l->uptime) || !take_number(&p, &l->restarts) ||
	    !take_number(&p, &l->limit) || !take_number(&p, &l->standby))
		return false;
	take_rest(p, l);
	return *l->kind != '\0';
}
