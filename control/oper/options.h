/* SPDX-License-Identifier: BSD-3-Clause */
/* haarod's command line as a value. Pure but for getopt's cursor; called once, by main.c. */
#ifndef OPER_OPTIONS_H
#define OPER_OPTIONS_H

#include <stdbool.h>
#include <stdint.h>

#include "haaro/error.h"

enum action {
	ACTION_RUN,
	ACTION_CHECK,
	ACTION_PRINT,
	ACTION_REPLAY,
	ACTION_VERSION,
	ACTION_HELP,
};

struct options {
	enum action action;
	const char *file;     /* the configuration; NULL for version and help */
	const char *counters; /* --counters: where a replay writes its counters; NULL: nowhere */
	uint64_t seed;        /* --replay */
	bool no_huge;
};

/* -EINVAL: err says what is wrong with the arguments. */
int options_parse(struct options *options, int argc, char **argv, struct error *err);

/* What --help prints. */
const char *options_help(void);

#endif
