/* SPDX-License-Identifier: MIT */
/*
 * call.h - supervisor:handle_call/3: what people and programs ask for.
 */
#ifndef CALL_H
#define CALL_H

#include "layout.h"

/* ON_CALL: into the mailbox of the supervisor whose matter it is. */
void
call_receive(struct tree *t, const struct event *event);

/* Its turn has come; cell is its letter, which is freed when it is answered. */
void
call_handle(struct tree *t, uint32_t s, uint32_t cell);

/* The start that the call being served had asked for is over. */
void
call_start_done(struct tree *t, uint32_t s);

/* So is its stop. */
void
call_stop_done(struct tree *t, uint32_t s);

/* The supervisor goes down before the call has been answered. */
void
call_refuse(struct tree *t, uint32_t cell);

#endif
