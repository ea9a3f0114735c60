/* SPDX-License-Identifier: MIT */
/*
 * links.c - links, monitors, trapping of exits, messages and exit signals:
 * what a process asks supd for.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "mailbox.h"
#include "message.h"
#include "monitor_pid.h"
#include "post.h"
#include "reason.h"
#include "supworker.h"

static const struct refusal {
	const char *word;
	int error;
	const char *text;
} refusals[] = {
	{ "not_found", ENXIO, "there is no such child" },
	{ "noproc", ESRCH, "it does not run" },
	{ "no_mailbox", EOPNOTSUPP, "it has no mailbox" },
	{ "full", ENOBUFS, "its mailbox is full" },
	{ "simple_one_for_one", EINVAL, "it is a template" },
};

/* The value behind "ok"; or -errno, what supd has refused for whom. */
static long long
judge(const char *answer, const char *whom)
{
	static const char refused[] = "error ";
	const char *word = answer + sizeof(refused) - 1;

	if (strcmp(answer, "ok") == 0)
		return 0;
	if (strncmp(answer, "ok ", 3) == 0)
		return strtoll(answer + 3, NULL, 10);
	if (strncmp(answer, refused, sizeof(refused) - 1) != 0)
		return sup_fail(EBADMSG,
				"the mailbox: not an answer of supd: "
				"%s",
				answer);
	for (size_t i = 0; i < sizeof(refusals) / sizeof(refusals[0]); i++)
		if (strcmp(word, refusals[i].word) == 0)
			return sup_fail(refusals[i].error, "%s: %s", whom,
					refusals[i].text);
	return sup_fail(EINVAL, "%s: supd refuses: %s", whom, word);
}

/* One word, which cannot become a part of what follows it. */
static int
check_id(const char *id)
{
	size_t length = strlen(id);

	if (length == 0 || length >= SUP_ID_SIZE || strpbrk(id, " \n"))
		return sup_fail(EINVAL, "'%.60s' is no child's id", id);
	return 0;
}

static long long
ask_for(const char *verb, const char *id)
{
	char answer[ANSWER_SIZE];
	int error = check_id(id);

	if (!error)
		error = sup_post_ask(answer, "%s %s", verb, id);
	return error ? error : judge(answer, id);
}

int
sup_link(const char *id)
{
	return (int)ask_for("LINK", id);
}

int
sup_unlink(const char *id)
{
	return (int)ask_for("UNLINK", id);
}

long long
sup_monitor(const char *id)
{
	return ask_for("MONITOR", id);
}

/* One that supd does not know has sent its DOWN. */
static int
end_monitor(long long ref)
{
	char answer[ANSWER_SIZE];
	int error = sup_post_ask(answer, "DEMONITOR %lld", ref);

	if (!error)
		error = (int)judge(answer, "the monitor");
	return error == -ENXIO ? 0 : error;
}

int
sup_demonitor(long long ref, unsigned flags)
{
	int error = 0;

	if (ref <= 0 || (flags & ~SUP_FLUSH))
		return sup_fail(EINVAL, "sup_demonitor: no monitor, or an "
					"unknown flag");
	if (ref >= WATCH_REF)
		sup_watch_end(ref);
	else
		error = end_monitor(ref);
	if (!error && (flags & SUP_FLUSH))
		sup_mailbox_flush(ref);
	return error;
}

int
sup_trap_exit(int on)
{
	char answer[ANSWER_SIZE];
	int error = sup_post_ask(answer, "TRAP %d", on ? 1 : 0);

	return error ? error : (int)judge(answer, "trap_exit");
}

int
sup_send(const char *id, const char *text)
{
	char answer[ANSWER_SIZE];
	int error = check_id(id);

	if (error)
		return error;
	if (strlen(text) > SUP_TEXT_MAX)
		return sup_fail(EMSGSIZE,
				"%s: a message of more than %d "
				"bytes",
				id, SUP_TEXT_MAX);
	if (strchr(text, '\n'))
		return sup_fail(EINVAL, "%s: a message is one line", id);
	error = sup_post_ask(answer, "SEND %s %s", id, text);
	return error ? error : (int)judge(answer, id);
}

int
sup_exit_child(const char *id, const char *reason)
{
	char answer[ANSWER_SIZE];
	int error = check_id(id);

	if (!error)
		error = sup_reason_check(reason);
	if (!error)
		error = sup_post_ask(answer, "EXIT %s %s", id, reason);
	return error ? error : (int)judge(answer, id);
}
