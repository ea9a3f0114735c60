/* SPDX-License-Identifier: MIT */
/*
 * keeper.h - the parent of everything: records each death, then reaps it, and
 * replaces a supervisor that died or hangs.
 *
 * It reads no input, parses nothing and allocates nothing after its start.
 */
#ifndef KEEPER_H
#define KEEPER_H

struct state;

/* How long a supervisor may be awake before it is held to hang. */
#define DEADMAN_MS 10000

/* The same rule as for children: five crashes a minute, not more.  SIGKILL from
   outside is no crash of the supervisor's own.  But as many in a row that end
   before they have come up (taken_over), by whatever, are a loop too. */
#define SUPERVISOR_INTENSITY 5
#define SUPERVISOR_PERIOD_MS 60000

/*
 * Makes this process the subreaper, starts the supervisor (a fork that shares
 * the descriptor table, in which supervisor(s) is called and its value is the
 * exit status), and keeps both alive until the end that s->done announces.
 * Returns supd's exit status: s->exit_status, or EX_SOFTWARE after a crash
 * loop of the supervisor, EX_OSERR where the system makes none (all children
 * are ended first, in order of their deadlines).
 */
int
keeper_run(struct state *s, int (*supervisor)(struct state *s));

#endif
