/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * How the answer to each command is laid out for people: which fields, in which order, under which
 * titles. One table; a command that is not in it is printed as JSON. One thread.
 */
#ifndef CLI_VIEW_H
#define CLI_VIEW_H

#include <stdbool.h>
#include <stdio.h>

#include <jansson.h>

#include "cli/format.h"

#define VIEW_COLUMNS_MAX 32 /* and the end behind them is one */

struct view_column {
	const char *title;
	const char *key;
	format_cell format;
	bool right;
};

enum view_layout {
	VIEW_TABLE,  /* a line for each row */
	VIEW_FIELDS, /* a line for each field of the one row */
	VIEW_TEXT,   /* the field "text" as it is */
};

struct view {
	const char *words; /* of the command */
	enum view_layout layout;
	bool single;        /* one row always: an object in JSON, not a list */
	const char *zero;   /* rows where this is 0 are left out of a table; NULL: none are */
	const char *nested; /* a list within the row that is a table of its own; NULL: none */
	struct view_column columns[VIEW_COLUMNS_MAX]; /* title NULL behind the last */
	const struct view *nested_view;
};

/* The view of a request line; never NULL. */
const struct view *view_find(const char *line);

struct printing;

/* Prints rows as they come: JSON at once, a table when all are there. all: rows with 0 too. */
struct printing *printing_create(const char *line, bool json, bool all, FILE *out);
void printing_row(void *printing, json_t *row); /* a client_row */

/* ok: the answer is complete, print what waits for that. Frees it. */
void printing_finish(struct printing *printing, bool ok);

#endif
