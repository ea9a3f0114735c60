/* SPDX-License-Identifier: MIT */
/*
 * monitor_pid.c - monitors of any process, by pidfd.
 */
#include "monitor_pid.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/pidfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "mailbox.h"
#include "message.h"
#include "supworker.h"

struct sup_watch {
	struct sup_watch *next;
	long long ref;
	pid_t pid;
	int pidfd;
};

static struct sup_watch *watches;

/* Since Linux 6.15; older headers have none of it. */
struct exit_info {
	uint64_t mask;
	uint64_t cgroup;
	uint32_t ids[11];
	int32_t status; /* as of waitpid(2) */
};

#define GET_EXIT_INFO _IOWR(0xFF, 11, struct exit_info)
#define MASK_EXIT (1ULL << 3)

static short
state_of(int pidfd)
{
	struct pollfd it = { .fd = pidfd, .events = POLLIN };

	return poll(&it, 1, 0) > 0 ? it.revents : 0;
}

/* Of a process that is waited for already. */
static bool
ask_kernel(int pidfd, int *ret)
{
	struct exit_info info = { .mask = MASK_EXIT };

	if (ioctl(pidfd, GET_EXIT_INFO, &info) < 0 || !(info.mask & MASK_EXIT))
		return false;
	*ret = info.status;
	return true;
}

/* A link of /proc is there for those alone who may see the status. */
static bool
may_see(pid_t pid)
{
	char path[64], target[1];

	snprintf(path, sizeof(path), "/proc/%d/exe", (int)pid);
	return readlink(path, target, sizeof(target)) >= 0 || errno == ENOENT;
}

/* Of one that nobody has waited for yet: the last number of its stat. */
static bool
ask_proc(pid_t pid, int *ret)
{
	char path[64], text[1024], *last;
	FILE *file;
	size_t n;

	snprintf(path, sizeof(path), "/proc/%d/stat", (int)pid);
	file = may_see(pid) ? fopen(path, "re") : NULL;
	if (!file)
		return false;
	n = fread(text, 1, sizeof(text) - 1, file);
	fclose(file);
	text[n] = '\0';
	last = strrchr(text, ' ');
	if (!last)
		return false;
	*ret = (int)strtol(last, NULL, 10);
	return true;
}

/* The pid is its own until it has been waited for, which hangs up the pidfd. */
static bool
find_status(const struct sup_watch *w, int *ret)
{
	if (!(state_of(w->pidfd) & POLLHUP) && ask_proc(w->pid, ret) &&
	    !(state_of(w->pidfd) & POLLHUP))
		return true;
	return ask_kernel(w->pidfd, ret);
}

static void
write_reason(const struct sup_watch *w, char *text, size_t size)
{
	const char *name;
	int status;

	if (!find_status(w, &status)) {
		snprintf(text, size, "unknown");
	} else if (WIFSIGNALED(status)) {
		name = sigabbrev_np(WTERMSIG(status));
		if (name)
			snprintf(text, size, "signal:%s", name);
		else
			snprintf(text, size, "signal:%d", WTERMSIG(status));
	} else if (WEXITSTATUS(status)) {
		snprintf(text, size, "exit:%d", WEXITSTATUS(status));
	} else {
		snprintf(text, size, "normal");
	}
}

static void
write_down(struct sup_message *m, long long ref, pid_t pid)
{
	*m = (struct sup_message){
		.kind = SUP_DOWN, .ref = ref, .pid = pid, .id = "-"
	};
}

static void
end(struct sup_watch *watch)
{
	struct sup_watch **p = &watches;

	while (*p != watch)
		p = &(*p)->next;
	*p = watch->next;
	sup_mailbox_unwatch(watch->pidfd);
	free(watch);
}

void
sup_watch_fire(struct sup_watch *watch, struct sup_message *ret)
{
	write_down(ret, watch->ref, watch->pid);
	write_reason(watch, ret->text, sizeof(ret->text));
	ret->length = strlen(ret->text);
	end(watch);
}

void
sup_watch_end(long long ref)
{
	struct sup_watch *w = watches;

	while (w && w->ref != ref)
		w = w->next;
	if (w)
		end(w);
}

bool
sup_watch_any(void)
{
	return watches != NULL;
}

void
sup_watch_forget(void)
{
	while (watches) {
		struct sup_watch *w = watches;

		watches = w->next;
		close(w->pidfd);
		free(w);
	}
}

static int
put_noproc(long long ref, pid_t pid)
{
	static const char reason[] = "noproc";
	struct sup_message *room = sup_mailbox_room();

	if (!room)
		return -ENOMEM;
	write_down(room, ref, pid);
	memcpy(room->text, reason, sizeof(reason));
	room->length = sizeof(reason) - 1;
	sup_mailbox_put();
	return 0;
}

static int
watch(long long ref, pid_t pid, int pidfd)
{
	struct sup_watch *w = malloc(sizeof(*w));
	int error;

	if (!w)
		return sup_fail(ENOMEM, "process %d: no memory", (int)pid);
	*w = (struct sup_watch){ watches, ref, pid, pidfd };
	error = sup_mailbox_watch(pidfd, w);
	if (error)
		free(w);
	else
		watches = w;
	return error;
}

long long
sup_monitor_pid(pid_t pid)
{
	static long long ref = WATCH_REF;
	int pidfd = pidfd_open(pid, 0);
	int error;

	if (pidfd < 0 && errno != ESRCH)
		return sup_fail(errno, "process %d: %s", (int)pid,
				strerror(errno));
	if (pidfd < 0) {
		error = put_noproc(ref, pid);
	} else if (state_of(pidfd)) {
		close(pidfd);
		error = put_noproc(ref, pid);
	} else {
		error = watch(ref, pid, pidfd);
		if (error)
			close(pidfd);
	}
	return error ? error : ref++;
}
