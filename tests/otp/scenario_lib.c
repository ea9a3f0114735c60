/* SPDX-License-Identifier: MIT */
/*
 * scenario_lib.c - reads a scenario file.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "scenario_lib.h"

struct word {
	const char *word;
	int value;
};

static const struct word strategies[] = {
	{ "one_for_one", ONE_FOR_ONE },
	{ "one_for_all", ONE_FOR_ALL },
	{ "rest_for_one", REST_FOR_ONE },
	{ "simple_one_for_one", SIMPLE_ONE_FOR_ONE },
	{ NULL, 0 },
};

static const struct word restarts[] = {
	{ "permanent", PERMANENT },
	{ "transient", TRANSIENT },
	{ "temporary", TEMPORARY },
	{ NULL, 0 },
};

static const struct word auto_shutdowns[] = {
	{ "never", AUTO_NEVER },
	{ "any_significant", AUTO_ANY },
	{ "all_significant", AUTO_ALL },
	{ NULL, 0 },
};

static const struct word answers[] = {
	{ "no", false },
	{ "yes", true },
	{ NULL, 0 },
};

static const struct word readies[] = {
	{ "exec", false },
	{ "notify", true },
	{ NULL, 0 },
};

/* -1: none of them */
static int
meaning(const struct word *words, const char *text)
{
	for (; words->word; words++)
		if (strcmp(words->word, text) == 0)
			return words->value;
	return -1;
}

/* -1: not a number */
static int64_t
number(const char *text)
{
	char *end;
	long n = strtol(text, &end, 10);

	return *text && !*end ? n : -1;
}

static bool
set_shutdown(struct child_spec *spec, const char *value)
{
	if (strcmp(value, "infinity") == 0)
		spec->shutdown = SHUTDOWN_INFINITY;
	else if (strcmp(value, "brutal_kill") == 0)
		spec->shutdown = SHUTDOWN_BRUTAL;
	else if (number(value) > 0)
		spec->shutdown = number(value);
	else
		return false;
	return true;
}

static bool
set_number(struct child_spec *spec, const char *key, const char *value)
{
	int64_t n = number(value);

	if (n < 0)
		return false;
	if (strcmp(key, "intensity") == 0)
		spec->intensity = (uint32_t)n;
	else if (strcmp(key, "period") == 0)
		spec->period = n;
	else
		return false;
	return true;
}

static bool
set_word(struct child_spec *spec, const char *key, const char *value)
{
	int n;

	if (strcmp(key, "strategy") == 0) {
		n = meaning(strategies, value);
		spec->strategy = (enum strategy)n;
	} else if (strcmp(key, "restart") == 0) {
		n = meaning(restarts, value);
		spec->restart = (enum restart_type)n;
	} else if (strcmp(key, "auto_shutdown") == 0) {
		n = meaning(auto_shutdowns, value);
		spec->auto_shutdown = (enum auto_shutdown)n;
	} else if (strcmp(key, "significant") == 0) {
		n = meaning(answers, value);
		spec->significant = n > 0;
	} else if (strcmp(key, "ready") == 0) {
		n = meaning(readies, value);
		spec->acknowledges = n > 0;
	} else if (strcmp(key, "shutdown") == 0) {
		return set_shutdown(spec, value);
	} else {
		return set_number(spec, key, value);
	}
	return n >= 0;
}

void
words_split(struct words *ret, const char *line)
{
	char *rest = NULL, *word;

	ret->count = 0;
	snprintf(ret->text, sizeof(ret->text), "%s", line);
	for (word = strtok_r(ret->text, " \t", &rest);
	     word && ret->count < WORDS_MAX;
	     word = strtok_r(NULL, " \t", &rest))
		ret->word[ret->count++] = word;
}

bool
scenario_declare(struct declared *ret, const struct words *words)
{
	struct child_spec *spec = &ret->spec;

	memset(ret, 0, sizeof(*ret));
	spec->is_supervisor = strcmp(words->word[0], "supervisor") == 0;
	spec->type = spec->is_supervisor ? TYPE_SUPERVISOR : TYPE_WORKER;
	spec->shutdown = spec->is_supervisor ? SHUTDOWN_INFINITY : 5;
	spec->autostart = true;
	spec->on_limit = LIMIT_SHUTDOWN;
	spec->intensity = 1;
	spec->period = 5;
	snprintf(spec->id, sizeof(spec->id), "%s", words->word[1]);
	for (unsigned i = 2; i < words->count; i++) {
		const char *value = strchr(words->word[i], '=');
		char key[32];

		if (value)
			value++;
		snprintf(key, sizeof(key), "%.*s",
			 (int)strcspn(words->word[i], "="), words->word[i]);
		if (value && strcmp(key, "in") == 0) {
			snprintf(ret->in, sizeof(ret->in), "%s", value);
		} else if (!value || !set_word(spec, key, value)) {
			fprintf(stderr, "%s: cannot take %s\n", spec->id,
				words->word[i]);
			return false;
		}
	}
	return true;
}

static bool
read_line(struct scenario *s, char *line)
{
	struct words words;

	if (*line == '\0' || *line == '#')
		return true;
	words_split(&words, line);
	if (words.count >= 2 && (strcmp(words.word[0], "supervisor") == 0 ||
				 strcmp(words.word[0], "child") == 0))
		return s->declared_count < DECLARED_MAX &&
		       scenario_declare(&s->declared[s->declared_count++],
					&words);
	if (s->script_count == SCRIPT_MAX)
		return false;
	s->script[s->script_count++] = line;
	return true;
}

static char *
read_file(const char *path)
{
	FILE *file = fopen(path, "r");
	char *text = NULL;
	size_t size = 0;

	if (!file || getdelim(&text, &size, '\0', file) < 0)
		perror(path);
	if (file)
		fclose(file);
	return text;
}

bool
scenario_read(struct scenario *ret, const char *path)
{
	char *rest = NULL, *line;

	memset(ret, 0, sizeof(*ret));
	ret->text = read_file(path);
	if (!ret->text)
		return false;
	for (line = strtok_r(ret->text, "\n", &rest); line;
	     line = strtok_r(NULL, "\n", &rest)) {
		if (!read_line(ret, line)) {
			fprintf(stderr, "%s: cannot take: %s\n", path, line);
			return false;
		}
	}
	return true;
}

void
scenario_done(struct scenario *s)
{
	free(s->text);
	s->text = NULL;
}
