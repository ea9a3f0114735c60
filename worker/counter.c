/* SPDX-License-Identifier: MIT */
/*
 * counter.c - prints 1, 2, 3, ... and goes on where it was after any crash;
 * the reference user of the worker library, and the victim of the tests.
 *
 * Each number is one write(2).  With a checkpoint the number is saved before it,
 * and the next start completes it: none is skipped and none comes twice.
 */
#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sysexits.h>
#include <time.h>
#include <unistd.h>

#include "counter_options.h"
#include "pair.h"
#include "supworker.h"

#define PAYLOAD_MAX 256 /* room for more than struct state */

/* What is saved. */
struct state {
	uint64_t number;  /* the last one that was printed */
	uint64_t crashed; /* the last --crash-at N:once that has happened */
};

static volatile sig_atomic_t stop;

static void
on_stop(int signal)
{
	(void)signal;
	stop = 1;
}

/* Why it cannot go on: for people, and for `supctl status`. */
static SUP_PRINTF(1, 2) void complain(const char *format, ...)
{
	char text[512];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	fprintf(stderr, "counter: %s\n", text);
	sup_status("%s", text);
}

/* The library's message, and what to exit with. */
static int
fail(int error)
{
	complain("%s", sup_error());
	switch (-error) {
	case EBUSY:
		return EX_TEMPFAIL;
	case EBADMSG:
	case EMSGSIZE:
	case EPROTONOSUPPORT:
		return EX_DATAERR;
	case EACCES:
	case EPERM:
	case EROFS:
		return EX_NOPERM;
	case ENOENT:
	case ENOTDIR:
	case EISDIR:
		return EX_NOINPUT;
	case ENOSPC:
	case EDQUOT:
	case EFBIG:
		return EX_CANTCREAT;
	default:
		return EX_IOERR;
	}
}

/* For a watchdog, and for a backup. */
static void
beat(void)
{
	sup_beat();
	pair_beat();
}

/* The longest pause between two beats, in ns; 0: none are needed. */
static int64_t
beat_period(void)
{
	int64_t a = (int64_t)sup_beat_interval() * 1000, b = pair_period();

	return !b || (a && a < b) ? a : b;
}

static int64_t
now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * NS_PER_S + now.tv_nsec;
}

/* Until an absolute time or a stop signal, which can come at no instant at
   which it would be missed; with the beats that a watchdog wants meanwhile. */
static void
wait_until(int64_t deadline)
{
	const int64_t longest = beat_period();
	sigset_t blocked, before;

	sigemptyset(&blocked);
	sigaddset(&blocked, SIGTERM);
	sigaddset(&blocked, SIGINT);
	sigprocmask(SIG_BLOCK, &blocked, &before);
	while (!stop) {
		int64_t left = deadline - now_ns();
		struct timespec delay;

		if (left <= 0)
			break;
		if (longest && left > longest)
			left = longest;
		delay.tv_sec = left / NS_PER_S;
		delay.tv_nsec = left % NS_PER_S;
		ppoll(NULL, 0, &delay, &before);
		beat();
	}
	sigprocmask(SIG_SETMASK, &before, NULL);
}

/* Without a checkpoint: one write, and more only if the first was cut short.
   0 or -errno; -EINTR: asked to stop, and nothing was written. */
static int
print(const char *line, size_t length)
{
	size_t done = 0;

	while (done < length) {
		ssize_t n = write(STDOUT_FILENO, line + done, length - done);
		struct pollfd room = { STDOUT_FILENO, POLLOUT, 0 };

		if (n >= 0)
			done += (size_t)n;
		else if (errno == EAGAIN)
			poll(&room, 1, -1);
		else if (errno != EINTR)
			return -errno;
		if (stop && !done)
			return -EINTR;
	}
	return 0;
}

/* What the tests want it to do before it prints the next number. */
static void
misbehave(const struct options *o, struct sup_output *out, struct state *state)
{
	static const struct rlimit no_core;
	uint64_t next = state->number + 1;

	if (next == o->hang_at)
		for (;;)
			pause();
	if (next != o->crash_at || (o->crash_once && state->crashed == next))
		return;
	state->crashed = next;
	if (o->crash_once &&
	    sup_output_write(out, NULL, 0, state, sizeof(*state)))
		fprintf(stderr, "counter: %s\n", sup_error());
	setrlimit(RLIMIT_CORE, &no_core);
	abort();
}

/* 0; or not, and errors but -EINTR have been reported. */
static int
print_next(struct sup_output *out, struct state *state)
{
	char line[24];
	size_t length = (size_t)snprintf(line, sizeof(line), "%" PRIu64 "\n",
					 state->number + 1);
	struct state next = { state->number + 1, state->crashed };
	int error;

	if (out)
		error = sup_output_write(out, line, length, &next,
					 sizeof(next));
	else
		error = print(line, length);
	if (!error)
		*state = next;
	else if (error != -EINTR && out)
		complain("%s", sup_error());
	else if (error != -EINTR)
		complain("standard output: %s", strerror(-error));
	return error;
}

static int
count(const struct options *o, struct sup_output *out, struct state *state)
{
	int64_t deadline = now_ns();

	while (!stop && (!o->count || state->number < o->count)) {
		int error;

		misbehave(o, out, state);
		pair_wait_for_output();
		error = print_next(out, state);
		if (error == -EINTR)
			continue;
		if (error)
			return EX_IOERR;
		beat();
		if (!o->interval)
			continue;
		/* A pause that was missed is not made up for. */
		deadline += o->interval;
		if (deadline < now_ns())
			deadline = now_ns();
		wait_until(deadline);
	}
	return EX_OK;
}

static int
open_checkpoint(const struct options *o, struct sup_checkpoint **c)
{
	int error;

	do {
		error = sup_checkpoint_open(c, o->checkpoint, PAYLOAD_MAX,
					    o->fallback ? 0 : SUP_NO_FALLBACK);
	} while (error == -EBUSY && pair_is_early());
	return error ? fail(error) : -1;
}

/* Completes what the last run has begun, and reads the state; -1 or the exit
   code. */
static int
resume(const struct options *o, struct sup_checkpoint *c,
       struct sup_output **out, struct state *state)
{
	const char *report = sup_checkpoint_report(c);
	ssize_t length;
	int error;

	if (report[0])
		fprintf(stderr, "counter: %s: %s\n", o->checkpoint, report);
	error = sup_output_open(out, c, STDOUT_FILENO);
	if (error == -EINTR)
		return EX_OK;
	if (error)
		return fail(error);
	length = sup_output_load(*out, state, sizeof(*state));
	if (length < 0)
		return fail((int)length);
	if (length && (size_t)length != sizeof(*state)) {
		complain("%s: the checkpoint of another program",
			 o->checkpoint);
		return EX_DATAERR;
	}
	if (!report[0])
		report = sup_output_report(*out);
	sup_status("counting from %" PRIu64 "%s%s", state->number + 1,
		   report[0] ? ": " : "", report);
	return -1;
}

static void
set_signals(const struct options *o)
{
	struct sigaction stopping = { .sa_handler = on_stop };

	sigaction(SIGINT, &stopping, NULL);
	if (o->ignore_term)
		stopping.sa_handler = SIG_IGN;
	sigaction(SIGTERM, &stopping, NULL);
	signal(SIGPIPE, SIG_IGN);
	signal(SIGXFSZ, SIG_IGN);
}

/* How often it was; to be told when the last number is complete: nothing may be
   written before. */
static int
restart_on_crash(char **argv)
{
	int crashes = sup_reexec_on_crash(argv);

	if (crashes < 0)
		fprintf(stderr, "counter: %s\n", sup_error());
	return crashes;
}

static void
report_crashes(int crashes)
{
	if (crashes > 0)
		fprintf(stderr,
			"counter: started again after a crash, number %d in "
			"a minute\n",
			crashes);
}

int
main(int argc, char **argv)
{
	struct options o = { .interval = NS_PER_S };
	struct sup_checkpoint *c = NULL;
	struct sup_output *out = NULL;
	struct state state = { 0 };
	int code = options_parse(argc, argv, &o);
	int crashes = 0;

	if (code >= 0)
		return code;
	if (o.inspect) {
		int error = sup_checkpoint_inspect(o.inspect, stdout);

		return error ? fail(error) : EX_OK;
	}
	if (sup_wait_primary() < 0)
		return fail(-EPIPE);
	if (o.reexec)
		crashes = restart_on_crash(argv);
	set_signals(&o);
	if (o.pair)
		code = pair_watch(&o, argv, &stop);
	if (code < 0) {
		pair_create_backup();
		pair_wait_for_output();
	}
	if (code < 0 && o.checkpoint)
		code = open_checkpoint(&o, &c);
	if (c && code < 0)
		code = resume(&o, c, &out, &state);
	report_crashes(crashes);
	if (code < 0 && sup_ready() < 0)
		fprintf(stderr, "counter: %s\n", sup_error());
	if (code < 0)
		code = count(&o, out, &state);
	sup_output_close(out);
	sup_checkpoint_close(c);
	pair_end();
	return code;
}
