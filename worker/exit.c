/* SPDX-License-Identifier: MIT */
/*
 * exit.c - ends with a reason of its own.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "message.h"
#include "reason.h"
#include "supworker.h"

#define REASON_MAX 47

int
sup_reason_check(const char *reason)
{
	if (strlen(reason) > REASON_MAX)
		return sup_fail(EMSGSIZE,
				"a reason of more than %d bytes: "
				"%.60s",
				REASON_MAX, reason);
	if (!*reason)
		return sup_fail(EINVAL, "an empty reason");
	for (const char *p = reason; *p; p++)
		if ((unsigned char)*p < ' ' || *p == 127)
			return sup_fail(EINVAL, "a reason with control "
						"characters");
	return 0;
}

void
sup_exit(const char *reason)
{
	char state[sizeof("EXIT_REASON=") + REASON_MAX];

	if (sup_reason_check(reason) == 0) {
		snprintf(state, sizeof(state), "EXIT_REASON=%s", reason);
		sup_notify(state);
	}
	exit(strcmp(reason, "normal") == 0 ? EXIT_SUCCESS : EXIT_FAILURE);
}
