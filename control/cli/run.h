/* SPDX-License-Identifier: BSD-3-Clause */
/* Running one command line, wherever it came from: arguments, a file, or a prompt. One thread. */
#ifndef CLI_RUN_H
#define CLI_RUN_H

#include <stdbool.h>

enum run_status {
	RUN_OK,
	RUN_FAILED,      /* the daemon refused, is not ready, or doctor found a failure */
	RUN_USAGE,       /* the command line of haaroctl is wrong */
	RUN_UNREACHABLE, /* there is no daemon */
};

struct run {
	const char *socket; /* of the daemon */
	bool json;
	bool all;             /* rows that are zero too */
	unsigned int timeout; /* of wait-ready, seconds */
	bool quit;            /* set by quit */
};

/* Runs a line and prints what comes of it; what is wrong goes to standard error behind where. */
enum run_status run_line(struct run *run, const char *line, const char *where);

/* A prompt with history and completion, until end of file or quit. */
enum run_status interactive_run(struct run *run);

#endif
