/* SPDX-License-Identifier: MIT */
/*
 * words.c - a command line in words, by the quoting rules of sh(1).
 */
#include <ctype.h>
#include <string.h>

#include "words.h"

static const char unclosed[] = "a quote is not closed";

/* The letters behind a backslash in $'...', and what they mean. */
static const char escape_letters[] = "ntreabfv\\'\"";
static const char escape_values[] = "\n\t\r\033\a\b\f\v\\'\"";

/* Where a split has come to: the output never overtakes the input. */
struct cursor {
	const char *in;
	char *out;
};

static const char *
take_single(struct cursor *c)
{
	while (*c->in && *c->in != '\'')
		*c->out++ = *c->in++;
	return *c->in++ ? NULL : unclosed;
}

static const char *
take_double(struct cursor *c)
{
	while (*c->in && *c->in != '"') {
		if (*c->in == '\\' && c->in[1] && strchr("\"\\$`", c->in[1]))
			c->in++;
		*c->out++ = *c->in++;
	}
	return *c->in++ ? NULL : unclosed;
}

static int
hex_digit(char c)
{
	static const char digits[] = "0123456789abcdef";
	const char *at = c ? strchr(digits, tolower((unsigned char)c)) : NULL;

	return at ? (int)(at - digits) : -1;
}

static const char *
take_escape(struct cursor *c)
{
	const char *at = *c->in ? strchr(escape_letters, *c->in) : NULL;
	int high, low;

	if (at) {
		*c->out++ = escape_values[at - escape_letters];
		c->in++;
		return NULL;
	}
	high = *c->in == 'x' ? hex_digit(c->in[1]) : -1;
	low = high >= 0 ? hex_digit(c->in[2]) : -1;
	if (low < 0 || high + low == 0)
		return "an escape in $'...' is not known";
	*c->out++ = (char)(high * 16 + low);
	c->in += 3;
	return NULL;
}

static const char *
take_ansi(struct cursor *c)
{
	const char *why = NULL;

	while (!why && *c->in && *c->in != '\'') {
		if (*c->in == '\\') {
			c->in++;
			why = take_escape(c);
		} else {
			*c->out++ = *c->in++;
		}
	}
	if (why)
		return why;
	return *c->in++ ? NULL : unclosed;
}

/* One word, up to white space or the end. */
static const char *
take_word(struct cursor *c)
{
	const char *why = NULL;

	while (!why && *c->in && *c->in != ' ' && *c->in != '\t') {
		char first = *c->in++;

		if (first == '\'') {
			why = take_single(c);
		} else if (first == '"') {
			why = take_double(c);
		} else if (first == '$' && *c->in == '\'') {
			c->in++;
			why = take_ansi(c);
		} else if (first == '\\' && !*c->in) {
			why = "a backslash stands at the end";
		} else {
			*c->out++ = first == '\\' ? *c->in++ : first;
		}
	}
	return why;
}

const char *
words_split(char *text, char **words, size_t max, unsigned *count)
{
	struct cursor c = { .in = text, .out = text };
	unsigned n = 0;

	for (;;) {
		const char *why;
		bool last;

		while (*c.in == ' ' || *c.in == '\t')
			c.in++;
		if (!*c.in)
			break;
		if (n == max)
			return "there are too many words";
		words[n++] = c.out;
		why = take_word(&c);
		if (why)
			return why;
		last = !*c.in;
		*c.out++ = '\0';
		if (last)
			break;
		c.in++;
	}
	words[n] = NULL;
	*count = n;
	return NULL;
}

bool
words_is_quoted(const char *text)
{
	return *text == '\'' || *text == '"' ||
	       (*text == '$' && text[1] == '\'');
}

static bool
is_plain(const char *word)
{
	const char *p = word;

	while (isalnum((unsigned char)*p) || (*p && strchr("_./:=@%+,-", *p)))
		p++;
	return p > word && !*p;
}

static void
quote_ansi(FILE *to, const char *word)
{
	fputs("$'", to);
	for (const char *p = word; *p; p++) {
		const char *at = strchr(escape_values, *p);

		if (at)
			fprintf(to, "\\%c", escape_letters[at - escape_values]);
		else if (iscntrl((unsigned char)*p))
			fprintf(to, "\\x%02x", (unsigned)(unsigned char)*p);
		else
			putc(*p, to);
	}
	putc('\'', to);
}

void
words_quote(FILE *to, const char *word)
{
	const char *p = word;

	while (*p && !iscntrl((unsigned char)*p) && *p != '\'')
		p++;
	if (is_plain(word))
		fputs(word, to);
	else if (!*p)
		fprintf(to, "'%s'", word);
	else
		quote_ansi(to, word);
}
