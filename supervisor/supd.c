/* SPDX-License-Identifier: MIT */
/*
 * supd.c - the daemon's command line: supd(8).
 */
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <sysexits.h>
#include <syslog.h>
#include <unistd.h>

#include "boot.h"
#include "config.h"
#include "gate.h"
#include "keeper.h"
#include "os/state.h"
#include "supervisor.h"
#include "units.h"
#include "version.h"

#define DEFAULT_CONFIG "/etc/supd/supd.ini"

enum { OPT_ENSURE = 256 };

static const struct option long_options[] = {
	{ "config", required_argument, NULL, 'c' },
	{ "test", no_argument, NULL, 't' },
	{ "daemon", no_argument, NULL, 'd' },
	{ "ensure", no_argument, NULL, OPT_ENSURE },
	{ "pidfile", required_argument, NULL, 'p' },
	{ "loglevel", required_argument, NULL, 'l' },
	{ "version", no_argument, NULL, 'V' },
	{ "help", no_argument, NULL, 'h' },
	{ 0 },
};

static void
usage(FILE *to)
{
	fputs("usage: supd [-d] [--ensure] [-c FILE] [-p PIDFILE] [-l LEVEL]\n"
	      "       supd -t [-c FILE]\n"
	      "       supd -V | -h\n"
	      "\n"
	      "  -c, --config FILE     configuration (" DEFAULT_CONFIG ")\n"
	      "  -t, --test            check the configuration and exit\n"
	      "  -d, --daemon          go to the background; return when"
	      " ready\n"
	      "      --ensure          exit with 0 if it runs already (cron)\n"
	      "  -p, --pidfile FILE    write and lock a pid file\n"
	      "  -l, --loglevel LEVEL  err, warning, notice, info, debug\n"
	      "  -V, --version         print the version\n"
	      "  -h, --help            print this\n",
	      to);
}

static int
parse_level(const char *name)
{
	int level;

	if (unit_log_level(name, &level))
		return level;
	fprintf(stderr,
		"supd: unknown log level '%s': err, warning, notice, info or"
		" debug\n",
		name);
	exit(EX_USAGE);
}

static int
check(const char *file)
{
	struct config_errors errors = { .say = boot_say_error };
	bool is_missing = false;
	struct config *c = config_load(file, &errors, &is_missing);

	if (!c)
		return is_missing ? EX_NOINPUT : EX_CONFIG;
	printf("%s: no errors (children and supervisors: %zu)\n", file,
	       c->count);
	config_free(c);
	return EX_OK;
}

/*
 * The parent waits for one byte: the exit status of a start that failed, or 0
 * when the tree is up.  The child is a session leader's child, so that it never
 * gets a terminal.  Returns the pipe's end in the daemon.
 */
static int
daemonise(void)
{
	unsigned char status = EX_SOFTWARE;
	int ends[2];
	pid_t pid;

	if (pipe2(ends, O_CLOEXEC) < 0 || (pid = fork()) < 0) {
		perror("supd");
		exit(EX_OSERR);
	}
	if (pid > 0) {
		close(ends[1]);
		if (read(ends[0], &status, 1) != 1)
			fputs("supd: died before it was ready\n", stderr);
		_exit(status);
	}
	close(ends[0]);
	setsid();
	pid = fork();
	if (pid < 0) {
		perror("supd");
		_exit(EX_OSERR);
	}
	if (pid > 0)
		_exit(0);
	return ends[1];
}

static int
run(struct options *o)
{
	struct state *s;
	unsigned char status;
	int r, ready = -1;

	if (o->daemonise)
		ready = daemonise();
	r = state_create(&s);
	if (r < 0) {
		fprintf(stderr, "supd: cannot make the shared state: %s%s\n",
			strerror(-r),
			r == -ENOSYS || r == -EINVAL || r == -EPERM ?
				": it needs Linux 5.11 or newer, and a system"
				" call filter that allows what that has" :
				"");
		status = EX_OSERR;
	} else {
		if (ready >= 0)
			state_keep_fd(s, FD_READY, ready);
		/* For those who ask which file it runs on, from elsewhere. */
		if (!realpath(o->config, s->config))
			snprintf(s->config, sizeof(s->config), "%s", o->config);
		supervisor_options(o);
		status = (unsigned char)keeper_run(s, supervisor_run);
		if (status == EX_RUNNING && o->ensure)
			status = EX_OK;
		ready = s->fds[FD_READY];
	}
	if (ready >= 0 && write(ready, &status, 1) < 0)
		status = EX_OSERR;
	return status;
}

int
main(int argc, char **argv)
{
	struct options o = { .log_level = -1 };
	bool is_check = false;
	int c;

	if (argc > 0 && strcmp(argv[0], GATE_NAME) == 0)
		return gate_run(argv);
	while ((c = getopt_long(argc, argv, "c:tdp:l:Vh", long_options,
				NULL)) != -1) {
		switch (c) {
		case 'c':
			o.config = optarg;
			break;
		case 't':
			is_check = true;
			break;
		case 'd':
			o.daemonise = true;
			break;
		case OPT_ENSURE:
			o.ensure = true;
			break;
		case 'p':
			o.pid_file = optarg;
			break;
		case 'l':
			o.log_level = parse_level(optarg);
			break;
		case 'V':
			puts("supd " SUPD_VERSION);
			return EX_OK;
		case 'h':
			usage(stdout);
			return EX_OK;
		default:
			usage(stderr);
			return EX_USAGE;
		}
	}
	if (optind < argc) {
		fprintf(stderr, "supd: unexpected argument '%s'\n",
			argv[optind]);
		usage(stderr);
		return EX_USAGE;
	}
	if (!o.config && access(DEFAULT_CONFIG, F_OK) < 0) {
		fputs("supd: which configuration? -c FILE (without it "
		      DEFAULT_CONFIG ", which is not there)\n",
		      stderr);
		return EX_NOINPUT;
	}
	if (!o.config)
		o.config = DEFAULT_CONFIG;
	return is_check ? check(o.config) : run(&o);
}
