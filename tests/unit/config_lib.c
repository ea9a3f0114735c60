/* SPDX-License-Identifier: MIT */
/*
 * config_lib.c - configurations for tests: written to a folder of their own,
 * loaded, and what was said about them kept.
 */
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "config_lib.h"

struct loaded loaded;

static char folder[4096];

int
folder_make(void **state)
{
	const char *tmp = getenv("TMPDIR");

	(void)state;
	snprintf(folder, sizeof(folder), "%s/config.XXXXXX",
		 tmp ? tmp : "/tmp");
	if (!mkdtemp(folder) || chdir(folder) < 0)
		return -1;
	return 0;
}

static int
remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	return remove(path);
}

void
loaded_forget(void)
{
	config_free(loaded.config);
	free(loaded.said);
	memset(&loaded, 0, sizeof(loaded));
}

int
folder_remove(void **state)
{
	(void)state;
	loaded_forget();
	if (chdir("/") < 0)
		return -1;
	return nftw(folder, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

void
write_bytes(const char *file, const void *bytes, size_t length)
{
	FILE *f;

	/* A file that is emptied and written anew, some file systems write to
	   the disk at once. */
	remove(file);
	f = fopen(file, "w");
	assert_non_null(f);
	assert_int_equal(fwrite(bytes, 1, length, f), length);
	assert_int_equal(fclose(f), 0);
}

void
write_file(const char *file, const char *text)
{
	write_bytes(file, text, strlen(text));
}

static void
say(void *arg, const char *line)
{
	size_t before = strlen(loaded.said), length = strlen(line);
	char *more = realloc(loaded.said, before + length + 2);

	(void)arg;
	assert_non_null(more);
	assert_null(strchr(line, '\n'));
	memcpy(more + before, line, length);
	memcpy(more + before + length, "\n", 2);
	loaded.said = more;
}

void
load_file(const char *file)
{
	struct config_errors errors = { .say = say };

	loaded_forget();
	loaded.said = strdup("\n");
	assert_non_null(loaded.said);
	loaded.config = config_load(file, &errors, &loaded.is_missing);
	loaded.errors = errors.count;
	assert_true(!loaded.config == !!loaded.errors);
}

void
load(const char *text)
{
	write_file("t.ini", text);
	load_file("t.ini");
}

void
load_good(const char *text)
{
	load(text);
	assert_string_equal(loaded.said, "\n");
	assert_non_null(loaded.config);
}

void
load_bad(const char *text, const char *lines)
{
	load(text);
	assert_string_equal(loaded.said + 1, lines);
	assert_null(loaded.config);
}

void
check_line(const char *section, const char *line, const char *said)
{
	char text[512], expected[1024];
	bool is_child = strncmp(section, "child", 5) == 0;

	snprintf(text, sizeof(text), "[%s]\n%s\n%s", section, line,
		 is_child ? "command = x\n" : "");
	snprintf(expected, sizeof(expected), "t.ini:2: %s\n", said);
	load_bad(text, expected);
}

const struct config_node *
node(const char *id)
{
	assert_non_null(loaded.config);
	for (size_t i = 0; i < loaded.config->count; i++) {
		if (strcmp(loaded.config->nodes[i].spec.id, id) == 0)
			return &loaded.config->nodes[i];
	}
	fail_msg("no node '%s'", id);
	return NULL;
}
