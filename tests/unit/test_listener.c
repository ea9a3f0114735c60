/* SPDX-License-Identifier: MIT */
/*
 * test_listener.c - the control socket's file: rights, stale ones, strangers.
 */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "listener.h"

static char directory[64], path[128], err[256];

static int
make_directory(void **state)
{
	(void)state;
	strcpy(directory, "/tmp/supd-listener.XXXXXX");
	assert_non_null(mkdtemp(directory));
	snprintf(path, sizeof(path), "%s/made/x.sock", directory);
	return 0;
}

static int
remove_directory(void **state)
{
	char made[80];

	(void)state;
	unlink(path);
	snprintf(made, sizeof(made), "%s/made", directory);
	rmdir(made);
	return rmdir(directory);
}

static int
open_it(unsigned mode)
{
	return listener_open(path, mode, (gid_t)-1, err, sizeof(err));
}

static void
it_is_made_with_its_directory_and_mode(void **state)
{
	struct stat st;
	int fd = open_it(0660);

	(void)state;
	assert_true(fd >= 0);
	assert_int_equal(stat(path, &st), 0);
	assert_true(S_ISSOCK(st.st_mode));
	assert_int_equal(st.st_mode & 07777, 0660);
	close(fd);
}

static void
a_stale_one_is_replaced(void **state)
{
	int fd = open_it(0600);

	(void)state;
	close(fd);
	fd = open_it(0600);
	assert_true(fd >= 0);
	close(fd);
}

static void
one_that_is_listened_on_is_not(void **state)
{
	int fd = open_it(0600);

	(void)state;
	assert_int_equal(open_it(0600), -EADDRINUSE);
	assert_non_null(strstr(err, path));
	close(fd);
}

static void
another_kind_of_file_is_not_removed(void **state)
{
	struct stat st;
	int fd;

	(void)state;
	close(open_it(0600));
	assert_int_equal(unlink(path), 0);
	fd = open(path, O_CREAT | O_WRONLY, 0600);
	close(fd);
	assert_int_equal(open_it(0600), -EADDRINUSE);
	assert_int_equal(stat(path, &st), 0);
	assert_true(S_ISREG(st.st_mode));
}

static void
a_long_path_is_an_error(void **state)
{
	char name[200];

	(void)state;
	memset(name, 'x', sizeof(name) - 1);
	name[sizeof(name) - 1] = '\0';
	assert_int_equal(listener_open(name, 0600, (gid_t)-1, err, sizeof(err)),
			 -ENAMETOOLONG);
}

static void
a_group_must_exist(void **state)
{
	gid_t gid = 0;

	(void)state;
	assert_int_equal(listener_group("", &gid), 0);
	assert_true(gid == (gid_t)-1);
	assert_int_equal(listener_group("root", &gid), 0);
	assert_int_equal(gid, 0);
	assert_int_equal(listener_group("no such group", &gid), -EINVAL);
}

#define FILE_TEST(f) \
	cmocka_unit_test_setup_teardown(f, make_directory, remove_directory)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		FILE_TEST(it_is_made_with_its_directory_and_mode),
		FILE_TEST(a_stale_one_is_replaced),
		FILE_TEST(one_that_is_listened_on_is_not),
		FILE_TEST(another_kind_of_file_is_not_removed),
		cmocka_unit_test(a_long_path_is_an_error),
		cmocka_unit_test(a_group_must_exist),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
