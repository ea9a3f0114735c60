/* SPDX-License-Identifier: MIT */
/*
 * varlink.h - Varlink messages: a call read strictly, a reply written.
 *
 * A message is one JSON object and a NUL byte.  What lies between the NUL
 * bytes is the caller's to find.
 */
#ifndef VARLINK_H
#define VARLINK_H

#include <stdbool.h>
#include <stddef.h>

#include "json.h"

#define VARLINK_MESSAGE_MAX (1u << 20)
#define VARLINK_SERVICE "org.varlink.service."
#define VARLINK_SUPD "org.supd.Supervisor."

struct emit;

struct varlink_call {
	json_t *message; /* owns the rest */
	const char *method;
	json_t *parameters; /* an object, or NULL: none */
	bool more, oneway;
};

/* text: one message without its NUL.  0 or -EINVAL with a message in err. */
int
varlink_parse(const char *text, size_t length, struct varlink_call *ret,
	      char *err, size_t err_size);

/* What is half built or zeroed is fine. */
void
varlink_done(struct varlink_call *call);

enum argument_type {
	ARGUMENT_STRING,
	ARGUMENT_STRINGS,
	ARGUMENT_INT,
	ARGUMENT_INTS,
	ARGUMENT_BOOL
};

/* A method's parameter; a table of them ends with a name of NULL. */
struct argument {
	const char *name;
	enum argument_type type;
	bool required;
};

/* NULL, or the name of the first parameter that is unknown, missing or not of
   its type.  null is as good as missing. */
const char *
varlink_check(const json_t *parameters, const struct argument *arguments);

/* A reply: begin, its parameters (emit.h), end. */
void
varlink_begin(struct emit *out);

void
varlink_end(struct emit *out, bool continues);

/* An error; the same with its name. */
void
varlink_begin_error(struct emit *out, const char *error);

#endif
