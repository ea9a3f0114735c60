/* SPDX-License-Identifier: MIT */
/*
 * message.c - what the last failure of this thread was, in words.
 */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "message.h"
#include "supworker.h"

static _Thread_local char message[MESSAGE_SIZE];

int
sup_fail(int error, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(message, sizeof(message), format, args);
	va_end(args);
	return -error;
}

int
sup_fail_errno(int error, const char *path, const char *what)
{
	char reason[128];

	return sup_fail(error, "%s: %s: %s", path, what,
			strerror_r(error, reason, sizeof(reason)));
}

const char *
sup_error(void)
{
	return message;
}
