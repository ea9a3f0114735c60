/* SPDX-License-Identifier: MIT */
/*
 * checkpoint_lib.c - a checkpoint file in a folder of its own, and ways to
 * harm it.
 */
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#include "checkpoint_lib.h"
#include "cklayout.h"
#include "supworker.h"

char ck_folder[128];
char ck_file[160];
char ck_temporary[192];

int
ck_make_folder(void **state)
{
	const char *tmp = getenv("TMPDIR");

	(void)state;
	snprintf(ck_folder, sizeof(ck_folder), "%s/test_checkpoint.XXXXXX",
		 tmp ? tmp : "/tmp");
	if (!mkdtemp(ck_folder))
		return -1;
	snprintf(ck_file, sizeof(ck_file), "%s/state", ck_folder);
	snprintf(ck_temporary, sizeof(ck_temporary), "%s.new", ck_file);
	return 0;
}

int
ck_remove_folder(void **state)
{
	(void)state;
	unlink(ck_file);
	return rmdir(ck_folder); /* fails if anything else was left there */
}

void
ck_make(unsigned last, unsigned flags)
{
	struct sup_checkpoint *c;

	unlink(ck_file);
	assert_int_equal(sup_checkpoint_open(&c, ck_file, CK_STATE_MAX, flags),
			 0);
	for (unsigned i = 1; i <= last; i++)
		assert_int_equal(sup_checkpoint_save(c, &i, sizeof(i)), 0);
	sup_checkpoint_close(c);
}

void
ck_overwrite(off_t offset, const void *data, size_t n)
{
	int fd = open(ck_file, O_WRONLY);

	assert_true(fd >= 0);
	assert_int_equal(pwrite(fd, data, n, offset), n);
	close(fd);
}

void
ck_flip(off_t offset)
{
	int fd = open(ck_file, O_RDWR);
	unsigned char byte;

	assert_true(fd >= 0);
	assert_int_equal(pread(fd, &byte, 1, offset), 1);
	byte ^= 0x40;
	assert_int_equal(pwrite(fd, &byte, 1, offset), 1);
	close(fd);
}

off_t
ck_slot_of(unsigned state)
{
	return LAYOUT_BLOCK * (1 + (off_t)(state - 1) % LAYOUT_SLOTS);
}

int
ck_resume(char *text, size_t size)
{
	struct sup_checkpoint *c;
	unsigned number = 0;
	int error = sup_checkpoint_open(&c, ck_file, CK_STATE_MAX, 0);

	if (error) {
		snprintf(text, size, "%s", sup_error());
		return error;
	}
	snprintf(text, size, "%s", sup_checkpoint_report(c));
	assert_in_range(sup_checkpoint_load(c, &number, sizeof(number)), 0,
			sizeof(number));
	sup_checkpoint_close(c);
	return (int)number;
}
