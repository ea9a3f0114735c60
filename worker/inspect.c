/* SPDX-License-Identifier: MIT */
/*
 * inspect.c - prints what is in a checkpoint file.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ckfile.h"
#include "generations.h"
#include "cklayout.h"
#include "message.h"
#include "supworker.h"

#define SHOWN 16 /* bytes of a payload */

static const char *const state_names[] = {
	[GENERATION_EMPTY] = "empty",     [GENERATION_UNREAD] = "unread",
	[GENERATION_VALID] = "valid",     [GENERATION_DAMAGED] = "damaged",
	[GENERATION_REFUSED] = "refused",
};

static void
print_generation(int fd, const struct layout_header *h,
		 const struct generation *g, FILE *out)
{
	unsigned char data[SHOWN];
	size_t n = g->head.length < SHOWN ? g->head.length : SHOWN;

	fprintf(out, "slot=%u state=%s", g->slot, state_names[g->state]);
	if (g->state == GENERATION_VALID)
		fprintf(out, " generation=%llu length=%llu",
			(unsigned long long)g->head.sequence,
			(unsigned long long)g->head.length);
	if (g->state == GENERATION_VALID &&
	    sup_read_at(fd, data, n,
			layout_offset(h, g->slot) + (off_t)sizeof(g->head))) {
		fputs(" data=", out);
		for (size_t i = 0; i < n; i++)
			fprintf(out, "%02x", data[i]);
		if (n < g->head.length)
			fputs("...", out);
	}
	fputc('\n', out);
}

static int
print_file(int fd, const char *path, FILE *out)
{
	struct layout_progress now;
	struct layout_header h;
	struct generations g;
	int error = sup_ckfile_check(fd, path, NULL, &h);

	if (error < 0)
		return error;
	if (!sup_read_at(fd, &now, sizeof(now), LAYOUT_PROGRESS_OFFSET))
		return sup_fail_errno(EIO, path, "cannot be read");
	sup_generations_read(fd, &h, &g);
	for (unsigned i = 0; i < LAYOUT_SLOTS; i++)
		sup_generation_check(fd, &h, &g.list[i], NULL);
	fprintf(out,
		"format=%u payload_max=%llu slots=%u owner=%u "
		"attempts=%u used=%s\n",
		h.version, (unsigned long long)h.payload_max, h.slots,
		now.owner, now.attempts, now.used ? "yes" : "no");
	for (unsigned i = 0; i < LAYOUT_SLOTS; i++)
		print_generation(fd, &h, &g.list[i], out);
	if (now.used && !sup_generations_count(&g, GENERATION_VALID))
		return sup_fail(EBADMSG, "%s: damaged in every generation",
				path);
	return 0;
}

int
sup_checkpoint_inspect(const char *path, FILE *out)
{
	struct stat st;
	int error;
	int fd;

	fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	if (fd < 0)
		return sup_fail_errno(errno, path, "cannot be opened");
	if (fstat(fd, &st) < 0)
		error = sup_fail_errno(errno, path, "fstat");
	else if (!S_ISREG(st.st_mode))
		error = sup_fail(EBADMSG, "%s: not a regular file", path);
	else
		error = print_file(fd, path, out);
	close(fd);
	return error;
}
