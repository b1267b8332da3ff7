/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Copies of walks. What is walked comes and goes between two pieces of a long answer, so it is copied
 * first: walked once to be counted, once more into one block of rows, then what they have lists of, then
 * all text. Thread: control core.
 */
#ifndef OPER_SNAPSHOT_H
#define OPER_SNAPSHOT_H

#include "oper/answer.h"
#include "oper/running.h"

struct snapshot_part {
	char *at;
	size_t used; /* octets */
	size_t size;
};

/* A copy in the making. */
struct snapshot {
	bool counting;
	struct ip_addr only; /* the command's first argument, IP_NONE: all */
	struct snapshot_part rows;
	struct snapshot_part lists;
	struct snapshot_part text;
};

/* What a command shows: walk has every row added, the same each time; row is NULL if one has gone. */
struct snapshot_kind {
	size_t row_size;
	void (*walk)(const struct running *running, struct snapshot *snapshot);
	json_t *(*row)(const struct running *running, const void *row);
};

/* --- of a walk: room to be filled; NULL, which is to be left alone, while it is counted ------- */

void *snapshot_row(struct snapshot *snapshot, size_t size);
void *snapshot_list(struct snapshot *snapshot, size_t size);

/* The copy of a text. */
const char *snapshot_text(struct snapshot *snapshot, const char *text);

/* Whether the command asked for another one. */
bool snapshot_leaves_out(const struct snapshot *snapshot, const struct ip_addr *address);

/* --- of a command ----------------------------------------------------------------------------- */

/* As answer_next; answer->n_snapshot is 0 at the end if there was none to show. */
int snapshot_show(struct answer *answer, const struct running *running,
		  const struct snapshot_kind *kind);

#endif
