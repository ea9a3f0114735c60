/* SPDX-License-Identifier: MIT */
/*
 * counter_options.c - counter's command line.
 */
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "counter_options.h"
#include "version.h"

static const char usage[] =
	"usage: counter [OPTION...]\n"
	"       counter --inspect FILE\n"
	"Prints 1, 2, 3, ..., a line each.\n"
	"\n"
	"  --checkpoint FILE   keep the count in FILE, and go on from there\n"
	"  --interval TIME     between two numbers: 1s (default), 500ms, 0\n"
	"  --count N           end with the number N\n"
	"  --fallback          go back to an older count after three starts\n"
	"                      in a row that died before their first save\n"
	"  --pair              make a backup of this program, which takes "
	"over\n"
	"                      when it dies or hangs; needs --checkpoint\n"
	"  --terminal COMMAND  with --pair: the backup comes up in a window,\n"
	"                      opened by COMMAND: 'xterm -e'\n"
	"  --backup            with --pair: this is such a backup\n"
	"  --reexec            start again after a crash, without a "
	"supervisor\n"
	"  --crash-at N[:once] crash when N is next; the second time not\n"
	"  --hang-at N         hang when N is next\n"
	"  --ignore-term       ignore SIGTERM\n"
	"  --inspect FILE      print what is in a checkpoint file\n"
	"  --version, --help\n";

static const struct option long_options[] = {
	{ "checkpoint", required_argument, NULL, 'c' },
	{ "interval", required_argument, NULL, 'i' },
	{ "count", required_argument, NULL, 'n' },
	{ "fallback", no_argument, NULL, 'f' },
	{ "pair", no_argument, NULL, 'a' },
	{ "backup", no_argument, NULL, 'b' },
	{ "terminal", required_argument, NULL, 'w' },
	{ "reexec", no_argument, NULL, 'r' },
	{ "crash-at", required_argument, NULL, 'x' },
	{ "hang-at", required_argument, NULL, 'g' },
	{ "ignore-term", no_argument, NULL, 't' },
	{ "inspect", required_argument, NULL, 'p' },
	{ "version", no_argument, NULL, 'V' },
	{ "help", no_argument, NULL, 'h' },
	{ 0 },
};

/* Reads digits and gives what follows them; false if there are none or too
   many. */
static bool
parse_digits(const char *text, uint64_t *value, const char **rest)
{
	char *end;

	if (text[0] < '0' || text[0] > '9')
		return false;
	errno = 0;
	*value = strtoull(text, &end, 10);
	*rest = end;
	return !errno;
}

static bool
parse_number(const char *text, uint64_t *value)
{
	const char *rest;

	return parse_digits(text, value, &rest) && !*rest && *value;
}

static bool
parse_interval(const char *text, int64_t *ns)
{
	static const struct {
		const char *name;
		int64_t ns;
	} units[] = {
		{ "", NS_PER_S },        { "s", NS_PER_S },
		{ "ms", 1000000 },       { "us", 1000 },
		{ "m", 60L * NS_PER_S }, { "h", 3600L * NS_PER_S },
	};
	const char *rest;
	uint64_t value;

	if (!parse_digits(text, &value, &rest) || value > 1000000)
		return false;
	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
		if (strcmp(rest, units[i].name) != 0)
			continue;
		*ns = (int64_t)value * units[i].ns;
		return true;
	}
	return false;
}

/* N or N:once */
static bool
parse_crash(const char *text, struct options *o)
{
	const char *rest;

	if (!parse_digits(text, &o->crash_at, &rest) || !o->crash_at)
		return false;
	o->crash_once = strcmp(rest, ":once") == 0;
	return o->crash_once || !*rest;
}

/* -1: go on; else the exit code. */
static int
parse_option(int letter, struct options *o)
{
	bool good = true;

	switch (letter) {
	case 'c':
		o->checkpoint = optarg;
		break;
	case 'i':
		good = parse_interval(optarg, &o->interval);
		break;
	case 'n':
		good = parse_number(optarg, &o->count);
		break;
	case 'f':
		o->fallback = true;
		break;
	case 'a':
		o->pair = true;
		break;
	case 'b':
		o->backup = true;
		break;
	case 'w':
		o->terminal = optarg;
		break;
	case 'r':
		o->reexec = true;
		break;
	case 'x':
		good = parse_crash(optarg, o);
		break;
	case 'g':
		good = parse_number(optarg, &o->hang_at);
		break;
	case 't':
		o->ignore_term = true;
		break;
	case 'p':
		o->inspect = optarg;
		break;
	case 'V':
		puts("counter " SUPD_VERSION);
		return EX_OK;
	case 'h':
		fputs(usage, stdout);
		return EX_OK;
	default:
		fputs(usage, stderr);
		return EX_USAGE;
	}
	if (good)
		return -1;
	fprintf(stderr, "counter: '%s' is not understood; see counter --help\n",
		optarg);
	return EX_USAGE;
}

/* Options that need others.  -1, or the exit code. */
static int
check(const struct options *o)
{
	const char *wrong = NULL;

	if (o->crash_once && !o->checkpoint)
		wrong = "--crash-at N:once needs --checkpoint, to remember it";
	else if (o->pair && !o->checkpoint)
		wrong = "--pair needs --checkpoint, for the backup to go on "
			"from";
	else if ((o->terminal || o->backup) && !o->pair)
		wrong = "--terminal and --backup need --pair";
	if (!wrong)
		return -1;
	fprintf(stderr, "counter: %s\n", wrong);
	return EX_USAGE;
}

int
options_parse(int argc, char **argv, struct options *o)
{
	int letter, code;

	while ((letter = getopt_long(argc, argv, "", long_options, NULL)) !=
	       -1) {
		code = parse_option(letter, o);
		if (code >= 0)
			return code;
	}
	if (optind < argc) {
		fprintf(stderr, "counter: '%s' is one word too many\n",
			argv[optind]);
		return EX_USAGE;
	}
	return check(o);
}
