/* SPDX-License-Identifier: MIT */
/*
 * gate.h - standby = gate: a process that is set up completely and waits just
 * before its execve(2).
 */
#ifndef GATE_H
#define GATE_H

#define GATE_NAME "supd-gate" /* argv[0] of a supd that is one */

/*
 * argv: GATE_NAME, the file to execute, and its argv.  Waits for the message of
 * standby.h on SUPD_STANDBY_FD, changes the environment and executes.  Returns
 * an exit status if it cannot, having told its errno there, or if nobody is
 * left to wait for.
 */
int
gate_run(char **argv);

#endif
