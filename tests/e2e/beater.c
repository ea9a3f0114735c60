/* SPDX-License-Identifier: MIT */
/*
 * beater.c - a child with a watchdog, for the tests.
 *
 *	beater HOW INTERVAL [READY]
 *
 * Gives a sign of life every INTERVAL milliseconds: HOW is beat (sup_beat()),
 * notify (WATCHDOG=1), deaf (sup_beat() too, but SIGTERM does not end it) or
 * silent (none).  With READY it says READY=1 only that many milliseconds after
 * its start, and until then gives no sign.  SIGUSR1: hangs; SIGUSR2: loops,
 * busy, without progress; SIGHUP: WATCHDOG=trigger; SIGALRM: WATCHDOG_USEC=0,
 * and no more signs.
 */
#include <err.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "supworker.h"

static void
sign(const char *how)
{
	if (strcmp(how, "notify") == 0)
		sup_notify("WATCHDOG=1");
	else if (strcmp(how, "silent") != 0 && sup_beat() != 1)
		errx(70, "nobody watches");
}

static void
hang(void)
{
	for (;;)
		pause();
}

/* Whether it goes on. */
static bool
obey(int sig, const char **how)
{
	switch (sig) {
	case SIGUSR2:
		for (;;)
			;
	case SIGHUP:
		sup_notify("WATCHDOG=trigger");
		return true;
	case SIGALRM:
		sup_notify("WATCHDOG_USEC=0");
		*how = "silent";
		return true;
	case SIGTERM:
		if (strcmp(*how, "deaf") != 0)
			return false;
		break;
	default:
		break;
	}
	hang();
	return true;
}

static struct timespec
milliseconds(const char *text)
{
	long ms = atol(text);

	return (struct timespec){ ms / 1000, ms % 1000 * 1000000 };
}

int
main(int argc, char **argv)
{
	static const int heard[] = { SIGTERM, SIGUSR1, SIGUSR2, SIGHUP,
				     SIGALRM };
	const char *how = argv[1];
	struct timespec delay;
	sigset_t set;
	int sig;

	if (argc < 3)
		return 64;
	sigemptyset(&set);
	for (size_t i = 0; i < sizeof(heard) / sizeof(heard[0]); i++)
		sigaddset(&set, heard[i]);
	sigprocmask(SIG_BLOCK, &set, NULL);
	if (argc > 3) {
		delay = milliseconds(argv[3]);
		nanosleep(&delay, NULL);
		sup_ready();
	}
	delay = milliseconds(argv[2]);
	for (;;) {
		sign(how);
		sig = sigtimedwait(&set, NULL, &delay);
		if (sig > 0 && !obey(sig, &how))
			return 0;
	}
}
