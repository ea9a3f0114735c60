/* SPDX-License-Identifier: MIT */
/*
 * pair_lib.h - runs a real keeper with a supervisor of the test's own.
 *
 * A test's supervisor is a function that runs where the real one would: in a
 * fork of the keeper.  It says with CHECK() what it expects; pair_run() returns
 * 0 if all of that held.
 */
#ifndef PAIR_LIB_H
#define PAIR_LIB_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "os/spawn.h"
#include "os/state.h"

#define PATIENCE_MS 20000

struct pair {
	struct state *s;
	pid_t keeper;
};

/* What a test's supervisor leaves for the test, in shared memory. */
struct notes {
	int32_t pid[16];
	int64_t number[16];
	uint32_t round;
};
extern struct notes *notes;

/* In a supervisor: says what failed and returns 1 from the function. */
#define CHECK(so)                                               \
	do {                                                    \
		if (!(so)) {                                    \
			pair_complain(__FILE__, __LINE__, #so); \
			return 1;                               \
		}                                               \
	} while (0)
/* Goes on until it is so; fails after PATIENCE_MS. */
#define WAIT(so)                                           \
	do {                                               \
		int64_t until_ = clock_ms() + PATIENCE_MS; \
		while (!(so)) {                            \
			CHECK(clock_ms() < until_ && #so); \
			pair_pause();                      \
		}                                          \
	} while (0)

void
pair_complain(const char *file, int line, const char *what);

/* A millisecond or two. */
void
pair_pause(void);

/* Makes a state for the caller to change, and the notes. */
void
pair_prepare(struct pair *p);

/* Starts the keeper. */
void
pair_start(struct pair *p, int (*supervisor)(struct state *s));

/* Waits for the keeper's end: its exit status, 256 + the signal. */
int
pair_wait(struct pair *p);

/* All of it; the supervisor's return value ends supd with that status. */
int
pair_run(int (*supervisor)(struct state *s));

/* A supervisor that runs scenario and ends supd with its value. */
int
pair_end(struct state *s, int status);

/* Lets the dead-man's timer rest, as a sleeping supervisor does. */
void
pair_rest(struct state *s);

/* Spawns with defaults: /dev/null as input, no environment but words. */
int
pair_spawn(struct state *s, uint32_t node, const char *const *argv,
	   const char *const *words, enum spawn_stage *stage);

/* Runs `sh -c script` with words in the environment; kill_mode all. */
int
pair_shell(struct state *s, uint32_t node, const char *script,
	   const char *const *words);

/* Has node's death been recorded? Takes the wake-up. */
bool
pair_has_ended(struct state *s, uint32_t node);

/* What the real supervisor does when nothing is left of it. */
void
pair_forget(struct state *s, uint32_t node);

/* Is there such a process, and not a zombie? */
bool
pair_is_alive(pid_t pid);

#endif
