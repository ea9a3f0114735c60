/* SPDX-License-Identifier: MIT */
/*
 * scene_lib.h - a small tree whose processes do as they are told, and the trace
 * of what the core had done to them.
 *
 * The trace is words: "start:a stop:b kill:c gave_up:root exit:1", and for
 * messages "EXIT:to:from:reason" and "DOWN:to:from:reason".  A process
 * that is told to stop does so at once, unless it is stubborn; one that is
 * killed is gone at once.
 */
#ifndef SCENE_LIB_H
#define SCENE_LIB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/tree.h"

#define SCENE_NODES 64
#define SCENE_TRACE 4096

struct scene {
	void *memory;
	size_t size;
	struct tree *t;
	int64_t now;
	bool runs[SCENE_NODES];
	bool stubborn[SCENE_NODES];
	unsigned failures[SCENE_NODES]; /* starts that will not succeed, */
	int why;                        /* and the errno; 0: ENOENT */
	uint32_t gone[SCENE_NODES];     /* a queue of those that obeyed */
	unsigned gone_count;
	uint64_t tokens;
	uint32_t from; /* who sends the next exit/2 */
	int result;    /* of the last call answered; -1: none was */
	struct reason reason;
	char trace[SCENE_TRACE];
};

/* A root with these flags: one_for_one, intensity 1 in 5, and OTP's rule at
   the limit, if flags is NULL. */
void
scene_new(struct scene *s, const struct child_spec *flags);

void
scene_free(struct scene *s);

/* A permanent worker with five ticks to stop. */
struct child_spec
scene_worker(const char *id);

/* A supervisor, else as scene_worker(), intensity 1 in 5. */
struct child_spec
scene_supervisor(const char *id);

/* tree_add(), which must succeed. */
uint32_t
scene_add(struct scene *s, const char *parent, const struct child_spec *spec);

/* Workers of one letter each, permanent, below parent. */
void
scene_add_all(struct scene *s, const char *parent, const char *letters);

void
scene_boot(struct scene *s);

/* Any event about id. */
void
scene_event(struct scene *s, enum event_type type, const char *id);

/* The process has ended with exit code (0: normal). */
void
scene_exit(struct scene *s, const char *id, int code);

/* The result, or -1 if there is no answer yet. */
int
scene_call(struct scene *s, enum call_type call, const char *id);

/* exit/2 */
void
scene_kill(struct scene *s, const char *id, const char *reason);

/* start_child/2 */
int
scene_start_child(struct scene *s, const char *parent,
		  const struct child_spec *spec);

void
scene_pass(struct scene *s, int64_t ticks);

void
scene_fail(struct scene *s, const char *id, unsigned times);

void
scene_stubborn(struct scene *s, const char *id, bool stubborn);

/* What was called directly is performed, and what follows from it. */
void
scene_settle(struct scene *s);

uint32_t
scene_find(struct scene *s, const char *id);

const struct node *
scene_node(struct scene *s, const char *id);

/* Asserts that the trace since the last time is this. */
void
scene_saw_(struct scene *s, const char *expected, const char *file, int line);

#define scene_saw(s, expected) scene_saw_(s, expected, __FILE__, __LINE__)

#endif
