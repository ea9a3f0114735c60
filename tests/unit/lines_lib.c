/* SPDX-License-Identifier: MIT */
/*
 * lines_lib.c - writes the lines, and reads them again.
 */
#include "lines_lib.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "checkpoint_lib.h"
#include "output_lib.h"

size_t lines_size;

void
lines_compose(char *line, unsigned number)
{
	memset(line, 'a' + (int)(number % 26), lines_size);
	line[lines_size - 1] = '\n';
}

int
lines_open(struct sup_checkpoint **c, struct sup_output **o, unsigned *state)
{
	if (sup_checkpoint_open(c, ck_file, SUP_OUTPUT_ROOM(4, LINES_MOST),
				SUP_NO_FALLBACK))
		return 2;
	if (sup_output_open(o, *c, out_fd))
		return 3;
	*state = 0;
	return sup_output_load(*o, state, sizeof(*state)) < 0 ? 4 : 0;
}

int
lines_write(void *arg)
{
	static char line[LINES_MOST];
	const unsigned *last = arg;
	struct sup_checkpoint *c;
	struct sup_output *o;
	unsigned state;
	int error = lines_open(&c, &o, &state);

	if (error)
		return error;
	while (state < *last) {
		lines_compose(line, ++state);
		error = sup_output_write(o, line, lines_size, &state,
					 sizeof(state));
		if (error)
			return error > 0 ? 5 : 6;
	}
	sup_output_close(o);
	sup_checkpoint_close(c);
	return 0;
}

void
lines_to_the_end(void)
{
	unsigned last = LINES;

	assert_int_equal(out_end(out_start(lines_write, &last, 0)), 0);
}

void
lines_check(const char *what)
{
	static char line[LINES_MOST];
	size_t size;
	char *all = out_finish(&size);

	for (unsigned i = 1; i <= LINES && i * lines_size <= size; i++) {
		lines_compose(line, i);
		if (memcmp(all + (i - 1) * lines_size, line, lines_size) != 0)
			fail_msg("%s: line %u is wrong", what, i);
	}
	if (size != LINES * lines_size)
		fail_msg("%s: %zu bytes, not %zu", what, size,
			 LINES * lines_size);
	free(all);
}
