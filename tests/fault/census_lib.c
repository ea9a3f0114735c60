/* SPDX-License-Identifier: MIT */
/*
 * census_lib.c - counts the descendants of this process.
 */
#include "census_lib.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

#define FOUND_MAX 64
#define PF_EXITING 4u /* of the kernel's flags in /proc/PID/stat */

/* Neither dead nor dying: who dies has no lock and writes no more. */
static bool
is_alive(pid_t pid)
{
	char path[64], text[256], *after, state = 'Z';
	unsigned flags = 0;
	FILE *in;
	size_t n;

	snprintf(path, sizeof(path), "/proc/%d/stat", pid);
	in = fopen(path, "re");
	if (!in)
		return false;
	n = fread(text, 1, sizeof(text) - 1, in);
	fclose(in);
	text[n] = '\0';
	after = strrchr(text, ')');
	return after &&
	       sscanf(after, ") %c %*d %*d %*d %*d %*d %u", &state, &flags) ==
		       2 &&
	       state != 'Z' && state != 'X' && !(flags & PF_EXITING);
}

/* Adds those below pid.  One that gets another parent meanwhile is met twice,
   and entered once. */
static void
collect(pid_t pid, pid_t *found, unsigned *count)
{
	char path[64];
	int child;
	FILE *in;

	snprintf(path, sizeof(path), "/proc/%d/task/%d/children", pid, pid);
	in = fopen(path, "re");
	if (!in)
		return;
	while (fscanf(in, "%d", &child) == 1 && *count < FOUND_MAX) {
		unsigned i = 0;

		while (i < *count && found[i] != child)
			i++;
		found[i] = child;
		*count += i == *count;
		collect(child, found, count);
	}
	fclose(in);
}

unsigned
census(void)
{
	pid_t found[FOUND_MAX];
	unsigned count = 0, alive = 0;

	collect(getpid(), found, &count);
	for (unsigned i = 0; i < count; i++)
		alive += is_alive(found[i]) ? 1 : 0;
	return alive;
}
