/* SPDX-License-Identifier: MIT */
/*
 * verdict_lib.c - compares what a sink has received with 1, 2, 3, ...
 */
#include "verdict_lib.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SAID_MAX 10  /* lines that are quoted; all are counted */
#define GAP_MAX 1000 /* what is farther ahead is no number */

static void
expect(struct verdict *v, uint64_t number)
{
	v->next = number;
	v->at = 0;
	v->length = (size_t)snprintf(v->line, sizeof(v->line), "%" PRIu64 "\n",
				     number);
}

void
verdict_init(struct verdict *v, const char *name)
{
	*v = (struct verdict){ .name = name, .after = "the start" };
	expect(v, 1);
}

/* A line of digits alone has the number *ret. */
static bool
parse(const char *line, uint64_t *ret)
{
	char *end;

	*ret = strtoull(line, &end, 10);
	return end != line && !*end;
}

/* A piece of a line, and then the whole of it. */
static bool
is_written_anew(const struct verdict *v)
{
	const size_t due = v->length - 1;

	return v->wrong_length > due &&
	       strncmp(v->wrong + v->wrong_length - due, v->line, due) == 0;
}

/* Goes on behind what the line may have been. */
static const char *
classify(struct verdict *v)
{
	uint64_t number;

	v->wrong[v->wrong_length] = '\0';
	if (is_written_anew(v)) {
		v->garbled++;
		expect(v, v->next + 1);
		return "not completed but written anew";
	}
	if (!parse(v->wrong, &number) || number > v->next + GAP_MAX) {
		v->garbled++;
		expect(v, v->next);
		return "garbled";
	}
	if (number < v->next) {
		v->repeated++;
		expect(v, number + 1);
		return "repeated";
	}
	v->skipped++;
	expect(v, number + 1);
	return "something is missing";
}

static void
judge(struct verdict *v)
{
	uint64_t due = v->next;
	const char *what = classify(v);

	if (verdict_errors(v) <= SAID_MAX)
		printf("# %s: after kill %u (%s): got '%s', due was '%" PRIu64
		       "': %s\n",
		       v->name, v->kill, v->after, v->wrong, due, what);
	v->wrong_length = 0;
}

static void
feed_wrong(struct verdict *v, char c)
{
	if (c == '\n')
		judge(v);
	else if (v->wrong_length < sizeof(v->wrong) - 1)
		v->wrong[v->wrong_length++] = c;
}

void
verdict_feed(struct verdict *v, const char *text, size_t length)
{
	for (size_t i = 0; i < length; i++) {
		if (v->wrong_length) {
			feed_wrong(v, text[i]);
		} else if (text[i] != v->line[v->at]) {
			memcpy(v->wrong, v->line, v->at);
			v->wrong_length = v->at;
			feed_wrong(v, text[i]);
		} else if (++v->at == v->length) {
			v->numbers++;
			expect(v, v->next + 1);
		}
	}
}

bool
verdict_is_torn(const struct verdict *v)
{
	return v->at || v->wrong_length;
}

unsigned
verdict_errors(const struct verdict *v)
{
	return v->repeated + v->skipped + v->garbled;
}
