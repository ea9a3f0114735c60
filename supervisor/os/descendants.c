/* SPDX-License-Identifier: MIT */
/*
 * descendants.c - what a child has left, found by walking /proc.
 *
 * "Nothing is left" must be true when it is said.  The kernel's list of the
 * keeper's children may lack one while another is reaped, and one that dies
 * hands its own children over while we look.  So a look counts only if the
 * keeper has reaped nobody meanwhile (state.reaps) and no orphan was dead: else
 * the answer is "perhaps", and the keeper wakes us when it has reaped.
 */
#include "descendants.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "procfs.h"
#include "state.h"

#define ROUNDS 16 /* of killing */

/* One look at the keeper's children. */
struct look {
	struct pid_list orphans;
	bool has_dead;
};

/* When a look that found no orphans at all began: whoever had ended before has
   left nothing. */
static int64_t nobody_since;

static void
look_for_orphans(const struct state *s, struct look *look)
{
	struct pid_list *list = &look->orphans;
	struct proc_stat stat;
	unsigned kept = 0;

	list->count = 0;
	list->is_cut = look->has_dead = false;
	proc_children(s->keeper, list);
	for (unsigned i = 0; i < list->count; i++) {
		pid_t pid = list->pid[i];

		if (state_slot_of(s, pid) != NO_NODE || pid == s->supervisor)
			continue;
		if (proc_stat(pid, &stat) < 0 || stat.state == 'Z')
			look->has_dead = true;
		else
			list->pid[kept++] = pid;
	}
	list->count = kept;
}

static bool
is_left_by(const struct state *s, uint32_t slot, const char *id, pid_t orphan)
{
	char child[ID_SIZE + 16], keeper[32];
	const char *words[] = { child, keeper,
				slot_is_standby(s, slot) ? "SUPD_ROLE=standby" :
							   "SUPD_ROLE="
							   "primary" };
	pid_t main_pid = s->process[slot].tid;
	struct proc_stat stat;

	if (proc_stat(orphan, &stat) < 0)
		return false;
	if (stat.session == main_pid || stat.group == main_pid)
		return true;
	snprintf(child, sizeof(child), "SUPD_CHILD=%s", id);
	snprintf(keeper, sizeof(keeper), "SUPD_KEEPER=%d", s->keeper);
	return proc_has_environment(orphan, words, 3);
}

/* Leaves in look->orphans all that is the slot's, the main process excepted. */
static void
collect(const struct state *s, uint32_t slot, const char *id, struct look *look)
{
	struct pid_list *list = &look->orphans;
	unsigned kept = 0;

	look_for_orphans(s, look);
	for (unsigned i = 0; i < list->count; i++)
		if (is_left_by(s, slot, id, list->pid[i]))
			list->pid[kept++] = list->pid[i];
	list->count = kept;
	if (s->process[slot].phase != PROCESS_DEAD)
		proc_children(s->process[slot].tid, list);
	proc_descendants(list, 0);
}

/* Sends sig; how many were alive to get it, or -errno. */
static int
signal_list(const struct pid_list *list, int sig)
{
	struct proc_stat stat;
	int alive = 0;

	for (unsigned i = 0; i < list->count; i++) {
		int r;

		if (proc_stat(list->pid[i], &stat) < 0 || stat.state == 'Z')
			continue;
		r = proc_signal(list->pid[i], stat.start, sig);
		if (r < 0)
			return r;
		alive++;
	}
	return alive;
}

static bool
is_same(const struct pid_list *a, const struct pid_list *b)
{
	return a->count == b->count &&
	       memcmp(a->pid, b->pid, a->count * sizeof(a->pid[0])) == 0;
}

int
descendants_signal(struct state *s, uint32_t slot, const char *id, int sig)
{
	static struct look looks[2];
	int r;

	for (unsigned round = 0; round < ROUNDS; round++) {
		struct look *now = &looks[round % 2];

		collect(s, slot, id, now);
		if (round > 0 &&
		    is_same(&now->orphans, &looks[(round + 1) % 2].orphans))
			break;
		r = signal_list(&now->orphans, sig);
		if (r < 0)
			return r;
		if (r == 0 || sig != SIGKILL)
			break;
	}
	return 0;
}

static bool
has_member(const struct pid_list *list, pid_t group)
{
	struct proc_stat stat;

	for (unsigned i = 0; i < list->count; i++)
		if (proc_stat(list->pid[i], &stat) == 0 && stat.state != 'Z' &&
		    stat.group == group)
			return true;
	return false;
}

static bool
is_found(const struct state *s, uint32_t slot, const char *id,
	 struct look *look)
{
	if (s->process[slot].kill_mode == KILL_GROUP) {
		proc_descendants(&look->orphans, 0);
		return has_member(&look->orphans, s->process[slot].tid);
	}
	for (unsigned i = 0; i < look->orphans.count; i++)
		if (is_left_by(s, slot, id, look->orphans.pid[i]))
			return true;
	return false;
}

bool
descendants_remain(struct state *s, uint32_t slot, const char *id)
{
	static struct look look;
	uint32_t reaps = __atomic_load_n(&s->reaps, __ATOMIC_ACQUIRE);
	int64_t began = clock_ms();
	bool found, is_empty;

	if (s->process[slot].ended < nobody_since)
		return false;
	look_for_orphans(s, &look);
	is_empty = look.orphans.count == 0;
	found = is_found(s, slot, id, &look);
	if (found || look.has_dead || look.orphans.is_cut || reaps % 2 ||
	    __atomic_load_n(&s->reaps, __ATOMIC_ACQUIRE) != reaps)
		return true;
	if (is_empty)
		nobody_since = began;
	return false;
}
