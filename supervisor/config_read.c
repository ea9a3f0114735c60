/* SPDX-License-Identifier: MIT */
/*
 * config_read.c - the files of a configuration, as a list of sections with
 * their keys as they stand there.
 */
#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "arena.h"
#include "config_read.h"
#include "config_sections.h"
#include "expand.h"
#include "reader.h"

#define FILE_MAX (16u << 20)
#define DEPTH_MAX 16
#define WHY_SIZE 256

/* A file that is being read, and the one that includes it. */
struct open_file {
	struct open_file *parent;
	const char *path;
	unsigned order, depth;
	dev_t dev;
	ino_t ino;
	unsigned supd_line; /* of its [supd]; 0: not seen */
	bool has_section;
};

static void
read_file(struct config_files *f, const char *path, const struct place *from);

static struct place
here(const struct config_files *f, unsigned line)
{
	return (struct place){
		.file = f->file->path,
		.order = f->file->order,
		.line = line,
	};
}

static void
on_error(void *arg, unsigned line, const char *message)
{
	struct config_files *f = arg;
	struct place at = here(f, line);

	report_error(f->report, &at, "%s", message);
}

static void
on_section(void *arg, unsigned line, char *name)
{
	struct config_files *f = arg;
	struct place at = here(f, line);

	section_open(f, &at, name, &f->file->supd_line);
	f->file->has_section = true;
}

/* Directories that are not there match nothing; others that cannot be read are
   errors. */
static int
is_glob_error(const char *path, int error)
{
	(void)path;
	return error != ENOENT && error != ENOTDIR;
}

/* value as seen from the directory of the file it stands in, whose name is no
   pattern. */
static const char *
beside_file(struct config_files *f, const char *value)
{
	const char *path = f->file->path, *slash = strrchr(path, '/');
	char *pattern, *end;

	if (*value == '/' || !slash)
		return value;
	pattern = end = arena_alloc(f->arena, (size_t)(slash - path) * 2 +
						      strlen(value) + 2);
	for (; path <= slash; path++) {
		if (strchr("*?[\\", *path))
			*end++ = '\\';
		*end++ = *path;
	}
	memcpy(end, value, strlen(value) + 1);
	return pattern;
}

/* Reads the files that match, in the order of their names. */
static void
include(struct config_files *f, const struct place *at, const char *value)
{
	const struct variables none = { .id = NULL };
	char why[WHY_SIZE] = "no memory", *text = NULL;
	size_t length;
	FILE *to = open_memstream(&text, &length);
	bool is_good = to && expand_value(to, FORM_PLAIN, value, &none, why,
					  sizeof(why));
	glob_t found = { .gl_pathc = 0 };
	const char *pattern;
	int r;

	if (to && fclose(to) != 0)
		is_good = false;
	if (is_good && !*text) {
		is_good = false;
		snprintf(why, sizeof(why), "a file is missing");
	}
	if (!is_good) {
		report_error(f->report, at, "include: %s", why);
		free(text);
		return;
	}
	pattern = beside_file(f, arena_copy(f->arena, text));
	free(text);
	r = glob(pattern, GLOB_NOMAGIC, is_glob_error, &found);
	if (r != 0 && r != GLOB_NOMATCH)
		report_error(f->report, at, "cannot read the directory of %s",
			     pattern);
	for (size_t i = 0; r == 0 && i < found.gl_pathc; i++)
		read_file(f, arena_copy(f->arena, found.gl_pathv[i]), at);
	globfree(&found);
}

static void
on_key(void *arg, unsigned line, char *key, char *value)
{
	struct config_files *f = arg;
	struct config_section *s = f->section;
	struct place at = here(f, line);
	struct config_entry *e;

	if (!f->file->has_section)
		report_error(f->report, &at,
			     "a key stands in front of the first section");
	if (!s)
		return;
	e = arena_alloc(f->arena, sizeof(*e));
	*e = (struct config_entry){ .at = at, .key = key, .value = value };
	*s->end = e;
	s->end = &e->next;
	if (s->kind == IN_SUPD && strcmp(key, "include") == 0)
		include(f, &at, value);
}

static bool
is_key(const char *word, size_t length)
{
	return keys_find(word, length) != NULL;
}

/* All of fd and a NUL, in the arena. -errno; -EFBIG over FILE_MAX. */
static int
slurp(struct arena *a, int fd, char **ret, size_t *ret_length)
{
	size_t size = 4096, length = 0;
	char *text = arena_alloc(a, size), *more;

	for (;;) {
		ssize_t n = read(fd, text + length, size - length - 1);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		if (n == 0)
			break;
		length += (size_t)n;
		if (length > FILE_MAX)
			return -EFBIG;
		if (length + 1 < size)
			continue;
		size *= 4;
		more = arena_alloc(a, size);
		memcpy(more, text, length);
		text = more;
	}
	*ret = text;
	*ret_length = length;
	return 0;
}

static bool
is_being_read(const struct open_file *file)
{
	for (const struct open_file *o = file->parent; o; o = o->parent) {
		if (o->dev == file->dev && o->ino == file->ino)
			return true;
	}
	return false;
}

/* Opens and reads the file as a whole. 0 or -errno. */
static int
load(struct config_files *f, struct open_file *file, char **text,
     size_t *length)
{
	int fd = open(file->path, O_RDONLY | O_CLOEXEC | O_NOCTTY), r = 0;
	struct stat st;

	if (fd < 0) {
		f->is_missing = !file->parent;
		return -errno;
	}
	if (fstat(fd, &st) < 0)
		r = -errno;
	file->dev = st.st_dev;
	file->ino = st.st_ino;
	if (r == 0 && is_being_read(file))
		r = -EDEADLK;
	if (r == 0)
		r = slurp(f->arena, fd, text, length);
	close(fd);
	return r;
}

static const char *
why_not(int error)
{
	if (error == -EDEADLK)
		return "it includes itself";
	if (error == -EMLINK)
		return "files include each other more than 16 deep";
	return strerror(-error);
}

/* from: where it is included; NULL: it is the first. */
static void
read_file(struct config_files *f, const char *path, const struct place *from)
{
	static const struct reader_calls calls = {
		.section = on_section,
		.key = on_key,
		.error = on_error,
		.is_key = is_key,
	};
	struct open_file file = {
		.parent = f->file,
		.path = path,
		.order = ++f->order,
		.depth = f->file ? f->file->depth + 1 : 0,
	};
	struct config_section *section = f->section;
	const struct place whole = { .file = path };
	char *text = NULL;
	size_t length = 0;
	int r = file.depth > DEPTH_MAX ? -EMLINK :
					 load(f, &file, &text, &length);

	if (r < 0 && from)
		report_error(f->report, from, "cannot include %s: %s", path,
			     why_not(r));
	else if (r < 0)
		report_error(f->report, &whole, "%s", why_not(r));
	if (r < 0)
		return;
	f->file = &file;
	f->section = NULL;
	reader_run(text, length, &calls, f);
	f->file = file.parent;
	f->section = section;
}

void
config_read(struct config_files *f, struct arena *arena,
	    struct config_report *report, const char *path)
{
	*f = (struct config_files){
		.arena = arena,
		.report = report,
		.supd.kind = IN_SUPD,
		.supd.id = "root",
		.supd.at = { .file = path, .order = 1 },
	};
	f->supd.end = &f->supd.entries;
	f->end = &f->sections;
	read_file(f, path, NULL);
}
