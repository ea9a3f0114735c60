/* SPDX-License-Identifier: MIT */
/*
 * mail.c - the mailboxes of children: messages to their processes.
 */
#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "core/heap.h"
#include "core/journal.h"
#include "core/reason.h"
#include "events.h"
#include "mail.h"
#include "os/process.h"
#include "os/procfs.h"
#include "shell.h"
#include "spec.h"
#include "watches.h"

#define WAITING_MAX 1024u        /* messages of one process, */
#define BYTES_MAX (1 << 20)      /* their bytes, */
#define ALL_BYTES_MAX (64 << 20) /* and those of all processes */
#define NUMBER_SIZE 24

/* A message that waits, in the heap of the state. */
struct letter {
	uint64_t next; /* heap block; 0: it is the last */
	uint32_t length;
	char text[];
};

int
mail_number(const struct spec *spec)
{
	const int number = FD_RESERVED - 7;

	return spec->ready == READY_FD && spec->ready_fd == number ?
		       number - 1 :
		       number;
}

int
mail_open(struct state *s, uint32_t slot, const struct spec *spec, int *ret)
{
	int pair[2];

	s->process[slot].mail = (struct mail){ .fd = -1 };
	*ret = -1;
	if (!spec->mailbox)
		return 0;
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) < 0)
		return -errno;
	s->process[slot].mail.fd = pair[0];
	*ret = pair[1];
	return 0;
}

static struct letter *
letter_at(const struct supd *d, uint64_t block)
{
	return heap_at(d->state->heap, block);
}

/* Bytes more or fewer of those that wait. */
static void
count_bytes(struct state *s, struct mail *mail, int32_t more)
{
	journal_save(s->journal, &s->mail_bytes, sizeof(s->mail_bytes));
	s->mail_bytes += more;
	mail->bytes += more;
}

/* Who reads gets what he is sent, however much others leave lying. */
static bool
has_room(const struct state *s, const struct mail *mail)
{
	return mail->waiting == 0 ||
	       (mail->waiting < WAITING_MAX && mail->bytes < BYTES_MAX &&
		s->mail_bytes < ALL_BYTES_MAX);
}

bool
mail_takes_requests(const struct mail *mail)
{
	return mail->fd >= 0 && mail->waiting < WAITING_MAX;
}

/* Puts a letter at the end of the queue; false: there is no memory. */
static bool
enqueue(struct state *s, struct mail *mail, const char *text)
{
	char number[NUMBER_SIZE];
	size_t n = (size_t)snprintf(number, sizeof(number), "%" PRIu64 " ",
				    mail->number + 1);
	size_t length = strlen(text);
	struct letter *letter;
	uint64_t block =
		heap_alloc(s->heap, s->journal, sizeof(*letter) + n + length);

	if (!block)
		return false;
	letter = heap_at(s->heap, block);
	letter->next = 0;
	letter->length = (uint32_t)(n + length);
	memcpy(letter->text, number, n);
	memcpy(letter->text + n, text, length);
	journal_save(s->journal, mail, sizeof(*mail));
	count_bytes(s, mail, (int32_t)letter->length);
	if (mail->last) {
		letter = heap_at(s->heap, mail->last);
		journal_save(s->journal, letter, sizeof(*letter));
		letter->next = block;
	} else {
		mail->first = block;
	}
	mail->last = block;
	mail->waiting++;
	mail->number++;
	return true;
}

/* Whoever lost something is to know where, as soon as there is room again. */
static void
tell_lost(struct state *s, struct mail *mail)
{
	char text[32];

	snprintf(text, sizeof(text), "LOST %u", mail->untold);
	if (mail->untold && enqueue(s, mail, text))
		mail->untold = 0;
}

static void
count_lost(struct supd *d, uint32_t slot)
{
	struct mail *mail = &d->state->process[slot].mail;

	journal_save(d->state->journal, mail, sizeof(*mail));
	if (mail->untold++ == 0)
		events_say(d, slot_node(slot),
			   "event=mailbox_full child=%s waiting=%u",
			   tree_node(d->tree, slot_node(slot))->id,
			   mail->waiting);
	mail->lost++;
}

bool
mail_post(struct supd *d, uint32_t slot, const char *format, ...)
{
	struct state *s = d->state;
	struct mail *mail = &s->process[slot].mail;
	char text[MAIL_TEXT_MAX - NUMBER_SIZE];
	va_list args;

	if (mail->fd < 0)
		return false;
	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	if (has_room(s, mail))
		tell_lost(s, mail);
	if (!mail->untold && has_room(s, mail) && enqueue(s, mail, text))
		return true;
	count_lost(d, slot);
	return false;
}

void
mail_reply(struct supd *d, uint32_t slot, uint64_t serial, const char *answer)
{
	char text[128];

	snprintf(text, sizeof(text), "REPLY %" PRIu64 " %s", serial, answer);
	if (!enqueue(d->state, &d->state->process[slot].mail, text))
		count_lost(d, slot);
}

static void
dequeue(struct supd *d, struct mail *mail)
{
	struct state *s = d->state;
	uint64_t block = mail->first;

	journal_begin(s->journal);
	journal_save(s->journal, mail, sizeof(*mail));
	count_bytes(s, mail, -(int32_t)letter_at(d, block)->length);
	mail->first = letter_at(d, block)->next;
	if (!mail->first)
		mail->last = 0;
	mail->waiting--;
	heap_free(s->heap, s->journal, block);
	if (!mail->first)
		tell_lost(s, mail);
	journal_commit(s->journal);
}

void
mail_flush(struct supd *d, uint32_t slot)
{
	struct mail *mail = &d->state->process[slot].mail;

	while (mail->fd >= 0 && mail->first) {
		const struct letter *letter = letter_at(d, mail->first);

		if (send(mail->fd, letter->text, letter->length,
			 MSG_NOSIGNAL | MSG_DONTWAIT) >= 0)
			dequeue(d, mail);
		else if (errno == EAGAIN || errno == ENOBUFS || errno == ENOMEM)
			break;
		else
			mail_close(d, slot);
	}
	watches_mail(d, slot);
}

/* Whom a message is about, as "ID PID". */
static const char *
sender(const struct supd *d, const struct action *a, char *buf, size_t size)
{
	const struct node *node = tree_node(d->tree, a->other);
	int64_t pid = node ? d->state->child[a->other].last_pid : a->value;

	if (node && node->is_supervisor)
		pid = getpid();
	if (a->result == RESULT_NOPROC || pid == 0)
		snprintf(buf, size, "%s -", node ? node->id : "-");
	else
		snprintf(buf, size, "%s %" PRId64, node ? node->id : "-", pid);
	return buf;
}

void
mail_perform(struct supd *d, const struct action *a)
{
	struct state *s = d->state;
	uint32_t slot = slot_of_primary(s, a->node);
	char who[ID_SIZE + 16], why[REASON_SIZE];

	sender(d, a, who, sizeof(who));
	reason_format(&a->reason, why, sizeof(why));
	journal_begin(s->journal);
	switch (a->message) {
	case MESSAGE_EXIT:
		mail_post(d, slot, "EXIT %s %s", who, why);
		break;
	case MESSAGE_DOWN:
		mail_post(d, slot, "DOWN %" PRId64 " %s %s", a->value, who,
			  why);
		break;
	}
	tree_done(d->tree);
	journal_commit(s->journal);
	mail_flush(d, slot);
}

/* For it there is always room: it comes once, and who does not get it is killed
   after its grace. */
void
mail_stop(struct supd *d, uint32_t node)
{
	struct state *s = d->state;
	uint32_t slot = slot_of_primary(s, node);
	struct mail *mail = &s->process[slot].mail;

	journal_begin(s->journal);
	tell_lost(s, mail);
	if (!enqueue(s, mail, "STOP shutdown"))
		count_lost(d, slot);
	tree_done(d->tree);
	journal_commit(s->journal);
	mail_flush(d, slot);
	/* It may be stopped. */
	process_signal(s, slot, tree_node(d->tree, node)->id, SIGCONT);
}

void
mail_forget(struct state *s, uint32_t slot)
{
	struct mail *mail = &s->process[slot].mail;

	journal_save(s->journal, mail, sizeof(*mail));
	while (mail->first) {
		uint64_t block = mail->first;
		const struct letter *letter = heap_at(s->heap, block);

		count_bytes(s, mail, -(int32_t)letter->length);
		mail->first = letter->next;
		heap_free(s->heap, s->journal, block);
	}
	mail->last = 0;
	mail->waiting = 0;
}

/* A process that ends closes everything, too, before it is dead. */
static bool
is_ending(const struct process *p)
{
	struct proc_stat stat;

	return p->tid && (proc_stat(p->tid, &stat) < 0 || stat.is_exiting);
}

/* Who cannot be told of exit signals does not trap them; of one that ends, a
   signal that comes now must not be taken for the reason. */
void
mail_close(struct supd *d, uint32_t slot)
{
	struct state *s = d->state;
	struct mail *mail = &s->process[slot].mail;
	int fd = mail->fd;

	journal_begin(s->journal);
	if (!slot_is_standby(s, slot) && !is_ending(&s->process[slot]))
		tree_trap(d->tree, slot_node(slot), false);
	mail_forget(s, slot);
	mail->fd = -1;
	journal_commit(s->journal);
	watches_mail(d, slot);
	close(fd);
}

void
mail_revoke(struct supd *d, uint32_t slot, const char *why)
{
	uint32_t node = slot_node(slot);

	mail_close(d, slot);
	events_say(d, node, "event=mailbox_closed child=%s text=\"%s\"",
		   tree_node(d->tree, node)->id, why);
}
