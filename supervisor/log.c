/* SPDX-License-Identifier: MIT */
/*
 * log.c - supd's own log.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <syslog.h>
#include <time.h>
#include <unistd.h>

#include "log.h"

#define LINE_SIZE 2048
#define PATIENCE_MS 200 /* with a reader that has stopped reading */
#define JOURNAL_SOCKET "/run/systemd/journal/socket"

enum sink { SINK_STDERR, SINK_SYSLOG, SINK_JOURNAL, SINK_FILE };

static struct {
	enum sink sink;
	int level;
	int fd;              /* SINK_FILE, SINK_JOURNAL */
	bool journal_stderr; /* stderr is the journal's: mark the priority */
	unsigned lost;       /* lines, since the last that was taken */
} logger = { .sink = SINK_STDERR, .level = LOG_INFO, .fd = -1 };

char *
log_escape(char *buf, unsigned size, const char *text)
{
	static const char hex[] = "0123456789abcdef";
	unsigned n = 0;

	for (; *text && n + 5 < size; text++) {
		unsigned char c = (unsigned char)*text;

		if (c >= ' ' && c != 0x7f && c != '\\') {
			buf[n++] = (char)c;
			continue;
		}
		buf[n++] = '\\';
		if (c == '\\' || c == '\n' || c == '\t') {
			buf[n++] = c == '\n' ? 'n' : c == '\t' ? 't' : '\\';
			continue;
		}
		buf[n++] = 'x';
		buf[n++] = hex[c >> 4];
		buf[n++] = hex[c & 15];
	}
	if (size)
		buf[n] = '\0';
	return buf;
}

static int
open_journal(void)
{
	struct sockaddr_un to = { .sun_family = AF_UNIX,
				  .sun_path = JOURNAL_SOCKET };
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	if (fd < 0)
		return -errno;
	if (connect(fd, (const struct sockaddr *)&to, sizeof(to)) < 0) {
		int error = errno;

		close(fd);
		return -error;
	}
	return fd;
}

/* https://systemd.io/JOURNAL_EXPORT_FORMATS: stderr is the journal's if
   JOURNAL_STREAM is set (its numbers are not compared: children inherit the
   same descriptor or have another one of their own). */
int
log_open(const char *where, int level, int *fd)
{
	int r = -1;

	logger.level = level;
	logger.journal_stderr = getenv("JOURNAL_STREAM") != NULL;
	*fd = -1;
	if (strcmp(where, "stderr") == 0) {
		logger.sink = SINK_STDERR;
		return 0;
	}
	if (strcmp(where, "syslog") == 0) {
		openlog("supd", LOG_PID, LOG_DAEMON);
		logger.sink = SINK_SYSLOG;
		return 0;
	}
	if (strcmp(where, "journal") == 0) {
		r = open_journal();
		if (r < 0)
			return r;
		logger.sink = SINK_JOURNAL;
	} else if (strncmp(where, "file:", 5) == 0) {
		r = open(where + 5,
			 O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOCTTY |
				 O_NONBLOCK,
			 0640);
		if (r < 0)
			return -errno;
		logger.sink = SINK_FILE;
	} else {
		return -EINVAL;
	}
	logger.fd = r;
	*fd = r;
	return 0;
}

void
log_fd(int fd)
{
	if (logger.fd >= 0)
		logger.fd = fd;
}

/* Others write to stderr too, so it stays blocking.  Who was waited for in vain
   is not waited for again before he has come back. */
static bool
has_room(int fd)
{
	struct pollfd p = { .fd = fd, .events = POLLOUT };

	return poll(&p, 1, logger.lost ? 0 : PATIENCE_MS) != 0;
}

static void
put(int fd, const struct iovec *parts, int count)
{
	if (!has_room(fd) || writev(fd, parts, count) < 0)
		logger.lost++;
}

static struct iovec
part(const char *text)
{
	union {
		const char *in;
		void *out;
	} u = { .in = text };

	return (struct iovec){ u.out, strlen(text) };
}

static void
put_journal(int level, const char *line)
{
	char head[64];

	snprintf(head, sizeof(head),
		 "SYSLOG_IDENTIFIER=supd\nPRIORITY=%d\nMESSAGE=", level);
	put(logger.fd, (struct iovec[]){ part(head), part(line), part("\n") },
	    3);
}

static void
put_file(const char *line)
{
	char stamp[48];
	struct timespec now;
	struct tm tm;
	size_t n;

	clock_gettime(CLOCK_REALTIME, &now);
	localtime_r(&now.tv_sec, &tm);
	n = strftime(stamp, sizeof(stamp), "%Y-%m-%dT%H:%M:%S", &tm);
	snprintf(stamp + n, sizeof(stamp) - n, ".%03ld ",
		 now.tv_nsec / 1000000);
	put(logger.fd, (struct iovec[]){ part(stamp), part(line), part("\n") },
	    3);
}

static void
put_stderr(int level, const char *line)
{
	char head[16] = "supd: ";

	if (logger.journal_stderr)
		snprintf(head, sizeof(head), "<%d>", level);
	put(STDERR_FILENO,
	    (struct iovec[]){ part(head), part(line), part("\n") }, 3);
}

static void
put_line(int level, const char *line)
{
	switch (logger.sink) {
	case SINK_STDERR:
		put_stderr(level, line);
		break;
	case SINK_SYSLOG:
		syslog(level, "%s", line);
		break;
	case SINK_JOURNAL:
		put_journal(level, line);
		break;
	case SINK_FILE:
		put_file(line);
		break;
	}
}

static void
say_lost(void)
{
	unsigned lost = logger.lost;
	char line[80];

	snprintf(line, sizeof(line),
		 "lines of this log that could not be written: %u", lost);
	put_line(LOG_WARNING, line);
	logger.lost = logger.lost == lost ? 0 : lost;
}

__attribute__((format(printf, 2, 0))) static void
say(int level, const char *format, va_list args)
{
	char line[LINE_SIZE];
	int error = errno;

	if (level > logger.level)
		return;
	if (logger.lost)
		say_lost();
	vsnprintf(line, sizeof(line), format, args);
	put_line(level, line);
	errno = error;
}

void
log_stderr(const char *format, ...)
{
	char line[LINE_SIZE];
	va_list args;

	va_start(args, format);
	vsnprintf(line, sizeof(line), format, args);
	va_end(args);
	put_stderr(LOG_ERR, line);
}

#define LOG_AT(name, level)                      \
	void log_##name(const char *format, ...) \
	{                                        \
		va_list args;                    \
                                                 \
		va_start(args, format);          \
		say(level, format, args);        \
		va_end(args);                    \
	}

LOG_AT(err, LOG_ERR)
LOG_AT(warn, LOG_WARNING)
LOG_AT(notice, LOG_NOTICE)
LOG_AT(info, LOG_INFO)
LOG_AT(debug, LOG_DEBUG)
