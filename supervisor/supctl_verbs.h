/* SPDX-License-Identifier: MIT */
/*
 * supctl_verbs.h - the verbs of supctl(1).
 *
 * Each is given its words: argv[0] is the verb, argv[argc] NULL.  Options have
 * been read already (all but start-child's).
 */
#ifndef SUPCTL_VERBS_H
#define SUPCTL_VERBS_H

#include "supctl.h"

typedef enum supctl_exit
verb_function(struct supctl *s, int argc, char **argv);

/* supctl_look.c: they only look */
verb_function verb_status, verb_tree, verb_which_children, verb_count_children,
	verb_pid, verb_version, verb_ping, verb_check, verb_wait;

/* supctl_past.c: the flight recorder */
verb_function verb_events, verb_why;

/* supctl_monitor.c */
verb_function verb_monitor;

/* supctl_act.c, supctl_add.c: they act */
verb_function verb_start, verb_stop, verb_restart, verb_signal, verb_exit,
	verb_link, verb_unlink, verb_send, verb_reset, verb_shutdown,
	verb_start_child, verb_stop_child, verb_delete_child,
	verb_restart_child, verb_takeover;

#endif
