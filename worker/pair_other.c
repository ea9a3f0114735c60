/* SPDX-License-Identifier: MIT */
/*
 * pair_other.c - what one half of a pair sees of the other: is it alive?
 *
 * It counts its own periods in which no beat came: a clock that jumps, or a
 * pause of both at once, is not taken for one that hangs.
 */
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <sys/pidfd.h>
#include <unistd.h>

#include "pair_other.h"

#define MISSED_MAX 10 /* beats */

static struct {
	enum pair_role role;
	uint64_t beats; /* when we looked last */
	unsigned missed;
	int pidfd; /* -1: none */
} other = { .pidfd = -1 };

static void
forget_process(void)
{
	if (other.pidfd >= 0)
		close(other.pidfd);
	other.pidfd = -1;
}

void
other_is(enum pair_role role)
{
	forget_process();
	other.role = role;
	other.missed = 0;
}

bool
other_judge(void)
{
	uint64_t beats = __atomic_load_n(&pair_page->beats[other.role],
					 __ATOMIC_RELAXED);

	if (beats != other.beats)
		other.missed = 0;
	other.beats = beats;
	if (other.missed++ < MISSED_MAX)
		return false;
	forget_process();
	other.pidfd = pair_holder_open(other.role);
	return other.pidfd >= 0 &&
	       pidfd_send_signal(other.pidfd, SIGKILL, NULL, 0) == 0;
}

void
other_await_death(int ms)
{
	struct pollfd death = { .events = POLLIN };

	if (other.pidfd < 0)
		other.pidfd = pair_holder_open(other.role);
	death.fd = other.pidfd;
	poll(&death, 1, ms);
	if (death.revents)
		forget_process();
}
