/* SPDX-License-Identifier: MIT */
/*
 * reexec.c - a program that crashes starts itself again, in the same process.
 *
 * All that this needs is made ready beforehand, in memory of its own that is
 * read-only until the crash: the handler trusts neither heap nor stack, and
 * calls nothing but the kernel.  The times of the crashes, and what had been
 * written by then, go from one image to the next in the environment, marked
 * with the pid: a child that inherits them has not crashed.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#include "message.h"
#include "output_count.h"
#include "reexec.h"
#include "supworker.h"

#define LIMIT 5
#define PERIOD_MS 60000
#define STACK_SIZE 65536
#define GUARD_SIZE 4096 /* or the page, if that is larger */
#define NOTE "SUP_CRASHES="
#define NOTE_SIZE (sizeof(NOTE) + (2 * LIMIT + 2) * 21)
#define UNKNOWN INT64_MAX

/* Of the last minute, the latest first. */
struct history {
	int64_t images; /* of this process, before this one, ever */
	unsigned count;
	int64_t at[LIMIT];      /* ms */
	int64_t written[LIMIT]; /* bytes, until then; UNKNOWN */
};

struct crashes {
	size_t size;      /* of this and what it points to */
	uint64_t ignored; /* signals that the program was started with */
	struct history history;
	pid_t pid;
	int busy; /* a thread is about to exec */
	char **argv, **envp;
	char note[NOTE_SIZE]; /* NOTE pid,images,ms,bytes,ms,bytes,...: the last
				 of envp */
};

static const int signals[] = { SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT };

static struct crashes *crashes;

/* --- in the handler: async-signal-safe, no libc state ---------------------*/

static pid_t
own_pid(void)
{
	return (pid_t)syscall(SYS_getpid);
}

static int64_t
now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static char *
append_number(char *to, int64_t number)
{
	char digits[20];
	unsigned n = 0;

	do {
		digits[n++] = (char)('0' + number % 10);
		number /= 10;
	} while (number);
	while (n)
		*to++ = digits[--n];
	return to;
}

static void
write_note(struct crashes *c)
{
	const struct history *h = &c->history;
	char *to = append_number(c->note + sizeof(NOTE) - 1, c->pid);

	*to++ = ',';
	to = append_number(to, h->images);
	for (unsigned i = 0; i < h->count; i++) {
		*to++ = ',';
		to = append_number(to, h->at[i]);
		*to++ = ',';
		to = append_number(to, h->written[i]);
	}
	*to = '\0';
}

/* Enters this crash; false: there have been too many. */
static bool
note_crash(struct crashes *c)
{
	struct history *h = &c->history;
	int64_t now = now_ms();

	if (mprotect(c, c->size, PROT_READ | PROT_WRITE) < 0)
		return false;
	if (__atomic_exchange_n(&c->busy, 1, __ATOMIC_ACQ_REL))
		for (;;) /* another thread's exec ends this one */
			pause();
	if (h->count == LIMIT && now - h->at[LIMIT - 1] < PERIOD_MS)
		return false;
	if (h->count < LIMIT)
		h->count++;
	for (unsigned i = h->count - 1; i > 0; i--) {
		h->at[i] = h->at[i - 1];
		h->written[i] = h->written[i - 1];
	}
	h->at[0] = now;
	h->written[0] = UNKNOWN; /* other threads may be writing yet */
	h->images++;
	write_note(c);
	return true;
}

static void
close_all(void)
{
	struct rlimit limit;

	if (syscall(SYS_close_range, 3u, ~0u, 0u) == 0)
		return;
	if (getrlimit(RLIMIT_NOFILE, &limit) < 0)
		return;
	for (rlim_t fd = 3; fd < limit.rlim_cur; fd++)
		close((int)fd);
}

/* As the program was found when it was started: a signal that waits to be
   delivered meets no handler of the image that has crashed. */
static void
reset_signals(const struct crashes *c)
{
	static const struct itimerval off;
	struct sigaction action = { .sa_handler = SIG_DFL };
	sigset_t none;

	setitimer(ITIMER_REAL, &off, NULL);
	setitimer(ITIMER_VIRTUAL, &off, NULL);
	setitimer(ITIMER_PROF, &off, NULL);
	for (int s = 1; s < _NSIG; s++) {
		action.sa_handler = c->ignored >> (s - 1) & 1 ? SIG_IGN :
								SIG_DFL;
		sigaction(s, &action, NULL);
	}
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
}

/* Returns only if it cannot. */
static void
start_again(const struct crashes *c)
{
	close_all();
	reset_signals(c);
	execve("/proc/self/exe", c->argv, c->envp);
	execve(c->argv[0], c->argv, c->envp);
}

/* The death that the signal would have been, core file and all: it waits, with
   what it said, until this handler returns. */
static void
die(int number, siginfo_t *info)
{
	struct sigaction action = { .sa_handler = SIG_DFL };

	sigaction(number, &action, NULL);
	syscall(SYS_rt_tgsigqueueinfo, own_pid(), syscall(SYS_gettid), number,
		info);
}

static void
on_crash(int number, siginfo_t *info, void *context)
{
	struct crashes *c = crashes;

	(void)context;
	if (own_pid() == c->pid && note_crash(c))
		start_again(c);
	die(number, info);
}

/* --- beforehand -----------------------------------------------------------*/

/* The size of a list of strings with its pointers. */
static size_t
list_size(char *const *list, unsigned *count)
{
	size_t size = sizeof(char *);

	for (*count = 0; list[*count]; ++*count)
		size += sizeof(char *) + strlen(list[*count]) + 1;
	return size;
}

/* Copies the strings to *text, and moves that behind them. */
static void
copy_list(char **to, char *const *list, char **text)
{
	for (; *list; list++) {
		*to++ = *text;
		*text = stpcpy(*text, *list) + 1;
	}
}

static struct crashes *
copy_all(char *const *argv)
{
	unsigned arguments, variables;
	size_t size = sizeof(struct crashes) + sizeof(char *);
	struct crashes *c;
	char *text;

	size += list_size(argv, &arguments);
	size += list_size(environ, &variables);
	c = mmap(NULL, size, PROT_READ | PROT_WRITE,
		 MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (c == MAP_FAILED)
		return NULL;
	c->size = size;
	c->argv = (char **)(void *)(c + 1);
	c->envp = c->argv + arguments + 1;
	text = (char *)(c->envp + variables + 2);
	copy_list(c->argv, argv, &text);
	copy_list(c->envp, environ, &text);
	c->envp[variables] = c->note;
	memcpy(c->note, NOTE, sizeof(NOTE));
	for (int s = 1; s < _NSIG; s++) {
		struct sigaction action;

		if (sigaction(s, NULL, &action) == 0 &&
		    action.sa_handler == SIG_IGN)
			c->ignored |= UINT64_C(1) << (s - 1);
	}
	c->pid = own_pid();
	return c;
}

static int64_t
next_number(char **at)
{
	return **at == ',' ? strtoll(*at + 1, at, 10) : -1;
}

/* What the image before left of the crashes, taken out of the environment so
   that no child gets it; those of another process are none. */
static void
take_note(struct history *h)
{
	const char *note = getenv("SUP_CRASHES");
	int64_t now = now_ms();
	uint64_t bytes;
	char *end;

	if (note && strtoll(note, &end, 10) == own_pid()) {
		h->images = next_number(&end);
		if (h->images < 0)
			h->images = 0;
		while (*end == ',' && h->count < LIMIT) {
			int64_t at = next_number(&end);

			if (at < 0 || at > now || now - at >= PERIOD_MS)
				break;
			h->at[h->count] = at;
			h->written[h->count++] = next_number(&end);
		}
	}
	if (h->count)
		h->written[0] = sup_count_now(&bytes) == 0 ? (int64_t)bytes :
							     UNKNOWN;
	unsetenv("SUP_CRASHES");
}

uint64_t
sup_reexec_image(void)
{
	return crashes ? (uint64_t)crashes->history.images : 0;
}

bool
sup_reexec_written(uint64_t image, uint64_t *bytes)
{
	uint64_t later = sup_reexec_image() - image;
	const struct history *h;

	if (!later || later > LIMIT)
		return false;
	h = &crashes->history;
	if (later > h->count || h->written[later - 1] == UNKNOWN)
		return false;
	*bytes = (uint64_t)h->written[later - 1];
	return true;
}

/* For the calling thread; kept by a fork. */
static int
make_stack(void)
{
	static char *stack;
	stack_t alternate = { .ss_size = STACK_SIZE };

	if (!stack) {
		void *at = mmap(NULL, GUARD_SIZE + STACK_SIZE,
				PROT_READ | PROT_WRITE,
				MAP_PRIVATE | MAP_ANONYMOUS | MAP_STACK, -1, 0);

		if (at == MAP_FAILED)
			return -errno;
		mprotect(at, GUARD_SIZE, PROT_NONE);
		stack = at;
	}
	alternate.ss_sp = stack + GUARD_SIZE;
	return sigaltstack(&alternate, NULL) < 0 ? -errno : 0;
}

/* The kernel names a process after the file that it executes: "exe". */
static void
restore_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	prctl(PR_SET_NAME, slash ? slash + 1 : path);
}

int
sup_reexec_on_crash(char *const argv[])
{
	struct sigaction action = { .sa_sigaction = on_crash,
				    .sa_flags = SA_SIGINFO | SA_ONSTACK };
	struct crashes *old = crashes;
	struct history history = { 0 };
	struct crashes *c;
	int error;

	if (!argv || !argv[0])
		return sup_fail_errno(EINVAL, "reexec", "no arguments");
	error = make_stack();
	if (error)
		return sup_fail_errno(-error, "reexec", "no stack");
	if (old && old->pid == own_pid())
		history = old->history;
	else
		take_note(&history);
	c = copy_all(argv);
	if (!c)
		return sup_fail_errno(ENOMEM, "reexec", "no memory");
	c->history = history;
	if (history.count)
		restore_name(argv[0]);
	mprotect(c, c->size, PROT_READ);
	crashes = c;
	sigfillset(&action.sa_mask);
	for (size_t i = 0; i < sizeof(signals) / sizeof(signals[0]); i++)
		sigaction(signals[i], &action, NULL);
	if (old)
		munmap(old, old->size);
	return (int)history.count;
}
