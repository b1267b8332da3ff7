/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A table of text, aligned: columns as wide as their widest cell, two blanks between, numbers to the
 * right. Cells are kept as text, so that a hundred thousand rows fit. One thread.
 */
#ifndef CLI_TABLE_H
#define CLI_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#define TABLE_COLUMNS_MAX 16

struct table {
	size_t n_columns;
	const char *titles[TABLE_COLUMNS_MAX]; /* live as long as the table */
	bool right[TABLE_COLUMNS_MAX];         /* aligned to the right */
	char **cells;                          /* row by row */
	size_t n_cells;
	size_t size;
};

/* Adds a column; before any cell. */
void table_add_column(struct table *table, const char *title, bool right);

/* Adds the next cell, which the table takes over; from the left, row by row. NULL is "-". */
void table_add_cell(struct table *table, char *text);

/* Prints the title line and the rows, or "none". */
void table_print(const struct table *table, FILE *out);

void table_fini(struct table *table);

#endif
