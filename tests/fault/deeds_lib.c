/* SPDX-License-Identifier: MIT */
/*
 * deeds_lib.c - what a supervisor does while it is hunted.
 */
#include "deeds_lib.h"

#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "os/state.h"

#define PATIENCE_MS 20000

/* Ends a child's process; the keeper has taken note when this returns. */
static void
end_child(struct test *t, const char *id)
{
	struct account *a = ledger_find(&t->ledger, id);

	a->restarts++;
	kill(a->pid, SIGUSR1);
	while (kill(a->pid, 0) == 0)
		daemon_rest();
}

static void
ask(struct test *t, const char *method, const char *id)
{
	char parameters[64];

	snprintf(parameters, sizeof(parameters), "{\"ids\":[\"%s\"]}", id);
	t->call = daemon_send(&t->d, method, parameters);
}

/* The end of a call that may have been cut off, and was asked for again. */
static void
insist(struct test *t, const char *method, const char *parameters)
{
	json_decref(daemon_receive(t->call));
	json_decref(daemon_call(&t->d, method, parameters));
	t->call = -1;
}

static void
exit_plain(struct test *t)
{
	end_child(t, "plain");
}

static void
exit_notifier(struct test *t)
{
	end_child(t, "notifier");
}

static void
exit_of_group(struct test *t)
{
	end_child(t, "middle");
}

/* One link ends its peer, the other one is a message. */
static void
exit_of_linked(struct test *t)
{
	end_child(t, "left");
	ledger_find(&t->ledger, "right")->restarts++;
	ledger_find(&t->ledger, "listener")->hears++;
}

/* Does the process sleep in that system call, in a while? */
static bool
await_call(pid_t pid, long wanted)
{
	int64_t deadline = clock_ms() + PATIENCE_MS;
	char path[40];
	long number = -1;

	snprintf(path, sizeof(path), "/proc/%d/syscall", pid);
	while (number != wanted && clock_ms() < deadline) {
		FILE *f = fopen(path, "re");

		if (!f || fscanf(f, "%ld", &number) != 1)
			number = -1;
		if (f)
			fclose(f);
		daemon_rest();
	}
	return number == wanted;
}

/* The standby has said that its primary dies, and the keeper has not recorded
   that. */
static void
be_seen_ending(struct test *t)
{
	struct account *a = ledger_find(&t->ledger, "paired");

	await_call(a->standby, SYS_futex_waitv);
	hunter_stop(t->d.hunter.keeper);
	a->restarts++;
	kill(a->pid, SIGUSR1);
	await_call(a->standby, SYS_recvfrom);
}

bool
deeds_end_record(struct test *t, bool is_killed)
{
	pid_t standby = ledger_find(&t->ledger, "paired")->standby;
	bool is_promoted = is_killed ||
			   await_call(standby, SYS_rt_sigtimedwait);

	hunter_spare(t->d.hunter.keeper);
	if (!is_promoted)
		printf("# the standby is not promoted before the record\n");
	return is_promoted;
}

static void
stop(struct test *t)
{
	ledger_find(&t->ledger, "idle")->runs = false;
	ask(t, "Stop", "idle");
}

static void
stop_again(struct test *t)
{
	insist(t, "Stop", "{\"ids\":[\"idle\"]}");
}

static void
start(struct test *t)
{
	ledger_find(&t->ledger, "idle")->runs = true;
	ask(t, "Start", "idle");
}

static void
start_again(struct test *t)
{
	insist(t, "Start", "{\"ids\":[\"idle\"]}");
}

static void
be_started(struct test *t)
{
	if (ledger_find(&t->ledger, "idle")->runs)
		return;
	start(t);
	start_again(t);
}

static void
be_stopped(struct test *t)
{
	if (!ledger_find(&t->ledger, "idle")->runs)
		return;
	stop(t);
	stop_again(t);
}

static const char *
addition(const struct test *t, const char *id)
{
	static char text[4400];

	snprintf(text, sizeof(text),
		 "{\"id\":\"%s\",\"command\":[\"./victim\",\"record\"],"
		 "\"settings\":[\"directory=%s\"]}",
		 id, t->d.folder);
	return text;
}

static void
add(struct test *t)
{
	snprintf(t->extra, sizeof(t->extra), "extra%u", ++t->serial);
	ledger_add(&t->ledger, t->extra);
	t->call = daemon_send(&t->d, "StartChild", addition(t, t->extra));
}

static void
add_again(struct test *t)
{
	insist(t, "StartChild", addition(t, t->extra));
}

static void
drop(struct test *t)
{
	char parameters[64];

	snprintf(parameters, sizeof(parameters), "{\"id\":\"%s\"}", t->extra);
	t->call = daemon_send(&t->d, "StopChild", parameters);
}

static void
drop_again(struct test *t)
{
	const char *wrong;
	char parameters[64];

	snprintf(parameters, sizeof(parameters), "{\"id\":\"%s\"}", t->extra);
	insist(t, "StopChild", parameters);
	wrong = ledger_close(&t->ledger, t->extra);
	t->extra[0] = '\0';
	if (wrong) {
		printf("# %s\n", wrong);
		t->ledger.wrong++;
	}
}

static void
be_there(struct test *t)
{
	if (t->extra[0])
		return;
	add(t);
	add_again(t);
}

static void
be_away(struct test *t)
{
	if (!t->extra[0])
		return;
	drop(t);
	drop_again(t);
}

static void
nothing(struct test *t)
{
	(void)t;
}

const struct deed deeds[DEEDS] = {
	{ "an exit and its restart", nothing, exit_plain, nothing, AT_WORK },
	{ "one that is ready later", nothing, exit_notifier, nothing, AT_WORK },
	{ "a round of one_for_all", nothing, exit_of_group, nothing, AT_WORK },
	{ "an exit that links pass on", nothing, exit_of_linked, nothing,
	  AT_WORK },
	{ "a takeover, and an exit", nothing, exit_plain, nothing, FROM_BIRTH },
	{ "a primary seen ending", nothing, be_seen_ending, nothing,
	  BEFORE_RECORD },
	{ "a stop by hand", be_started, stop, stop_again, AT_WORK },
	{ "a start by hand", be_stopped, start, start_again, AT_WORK },
	{ "start_child", be_away, add, add_again, AT_WORK },
	{ "stop and delete a child", be_there, drop, drop_again, AT_WORK },
};

static const struct {
	const char *id, *word, *keys;
} children[] = {
	{ "plain", "", "" },
	{ "notifier", "notify", "ready = notify\n" },
	{ "idle", "", "" },
	{ "left", "", "" },
	{ "right", "", "links = left\n" },
	{ "listener", "listen",
	  "links = left\nmailbox = yes\ntrap_exit = yes\n" },
	{ "first", "", "supervisor = group\n" },
	{ "middle", "notify", "ready = notify\nsupervisor = group\n" },
	{ "last", "", "supervisor = group\n" },
	{ "paired", "", "standby = hot\nkill_mode = process\n" },
};

bool
deeds_configure(struct test *t)
{
	char path[96];
	FILE *f;

	snprintf(path, sizeof(path), "%s/victim", t->d.folder);
	if (symlink(t->d.victim, path) < 0)
		return false;
	snprintf(path, sizeof(path), "%s/t.ini", t->d.folder);
	f = fopen(path, "we");
	if (!f)
		return false;
	fprintf(f,
		"[supd]\nname = fault-%d\nstate_dir = %s/state\n"
		"socket = %s/s\nintensity = 10000\nperiod = 10h\n"
		"[supervisor:group]\nstrategy = one_for_all\n"
		"intensity = 10000\nperiod = 10h\n",
		getpid(), t->d.folder, t->d.folder);
	for (size_t i = 0; i < sizeof(children) / sizeof(*children); i++) {
		fprintf(f,
			"[child:%s]\ncommand = ./victim record %s\n"
			"directory = %s\n%s",
			children[i].id, children[i].word, t->d.folder,
			children[i].keys);
		ledger_add(&t->ledger, children[i].id)->is_paired =
			strstr(children[i].keys, "standby") != NULL;
	}
	return fclose(f) == 0;
}

void
deeds_add_bystander(struct test *t)
{
	ledger_add(&t->ledger, "dynamic");
	json_decref(daemon_call(&t->d, "StartChild", addition(t, "dynamic")));
}
