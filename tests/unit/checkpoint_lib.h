/* SPDX-License-Identifier: MIT */
/*
 * checkpoint_lib.h - a checkpoint file in a folder of its own, and ways to
 * harm it.
 */
#ifndef CHECKPOINT_LIB_H
#define CHECKPOINT_LIB_H

#include <stddef.h>
#include <sys/types.h>

#define CK_STATE_MAX 100 /* payload_max of ck_make() and ck_resume() */

extern char ck_folder[128];
extern char ck_file[160];
extern char ck_temporary[192]; /* its name while it is made */

/* Set-up and teardown; the latter fails if more than the file is left. */
int
ck_make_folder(void **state);

int
ck_remove_folder(void **state);

/* A file with the states 1 to last; state i is in slot (i - 1) % 4. */
void
ck_make(unsigned last, unsigned flags);

/* Where that state's slot is. */
off_t
ck_slot_of(unsigned state);

void
ck_overwrite(off_t offset, const void *data, size_t n);

/* Turns over one bit of the byte at offset. */
void
ck_flip(off_t offset);

/* Opens and loads: the state, or -errno; the report or the message in text. */
int
ck_resume(char *text, size_t size);

#endif
