/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The commands of the control socket, in one table: what reads and what changes told apart. A new
 * command is a row here and its function. Thread: control core.
 */
#ifndef OPER_COMMAND_H
#define OPER_COMMAND_H

#include "oper/answer.h"
#include "oper/running.h"

/* Does its work at once. 0, or -errno with answer->err set. */
typedef int (*command_change)(struct answer *answer, struct running *running);

struct command {
	const char *words;     /* "show bindings" */
	const char *arguments; /* "HOME-ADDRESS", "" for none; shown in help */
	const char *help;
	size_t min_arguments;
	size_t max_arguments;
	answer_next next;      /* of a command that reads, else NULL */
	command_change change; /* of a command that changes, else NULL */
};

/*
 * The command that a request names. NULL: there is none, or its arguments do not fit; answer->err
 * says so.
 */
const struct command *command_find(struct answer *answer);

/* The rows of the table: 0.., NULL behind the last. */
const struct command *command_at(size_t i);

/* The n-th argument behind the command's words, NULL if it has not that many. */
const char *command_argument(const struct answer *answer, size_t n);

/*
 * The same as an address; IP_NONE if it has not that many. -EINVAL: it is none, answer->err says so.
 */
int command_address(struct answer *answer, size_t n, struct ip_addr *addr);

#endif
