/* SPDX-License-Identifier: MIT */
/*
 * log.h - supd's own log: stderr, syslog, journal or a file; the only writer
 * to stderr.  One event, one line; a failing log never stops the daemon, nor one
 * that nobody reads: its lines are lost, and how many is said when it is read
 * again; errno survives every call.
 */
#ifndef LOG_H
#define LOG_H

/* where: "stderr", "syslog", "journal", "file:PATH".  level: LOG_ERR ...
   LOG_DEBUG.  0 or -errno (then stderr goes on). *fd: the file's, for
   state_keep_fd(); -1 else. */
int
log_open(const char *where, int level, int *fd);

/* The file's or journal's descriptor has got another number. */
void
log_fd(int fd);

#define LOG_PRINTF __attribute__((format(printf, 1, 2)))
LOG_PRINTF void
log_err(const char *format, ...);
LOG_PRINTF void
log_warn(const char *format, ...);
LOG_PRINTF void
log_notice(const char *format, ...);
LOG_PRINTF void
log_info(const char *format, ...);
LOG_PRINTF void
log_debug(const char *format, ...);

/* The keeper's: to stderr, whatever the log is. */
LOG_PRINTF void
log_stderr(const char *format, ...);

/* Copies text into buf with everything escaped that is not printable ASCII or
   UTF-8 (\n, \xHH), cut at size.  Returns buf. */
char *
log_escape(char *buf, unsigned size, const char *text);

#endif
