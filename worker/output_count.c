/* SPDX-License-Identifier: MIT */
/*
 * output_count.c - how many bytes processes have written in their lives.
 */
#include "output_count.h"

#include "reexec.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define IO_SIZE 512 /* /proc/self/io has some 150 bytes */

static bool
get_number(const char *name, int base, uint64_t *value)
{
	const char *text = getenv(name);
	char *end;

	if (!text || !*text)
		return false;
	errno = 0;
	*value = strtoull(text, &end, base);
	return !errno && !*end;
}

/* Those that the main process has made inherit its environment, and are not
   counted apart.  The main process's parent is the keeper. */
static bool
is_main_process(void)
{
	uint64_t keeper;

	return get_number("SUPD_KEEPER", 10, &keeper) &&
	       keeper == (uint64_t)getppid();
}

bool
sup_count_open(struct output_count *c)
{
	uint64_t bytes;

	c->fd = -1;
	if (!is_main_process() ||
	    !get_number("SUPD_LINEAGE", 16, &c->lineage) ||
	    !get_number("SUPD_INCARNATION", 10, &c->incarnation))
		return false;
	c->fd = open("/proc/self/io", O_RDONLY | O_CLOEXEC);
	if (c->fd >= 0 && sup_count_own(c, &bytes) == 0)
		return true;
	sup_count_close(c);
	return false;
}

void
sup_count_close(struct output_count *c)
{
	if (c->fd >= 0)
		close(c->fd);
	c->fd = -1;
}

int
sup_count_own(const struct output_count *c, uint64_t *bytes)
{
	static const char key[] = "\nwchar: ";
	char text[IO_SIZE];
	const char *at;
	ssize_t n;

	do {
		n = pread(c->fd, text, sizeof(text) - 1, 0);
	} while (n < 0 && errno == EINTR);
	if (n < 0)
		return -errno;
	text[n] = '\0';
	at = strstr(text, key);
	if (!at)
		return -ENODATA;
	*bytes = strtoull(at + sizeof(key) - 1, NULL, 10);
	return 0;
}

void
sup_count_hold(sigset_t *before)
{
	static const int dumping[] = { SIGQUIT, SIGILL, SIGTRAP, SIGABRT,
				       SIGBUS,  SIGFPE, SIGSEGV, SIGXCPU,
				       SIGXFSZ, SIGSYS };
	sigset_t set;

	sigemptyset(&set);
	for (size_t i = 0; i < sizeof(dumping) / sizeof(dumping[0]); i++)
		sigaddset(&set, dumping[i]);
	pthread_sigmask(SIG_BLOCK, &set, before);
}

void
sup_count_release(const sigset_t *before)
{
	pthread_sigmask(SIG_SETMASK, before, NULL);
}

int
sup_count_now(uint64_t *bytes)
{
	struct output_count c = { .fd = open("/proc/self/io",
					     O_RDONLY | O_CLOEXEC) };
	int error = c.fd < 0 ? -errno : sup_count_own(&c, bytes);

	sup_count_close(&c);
	return error;
}

/* SUPD_WRITTEN: INCARNATION:BYTES or FIRST-LAST:BYTES, separated by spaces. */
bool
sup_count_of(uint64_t lineage, uint64_t incarnation, uint64_t image,
	     uint64_t *bytes)
{
	const char *at = getenv("SUPD_WRITTEN");
	uint64_t ours;

	if (!at || !get_number("SUPD_LINEAGE", 16, &ours) || ours != lineage)
		return false;
	if (get_number("SUPD_INCARNATION", 10, &ours) && ours == incarnation)
		return is_main_process() && sup_reexec_written(image, bytes);
	while (*at) {
		char *end;
		uint64_t first = strtoull(at, &end, 10), last = first;

		if (*end == '-')
			last = strtoull(end + 1, &end, 10);
		if (*end != ':')
			return false;
		*bytes = strtoull(end + 1, &end, 10);
		if (first <= incarnation && incarnation <= last)
			return true;
		at = end + strspn(end, " ");
	}
	return false;
}
