/* SPDX-License-Identifier: MIT */
/*
 * written.c - how many bytes a child's processes have written in their lives.
 */
#include "written.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "os/state.h"

void
written_note(struct child *c, uint32_t incarnation, uint64_t bytes)
{
	struct written *newest = &c->written[0];

	if (!newest->first || newest->last + 1 != incarnation ||
	    newest->bytes != bytes) {
		memmove(newest + 1, newest,
			(WRITTEN_KEPT - 1) * sizeof(*newest));
		newest->first = incarnation;
		newest->bytes = bytes;
	}
	newest->last = incarnation;
}

void
written_format(const struct child *c, char *buf, size_t size)
{
	const char *space = "";
	size_t at = 0;

	buf[0] = '\0';
	for (unsigned i = WRITTEN_KEPT; i-- > 0 && at < size;) {
		const struct written *w = &c->written[i];

		if (!w->first || w->bytes == UINT64_MAX)
			continue;
		at += (size_t)snprintf(buf + at, size - at, "%s%" PRIu32, space,
				       w->first);
		if (w->last != w->first && at < size)
			at += (size_t)snprintf(buf + at, size - at, "-%" PRIu32,
					       w->last);
		if (at < size)
			at += (size_t)snprintf(buf + at, size - at, ":%" PRIu64,
					       w->bytes);
		space = " ";
	}
}
