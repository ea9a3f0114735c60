/* SPDX-License-Identifier: MIT */
/*
 * standby.c - waits until this process is its child's primary.
 *
 * The primary holds a robust mutex in a page that it shares with its standby
 * (lockpage.h); the standby sleeps on that mutex's word, as the kernel's own
 * waiters do, and on the word that supd raises when it has sent its message.
 * Woken by a dying primary it tells supd, and goes on waiting for the message:
 * supd alone knows whether everything of the primary is gone.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/futex.h>
#include <poll.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "descriptor.h"
#include "lockpage.h"
#include "message.h"
#include "supworker.h"

#define MESSAGE_MAX 8192

/* Is it such a page, and no file that has got the number? */
static bool
is_page(int fd)
{
	struct stat stat;

	return fcntl(fd, F_GET_SEALS) ==
		       (F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL) &&
	       fstat(fd, &stat) == 0 && stat.st_size == LOCK_PAGE_SIZE;
}

/* NULL: no page, so no early word of the primary's end. */
static struct lock_page *
map_page(void)
{
	int fd = sup_take_fd("SUPD_LOCK_FD");
	void *page;

	if (fd < 0 || !is_page(fd))
		return NULL;
	page = mmap(NULL, LOCK_PAGE_SIZE, PROT_READ | PROT_WRITE, MAP_SHARED,
		    fd, 0);
	return page == MAP_FAILED ? NULL : page;
}

/*
 * For as long as this thread lives.  Made anew by each primary: there is one at
 * a time, and the others only look at it.
 */
static void
hold(struct lock_page *page)
{
	pthread_mutexattr_t how;

	if (!page || pthread_mutexattr_init(&how))
		return;
	__atomic_store_n(&page->held, 0, __ATOMIC_SEQ_CST);
	pthread_mutexattr_setrobust(&how, PTHREAD_MUTEX_ROBUST);
	pthread_mutexattr_setpshared(&how, PTHREAD_PROCESS_SHARED);
	if (pthread_mutex_init(&page->lock, &how) == 0 &&
	    pthread_mutex_trylock(&page->lock) == 0) {
		__atomic_store_n(&page->held, 1, __ATOMIC_SEQ_CST);
		syscall(SYS_futex, &page->held, FUTEX_WAKE, INT32_MAX, NULL,
			NULL, 0);
	}
	pthread_mutexattr_destroy(&how);
}

/* Until one of two words is no more what it was.  false: this kernel cannot. */
static bool
sleep_on(uint32_t *a, uint32_t is_a, uint32_t *b, uint32_t is_b)
{
	struct futex_waitv words[2] = {
		{ .uaddr = (uintptr_t)a, .val = is_a, .flags = FUTEX_32 },
		{ .uaddr = (uintptr_t)b, .val = is_b, .flags = FUTEX_32 },
	};

	return syscall(SYS_futex_waitv, words, 2, 0, NULL, 0) >= 0 ||
	       errno == EAGAIN || errno == EINTR;
}

static bool
has_come(int fd)
{
	struct pollfd message = { .fd = fd, .events = POLLIN };

	return poll(&message, 1, 0) != 0;
}

/* Sleeps until the message has come, or the primary is said to die, or that
   cannot be waited for; true in the second case. */
static bool
await_death(struct lock_page *page, int fd)
{
	uint32_t *lock = (uint32_t *)(void *)&page->lock;
	bool can = true;

	while (can) {
		uint32_t promoted =
			__atomic_load_n(&page->promoted, __ATOMIC_SEQ_CST);
		uint32_t held = __atomic_load_n(&page->held, __ATOMIC_SEQ_CST);
		uint32_t word;

		word = __atomic_load_n(lock, __ATOMIC_SEQ_CST);
		if (held && word & FUTEX_OWNER_DIED)
			return true;
		if (has_come(fd))
			return false;
		if (!held) {
			can = sleep_on(&page->promoted, promoted, &page->held,
				       0);
			continue;
		}
		if (!(word & FUTEX_TID_MASK))
			break; /* given back: there is nothing to see */
		if (!(word & FUTEX_WAITERS) &&
		    !__atomic_compare_exchange_n(
			    lock, &word, word | FUTEX_WAITERS, false,
			    __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST))
			continue;
		can = sleep_on(&page->promoted, promoted, lock,
			       word | FUTEX_WAITERS);
	}
	return false;
}

/* Its length; 0: supd has closed its end; or -errno. */
static ssize_t
receive(int fd, char *message)
{
	ssize_t n;

	do
		n = recv(fd, message, MESSAGE_MAX - 1, 0);
	while (n < 0 && errno == EINTR);
	if (n < 0)
		return -errno;
	message[n] = '\0';
	return n;
}

/* The message becomes part of the environment. */
static int
change_environment(char *message)
{
	char *line;

	while ((line = strsep(&message, "\n")) != NULL)
		if (strchr(line, '=') && putenv(line) != 0)
			return sup_fail_errno(errno, line, "putenv");
	unsetenv("SUPD_STANDBY_FD");
	return 0;
}

/* What is done for the first time takes ten times as long as ever after: heap,
   pages of code and data. */
static void
rehearse(char *message)
{
	struct lock_page page = { 0 };

	memset(message, 0, MESSAGE_MAX);
	setenv("SUPD_ROLE", "standby", 1);
	hold(&page);
	if (page.held)
		pthread_mutex_unlock(&page.lock);
}

static int
wait_for_promotion(struct lock_page *page)
{
	static const char dying[] = "dying";
	static char message[MESSAGE_MAX];
	int fd = sup_take_fd("SUPD_STANDBY_FD");
	ssize_t n;

	if (fd < 0)
		return sup_fail(EBADF, "SUPD_STANDBY_FD: no descriptor; is "
				       "this child set to standby = hot?");
	rehearse(message);
	if (page && await_death(page, fd))
		send(fd, dying, sizeof(dying), MSG_NOSIGNAL | MSG_DONTWAIT);
	n = receive(fd, message);
	close(fd);
	if (n < 0)
		return sup_fail_errno((int)-n, "SUPD_STANDBY_FD", "recv");
	if (n == 0)
		return sup_fail(EPIPE, "supd is gone: there is nobody to be a "
				       "standby for");
	return change_environment(message);
}

int
sup_wait_primary(void)
{
	static struct lock_page *page; /* held: this is the primary */
	const char *role = getenv("SUPD_ROLE");
	int error = 0;

	if (page)
		return 0;
	page = map_page();
	if (role && strcmp(role, "standby") == 0)
		error = wait_for_promotion(page);
	if (!error)
		hold(page);
	return error;
}
