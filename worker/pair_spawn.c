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

/* All words, for execvp(); they live as long as the process. */
static char **
window_words(char *const *argv, const char *terminal)
{
	char *text = strdup(terminal);
	char *checkpoint = checkpoint_path();
	char **words;
	unsigned n = 0, more = 0;

	while (argv[more])
		more++;
	words = calloc(TERMINAL_WORDS + 1 + more + 3, sizeof(*words));
	if (!text || !words || !checkpoint)
		return NULL;
	errno = EINVAL;
	if (words_split(text, words, TERMINAL_WORDS, &n) || !n)
		return NULL;
	words[n++] = strdup(own_path());
	for (unsigned i = 1; i < more; i++)
		words[n++] = argv[i];
	words[n++] = strdup("--checkpoint");
	words[n] = checkpoint;
	return words;
}

static void
execute(char *const *argv, const char *terminal)
{
	char **words;

	reset_signals();
	if (!terminal) {
		execv(own_path(), argv);
		execv("/proc/self/exe", argv);
		return;
	}
	words = window_words(argv, terminal);
	if (words)
		execvp(words[0], words);
}

pid_t
pair_spawn(char *const *argv, const char *terminal)
{
	pid_t pid = fork();

	if (pid < 0)
		fprintf(stderr, "counter: no backup: fork: %s\n",
			strerror(errno));
	if (pid)
		return pid;
	execute(argv, terminal);
	fprintf(stderr, "counter: no backup: %s: %s\n",
		terminal ? terminal : argv[0], strerror(errno));
	_exit(EX_OSERR);
}
