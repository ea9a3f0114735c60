/* SPDX-License-Identifier: MIT */
/*
 * request.h - one call of a client at work, from its message to its last
 * reply.
 *
 * A method is five functions, none of which waits: begin() starts it;
 * answered() is given each answer of the core, ended() each end of a child;
 * look() is called after each change of the tree; produce() whenever there is
 * room for more output.  It is over when a reply without "continues" or an
 * error was written.
 */
#ifndef REQUEST_H
#define REQUEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/core.h"
#include "emit.h"
#include "varlink.h"

struct action;
struct request;
struct supd;

struct method {
	const char *name; /* with its interface */
	bool changes;     /* not for those who may only read */
	const struct argument *arguments;
	void (*begin)(struct request *r);
	void (*answered)(struct request *r, const struct action *a);
	void (*ended)(struct request *r, const struct action *a);
	void (*look)(struct request *r);
	void (*produce)(struct request *r);
};

/* One of the children that a call names. */
struct item {
	char id[ID_SIZE];
	uint32_t node;
	bool is_answered;
	enum result result;
	struct reason reason;
	uint64_t ref; /* its monitor; 0: none, or it has fired */
};

struct request {
	struct supd *d;
	struct emit *out;
	const struct method *method; /* NULL: no request */
	struct varlink_call call;
	uint64_t token; /* of item 0; those of the others follow */
	struct item *items;
	size_t count, issued, answered;
	bool may_be_gone;         /* an id that nobody has is none's fault */
	size_t armed;             /* monitors that have not fired */
	enum call_type core_call; /* with reason: what each item is asked */
	struct reason reason;
	int32_t pid;             /* of the client; 0: unknown */
	struct child_spec *spec; /* StartChild: of the child to be added ... */
	char *text;              /* ... its keys ... */
	uint32_t parent;         /* ... its supervisor ... */
	uint32_t link;           /* ... and whom it is linked to at its start */
	uint32_t *nodes;         /* Status: what is still to be told; Monitor:
				    its items in the order of their nodes */
	size_t node_count, node_next;
	uint64_t event;        /* Events: the next record */
	struct emit discarded; /* out of a oneway call */
};

/* Items of one request; their number is a part of the token. */
#define ITEMS_MAX 65536u

/* The method is checked and its arguments are right: goes.  Takes call. */
void
request_start(struct request *r, const struct method *method,
	      struct varlink_call *call);

/* It is over, or its client is gone. */
void
request_done(struct request *r);

/* A DO_REPLY whose token is one of ours. */
void
request_answered(struct request *r, const struct action *a);

/* A DO_REPORT of a child's end. */
void
request_ended(struct request *r, const struct action *a);

/* Arguments: NULL, dflt or false where they were not given. */
const char *
request_string(const struct request *r, const char *name);

int64_t
request_int(const struct request *r, const char *name, int64_t dflt);

bool
request_bool(const struct request *r, const char *name);

json_t *
request_list(const struct request *r, const char *name);

/* Makes items of "ids" or "id"; answers NotFound if one of them is not there.
   false: it has answered. */
bool
request_items(struct request *r);

/* The same for one id that is given, or two. */
bool
request_item(struct request *r, const char *id);
bool
request_pair(struct request *r, const char *a, const char *b);

/* Where its output goes. */
struct emit *
request_out(struct request *r);

/* Begins a reply. */
struct emit *
request_reply(struct request *r);

void
request_end(struct request *r, bool continues);

/* The beginning of an error, org.supd.Supervisor.NAME, that request_end()
   ends. */
struct emit *
request_error_begin(struct request *r, const char *error);

/* The same whole, with one parameter unless key is NULL. */
void
request_error(struct request *r, const char *error, const char *key,
	      const char *value);

/* org.varlink.service.InvalidParameter. */
void
request_invalid(struct request *r, const char *parameter);

void
request_no_memory(struct request *r);

#endif
