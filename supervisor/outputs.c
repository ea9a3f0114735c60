/* SPDX-License-Identifier: MIT */
/*
 * outputs.c - where a child's standard output and error go.
 */
#include "outputs.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "instance.h"
#include "spec.h"

/* A FIFO without a reader must not hold us up; the child gets it blocking. */
static int
open_file(const char *path)
{
	const int flags = O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOCTTY |
			  O_NONBLOCK;
	int fd = open(path, flags, 0640);

	if (fd < 0 && errno == ENOENT && make_parents(path, 0755) == 0)
		fd = open(path, flags, 0640);
	if (fd < 0)
		return -errno;
	fcntl(fd, F_SETFL, O_APPEND);
	return fd;
}

static int
open_one(enum output_kind kind, const char *path, int inherited, int *opened,
	 int *ret)
{
	switch (kind) {
	case OUTPUT_INHERIT:
		*ret = inherited;
		break;
	case OUTPUT_NULL:
		*ret = FD_NULL;
		break;
	case OUTPUT_SAME: /* stderr = same: decided by the caller */
		break;
	case OUTPUT_FILE:
		*opened = open_file(path);
		if (*opened < 0)
			return *opened;
		*ret = *opened;
		break;
	}
	return 0;
}

int
outputs_open(struct outputs *o, const struct spec *spec)
{
	int r;

	o->opened[0] = o->opened[1] = -1;
	r = open_one(spec->out, spec->out_path, STDOUT_FILENO, &o->opened[0],
		     &o->out);
	if (r < 0)
		return r;
	o->err = o->out;
	return open_one(spec->err, spec->err_path, STDERR_FILENO, &o->opened[1],
			&o->err);
}

void
outputs_close(const struct outputs *o)
{
	for (int i = 0; i < 2; i++)
		if (o->opened[i] >= 0)
			close(o->opened[i]);
}
