/* SPDX-License-Identifier: MIT */
/*
 * suggest.c - what was meant: the name that is nearest, or ours for what
 * supervisord, systemd and others call it.
 */
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "foreign.h"
#include "suggest.h"

#define NAME_SIZE 40

/* Lower case, without '_' and '-': StopSignal, stop-signal and stopsignal are
   the same. False: too long to be one of ours. */
static bool
normalise(char to[NAME_SIZE], const char *name, size_t length)
{
	size_t n = 0;

	for (size_t i = 0; i < length; i++) {
		if (name[i] == '_' || name[i] == '-')
			continue;
		if (n == NAME_SIZE - 1)
			return false;
		to[n++] = (char)tolower((unsigned char)name[i]);
	}
	to[n] = '\0';
	return n > 0;
}

static bool
is_same(const char *a, const char *b)
{
	char x[NAME_SIZE], y[NAME_SIZE];

	return normalise(x, a, strlen(a)) && normalise(y, b, strlen(b)) &&
	       strcmp(x, y) == 0;
}

static unsigned
least(unsigned a, unsigned b)
{
	return a < b ? a : b;
}

/* Edits that make b of a: insertions, deletions, changes, and neighbours that
   change places (optimal string alignment). */
static unsigned
distance(const char *a, const char *b)
{
	unsigned rows[3][NAME_SIZE];
	unsigned *before = rows[0], *above = rows[1], *row = rows[2];
	unsigned n = (unsigned)strlen(b);

	for (unsigned j = 0; j <= n; j++)
		row[j] = j;
	for (unsigned i = 1; a[i - 1]; i++) {
		unsigned *spare = before;

		before = above;
		above = row;
		row = spare;
		row[0] = i;
		for (unsigned j = 1; j <= n; j++) {
			unsigned changed = a[i - 1] != b[j - 1];

			row[j] = least(above[j - 1] + changed,
				       1 + least(above[j], row[j - 1]));
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] &&
			    a[i - 2] == b[j - 1])
				row[j] = least(row[j], before[j - 2] + 1);
		}
	}
	return row[n];
}

/* How far name is from candidate (length bytes); too far is UINT_MAX. */
static unsigned
nearness(const char *name, const char *candidate, size_t length)
{
	char a[NAME_SIZE], b[NAME_SIZE];
	unsigned d;

	if (!normalise(a, name, strlen(name)) ||
	    !normalise(b, candidate, length))
		return ~0u;
	d = distance(a, b);
	return d <= (strlen(a) + 2) / 4 ? d : ~0u;
}

static const struct key *
nearest_key(enum section in, const char *name)
{
	const struct key *best = NULL;
	unsigned best_distance = ~0u;

	for (const struct key *k = keys; k < keys + KEYS; k++) {
		unsigned d = nearness(name, k->name, strlen(k->name));

		/* Its own section's keys come first. */
		d = d == ~0u ? d : d * 2 + !(k->sections & in);
		if (d < best_distance) {
			best_distance = d;
			best = k;
		}
	}
	return best;
}

void
name_sections(unsigned sections, char to[SECTIONS_SIZE])
{
	static const struct {
		enum section section;
		const char *name;
	} all[] = {
		{ IN_SUPD, "[supd]" },
		{ IN_SUPERVISOR, "[supervisor:]" },
		{ IN_CHILD, "[child:]" },
	};
	int n = 0;

	*to = '\0';
	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
		if (sections & all[i].section)
			n += snprintf(to + n, SECTIONS_SIZE - (size_t)n, "%s%s",
				      n ? " or " : "", all[i].name);
	}
}

/* Our word for value, if it is somebody else's; else NULL. */
static const char *
translate_value(const struct key *key, const char *value)
{
	for (const struct foreign_value *f = foreign_values; f->key; f++) {
		if (strcmp(f->key, key->name) == 0 && is_same(f->theirs, value))
			return f->ours;
	}
	return NULL;
}

static void
hint_key(enum section in, const struct key *key, const char *value,
	 char hint[HINT_SIZE])
{
	const char *ours = translate_value(key, value);
	char where[SECTIONS_SIZE];

	name_sections(key->sections, where);
	if (!(key->sections & in))
		snprintf(hint, HINT_SIZE, " (did you mean '%s' in %s?)",
			 key->name, where);
	else if (ours)
		snprintf(hint, HINT_SIZE,
			 " (did you mean '%s'?); its '%.32s' is '%s' here",
			 key->name, value, ours);
	else
		snprintf(hint, HINT_SIZE, " (did you mean '%s'?)", key->name);
}

/* Ours for a name that others use; NULL: nobody does. */
static const char *
translate_key(const char *name)
{
	for (const struct foreign_key *f = foreign_keys; f->theirs; f++) {
		if (is_same(f->theirs, name))
			return f->ours;
	}
	return NULL;
}

void
suggest_key(enum section in, const char *name, const char *value,
	    char hint[HINT_SIZE])
{
	const char *ours = translate_key(name);
	const struct key *key = NULL;

	*hint = '\0';
	for (const struct key *k = keys; k < keys + KEYS && !ours; k++) {
		if (is_same(k->name, name))
			ours = k->name;
	}
	if (ours)
		key = keys_find(ours, strlen(ours));
	else
		key = nearest_key(in, name);
	if (key)
		hint_key(in, key, value, hint);
	else if (ours && keys_is_planned(ours))
		snprintf(hint, HINT_SIZE,
			 " ('%s' here, which is not supported yet)", ours);
	else if (ours)
		snprintf(hint, HINT_SIZE, " (%s)", ours);
}

void
suggest_value(const struct key *key, const char *value, char hint[HINT_SIZE])
{
	const char *ours = translate_value(key, value);
	unsigned best_distance = ~0u;
	size_t length = 0;

	*hint = '\0';
	if (ours) {
		snprintf(hint, HINT_SIZE, " (did you mean '%s'?)", ours);
		return;
	}
	for (const char *p = key->values; *p; p += length ? length : 1) {
		unsigned d;

		length = strspn(p, "abcdefghijklmnopqrstuvwxyz_");
		if (length < 2)
			continue;
		d = nearness(value, p, length);
		if (d < best_distance) {
			best_distance = d;
			snprintf(hint, HINT_SIZE, " (did you mean '%.*s'?)",
				 (int)length, p);
		}
	}
}

static void
hint_section(enum section section, const char *id, char hint[HINT_SIZE])
{
	if (section == IN_SUPD)
		snprintf(hint, HINT_SIZE, " (did you mean [supd]?)");
	else
		snprintf(hint, HINT_SIZE, " (did you mean [%s:%.32s]?)",
			 section == IN_CHILD ? "child" : "supervisor", id);
}

unsigned
suggest_section(const char *name, char hint[HINT_SIZE])
{
	static const struct {
		const char *name;
		enum section section;
	} ours[] = {
		{ "supd", IN_SUPD },
		{ "supervisor", IN_SUPERVISOR },
		{ "child", IN_CHILD },
	};
	size_t length = strcspn(name, ":");
	const char *id = name[length] ? name + length + 1 : "NAME";
	char kind[NAME_SIZE];

	*hint = '\0';
	if (length >= sizeof(kind))
		return 0;
	memcpy(kind, name, length);
	kind[length] = '\0';
	for (const struct foreign_section *f = foreign_sections; f->theirs;
	     f++) {
		if (!is_same(f->theirs, kind))
			continue;
		if (f->section)
			hint_section(f->section, id, hint);
		else
			snprintf(hint, HINT_SIZE, " (%s)", f->instead);
		return f->section;
	}
	for (size_t i = 0; i < sizeof(ours) / sizeof(ours[0]); i++) {
		if (nearness(kind, ours[i].name, strlen(ours[i].name)) != ~0u) {
			hint_section(ours[i].section, id, hint);
			return ours[i].section;
		}
	}
	return 0;
}
