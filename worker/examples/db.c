/* SPDX-License-Identifier: MIT */
/*
 * db.c - a database server.  What it has said ok to is in a checkpoint, and
 * there for the next process whatever this one dies of.
 *
 *	write KEY ELEMENT	ok or {error,full}
 *	read KEY	{ok,ELEMENT} or {error,instance}
 *	delete KEY	ok
 *	match ELEMENT	[KEY,...]
 *	stop		ok
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "serve_lib.h"

#define ROOM 32768

/* Lines `KEY ELEMENT`, each with its end. */
static char data[ROOM];
static struct sup_checkpoint *checkpoint;

/* Falling back to older data would be to forget what clients were told. */
static void
load(const char *path)
{
	if (sup_checkpoint_open(&checkpoint, path, ROOM, SUP_NO_FALLBACK) < 0 ||
	    sup_checkpoint_load(checkpoint, data, ROOM - 1) < 0)
		die("badcheckpoint");
}

static void
save(void)
{
	if (sup_checkpoint_save(checkpoint, data, strlen(data) + 1) < 0)
		die("badcheckpoint");
}

/* The line of a key; NULL: there is none. */
static char *
find(const char *key)
{
	size_t length = strlen(key);

	for (char *line = data; *line; line = strchr(line, '\n') + 1)
		if (strncmp(line, key, length) == 0 && line[length] == ' ')
			return line;
	return NULL;
}

static void
forget(const char *key)
{
	char *line = find(key), *next;

	if (!line)
		return;
	next = strchr(line, '\n') + 1;
	memmove(line, next, strlen(next) + 1);
}

static void
write_element(struct client *c, const char *key, const char *element)
{
	size_t used;

	if (strlen(data) + strlen(key) + strlen(element) + 3 > ROOM) {
		answer(c, "{error,full}");
		return;
	}
	forget(key);
	used = strlen(data);
	snprintf(data + used, ROOM - used, "%s %s\n", key, element);
	save();
	answer(c, "ok");
}

static void
read_element(struct client *c, const char *key)
{
	const char *line = find(key), *element;

	if (!line) {
		answer(c, "{error,instance}");
		return;
	}
	element = line + strlen(key) + 1;
	answer(c, "{ok,%.*s}", (int)strcspn(element, "\n"), element);
}

static void
match(struct client *c, const char *element)
{
	static char keys[ROOM];
	size_t used = 0, length = strlen(element);

	for (char *line = data; *line; line = strchr(line, '\n') + 1) {
		size_t key = strcspn(line, " ");

		if (strncmp(line + key + 1, element, length) != 0 ||
		    line[key + 1 + length] != '\n')
			continue;
		if (used)
			keys[used++] = ',';
		memcpy(keys + used, line, key);
		used += key;
	}
	answer(c, "[%.*s]", (int)used, keys);
}

static void
request(struct client *c, char *line)
{
	char *verb = strsep(&line, " ");
	char *first = line ? line : verb + strlen(verb);

	if (strcmp(verb, "match") == 0) {
		match(c, first);
	} else if (strcmp(verb, "read") == 0) {
		read_element(c, first);
	} else if (strcmp(verb, "delete") == 0) {
		forget(first);
		save();
		answer(c, "ok");
	} else if (strcmp(verb, "write") == 0 && strchr(first, ' ') > first) {
		strsep(&line, " ");
		write_element(c, first, line);
	} else if (strcmp(verb, "stop") == 0) {
		answer(c, "ok");
		sup_exit("normal");
	} else {
		answer(c, "{error,undef}");
	}
}

int
main(int argc, char **argv)
{
	static const struct server db = { .request = request };

	if (argc != 3) {
		fprintf(stderr, "usage: db SOCKET CHECKPOINT\n");
		return 2;
	}
	load(argv[2]);
	serve(argv[1], &db);
}
