/* SPDX-License-Identifier: MIT */
/*
 * memory_lib.c - a tree's memory, and what a crash leaves of it.
 */
#include "memory_lib.h"

#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/layout.h"

#define MARGIN 512 /* nodes and cells that a step may newly use */

void
memory_new(struct memory *m)
{
	size_t journal = sizeof(struct journal) + tree_journal_size();

	journal = (journal + 4095) & ~(size_t)4095;
	m->size = journal + tree_size();
	m->journal = mmap(NULL, m->size, PROT_READ | PROT_WRITE,
			  MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (m->journal == MAP_FAILED)
		abort();
	m->tree = (char *)m->journal + journal;
	journal_init(m->journal, journal - sizeof(struct journal));
}

void
memory_free(struct memory *m)
{
	munmap(m->journal, m->size);
}

static uint32_t
lesser(uint32_t a, uint32_t b)
{
	return a < b ? a : b;
}

/* The parts of the tree that are in use. */
struct copy {
	struct part {
		const void *where;
		size_t size;
		void *bytes;
	} parts[3];
};

static void
copy_take(struct copy *copy, const struct tree *t)
{
	uint32_t nodes = lesser(t->node_end + MARGIN, NODES_MAX);
	uint32_t cells = lesser(t->cell_end + MARGIN, CELLS_MAX);
	size_t i;

	copy->parts[0] = (struct part){ t, offsetof(struct tree, nodes), 0 };
	copy->parts[1] =
		(struct part){ t->nodes, nodes * sizeof(struct node), 0 };
	copy->parts[2] =
		(struct part){ t->cells, cells * sizeof(struct cell), 0 };
	for (i = 0; i < 3; i++) {
		struct part *p = &copy->parts[i];

		p->bytes = malloc(p->size);
		memcpy(p->bytes, p->where, p->size);
	}
}

static bool
copy_is_same(const struct copy *copy)
{
	size_t i;

	for (i = 0; i < 3; i++) {
		const struct part *p = &copy->parts[i];

		if (memcmp(p->bytes, p->where, p->size) != 0)
			return false;
	}
	return true;
}

static void
copy_free(struct copy *copy)
{
	size_t i;

	for (i = 0; i < 3; i++)
		free(copy->parts[i].bytes);
}

/* In a process that dies when the journal has grown to limit bytes. */
static bool
die_in_step(struct memory *m, const struct event *event, int64_t now,
	    uint64_t limit)
{
	uint64_t capacity = m->journal->capacity;
	pid_t pid;
	int status;

	m->journal->capacity = limit;
	pid = fork();
	if (pid == 0) {
		signal(SIGABRT, SIG_DFL);
		dup2(open("/dev/null", O_WRONLY | O_CLOEXEC), 2);
		tree_step(m->tree, event, now);
		_exit(0);
	}
	if (pid < 0 || waitpid(pid, &status, 0) != pid)
		abort();
	m->journal->capacity = capacity;
	return WIFSIGNALED(status);
}

bool
memory_survives(struct memory *m, const struct event *event, int64_t now,
		unsigned percent)
{
	struct copy before;
	uint64_t length;
	bool same;

	copy_take(&before, m->tree);
	journal_begin(m->journal);
	tree_step(m->tree, event, now);
	length = m->journal->length;
	journal_rollback(m->journal);
	same = copy_is_same(&before);
	if (same && percent < 10) {
		same = die_in_step(m, event, now, length * percent / 10);
		journal_rollback(m->journal);
		same = same && copy_is_same(&before);
	}
	copy_free(&before);
	return same;
}
