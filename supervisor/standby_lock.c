/* SPDX-License-Identifier: MIT */
/*
 * standby_lock.c - supd's side of the page with the primary's lock.
 */
#include "standby_lock.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/futex.h>
#include <stddef.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "lockpage.h"
#include "log.h"
#include "os/state.h"

/* Sealed: whatever the child does, the page is there. */
static int
make_lock_page(void)
{
	int fd = memfd_create("supd-lock", MFD_CLOEXEC | MFD_ALLOW_SEALING);
	int high;

	if (fd < 0)
		return -errno;
	if (ftruncate(fd, LOCK_PAGE_SIZE) < 0 ||
	    fcntl(fd, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL) <
		    0)
		high = -1;
	else
		high = fcntl(fd, F_DUPFD_CLOEXEC, FD_LIMIT);
	close(fd);
	return high < 0 ? -errno : high;
}

int
standby_lock_make(struct child *c)
{
	int fd;

	if (c->lock_fd)
		return 0;
	fd = make_lock_page();
	if (fd < 0)
		return fd;
	c->lock_fd = fd;
	return 0;
}

void
standby_lock_wake(const struct child *c)
{
	struct lock_page *page;

	if (!c->lock_fd)
		return;
	page = mmap(NULL, LOCK_PAGE_SIZE, PROT_READ | PROT_WRITE, MAP_SHARED,
		    c->lock_fd, 0);
	if (page == MAP_FAILED)
		return;
	__atomic_add_fetch(&page->promoted, 1, __ATOMIC_SEQ_CST);
	syscall(SYS_futex, &page->promoted, FUTEX_WAKE, INT32_MAX, NULL, NULL,
		0);
	munmap(page, LOCK_PAGE_SIZE);
}

void
standby_lock_reset(const struct child *c)
{
	const uint32_t not_held = 0;

	if (c->lock_fd && pwrite(c->lock_fd, &not_held, sizeof(not_held),
				 offsetof(struct lock_page, held)) < 0)
		log_warn("lock page: %s", strerror(errno));
}
