/* SPDX-License-Identifier: MIT */
/*
 * test_output_core.c - a core file is no output, though the kernel counts it as
 * written: whoever dies with one in the middle of a text loses nothing of it.
 */
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "checkpoint_lib.h"
#include "output_lib.h"
#include "supworker.h"

#define SIZE 300000 /* more than any sink takes at once */

static void
compose(char *text)
{
	for (unsigned i = 0; i < SIZE; i++)
		text[i] = (char)('a' + i / 1000 % 26);
}

/* A small one, in the checkpoint's folder. */
static int
allow_core_file(void)
{
	struct rlimit limit;
	int fd = open("/proc/self/coredump_filter", O_WRONLY | O_CLOEXEC);

	if (fd < 0 || write(fd, "0", 1) != 1 || chdir(ck_folder) < 0 ||
	    getrlimit(RLIMIT_CORE, &limit) < 0)
		return -1;
	close(fd);
	limit.rlim_cur = limit.rlim_max;
	return setrlimit(RLIMIT_CORE, &limit);
}

static int
write_text(void *unused)
{
	static char text[SIZE];
	struct sup_checkpoint *c;
	struct sup_output *o;
	unsigned state = 0;

	(void)unused;
	if (allow_core_file() < 0 ||
	    sup_checkpoint_open(&c, ck_file, SUP_OUTPUT_ROOM(4, SIZE),
				SUP_NO_FALLBACK) ||
	    sup_output_open(&o, c, out_fd) ||
	    sup_output_load(o, &state, sizeof(state)) < 0)
		return 2;
	compose(text);
	if (!state++ && sup_output_write(o, text, SIZE, &state, sizeof(state)))
		return 3;
	sup_output_close(o);
	sup_checkpoint_close(c);
	return 0;
}

/* Elsewhere it would stay, or somebody else would be told of it. */
static bool
core_comes_here(void)
{
	char pattern[128] = "";
	FILE *f = fopen("/proc/sys/kernel/core_pattern", "re");

	if (!f)
		return false;
	if (!fgets(pattern, sizeof(pattern), f))
		pattern[0] = '\0';
	fclose(f);
	return strncmp(pattern, "core", 4) == 0 && !strchr(pattern, '/');
}

static void
remove_core_file(int pid)
{
	char path[200];

	snprintf(path, sizeof(path), "%s/core", ck_folder);
	unlink(path);
	snprintf(path, sizeof(path), "%s/core.%d", ck_folder, pid);
	unlink(path);
}

static void
it_is_not_taken_for_text(void **unused)
{
	static char text[SIZE];

	(void)unused;
	if (!out_has_counts() || !core_comes_here())
		skip();
	compose(text);
	for (enum out_kind kind = OUT_PIPE; kind < OUT_KINDS; kind++) {
		pid_t pid;
		size_t size;
		char *all;
		int status;

		out_begin(kind);
		pid = out_start(write_text, NULL, 0);
		out_wait_asleep(pid);
		kill(pid, SIGABRT);
		out_read();
		status = out_end(pid);
		remove_core_file(pid);
		assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT);
		assert_int_equal(out_end(out_start(write_text, NULL, 0)), 0);
		all = out_finish(&size);
		if (size != SIZE || memcmp(all, text, SIZE) != 0)
			fail_msg("%s: %zu bytes, not %d, or wrong ones",
				 out_names[kind], size, SIZE);
		free(all);
		if (!WCOREDUMP(status))
			skip(); /* no room, or not permitted */
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(it_is_not_taken_for_text,
						ck_make_folder,
						ck_remove_folder),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
