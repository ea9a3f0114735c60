/* SPDX-License-Identifier: MIT */
/*
 * state.c - makes the memory and the descriptors that outlive every supervisor.
 */
#include "state.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

#include "../core/heap.h"
#include "../core/journal.h"
#include "../core/tree.h"

#define STATE_MAGIC UINT64_C(0x6574617444505553)
#define PAGE ((size_t)65536) /* the largest page of any kernel */
#define JOURNAL_SIZE ((size_t)128 << 20)
#define HEAP_SIZE ((size_t)256 << 20)
#define FDS_MAX (1u << 18) /* descriptors that we may ever have */

int64_t
clock_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* 0, 1 and 2 exist in every child; nothing else that we were started with
   reaches one. */
static int
tame_inherited_fds(void)
{
	int fd;

	do {
		fd = open("/dev/null", O_RDWR | O_CLOEXEC);
		if (fd < 0)
			return -errno;
		if (fd <= STDERR_FILENO)
			fcntl(fd, F_SETFD, 0);
	} while (fd <= STDERR_FILENO);
	close(fd);
	return close_range(3, ~0u, CLOSE_RANGE_CLOEXEC) < 0 ? -errno : 0;
}

static int
fill_reserved_fds(void)
{
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);
	int r = null < 0 ? -errno : 0;

	for (int fd = FD_RESERVED; r == 0 && fd < FD_LIMIT; fd++)
		if (fd != null && dup3(null, fd, O_CLOEXEC) < 0)
			r = -errno;
	if (null >= 0 && (null < FD_RESERVED || null >= FD_LIMIT))
		close(null);
	return r;
}

/* Two descriptors a child, and children have the limit that we found. */
static int
raise_nofile(uint64_t *soft, uint64_t *hard)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) < 0)
		return -errno;
	*soft = limit.rlim_cur;
	*hard = limit.rlim_max;
	if (limit.rlim_cur < FDS_MAX && limit.rlim_cur < limit.rlim_max) {
		limit.rlim_cur = limit.rlim_max < FDS_MAX ? limit.rlim_max :
							    FDS_MAX;
		if (setrlimit(RLIMIT_NOFILE, &limit) < 0)
			return -errno;
	}
	return 0;
}

static int
keep_new(struct state *s, enum state_fd which, int fd)
{
	return fd < 0 ? -errno : state_keep_fd(s, which, fd);
}

static int
open_fds(struct state *s, int memory)
{
	int r;

	memset(s->fds, -1, sizeof(s->fds));
	r = keep_new(s, FD_STATE, memory);
	if (r == 0)
		r = keep_new(s, FD_WAKE,
			     eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
	if (r == 0)
		r = keep_new(s, FD_KEEPER,
			     eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
	if (r == 0)
		r = keep_new(s, FD_DEADMAN,
			     timerfd_create(CLOCK_MONOTONIC,
					    TFD_CLOEXEC | TFD_NONBLOCK));
	if (r == 0)
		r = keep_new(s, FD_EVENTS, epoll_create1(EPOLL_CLOEXEC));
	return r;
}

static size_t
place(size_t *end, size_t size)
{
	size_t at = *end;

	*end += (size + PAGE - 1) / PAGE * PAGE;
	return at;
}

/* Where everything lies; returns the size of it all. */
static size_t
lay_out(char *base, struct state *s)
{
	size_t end = 0;

	place(&end, sizeof(*s));
	s->journal = (void *)(base + place(&end, JOURNAL_SIZE));
	s->tree = (void *)(base + place(&end, tree_size()));
	s->heap = (void *)(base + place(&end, HEAP_SIZE));
	s->process =
		(void *)(base + place(&end, SLOTS_MAX * sizeof(*s->process)));
	s->child = (void *)(base + place(&end, NODES_MAX * sizeof(*s->child)));
	s->exits = (void *)(base + place(&end, SLOTS_MAX * sizeof(*s->exits)));
	s->slot_of_pid =
		(void *)(base + place(&end, (PID_MAX + 1) * sizeof(uint32_t)));
	s->event = (void *)(base + place(&end, EVENTS_MAX * sizeof(*s->event)));
	return end;
}

/* So that the kernel finds the page when it writes a pid.  Not everybody may
   lock as much as this; few have standbys. */
static void
lock_memory(struct state *s, size_t size)
{
	if (mlock2(s, size, MLOCK_ONFAULT) < 0)
		mlock2(s->process, NODES_MAX * sizeof(*s->process),
		       MLOCK_ONFAULT);
}

int
state_create(struct state **ret)
{
	static char nowhere[1];
	struct state layout = { 0 };
	size_t size = lay_out(nowhere, &layout);
	struct state *s = MAP_FAILED;
	int memory, r;

	r = tame_inherited_fds();
	if (r == 0)
		r = fill_reserved_fds();
	if (r == 0)
		r = raise_nofile(&layout.nofile_soft, &layout.nofile_hard);
	if (r < 0)
		return r;
	memory = memfd_create("supd", MFD_CLOEXEC);
	if (memory < 0)
		return -errno;
	if (ftruncate(memory, (off_t)size) == 0)
		s = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, memory,
			 0);
	if (s == MAP_FAILED) {
		r = -errno;
		close(memory);
		return r;
	}
	s->magic = STATE_MAGIC;
	s->layout = STATE_LAYOUT;
	s->nofile_soft = layout.nofile_soft;
	s->nofile_hard = layout.nofile_hard;
	lay_out((char *)s, s);
	lock_memory(s, size);
	journal_init(s->journal, JOURNAL_SIZE - sizeof(struct journal));
	heap_init(s->heap, HEAP_SIZE - sizeof(struct heap));
	r = open_fds(s, memory);
	if (r < 0) {
		munmap(s, size);
		return r;
	}
	*ret = s;
	return 0;
}

static void
mark(unsigned char *kept, int fd)
{
	if (fd >= 0 && (unsigned)fd < FDS_MAX)
		kept[fd / 8] |= (unsigned char)(1u << fd % 8);
}

void
state_sweep_fds(const struct state *s)
{
	static unsigned char kept[FDS_MAX / 8];
	unsigned from = STDERR_FILENO + 1;

	memset(kept, 0, sizeof(kept));
	for (int i = 0; i < STATE_FDS; i++)
		mark(kept, s->fds[i]);
	for (int fd = FD_RESERVED; fd < FD_LIMIT; fd++)
		mark(kept, fd);
	for (uint32_t n = 0; (n = state_next_slot(s, n)) < SLOTS_MAX; n++) {
		const struct child *c = &s->child[slot_node(n)];
		const struct process *p = &s->process[n];

		if (p->tid) {
			mark(kept, p->pidfd);
			mark(kept, p->ready_fd);
			mark(kept, p->standby_fd);
			mark(kept, p->beat_fd);
			mark(kept, p->mail.fd);
		}
		if (c->lock_fd)
			mark(kept, c->lock_fd);
	}
	for (unsigned fd = from; fd < FDS_MAX; fd++) {
		if (!(kept[fd / 8] & 1u << fd % 8))
			continue;
		if (fd > from)
			close_range(from, fd - 1, 0);
		from = fd + 1;
	}
	close_range(from, ~0u, 0);
}

int
state_keep_fd(struct state *s, enum state_fd which, int fd)
{
	int high = fcntl(fd, F_DUPFD_CLOEXEC, FD_LIMIT);
	int r = high < 0 ? -errno : 0;

	close(fd);
	if (r == 0)
		s->fds[which] = high;
	return r;
}

void
state_close_fd(int32_t *recorded)
{
	int fd = *recorded;

	*recorded = -1;
	if (fd >= 0)
		close(fd);
}

static bool
is_process_of(const struct state *s, uint32_t slot, pid_t pid)
{
	const struct process *p = &s->process[slot];

	return slot != NO_NODE &&
	       __atomic_load_n(&p->tid, __ATOMIC_ACQUIRE) == pid &&
	       !__atomic_load_n(&p->exited, __ATOMIC_ACQUIRE);
}

/* The one that is just being made is not in the table before `spawning` is
   cleared. */
uint32_t
state_slot_of(const struct state *s, pid_t pid)
{
	uint32_t slot = __atomic_load_n(&s->spawning, __ATOMIC_ACQUIRE);

	if (is_process_of(s, slot, pid))
		return slot;
	if (pid < 0 || (uint32_t)pid > PID_MAX)
		return NO_NODE;
	slot = __atomic_load_n(&s->slot_of_pid[pid], __ATOMIC_ACQUIRE);
	return is_process_of(s, slot, pid) ? slot : NO_NODE;
}

/* One-shot: a pidfd stays readable, and says so once more when its process is
   reaped. */
void
state_watch_process(struct state *s, uint32_t slot)
{
	struct epoll_event event = {
		.events = EPOLLIN | EPOLLONESHOT,
		.data.u64 = slot,
	};

	/* Without it the keeper finds this death by its slower ways. */
	epoll_ctl(s->fds[FD_EVENTS], EPOLL_CTL_ADD, s->process[slot].pidfd,
		  &event);
}

uint32_t
state_next_slot(const struct state *s, uint32_t slot)
{
	if (slot >= s->process_end && slot < NODES_MAX)
		slot = NODES_MAX;
	return slot < NODES_MAX || slot < s->standby_end ? slot : SLOTS_MAX;
}
