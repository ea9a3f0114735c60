/* SPDX-License-Identifier: MIT */
/*
 * letter.c - reads what supd sends: `NUMBER KIND ...`, words that are separated
 * by one space each, and the rest.
 */
#include "letter.h"

#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "message.h"

#define WORD_SIZE 64

static const char *const kinds[] = {
	[SUP_TEXT] = "MESSAGE",    [SUP_EXIT] = "EXIT", [SUP_DOWN] = "DOWN",
	[SUP_PRIMARY] = "PRIMARY", [SUP_STOP] = "STOP", [SUP_LOST] = "LOST",
};

#define KINDS (sizeof(kinds) / sizeof(kinds[0]))

/* Takes the next word off *text; false: there is none that fits. */
static bool
take_word(const char **text, char *word, size_t size)
{
	size_t length = strcspn(*text, " ");

	if (length == 0 || length >= size)
		return false;
	memcpy(word, *text, length);
	word[length] = '\0';
	*text += length;
	if (**text)
		++*text;
	return true;
}

/* A number from 1 on. */
static bool
take_number(const char **text, long long *ret)
{
	char word[WORD_SIZE];
	long long n = 0;

	if (!take_word(text, word, sizeof(word)))
		return false;
	for (const char *p = word; *p; p++) {
		if (*p < '0' || *p > '9' || n > (LLONG_MAX - 9) / 10)
			return false;
		n = n * 10 + (*p - '0');
	}
	*ret = n;
	return n > 0;
}

/* Of a process; `-` is 0. */
static bool
take_pid(const char **text, pid_t *ret)
{
	long long pid = 0;

	if ((*text)[0] == '-' && (*text)[1] == ' ')
		*text += 2;
	else if (!take_number(text, &pid) || pid > INT32_MAX)
		return false;
	*ret = (pid_t)pid;
	return true;
}

static bool
take_rest(const char **text, struct sup_message *m)
{
	m->length = strlen(*text);
	if (m->length > SUP_TEXT_MAX)
		return false;
	memcpy(m->text, *text, m->length + 1);
	*text += m->length;
	return true;
}

static bool
take_message(const char **text, struct sup_message *m)
{
	switch (m->kind) {
	case SUP_EXIT:
		return take_word(text, m->id, sizeof(m->id)) &&
		       take_pid(text, &m->pid) && take_rest(text, m) &&
		       m->length > 0;
	case SUP_DOWN:
		return take_number(text, &m->ref) &&
		       take_word(text, m->id, sizeof(m->id)) &&
		       take_pid(text, &m->pid) && take_rest(text, m) &&
		       m->length > 0;
	case SUP_LOST:
		return take_number(text, &m->ref);
	case SUP_STOP:
	case SUP_TEXT:
		return take_rest(text, m);
	case SUP_PRIMARY:
		return true;
	}
	return false;
}

static bool
take_letter(const char **text, struct letter *l)
{
	char word[WORD_SIZE];

	if (!take_number(text, &l->number) ||
	    !take_word(text, word, sizeof(word)))
		return false;
	if (strcmp(word, "REPLY") == 0)
		return take_number(text, &l->serial) && take_rest(text, &l->m);
	for (size_t i = SUP_TEXT; i < KINDS; i++) {
		if (strcmp(word, kinds[i]) != 0)
			continue;
		l->m.kind = (enum sup_kind)i;
		return take_message(text, &l->m);
	}
	return false;
}

int
sup_letter_read(struct letter *ret, const char *text, size_t length)
{
	const char *p = text;

	*ret = (struct letter){ .m.id = "-" };
	if (strlen(text) == length && take_letter(&p, ret) && *p == '\0')
		return 0;
	return sup_fail(EBADMSG, "the mailbox: not a message of supd: %.60s",
			text);
}
