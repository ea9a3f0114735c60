/* SPDX-License-Identifier: MIT */
/*
 * reader.c - the lines of a configuration file, and the one door to inih.
 */
#include <ini.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "reader.h"

/* Whether the text up to here stands inside of quotes (words.h). */
enum quote { QUOTE_NONE, QUOTE_SINGLE, QUOTE_DOUBLE, QUOTE_ANSI };

struct reader {
	char *next, *end; /* the lines not taken yet */
	unsigned count;   /* lines taken */
	char *ahead;      /* the last one taken, if nobody has used it yet */
	const struct reader_calls *to;
	void *arg;

	/* the logical line that inih is told about */
	unsigned line; /* where it starts */
	size_t indent;
	enum quote quote;
	bool is_section;
	bool is_opened; /* inih has had the section's own line */
	char *key;      /* or the section's name */
	char *value;
};

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t';
}

static char *
skip_blanks(char *p)
{
	while (is_blank(*p))
		p++;
	return p;
}

static void
trim(char *start, char *end)
{
	while (end > start && is_blank(end[-1]))
		end--;
	*end = '\0';
}

static void
complain(struct reader *r, unsigned line, const char *message)
{
	r->to->error(r->arg, line, message);
}

/* How many bytes the character at p has; 0: it is no UTF-8. */
static size_t
character_length(const unsigned char *p)
{
	static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	size_t n = *p < 0x80 ? 1 :
		   *p < 0xc0 ? 0 :
		   *p < 0xe0 ? 2 :
		   *p < 0xf0 ? 3 :
		   *p < 0xf8 ? 4 :
			       0;
	uint32_t value = n > 1 ? *p & (0x7fu >> n) : *p;

	for (size_t i = 1; i < n; i++) {
		if ((p[i] & 0xc0) != 0x80)
			return 0;
		value = value << 6 | (p[i] & 0x3f);
	}
	if (n > 1 && (value < least[n] || value > 0x10ffff ||
		      (value >= 0xd800 && value < 0xe000)))
		return 0;
	return n;
}

static bool
is_text(struct reader *r, const char *line)
{
	const unsigned char *p = (const unsigned char *)line;
	char message[64];

	while (*p) {
		size_t n = character_length(p);

		if (n == 0) {
			complain(r, r->count, "this is not UTF-8 text");
			return false;
		}
		if ((*p < ' ' && *p != '\t') || *p == 0x7f) {
			snprintf(message, sizeof(message),
				 "control character 0x%02x", *p);
			complain(r, r->count, message);
			return false;
		}
		p += n;
	}
	return true;
}

/* Cuts the next line off the file. NULL: no more. */
static char *
cut_line(struct reader *r)
{
	char *line = r->next, *end;

	if (line == r->end)
		return NULL;
	r->count++;
	end = memchr(line, '\n', (size_t)(r->end - line));
	r->next = end ? end + 1 : r->end;
	if (!end)
		end = r->end;
	if (memchr(line, '\0', (size_t)(end - line))) {
		complain(r, r->count, "a NUL byte: this is not a text file");
		r->next = r->end;
		return NULL;
	}
	if (end > line && end[-1] == '\r')
		end--;
	*end = '\0';
	return line;
}

/* The next line that is text, kept until it is used; NULL: no more. */
static char *
look_ahead(struct reader *r)
{
	while (!r->ahead) {
		char *line = cut_line(r);

		if (!line)
			return NULL;
		if (is_text(r, line))
			r->ahead = line;
	}
	return r->ahead;
}

/* The quote that starts at p, if one does. */
static enum quote
quote_at(const char *p, const char *start)
{
	if (*p == '"')
		return QUOTE_DOUBLE;
	if (*p != '\'')
		return QUOTE_NONE;
	return p > start && p[-1] == '$' ? QUOTE_ANSI : QUOTE_SINGLE;
}

static bool
ends_quote(enum quote quote, char c)
{
	return c == (quote == QUOTE_DOUBLE ? '"' : '\'');
}

/* Ends the text at its comment, a ';' behind white space outside of quotes. */
static void
cut_comment(struct reader *r, char *text)
{
	char *p;

	for (p = text; *p; p++) {
		if (*p == '\\' && p[1] && r->quote != QUOTE_SINGLE)
			p++;
		else if (r->quote == QUOTE_NONE && *p == ';' && p > text &&
			 is_blank(p[-1]))
			break;
		else if (r->quote == QUOTE_NONE)
			r->quote = quote_at(p, text);
		else if (ends_quote(r->quote, *p))
			r->quote = QUOTE_NONE;
	}
	trim(text, p);
}

/* Is the line, behind its indentation, nothing to us? */
static bool
is_empty(const struct reader *r, const char *start)
{
	return !*start ||
	       (r->quote == QUOTE_NONE && (*start == ';' || *start == '#'));
}

static bool
looks_like_key(const struct reader *r, char *start)
{
	size_t length = strcspn(start, " \t=");

	return *skip_blanks(start + length) == '=' &&
	       r->to->is_key(start, length);
}

/* Is the line ahead more of this one?  Then it stands further right. */
static bool
continues(struct reader *r, char *start)
{
	if (r->is_section || (size_t)(start - r->ahead) <= r->indent)
		return false;
	if (r->quote == QUOTE_NONE && looks_like_key(r, start)) {
		complain(r, r->count,
			 "a key that is indented continues the "
			 "line before: move it to the left");
		return false;
	}
	return true;
}

/* Appends the lines that continue text: what it gets is never longer than the
   lines were in the file.  False: it is too long. */
static bool
join(struct reader *r, char *text)
{
	char *end = text + strlen(text), *line;

	while ((line = look_ahead(r)) != NULL) {
		char *start = skip_blanks(line);
		size_t length;

		if (!is_empty(r, start)) {
			if (!continues(r, start))
				break;
			cut_comment(r, start);
			length = strlen(start);
			*end++ = ' ';
			memmove(end, start, length + 1);
			end += length;
		}
		r->ahead = NULL;
	}
	if (end - text < LINE_SIZE)
		return true;
	complain(r, r->line, "the line is longer than 65535 bytes");
	return false;
}

/* "[name]" and nothing behind it but a comment. */
static void
parse_section(struct reader *r, char *text)
{
	char *end = strchr(text, ']'), *rest;

	r->key = skip_blanks(text + 1);
	if (!end) {
		complain(r, r->line, "a section must end with ']'");
		return;
	}
	rest = skip_blanks(end + 1);
	if (*rest && *rest != ';' && *rest != '#')
		complain(r, r->line, "there is text behind the section's ']'");
	trim(r->key, end > r->key ? end : r->key);
}

static bool
parse_key(struct reader *r, char *text)
{
	char *equals;

	cut_comment(r, text);
	if (!join(r, text))
		return false;
	equals = strchr(text, '=');
	if (!equals || equals == text) {
		complain(r, r->line, "expected '[section]' or 'key = value'");
		return false;
	}
	r->key = text;
	r->value = skip_blanks(equals + 1);
	trim(text, equals);
	return true;
}

/* Makes the next line that says something; false: the end. */
static bool
read_logical(struct reader *r)
{
	char *line;

	while ((line = look_ahead(r)) != NULL) {
		char *start = skip_blanks(line);

		r->line = r->count;
		r->indent = (size_t)(start - line);
		r->quote = QUOTE_NONE;
		r->ahead = NULL;
		if (is_empty(r, start))
			continue;
		r->is_section = *start == '[';
		r->is_opened = false;
		if (r->is_section)
			parse_section(r, start);
		else if (!parse_key(r, start))
			continue;
		return true;
	}
	return false;
}

/* fgets() for inih: a section, and then a key so that it shows the section
   even if it is empty; or a key. */
static char *
give_line(char *buf, int size, void *stream)
{
	struct reader *r = stream;

	if (r->is_section && !r->is_opened) {
		r->is_opened = true;
		snprintf(buf, (size_t)size, "section = %u\n", r->line);
		return buf;
	}
	if (!read_logical(r))
		return NULL;
	snprintf(buf, (size_t)size, r->is_section ? "[%u]\n" : "key = %u\n",
		 r->line);
	return buf;
}

/* inih brings a line back. */
static int
take_back(void *arg, const char *section, const char *name, const char *value)
{
	struct reader *r = arg;

	(void)section;
	(void)value;
	if (*name == 's')
		r->to->section(r->arg, r->line, r->key);
	else
		r->to->key(r->arg, r->line, r->key, r->value);
	return 1;
}

void
reader_run(char *text, size_t length, const struct reader_calls *to, void *arg)
{
	struct reader r = {
		.next = text,
		.end = text + length,
		.to = to,
		.arg = arg,
	};

	if (length >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0)
		r.next += 3;
	ini_parse_stream(give_line, &r, take_back, &r);
}
