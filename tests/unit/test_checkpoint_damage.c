/* SPDX-License-Identifier: MIT */
/*
 * test_checkpoint_damage.c - checkpoint files that are not what they should
 * be: each gives the newest valid generation with a report, or an error in
 * words that leaves the file as it is; never a crash, never a silent zero.
 */
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <sched.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "ckfile.h"
#include "crc32c.h"
#include "generations.h"
#include "supworker.h"

#define STATE_MAX 100
#define FILE_SIZE ((LAYOUT_SLOTS + 1) * LAYOUT_BLOCK)

static char folder[128];
static char file[160];
static char temporary[192];

static int
make_folder(void **state)
{
	const char *tmp = getenv("TMPDIR");

	(void)state;
	snprintf(folder, sizeof(folder), "%s/test_damage.XXXXXX",
		 tmp ? tmp : "/tmp");
	if (!mkdtemp(folder))
		return -1;
	snprintf(file, sizeof(file), "%s/state", folder);
	snprintf(temporary, sizeof(temporary), "%s.new", file);
	return 0;
}

static int
remove_folder(void **state)
{
	(void)state;
	unlink(file);
	return rmdir(folder); /* fails if anything else was left there */
}

/* A file with the states 1 to last; state i is in slot (i - 1) % 4. */
static void
make_file(unsigned last, unsigned flags)
{
	struct sup_checkpoint *c;

	unlink(file);
	assert_int_equal(sup_checkpoint_open(&c, file, STATE_MAX, flags), 0);
	for (unsigned i = 1; i <= last; i++)
		assert_int_equal(sup_checkpoint_save(c, &i, sizeof(i)), 0);
	sup_checkpoint_close(c);
}

static void
overwrite(off_t offset, const void *data, size_t n)
{
	int fd = open(file, O_WRONLY);

	assert_true(fd >= 0);
	assert_int_equal(pwrite(fd, data, n, offset), n);
	close(fd);
}

static void
flip(off_t offset)
{
	int fd = open(file, O_RDWR);
	unsigned char byte;

	assert_true(fd >= 0);
	assert_int_equal(pread(fd, &byte, 1, offset), 1);
	byte ^= 0x40;
	assert_int_equal(pwrite(fd, &byte, 1, offset), 1);
	close(fd);
}

static off_t
slot_of(unsigned state)
{
	return LAYOUT_BLOCK * (1 + (off_t)(state - 1) % LAYOUT_SLOTS);
}

/* Opens and loads: the state, or -errno; report or message in text. */
static int
resume(char *text, size_t size)
{
	struct sup_checkpoint *c;
	unsigned number = 0;
	int error = sup_checkpoint_open(&c, file, STATE_MAX, 0);

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

/* Nothing was changed by the failed open. */
static void
assert_refused(int want, const char *words)
{
	struct stat before, after;
	char text[512];

	assert_int_equal(stat(file, &before), 0);
	assert_int_equal(resume(text, sizeof(text)), want);
	if (!strstr(text, words))
		fail_msg("'%s' does not say '%s'", text, words);
	assert_int_equal(stat(file, &after), 0);
	assert_int_equal(before.st_size, after.st_size);
	assert_int_equal(before.st_ino, after.st_ino);
	assert_int_equal(before.st_mtim.tv_nsec, after.st_mtim.tv_nsec);
}

static void
a_flipped_bit_anywhere_in_a_slot_costs_one_generation(void **state)
{
	size_t used = sizeof(struct layout_slot) + sizeof(unsigned);
	char text[512];

	(void)state;
	for (size_t i = 0; i < used; i++) {
		int number;

		make_file(7, 0);
		flip(slot_of(7) + (off_t)i);
		number = resume(text, sizeof(text));
		assert_int_equal(number, 6);
		assert_string_equal(text, "1 damaged generation passed over; "
					  "going on from generation 6");
	}
}

static void
damaged_generations_are_overwritten_first(void **state)
{
	struct sup_checkpoint *c;
	unsigned number = 42;
	char text[512];

	(void)state;
	make_file(7, 0);
	flip(slot_of(7));
	flip(slot_of(6) + 30);
	assert_int_equal(sup_checkpoint_open(&c, file, STATE_MAX, 0), 0);
	assert_int_equal(sup_checkpoint_save(c, &number, sizeof(number)), 0);
	sup_checkpoint_close(c);
	assert_int_equal(resume(text, sizeof(text)), 42);
	flip(slot_of(7) + 33);
	assert_int_equal(resume(text, sizeof(text)), 5);
}

static void
no_valid_generation_is_an_error_and_not_zero(void **state)
{
	static const unsigned char zeros[LAYOUT_BLOCK];

	(void)state;
	for (unsigned last = 1; last <= 6; last++) {
		make_file(last, last % 2 ? SUP_DISK : 0);
		for (unsigned i = 1; i <= LAYOUT_SLOTS && i <= last; i++)
			flip(slot_of(i) + 33);
		assert_refused(-EBADMSG, "damaged in every generation");
		for (unsigned i = 1; i <= LAYOUT_SLOTS; i++)
			overwrite(slot_of(i), zeros, sizeof(zeros));
		assert_refused(-EBADMSG, "damaged in every generation");
	}
}

static void
truncated_anywhere_is_an_error(void **state)
{
	static const off_t sizes[] = { 0,    1,    8,     63,
				       64,   79,   4095,  4096,
				       4100, 8192, 20000, FILE_SIZE - 1 };

	(void)state;
	for (unsigned i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		make_file(9, 0);
		assert_int_equal(truncate(file, sizes[i]), 0);
		assert_refused(-EBADMSG, sizes[i] < 64 ? "not a checkpoint "
							 "file" :
							 "truncated");
	}
}

static void
foreign_files_are_refused(void **state)
{
	char text[512];
	char page[LAYOUT_BLOCK];

	(void)state;
	memset(page, 'x', sizeof(page));
	make_file(0, 0);
	for (off_t at = 0; at < FILE_SIZE; at += LAYOUT_BLOCK)
		overwrite(at, page, sizeof(page));
	assert_refused(-EBADMSG, "not a checkpoint file");
	assert_int_equal(truncate(file, 5000), 0);
	assert_refused(-EBADMSG, "not a checkpoint file");
	assert_int_equal(unlink(file), 0);
	assert_int_equal(mkfifo(file, 0600), 0);
	assert_int_equal(resume(text, sizeof(text)), -EBADMSG);
	assert_non_null(strstr(text, "not a regular file"));
	assert_int_equal(unlink(file), 0);
	assert_int_equal(mkdir(file, 0700), 0);
	assert_int_equal(resume(text, sizeof(text)), -EISDIR);
	assert_int_equal(rmdir(file), 0);
}

static void
a_damaged_header_is_restored_if_a_generation_is_valid(void **state)
{
	char text[512];

	(void)state;
	for (off_t i = 0; i < (off_t)sizeof(struct layout_header); i++) {
		make_file(5, 0);
		flip(i);
		assert_int_equal(resume(text, sizeof(text)), 5);
		assert_non_null(strstr(text, "header was damaged"));
		assert_int_equal(resume(text, sizeof(text)), 5);
		assert_string_equal(text, "");
	}
	make_file(0, 0);
	flip(3);
	assert_refused(-EBADMSG, "not a checkpoint file");
}

static void
a_newer_format_and_another_size_are_refused(void **state)
{
	struct layout_header h = sup_ckfile_header(STATE_MAX);
	struct sup_checkpoint *c;

	(void)state;
	make_file(3, 0);
	h.version = LAYOUT_VERSION + 1;
	h.crc = sup_crc32c(0, &h, offsetof(struct layout_header, crc));
	overwrite(0, &h, sizeof(h));
	assert_refused(-EPROTONOSUPPORT, "use a newer one");
	h.version = LAYOUT_VERSION;
	h.payload_max = UINT64_MAX;
	h.crc = sup_crc32c(0, &h, offsetof(struct layout_header, crc));
	overwrite(0, &h, sizeof(h));
	assert_refused(-EBADMSG, "damaged header");
	make_file(3, 0);
	assert_int_equal(sup_checkpoint_open(&c, file, STATE_MAX + 1, 0),
			 -EMSGSIZE);
	assert_non_null(strstr(sup_error(), "up to 100 bytes, not 101"));
}

static void
garbage_in_the_progress_harms_nothing(void **state)
{
	struct layout_progress garbage;
	char text[512];

	(void)state;
	memset(&garbage, 0xee, sizeof(garbage));
	make_file(6, 0);
	overwrite(LAYOUT_PROGRESS_OFFSET, &garbage, sizeof(garbage));
	assert_int_equal(resume(text, sizeof(text)), 6);
	memset(&garbage, 0, sizeof(garbage));
	overwrite(LAYOUT_PROGRESS_OFFSET, &garbage, sizeof(garbage));
	assert_int_equal(resume(text, sizeof(text)), 6);
	assert_string_equal(text, "");
}

static void
random_damage_gives_a_saved_state_or_an_error(void **state)
{
	uint32_t random = 20250117;
	unsigned whole = 0, older = 0, refused = 0;
	char text[512];

	(void)state;
	for (unsigned round = 0; round < 2000; round++) {
		int number;

		make_file(8, 0);
		for (unsigned i = round % 12; i-- > 0;) {
			random = random * 1664525 + 1013904223;
			/* The blocks' first bytes, where something is. */
			flip((off_t)((random >> 28) % 5 * LAYOUT_BLOCK +
				     (random >> 16) % 80));
		}
		number = resume(text, sizeof(text));
		assert_true(number == -EBADMSG || (number >= 5 && number <= 8));
		assert_true(number == 8 || text[0]);
		whole += number == 8;
		older += number > 0 && number < 8;
		refused += number < 0;
	}
	assert_true(whole && older && refused);
}

static void
a_file_without_room_is_not_made(void **state)
{
	struct rlimit before, limit;
	struct sup_checkpoint *c;
	int error;

	(void)state;
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
	limit = before;
	limit.rlim_cur = 8192;
	signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
	error = sup_checkpoint_open(&c, file, STATE_MAX, 0);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
	signal(SIGXFSZ, SIG_DFL);
	assert_int_equal(error, -EFBIG);
	assert_int_equal(access(file, F_OK), -1);
	assert_int_equal(access(temporary, F_OK), -1);
}

static int
put(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY);
	ssize_t n = write(fd, text, strlen(text));

	close(fd);
	return n < 0;
}

/* Its own mounts, for an ordinary user by way of its own users; 0 if so. */
static int
may_mount(void)
{
	unsigned uid = geteuid(), gid = getegid();
	char users[32], groups[32];

	if (!uid)
		return unshare(CLONE_NEWNS);
	snprintf(users, sizeof(users), "0 %u 1", uid);
	snprintf(groups, sizeof(groups), "0 %u 1", gid);
	return unshare(CLONE_NEWUSER | CLONE_NEWNS) ||
	       put("/proc/self/uid_map", users) ||
	       put("/proc/self/setgroups", "deny") ||
	       put("/proc/self/gid_map", groups);
}

/* In a child, so without assertions: 0 as it should be, 1 not, 2 not possible
   here. */
static int
fill_a_small_disk(void)
{
	struct sup_checkpoint *c;

	if (may_mount() ||
	    mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0 ||
	    mount("none", folder, "tmpfs", 0, "size=16k") < 0)
		return 2;
	if (sup_checkpoint_open(&c, file, STATE_MAX, 0) != -ENOSPC ||
	    !strstr(sup_error(), "No space left") || access(file, F_OK) == 0 ||
	    access(temporary, F_OK) == 0)
		return 1;
	if (mount("none", folder, "tmpfs", MS_REMOUNT, "size=32k") < 0)
		return 2;
	if (sup_checkpoint_open(&c, file, STATE_MAX, 0) < 0)
		return 1;
	sup_checkpoint_close(c);
	if (mount("none", folder, "tmpfs", MS_REMOUNT | MS_RDONLY, NULL) < 0)
		return 2;
	return sup_checkpoint_open(&c, file, STATE_MAX, 0) != -EROFS;
}

/* In a child too. */
static int
open_without_the_right(void)
{
	struct sup_checkpoint *c;

	if (chmod(file, 0400) < 0 || chmod(folder, 0755) < 0)
		return 1;
	if (!geteuid() &&
	    (setgroups(0, NULL) < 0 || setgid(65534) < 0 || setuid(65534) < 0))
		return 2;
	return sup_checkpoint_open(&c, file, STATE_MAX, 0) != -EACCES ||
	       !strstr(sup_error(), "Permission denied");
}

static void
in_a_child(int (*f)(void), const char *reason)
{
	int status;
	pid_t pid = fork();

	assert_true(pid >= 0);
	if (pid == 0)
		_exit(f());
	assert_int_equal(waitpid(pid, &status, 0), pid);
	if (WIFEXITED(status) && WEXITSTATUS(status) == 2) {
		print_message("skipped: %s\n", reason);
		skip();
	}
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);
}

static void
a_full_disk_and_a_read_only_one_are_errors(void **state)
{
	(void)state;
	in_a_child(fill_a_small_disk, "may not mount a tmpfs here");
}

static void
a_file_without_permission_is_an_error(void **state)
{
	(void)state;
	make_file(2, 0);
	in_a_child(open_without_the_right, "cannot become another user");
}

static void
a_missing_folder_is_an_error(void **state)
{
	struct sup_checkpoint *c;
	char path[256];

	(void)state;
	snprintf(path, sizeof(path), "%s/none/state", folder);
	assert_int_equal(sup_checkpoint_open(&c, path, 1, 0), -ENOENT);
	assert_non_null(strstr(sup_error(), path));
}

/* What a crash while making it leaves: PATH.new, in whatever state. */
static void
an_unfinished_new_file_is_used_again(void **state)
{
	char text[512];
	int fd = open(temporary, O_WRONLY | O_CREAT, 0600);

	(void)state;
	assert_true(fd >= 0);
	assert_int_equal(write(fd, "half", 4), 4);
	close(fd);
	assert_int_equal(resume(text, sizeof(text)), 0);
	assert_string_equal(text, "");
	assert_int_equal(access(temporary, F_OK), -1);
}

static void
the_inspector_shows_all_generations(void **state)
{
	char *text = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&text, &size);

	(void)state;
	make_file(5, 0);
	flip(slot_of(5) + 32);
	assert_int_equal(sup_checkpoint_inspect(file, out), 0);
	fclose(out);
	assert_non_null(strstr(text, "format=1 payload_max=100 slots=4 "));
	assert_non_null(strstr(text, "slot=0 state=damaged\n"));
	assert_non_null(strstr(text, "slot=3 state=valid generation=4 "
				     "length=4 data=04000000\n"));
	free(text);
	assert_int_equal(sup_checkpoint_inspect("/dev/null", stdout), -EBADMSG);
	assert_int_equal(sup_checkpoint_inspect(temporary, stdout), -ENOENT);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, make_folder, remove_folder)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_flipped_bit_anywhere_in_a_slot_costs_one_generation),
		TEST(damaged_generations_are_overwritten_first),
		TEST(no_valid_generation_is_an_error_and_not_zero),
		TEST(truncated_anywhere_is_an_error),
		TEST(foreign_files_are_refused),
		TEST(a_damaged_header_is_restored_if_a_generation_is_valid),
		TEST(a_newer_format_and_another_size_are_refused),
		TEST(garbage_in_the_progress_harms_nothing),
		TEST(random_damage_gives_a_saved_state_or_an_error),
		TEST(a_file_without_room_is_not_made),
		TEST(a_full_disk_and_a_read_only_one_are_errors),
		TEST(a_file_without_permission_is_an_error),
		TEST(a_missing_folder_is_an_error),
		TEST(an_unfinished_new_file_is_used_again),
		TEST(the_inspector_shows_all_generations),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
