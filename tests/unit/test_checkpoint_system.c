/* SPDX-License-Identifier: MIT */
/*
 * test_checkpoint_system.c - what the system may deny a checkpoint: room,
 * permission, a folder, the time to finish a new file; and the inspector.
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

#include "checkpoint_lib.h"
#include "supworker.h"

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
	error = sup_checkpoint_open(&c, ck_file, CK_STATE_MAX, 0);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
	signal(SIGXFSZ, SIG_DFL);
	assert_int_equal(error, -EFBIG);
	assert_int_equal(access(ck_file, F_OK), -1);
	assert_int_equal(access(ck_temporary, F_OK), -1);
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
	    mount("none", ck_folder, "tmpfs", 0, "size=16k") < 0)
		return 2;
	if (sup_checkpoint_open(&c, ck_file, CK_STATE_MAX, 0) != -ENOSPC ||
	    !strstr(sup_error(), "No space left") ||
	    access(ck_file, F_OK) == 0 || access(ck_temporary, F_OK) == 0)
		return 1;
	if (mount("none", ck_folder, "tmpfs", MS_REMOUNT, "size=32k") < 0)
		return 2;
	if (sup_checkpoint_open(&c, ck_file, CK_STATE_MAX, 0) < 0)
		return 1;
	sup_checkpoint_close(c);
	if (mount("none", ck_folder, "tmpfs", MS_REMOUNT | MS_RDONLY, NULL) < 0)
		return 2;
	return sup_checkpoint_open(&c, ck_file, CK_STATE_MAX, 0) != -EROFS;
}

/* In a child too. */
static int
open_without_the_right(void)
{
	struct sup_checkpoint *c;

	if (chmod(ck_file, 0400) < 0 || chmod(ck_folder, 0755) < 0)
		return 1;
	if (!geteuid() &&
	    (setgroups(0, NULL) < 0 || setgid(65534) < 0 || setuid(65534) < 0))
		return 2;
	return sup_checkpoint_open(&c, ck_file, CK_STATE_MAX, 0) != -EACCES ||
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
	ck_make(2, 0);
	in_a_child(open_without_the_right, "cannot become another user");
}

static void
a_missing_folder_is_an_error(void **state)
{
	struct sup_checkpoint *c;
	char path[256];

	(void)state;
	snprintf(path, sizeof(path), "%s/none/state", ck_folder);
	assert_int_equal(sup_checkpoint_open(&c, path, 1, 0), -ENOENT);
	assert_non_null(strstr(sup_error(), path));
}

/* What a crash while making it leaves: PATH.new, in whatever state. */
static void
an_unfinished_new_file_is_used_again(void **state)
{
	char text[512];
	int fd = open(ck_temporary, O_WRONLY | O_CREAT, 0600);

	(void)state;
	assert_true(fd >= 0);
	assert_int_equal(write(fd, "half", 4), 4);
	close(fd);
	assert_int_equal(ck_resume(text, sizeof(text)), 0);
	assert_string_equal(text, "");
	assert_int_equal(access(ck_temporary, F_OK), -1);
}

static void
the_inspector_shows_all_generations(void **state)
{
	char *text = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&text, &size);

	(void)state;
	ck_make(5, 0);
	ck_flip(ck_slot_of(5) + 32);
	assert_int_equal(sup_checkpoint_inspect(ck_file, out), 0);
	fclose(out);
	assert_non_null(strstr(text, "format=1 payload_max=100 slots=4 "));
	assert_non_null(strstr(text, "slot=0 state=damaged\n"));
	assert_non_null(strstr(text, "slot=3 state=valid generation=4 "
				     "length=4 data=04000000\n"));
	free(text);
	assert_int_equal(sup_checkpoint_inspect("/dev/null", stdout), -EBADMSG);
	assert_int_equal(sup_checkpoint_inspect(ck_temporary, stdout), -ENOENT);
}

#define TEST(f) \
	cmocka_unit_test_setup_teardown(f, ck_make_folder, ck_remove_folder)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_file_without_room_is_not_made),
		TEST(a_full_disk_and_a_read_only_one_are_errors),
		TEST(a_file_without_permission_is_an_error),
		TEST(a_missing_folder_is_an_error),
		TEST(an_unfinished_new_file_is_used_again),
		TEST(the_inspector_shows_all_generations),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
