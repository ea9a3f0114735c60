/* SPDX-License-Identifier: MIT */
/*
 * beat.c - the worker's heartbeat: one store into a page that the supervisor
 * looks at, or WATCHDOG=1 for one that knows no such page.
 */
#include <errno.h>
#include <limits.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "beatpage.h"
#include "supworker.h"

#define NS_PER_US 1000

/* How this process beats; UNKNOWN in a fork, which is another process. */
enum way { UNKNOWN, NOBODY, PAGE, DATAGRAM };

static _Atomic enum way way;
static struct beat_page *page;
static long limit;           /* us */
static _Atomic int64_t next; /* ns: when the next datagram is due */
static pthread_mutex_t finding = PTHREAD_MUTEX_INITIALIZER;

static int64_t
now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

/* Another thread of the parent may have held the lock. */
static void
forget(void)
{
	pthread_mutex_init(&finding, NULL);
	way = UNKNOWN;
}

/* A decimal number from 1 to max in the environment; 0: there is none. */
static long
number_of(const char *name, long max)
{
	const char *text = getenv(name);
	char *end;
	long n;

	if (!text || *text < '0' || *text > '9')
		return 0;
	errno = 0;
	n = strtol(text, &end, 10);
	return *end || errno || n > max ? 0 : n;
}

/* The descriptor may long be something else's. */
static struct beat_page *
map_page(void)
{
	int fd = (int)number_of("SUPD_BEAT_FD", INT_MAX);
	struct beat_page *p;
	struct stat stat;

	if (!fd || fstat(fd, &stat) < 0 || !S_ISREG(stat.st_mode) ||
	    stat.st_size != BEAT_PAGE_SIZE)
		return NULL;
	p = mmap(NULL, BEAT_PAGE_SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, fd,
		 0);
	if (p == MAP_FAILED)
		return NULL;
	if (p->magic == BEAT_MAGIC)
		return p;
	munmap(p, BEAT_PAGE_SIZE);
	return NULL;
}

static enum way
choose(void)
{
	limit = number_of("WATCHDOG_USEC", LONG_MAX / NS_PER_US);
	if (!limit || (getenv("WATCHDOG_PID") &&
		       number_of("WATCHDOG_PID", INT_MAX) != getpid()))
		return NOBODY;
	if (!page)
		page = map_page();
	return page ? PAGE : DATAGRAM;
}

static enum way
find(void)
{
	static bool is_registered;

	pthread_mutex_lock(&finding);
	if (way == UNKNOWN) {
		if (!is_registered)
			is_registered = pthread_atfork(NULL, NULL, forget) == 0;
		way = choose();
	}
	pthread_mutex_unlock(&finding);
	return way;
}

/* Four times in the limit: who beats at half of it is never late. */
static int
send_beat(int64_t now)
{
	int sent;

	if (now < next)
		return 1;
	sent = sup_notify("WATCHDOG=1");
	if (sent > 0)
		next = now + (int64_t)limit * NS_PER_US / 4;
	return sent;
}

int
sup_beat(void)
{
	enum way by = way == UNKNOWN ? find() : way;
	int64_t now;

	if (by == NOBODY)
		return 0;
	now = now_ns();
	if (by == DATAGRAM)
		return send_beat(now);
	__atomic_store_n(&page->beat, now, __ATOMIC_RELAXED);
	return 1;
}

long
sup_beat_interval(void)
{
	enum way by = way == UNKNOWN ? find() : way;

	return by == NOBODY ? 0 : limit > 1 ? limit / 2 : 1;
}
