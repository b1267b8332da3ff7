/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The answer to a request: rows, then an end. Each is one line of JSON:
 *
 *     {"row":{…}}                    none, one or many
 *     {"ok":true}                    or {"ok":false,"error":"what and what to do"}
 *
 * A long answer is written in pieces, as fast as its reader takes it: a command's function is
 * called again and again, and keeps its place in cursor and snapshot. Thread: control core.
 */
#ifndef OPER_ANSWER_H
#define OPER_ANSWER_H

#include <event2/buffer.h>
#include <jansson.h>

#include "haaro/error.h"
#include "haaro/types.h"

#include "oper/request.h"

/* What one call writes before it lets others work: less than a millisecond. */
#define ANSWER_ROWS  64   /* rows */
#define ANSWER_STEPS 4096 /* indices looked at, rows or not */

struct answer {
	struct evbuffer *out;
	struct request request;
	uint64_t cursor; /* 0 at first; the command's own */
	void *snapshot;  /* NULL at first; freed with free() */
	size_t n_snapshot;
	struct error err; /* set before an error is returned */
};

/*
 * Writes the next rows. 1: there are more, call again; 0: that was all; -errno: refused, err says
 * why.
 */
struct running;
typedef int (*answer_next)(struct answer *answer, const struct running *running);

/* Appends a row and takes it over. */
void answer_row(struct answer *answer, json_t *row);

/* Appends the end: result as a command returned it. */
void answer_end(struct answer *answer, int result);

/* Frees what a command left; the evbuffer and the struct itself are the caller's. */
void answer_clear(struct answer *answer);

#endif
