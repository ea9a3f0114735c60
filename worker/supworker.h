/* SPDX-License-Identifier: MIT */
/*
 * supworker.h - the worker's side of supd: state that survives every crash
 * (checkpoints), readiness and heartbeat, links, monitors and messages.
 *
 * Link with -lsupworker; it needs libc alone, and no supd: everything here but
 * the mailbox also works in a program that was started by hand.  The manual page
 * is supworker(3).
 *
 * Functions return 0 or more on success and -errno on failure; sup_error()
 * then says in words what failed and what to do about it.  A checkpoint
 * belongs to one thread; different checkpoints may be used by different ones.
 */
#ifndef SUPWORKER_H
#define SUPWORKER_H

#include <stddef.h>
#include <stdio.h>
#include <sys/types.h>

#ifdef __cplusplus
extern "C" {
#endif

#define SUP_API __attribute__((visibility("default")))
#define SUP_PRINTF(text, first) __attribute__((format(printf, text, first)))

/* The largest payload of a checkpoint: 16 MiB. */
#define SUP_PAYLOAD_MAX 16777216u

/* Flags of sup_checkpoint_open(). */
#define SUP_DISK 1u /* a save survives power loss, not crashes alone */
#define SUP_NO_FALLBACK \
	2u /* never go back to an older generation because of
			      starts that died before their first save */

struct sup_checkpoint;

/*
 * Opens the checkpoint file path, or makes it, whole or not at all, with mode
 * 0600.  payload_max: the largest state that will be saved, 1 to
 * SUP_PAYLOAD_MAX bytes; a file is made for one size and keeps it.  The file
 * is locked: one process ever has it open.
 *
 * Opening counts a start, the first save (or sup_checkpoint_close()) clears
 * the count.  After three starts in a row that died before that, the state is
 * taken to be the reason, and the next older generation is chosen; after three
 * more the one before; at last none.  With SUP_NO_FALLBACK starts are not
 * counted.
 *
 * On success 0 and *ret.  Otherwise *ret is untouched and the result is
 *   -EINVAL           payload_max or flags are out of range
 *   -EBUSY            another process has the file open (sup_error() has its
 *                     pid)
 *   -EBADMSG          not a checkpoint file, truncated, or damaged in every
 *                     generation: nothing was changed; to start anew, move
 *                     the file away
 *   -EPROTONOSUPPORT  of a newer format
 *   -EMSGSIZE         made for another payload_max
 *   or the error of a system call: -EACCES, -EROFS, -ENOSPC, -ENOENT, ...
 */
SUP_API int
sup_checkpoint_open(struct sup_checkpoint **ret, const char *path,
		    size_t payload_max, unsigned flags);

/*
 * What was unusual about opening: a damaged generation that was passed over, a
 * generation given up after failed starts, ...; one line without its newline,
 * or "".  Lives as long as the checkpoint.
 */
SUP_API const char *
sup_checkpoint_report(const struct sup_checkpoint *c);

/*
 * Reads the state that was found on opening; to be called before the first
 * save.  Its length, 1 to payload_max; 0 if there is none; -EMSGSIZE if it is longer than size; -EBADMSG if the file
 * was changed since; or a read error.  buf is undefined after an error.
 */
SUP_API ssize_t
sup_checkpoint_load(struct sup_checkpoint *c, void *buf, size_t size);

/*
 * Saves a state of 1 to payload_max bytes as the newest generation; the three
 * before it are kept.  When it returns 0, a crash of this process at any
 * instruction finds this state again (with SUP_DISK: a loss of power too);
 * a crash before that finds this or the one before, never a mixture.
 * -EMSGSIZE for a bad length, else an error of the disk: the last state that
 * was saved is still whole.
 */
SUP_API int
sup_checkpoint_save(struct sup_checkpoint *c, const void *data, size_t length);

/* Ends the use in order: this start does not count as failed.  Unlocks, and
   frees c.  NULL is allowed. */
SUP_API void
sup_checkpoint_close(struct sup_checkpoint *c);

/*
 * Prints, for people and scripts, what is in a checkpoint file: one line about
 * the file and one for each generation, newest first.  Takes no lock, counts no
 * start, changes nothing; of a file in use it shows a moment.
 * 0 if a generation is valid or none was ever saved; errors as for
 * sup_checkpoint_open().
 */
SUP_API int
sup_checkpoint_inspect(const char *path, FILE *out);

/*
 * Exactly-once output: text and the state that follows from it become one.
 *
 * Before the one write(2) the text, the state and the place in the output are
 * saved in the checkpoint; the next start asks the output how much of the text
 * has arrived, and writes exactly the rest.
 *
 * That is known of a regular file from its size and contents; of anything else
 * (pipe, FIFO, terminal, socket) below supd, which tells what the dead process
 * had written in its life.  Where it cannot be known, sup_output_open() says so
 * on standard error, and the last text may come twice; none is ever left out.
 *
 * While sup_output_write() runs, the process must write nothing else, and wait
 * for no child of its own.
 */
struct sup_output;

/* The payload_max of a checkpoint for states and texts up to these sizes. */
#define SUP_OUTPUT_ROOM(state, text) ((size_t)72 + (state) + (text))

/*
 * Output to fd, with a checkpoint that is this output's alone from here on (no
 * sup_checkpoint_load() or _save()), opened with SUP_NO_FALLBACK: to go back to
 * an older state is to repeat its output.  A regular file is written at its
 * end.  Writes what is missing of the last text.
 * 0 and *ret; -EBADMSG: the checkpoint holds something else; -EINTR: a signal
 * came before anything was written; or the error of a system call.  After an
 * error the checkpoint can be tried again.
 */
SUP_API int
sup_output_open(struct sup_output **ret, struct sup_checkpoint *c, int fd);

/* What was unusual about opening: one line, or "".  Lives as long as o. */
SUP_API const char *
sup_output_report(const struct sup_output *o);

/* Reads the state that belongs to what has been written: its length; 0 if there
   is none; -EMSGSIZE if it is longer than size. */
SUP_API ssize_t
sup_output_load(const struct sup_output *o, void *buf, size_t size);

/*
 * Writes text, after which the state holds.  An empty text saves the state
 * alone.  Waits for room if fd is non-blocking.
 *   0       it is out
 *   1       it holds, but only a part is out (sup_error() says why): the next
 *           call, sup_output_finish() or the next start writes the rest
 *   -errno  nothing of it is out, and nothing has changed: call again.
 *           -EMSGSIZE: there is no room for it; -EINTR: a signal came first
 */
SUP_API int
sup_output_write(struct sup_output *o, const void *text, size_t length,
		 const void *state, size_t state_size);

/* Writes what is missing of the last text, if anything is.  0 or -errno. */
SUP_API int
sup_output_finish(struct sup_output *o);

/* Ends the use in order, so that the next start may have another output; frees
   o, and leaves checkpoint and fd open.  NULL is allowed. */
SUP_API void
sup_output_close(struct sup_output *o);

/* What the last call that failed in this thread failed of: one line, valid
   until the next failure. */
SUP_API const char *
sup_error(void);

/*
 * Sends state ("READY=1", "STATUS=...", several separated by newlines:
 * sd_notify(3)) to the supervisor's $NOTIFY_SOCKET.  1: sent; 0: there is
 * nobody to tell; or -errno.
 */
SUP_API int
sup_notify(const char *state);

/* READY=1: with `ready = notify`, supd starts the next child only now. */
SUP_API int
sup_ready(void);

/* STATUS=: one line for `supctl status`; cut at 512 bytes.  Never waits: a
   supervisor that is busy just misses it (-EAGAIN). */
SUP_API SUP_PRINTF(1, 2) int sup_status(const char *format, ...);

/*
 * A beat, the sign of life that `watchdog` waits for: to be called where the
 * program makes progress, and as often as it likes; at least once in
 * sup_beat_interval().  It costs no system call and wakes nobody.
 *
 * 1: it counts; 0: nobody watches this process; or -errno.  Where there is no
 * supd, but somebody who understands WATCHDOG=1, that is sent, a few times in
 * each $WATCHDOG_USEC.
 */
SUP_API int
sup_beat(void);

/* Microseconds in which a beat must come: half of the limit; 0: nobody watches
   this process. */
SUP_API long
sup_beat_interval(void);

/*
 * With `standby = hot`: waits until this process is its child's primary, that
 * is, until the one before it and all that it had are gone; to be called in
 * main() before anything is opened or written.  The environment is then the
 * primary's (SUPD_ROLE, SUPD_INCARNATION, SUPD_LAST_REASON, ...).  In a primary,
 * and without supd, it does not wait.
 *
 * 0; or -errno, and then the program should end: -EPIPE if supd is gone.
 */
SUP_API int
sup_wait_primary(void);

/*
 * The mailbox: what supd, other children and dying processes tell this one, in
 * the order in which it came.  supd makes one for a child with `mailbox = yes`;
 * monitors by pid need none, and no supd.  It belongs to one thread of the
 * process that uses it first, not to its forks.
 */
enum sup_kind {
	SUP_TEXT = 1, /* `supctl send`, or sup_send() of another child */
	SUP_EXIT,     /* an exit signal, trapped */
	SUP_DOWN,     /* what a monitor watched has ended */
	SUP_PRIMARY,  /* this standby has become the primary */
	SUP_STOP,     /* the supervisor's exit signal, trapped: end now */
	SUP_LOST      /* messages have come faster than they were received */
};

#define SUP_ID_SIZE 48
#define SUP_TEXT_MAX 8000

struct sup_message {
	enum sup_kind kind;
	pid_t pid;            /* EXIT, DOWN: whose end it is; 0: unknown */
	long long ref;        /* DOWN: the monitor; LOST: how many */
	char id[SUP_ID_SIZE]; /* EXIT, DOWN: the child's; "-": it is none */
	size_t length;
	char text[SUP_TEXT_MAX + 1]; /* the reason, or what was sent */
};

/*
 * A descriptor that is readable, for poll(2) and the like, while there is
 * something for sup_receive(): it is always the same one.  -ENOENT: there is no
 * mailbox; but after a first sup_monitor_pid() there is a descriptor for that
 * alone.
 */
SUP_API int
sup_mailbox(void);

/*
 * Waits for the next message: at most timeout milliseconds; 0: not at all; -1:
 * for ever.
 * 1: *m is it; 0: none came in time; -EPIPE: supd has closed the mailbox, or is
 * gone (said once as long as processes are monitored by pid); -EBADMSG: what
 * came is no message, and is skipped; -EINTR; -ENOENT.
 */
SUP_API int
sup_receive(struct sup_message *m, int timeout);

/*
 * What follows asks supd, waits for its answer, and keeps for sup_receive() what
 * comes meanwhile.  Each one fails with
 *   -ENOENT      there is no mailbox
 *   -EPIPE       supd has closed it, or is gone
 *   -EBUSY       this process is a standby
 *   -ENXIO       there is no child of that id
 *   -EINVAL      a bad id; or a template's
 */

/* Sends one line to a child with a mailbox.  0; -ESRCH: it does not run;
   -EOPNOTSUPP: it has no mailbox; -ENOBUFS: which is full; -EMSGSIZE. */
SUP_API int
sup_send(const char *id, const char *text);

/*
 * Links this process with that of a child, or a supervisor: when one ends, for
 * another reason than `normal`, the other is stopped with the same reason, or
 * gets SUP_EXIT if it traps exits.  Two processes have one link at most.
 * 0; -ESRCH: it does not run, and this process does not trap exits; if it does,
 * SUP_EXIT with `noproc` comes instead.
 */
SUP_API int
sup_link(const char *id);

/* Ends the link, if there is one.  What the other's end has sent before may have
   come already. */
SUP_API int
sup_unlink(const char *id);

/*
 * One SUP_DOWN when the present process of a child, or a supervisor, ends; at
 * once, with `noproc`, if there is none.  Each monitor has a number of its own
 * and is independent of the others.  That number, from 1, or -errno.
 */
SUP_API long long
sup_monitor(const char *id);

/*
 * The same of any process, by its number, and without supd: the id in SUP_DOWN
 * is "-".  The reason is `unknown` where the kernel (before Linux 6.15) or the
 * process's owner does not tell.  -EINVAL: that is no process, but a thread.
 */
SUP_API long long
sup_monitor_pid(pid_t pid);

#define SUP_FLUSH 1u

/* Ends a monitor, if it is still there; with SUP_FLUSH, its SUP_DOWN does not
   come any more, even if it had been sent. */
SUP_API int
sup_demonitor(long long ref, unsigned flags);

/* From now on exit signals come as SUP_EXIT and SUP_STOP (1), or stop this
   process (0).  What it was before, or -errno. */
SUP_API int
sup_trap_exit(int on);

/* exit/2: sends an exit signal to a child, or to this one by its own id.  `kill`
   cannot be trapped.  0; -ESRCH: it does not run; -EINVAL: a control character
   in the reason; -EMSGSIZE: it has more than 47 bytes. */
SUP_API int
sup_exit_child(const char *id, const char *reason);

/* exit/1: ends this process by exit(3), and below supd with this reason: with 0
   if it is `normal`, else, or if it is none (see sup_exit_child()), with 1. */
SUP_API __attribute__((noreturn)) void
sup_exit(const char *reason);

/*
 * For programs without a supervisor: from now on SIGSEGV, SIGBUS, SIGFPE,
 * SIGILL and SIGABRT, which end a program because of a fault of its own, start
 * it again: the same process executes its own file with these arguments (a
 * copy of them, and of the environment as it is now).  To be called in main(),
 * before anything that could crash, and before anything is written: with
 * exactly-once output it learns what the image before had written.
 *
 * Not after the fifth crash in a minute: the sixth is the death that it would
 * have been, and so is one of a child made by fork().
 *
 * 0; or, after a crash, how many there were in the last minute; or -errno.
 */
SUP_API int
sup_reexec_on_crash(char *const argv[]);

#ifdef __cplusplus
}
#endif

#endif
