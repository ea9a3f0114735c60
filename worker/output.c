/* SPDX-License-Identifier: MIT */
/*
 * output.c - text and the state that follows from it become one: the intent is
 * saved before the one write(2), and the next start completes it.
 *
 *	settle   the checkpoint says: so much has arrived, and no write of the
 *	         rest has begun (what any process wrote since is no matter)
 *	intend   it says where the rest is about to go
 *	push     the write, which whoever comes next can measure
 *
 * A write that fails is settled at once, since the program will write other
 * things then, its message for example.  Whoever completes the text of another
 * process first settles what it has learnt of it: if it dies before that,
 * nothing has changed; if it dies behind it, its own count is no matter before
 * its own intent.
 */
#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "checkpoint.h"
#include "message.h"
#include "output_record.h"
#include "output_sink.h"
#include "supworker.h"

struct sup_output {
	struct sup_checkpoint *checkpoint;
	struct sink sink;
	size_t room;                 /* for state and text */
	struct output_record *now;   /* each with its state and text */
	struct output_record *other; /* spare */
	char report[MESSAGE_SIZE];
};

_Static_assert(SUP_OUTPUT_ROOM(0, 0) == sizeof(struct output_record), "as "
								      "supworke"
								      "r.h "
								      "says");

static unsigned char *
state_of(struct output_record *r)
{
	return (unsigned char *)(r + 1);
}

static char *
text_of(struct output_record *r)
{
	return (char *)(r + 1) + r->state_size;
}

static int
save(struct sup_output *o, const struct output_record *r)
{
	return sup_checkpoint_save(o->checkpoint, r,
				   sizeof(*r) + r->state_size + r->text_size);
}

static int
settle(struct sup_output *o, struct output_record *r)
{
	r->sink = OUTPUT_SETTLED;
	if (r->done == r->text_size)
		r->done = r->text_size = 0;
	return save(o, r);
}

static int
intend(struct sup_output *o, struct output_record *r)
{
	int error = sup_sink_mark(&o->sink, r);

	return error ? error : save(o, r);
}

static void
complain(const char *format, ...) __attribute__((format(printf, 1, 2)));

static void
complain(const char *format, ...)
{
	char line[MESSAGE_SIZE];
	va_list args;

	va_start(args, format);
	vsnprintf(line, sizeof(line), format, args);
	va_end(args);
	dprintf(STDERR_FILENO, "%s: %s\n", program_invocation_short_name, line);
}

/* After a write that has not been one.  0: try again. */
static int
wait_for_room(const struct sup_output *o, int error)
{
	struct pollfd room = { .fd = o->sink.fd, .events = POLLOUT };

	if (error != EAGAIN)
		return -error;
	return poll(&room, 1, -1) < 0 ? -errno : 0;
}

/* A signal is no reason to stop in the middle. */
static int
push(struct sup_output *o, struct output_record *r)
{
	const uint64_t before = r->done;

	while (r->done < r->text_size) {
		ssize_t n = write(o->sink.fd, text_of(r) + r->done,
				  r->text_size - r->done);
		int error = 0;

		if (n > 0)
			r->done += (uint64_t)n;
		else
			error = wait_for_room(o, n < 0 ? errno : EIO);
		if (error == -EINTR && r->done > before)
			error = 0;
		if (error)
			return error;
	}
	return 0;
}

static int
put_now(struct sup_output *o, struct output_record *r)
{
	const uint64_t before = r->done;
	bool crowded;
	int error = intend(o, r);

	if (error)
		return error;
	error = push(o, r);
	if (!error && o->sink.kind == OUTPUT_FILE &&
	    sup_checkpoint_flags(o->checkpoint) & SUP_DISK &&
	    fdatasync(o->sink.fd) < 0)
		error = -errno;
	crowded = sup_sink_wrote(&o->sink, r->done - before);
	if (crowded && o->sink.kind == OUTPUT_FILE)
		complain("%s: others write to this file, too; after a crash "
			 "the last text may be repeated",
			 sup_sink_name(&o->sink));
	if (error)
		return sup_fail(-error, "%s: %s", sup_sink_name(&o->sink),
				strerror(-error));
	return crowded ? settle(o, r) : 0;
}

/* The rest of r's text, from the intent on. */
static int
put(struct sup_output *o, struct output_record *r)
{
	sigset_t before;
	int error;

	if (o->sink.kind != OUTPUT_COUNT)
		return put_now(o, r);
	sup_count_hold(&before);
	error = put_now(o, r);
	sup_count_release(&before);
	return error;
}

/* What is said about a failure must not get lost over the next. */
static int
settle_failed(struct sup_output *o, struct output_record *r, int error)
{
	char why[MESSAGE_SIZE];

	snprintf(why, sizeof(why), "%s", sup_error());
	return settle(o, r) ? -EIO : sup_fail(-error, "%s", why);
}

int
sup_output_finish(struct sup_output *o)
{
	int error;

	if (o->now->done == o->now->text_size)
		return 0;
	error = put(o, o->now);
	return error ? settle_failed(o, o->now, error) : 0;
}

static void
compose(struct output_record *r, const void *text, size_t length,
	const void *state, size_t state_size)
{
	*r = (struct output_record){ .magic = OUTPUT_MAGIC,
				     .sink = OUTPUT_SETTLED,
				     .text_size = length,
				     .state_size = state_size };
	if (state_size)
		memcpy(state_of(r), state, state_size);
	if (length)
		memcpy(text_of(r), text, length);
}

static void
accept_other(struct sup_output *o)
{
	struct output_record *new = o->other;

	o->other = o->now;
	o->now = new;
}

int
sup_output_write(struct sup_output *o, const void *text, size_t length,
		 const void *state, size_t state_size)
{
	struct output_record *new = o->other;
	int error;

	if (state_size > o->room || length > o->room - state_size)
		return sup_fail(EMSGSIZE,
				"%s: a state of %zu and a text of %zu bytes "
				"do not fit",
				sup_checkpoint_path(o->checkpoint), state_size,
				length);
	error = sup_output_finish(o);
	if (error)
		return error;
	compose(new, text, length, state, state_size);
	error = length ? put(o, new) : settle(o, new);
	if (!error) {
		accept_other(o);
		return 0;
	}
	if (!new->done)
		return settle_failed(o, o->now, error);
	accept_other(o);
	settle_failed(o, new, error);
	return 1;
}

static bool
is_record(const struct output_record *r, size_t size)
{
	size_t left = size - sizeof(*r);

	return size >= sizeof(*r) &&
	       memcmp(r->magic, OUTPUT_MAGIC, sizeof(r->magic)) == 0 &&
	       r->sink <= OUTPUT_UNKNOWN && r->state_size <= left &&
	       r->text_size == left - r->state_size && r->done <= r->text_size;
}

static int
load(struct sup_output *o)
{
	ssize_t n = sup_checkpoint_load(o->checkpoint, o->now,
					sizeof(*o->now) + o->room);

	if (n < 0)
		return (int)n;
	if (!n)
		compose(o->now, NULL, 0, NULL, 0);
	else if (!is_record(o->now, (size_t)n))
		return sup_fail(EBADMSG,
				"%s: the checkpoint of another program",
				sup_checkpoint_path(o->checkpoint));
	return 0;
}

/* Learns what has become of the last text, and completes it. */
static int
complete(struct sup_output *o)
{
	struct output_record *r = o->now;
	bool counted = r->sink == OUTPUT_COUNT;
	uint64_t arrived;
	const char *unknown =
		sup_sink_arrived(&o->sink, r, text_of(r), &arrived);
	uint64_t rest = r->text_size - arrived;
	int error = 0;

	if (unknown) {
		snprintf(o->report, sizeof(o->report),
			 "the last text is written again, since %s", unknown);
	} else if (rest && arrived) {
		snprintf(o->report, sizeof(o->report),
			 "the last text was torn: its last %" PRIu64
			 " of %" PRIu64 " bytes followed",
			 rest, r->text_size);
	}
	r->done = arrived;
	/* The count of the dead is not kept for ever. */
	if (rest ||
	    (counted && sup_checkpoint_flags(o->checkpoint) & SUP_NO_FALLBACK))
		error = settle(o, r);
	if (unknown)
		complain("%s: %s", sup_sink_name(&o->sink), o->report);
	return error ? error : sup_output_finish(o);
}

static void
release(struct sup_output *o)
{
	sup_sink_close(&o->sink);
	free(o->now);
	free(o->other);
	free(o);
}

static struct sup_output *
make(struct sup_checkpoint *c)
{
	size_t size = sup_checkpoint_room(c);
	struct sup_output *o = calloc(1, sizeof(*o));

	if (!o)
		return NULL;
	o->checkpoint = c;
	o->room = size - sizeof(*o->now);
	o->sink.count.fd = -1;
	o->now = calloc(1, size);
	o->other = calloc(1, size);
	if (o->now && o->other)
		return o;
	release(o);
	return NULL;
}

int
sup_output_open(struct sup_output **ret, struct sup_checkpoint *c, int fd)
{
	struct sup_output *o;
	int error;

	if (sup_checkpoint_room(c) < sizeof(*o->now))
		return sup_fail(EMSGSIZE, "%s: no room for output",
				sup_checkpoint_path(c));
	o = make(c);
	if (!o)
		return sup_fail(ENOMEM, "no memory");
	error = load(o);
	if (!error)
		error = sup_sink_open(&o->sink, fd);
	if (!error && o->sink.kind == OUTPUT_UNKNOWN)
		complain("%s: no regular file, and no supd to know what has "
			 "arrived: after a crash the last text is repeated",
			 sup_sink_name(&o->sink));
	if (!error)
		error = complete(o);
	if (error) {
		release(o);
		return error;
	}
	*ret = o;
	return 0;
}

const char *
sup_output_report(const struct sup_output *o)
{
	return o->report;
}

ssize_t
sup_output_load(const struct sup_output *o, void *buf, size_t size)
{
	struct output_record *r = o->now;

	if (r->state_size > size)
		return sup_fail(EMSGSIZE,
				"%s: the state has %" PRIu64 " bytes, more "
				"than %zu",
				sup_checkpoint_path(o->checkpoint),
				r->state_size, size);
	memcpy(buf, state_of(r), r->state_size);
	return (ssize_t)r->state_size;
}

void
sup_output_close(struct sup_output *o)
{
	if (!o)
		return;
	if (o->now->sink != OUTPUT_SETTLED)
		settle(o, o->now);
	release(o);
}
