/* SPDX-License-Identifier: MIT */
/*
 * watches.h - what the loop watches for each child: its pidfd, its deadlines,
 * its ready descriptor and its mailbox.
 */
#ifndef WATCHES_H
#define WATCHES_H

#include <stdbool.h>
#include <stdint.h>

struct supd;

/* Allocates (sparse) room for all children. false: no memory. */
bool
watches_open(struct supd *d);

/* Watches the pidfd, ready_fd, standby_fd and mailbox of a slot's process
   (os/state.h); again, with what is new, is fine. */
void
watches_process(struct supd *d, uint32_t slot);

/* Something waits in its mailbox, or no more, or it is closed. */
void
watches_mail(struct supd *d, uint32_t slot);

/* The process has ended: closes its descriptors. */
void
watches_process_done(struct supd *d, uint32_t slot);

/* Arms, changes or disarms the timer for tree_node(node)->deadline. */
void
watches_deadline(struct supd *d, uint32_t node);

/* The same for its watchdog; deadline: absolute ms. */
void
watches_watchdog(struct supd *d, uint32_t node, int64_t deadline);

/* All of the above go. */
void
watches_forget(struct supd *d, uint32_t node);

#endif
