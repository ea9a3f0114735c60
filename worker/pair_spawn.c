/* SPDX-License-Identifier: MIT */
/*
 * pair_spawn.c - starts this program once more, beside it or in a window.
 */
#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "pair_page.h"
#include "pair_spawn.h"
#include "words.h"

#define TERMINAL_WORDS 32

/* As the program was started, whatever this half is about. */
static void
reset_signals(void)
{
	sigset_t none;

	signal(SIGPIPE, SIG_DFL);
	signal(SIGXFSZ, SIG_DFL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
}

/* Where this program is: a window has another PATH and directory. */
static const char *
own_path(void)
{
	static char path[PATH_MAX];
	ssize_t n = readlink("/proc/self/exe", path, sizeof(path) - 1);

	path[n > 0 ? n : 0] = '\0';
	return path;
}

/* The full path of the checkpoint, which need not be there yet. */
static char *
checkpoint_path(void)
{
	char *path = realpath(pair_path, NULL);

	if (path)
		path[strlen(path) - strlen(PAIR_SUFFIX)] = '\0';
	return path;
}

/* The words of the command that opens a window. */
static unsigned
open_window(char **words, const char *terminal)
{
	char *text = strdup(terminal);
	unsigned n = 0;

	if (!text || words_split(text, words, TERMINAL_WORDS, &n))
		return 0;
	return n;
}

/* All words of what is executed; they live as long as the process.  NULL: the
   terminal is no command. */
static char **
all_words(const struct options *o, char *const *argv)
{
	unsigned n = 0, count = 0;
	char **words;

	while (argv[count])
		count++;
	words = calloc(TERMINAL_WORDS + count + 4, sizeof(*words));
	if (!words)
		return NULL;
	errno = EINVAL;
	if (o->terminal && !(n = open_window(words, o->terminal)))
		return NULL;
	words[n++] = o->terminal ? strdup(own_path()) : argv[0];
	for (unsigned i = 1; i < count; i++)
		words[n++] = argv[i];
	/* A backup has got these already. */
	if (o->backup)
		return words;
	words[n++] = strdup("--backup");
	if (o->terminal) {
		words[n++] = strdup("--checkpoint");
		words[n] = checkpoint_path();
	}
	return words;
}

static void
execute(const struct options *o, char *const *argv)
{
	char **words = all_words(o, argv);

	reset_signals();
	if (!words)
		return;
	if (o->terminal) {
		execvp(words[0], words);
		return;
	}
	execv(own_path(), words);
	execv("/proc/self/exe", words);
}

pid_t
pair_spawn(const struct options *o, char *const *argv)
{
	pid_t pid = fork();

	if (pid < 0)
		fprintf(stderr, "counter: no backup: fork: %s\n",
			strerror(errno));
	if (pid)
		return pid;
	execute(o, argv);
	fprintf(stderr, "counter: no backup: %s: %s\n",
		o->terminal ? o->terminal : argv[0], strerror(errno));
	_exit(EX_OSERR);
}
