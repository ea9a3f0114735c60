/* SPDX-License-Identifier: MIT */
/*
 * expand.c - ${name} in values: id, instance, state_dir, log_dir, env:VAR.
 */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "expand.h"
#include "spec.h"
#include "words.h"

#define NAME_SIZE 256

struct expansion {
	FILE *to;
	const struct variables *v;
	char last; /* the character written last */
	char *why;
	size_t why_size;
};

/* A "${" that stands for itself stays "$${" in what is expanded again. */
static void
put(struct expansion *e, const char *text)
{
	for (; *text; text++) {
		if (e->v->is_template && *text == '{' && e->last == '$')
			putc('$', e->to);
		putc(*text, e->to);
		e->last = *text;
	}
}

static const char *
environment_variable(struct expansion *e, const char *name)
{
	const char *value = getenv(name);

	if (!value)
		snprintf(e->why, e->why_size,
			 "the environment variable %s is not set", name);
	for (const char *p = value; p && *p; p++) {
		if (iscntrl((unsigned char)*p)) {
			snprintf(e->why, e->why_size,
				 "the environment variable %s has a control "
				 "character",
				 name);
			return NULL;
		}
	}
	return value;
}

/* NULL: why has been said. */
static const char *
variable(struct expansion *e, const char *name)
{
	static char number[16];
	const char *value = NULL;

	if (strncmp(name, "env:", 4) == 0)
		return environment_variable(e, name + 4);
	if (strcmp(name, "id") == 0)
		value = e->v->id;
	if (strcmp(name, "state_dir") == 0)
		value = e->v->state_dir;
	if (strcmp(name, "log_dir") == 0)
		value = e->v->log_dir;
	if (strcmp(name, "instance") == 0 && e->v->instance > 0) {
		snprintf(number, sizeof(number), "%u", e->v->instance);
		value = number;
	}
	if (!value)
		snprintf(e->why, e->why_size,
			 "there is no variable ${%s} here; a '${' of its own "
			 "is written '$${'",
			 name);
	return value;
}

/* text starts with "${". The end of the variable, NULL: why has been said. */
static const char *
put_variable(struct expansion *e, const char *text)
{
	const char *end = strchr(text, '}'), *value;
	size_t length = end ? (size_t)(end - text) - 2 : 0;
	char name[NAME_SIZE];

	if (!end || length >= sizeof(name)) {
		snprintf(e->why, e->why_size,
			 "'${' has no '}'; a '${' of its own is written "
			 "'$${'");
		return NULL;
	}
	memcpy(name, text + 2, length);
	name[length] = '\0';
	if (e->v->is_template &&
	    (strcmp(name, "id") == 0 || strcmp(name, "instance") == 0)) {
		fprintf(e->to, "${%s}", name);
		e->last = '}';
		return end + 1;
	}
	value = variable(e, name);
	if (!value)
		return NULL;
	put(e, value);
	return end + 1;
}

static bool
expand(struct expansion *e, const char *text)
{
	char one[2] = "";

	e->last = '\0';
	while (*text) {
		if (strncmp(text, "$${", 3) == 0) {
			put(e, "${");
			text += 3;
		} else if (strncmp(text, "${", 2) == 0) {
			text = put_variable(e, text);
			if (!text)
				return false;
		} else {
			one[0] = *text++;
			put(e, one);
		}
	}
	return true;
}

/* What word becomes: malloc; NULL: why has been said. */
static char *
expanded(struct expansion *e, const char *word)
{
	FILE *to = e->to;
	char *text = NULL;
	size_t length;
	bool is_good = false;

	e->to = open_memstream(&text, &length);
	if (e->to) {
		is_good = expand(e, word);
		if (fclose(e->to) == 0 && is_good) {
			e->to = to;
			return text;
		}
	}
	e->to = to;
	if (is_good || !text)
		snprintf(e->why, e->why_size, "no memory");
	free(text);
	return NULL;
}

static bool
expand_word(struct expansion *e, const char *word)
{
	char *text;

	if (!strstr(word, "${")) {
		words_quote(e->to, word);
		return true;
	}
	text = expanded(e, word);
	if (!text)
		return false;
	words_quote(e->to, text);
	free(text);
	return true;
}

/* value is cut up. */
static bool
expand_words(struct expansion *e, char *value)
{
	char *words[SPEC_ARGS_MAX + 1];
	unsigned count;
	const char *wrong = words_split(value, words, SPEC_ARGS_MAX, &count);

	if (wrong) {
		snprintf(e->why, e->why_size, "%s", wrong);
		return false;
	}
	for (unsigned i = 0; i < count; i++) {
		if (i > 0)
			putc(' ', e->to);
		if (!expand_word(e, words[i]))
			return false;
	}
	return true;
}

static bool
has_control(const char *text)
{
	while (*text && !iscntrl((unsigned char)*text))
		text++;
	return *text;
}

/* NAME=value: quoted only where it would be read otherwise without. */
static bool
expand_assignment(struct expansion *e, char *assignment)
{
	char *value = strchr(assignment, '='), *word[2], *text;
	const char *wrong = NULL;
	unsigned count;

	if (!value)
		return expand(e, assignment);
	value++;
	if (words_is_quoted(value))
		wrong = words_split(value, word, 1, &count);
	if (wrong) {
		snprintf(e->why, e->why_size,
			 "the quoted value must end with its quote; write one "
			 "NAME=value to a line");
		return false;
	}
	text = expanded(e, value);
	if (!text)
		return false;
	fprintf(e->to, "%.*s", (int)(value - assignment), assignment);
	if (words_is_quoted(text) || has_control(text))
		words_quote(e->to, text);
	else
		fputs(text, e->to);
	free(text);
	return true;
}

bool
expand_value(FILE *to, enum value_form form, const char *value,
	     const struct variables *v, char *why, size_t why_size)
{
	struct expansion e = {
		.to = to,
		.v = v,
		.why = why,
		.why_size = why_size,
	};
	char *copy = NULL;
	bool is_good = false;

	if (form == FORM_PLAIN)
		return expand(&e, value);
	copy = strdup(value);
	if (!copy)
		snprintf(why, why_size, "no memory");
	else if (form == FORM_WORDS)
		is_good = expand_words(&e, copy);
	else
		is_good = expand_assignment(&e, copy);
	free(copy);
	return is_good;
}
