/* SPDX-License-Identifier: MIT */
/*
 * lockpage.h - the page that a primary shares with its standby.
 *
 * The primary holds a robust mutex in it.  The kernel gives that back when the
 * primary begins to die, before it frees its memory, and thereby wakes the
 * standby, which tells supd to look (standby.c on both sides).  Nobody believes
 * what is written here: it only says when to look.
 */
#ifndef LOCKPAGE_H
#define LOCKPAGE_H

#include <pthread.h>
#include <stdint.h>

#define LOCK_PAGE_SIZE 4096

struct lock_page {
	uint32_t held;        /* 1: the primary has made and locked the mutex;
			       0 by supd, with each new primary */
	uint32_t promoted;    /* raised by supd with each promotion */
	pthread_mutex_t lock; /* its first word is the kernel's: the owner's
				 tid and two bits */
};

#endif
