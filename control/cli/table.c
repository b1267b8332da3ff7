/* SPDX-License-Identifier: BSD-3-Clause */
/* Aligned tables; neighbours: view.c fills them. */
#include "cli/table.h"

#include <stdlib.h>
#include <string.h>

void table_add_column(struct table *table, const char *title, bool right)
{
	if (table->n_columns == TABLE_COLUMNS_MAX)
		abort();
	table->titles[table->n_columns] = title;
	table->right[table->n_columns++] = right;
}

void table_add_cell(struct table *table, char *text)
{
	if (table->n_cells == table->size) {
		size_t size = table->size == 0 ? 256 : 2 * table->size;
		char **cells = realloc(table->cells, size * sizeof(*cells));

		if (cells == NULL) {
			fputs("haaroctl: out of memory\n", stderr);
			exit(1);
		}
		table->cells = cells;
		table->size = size;
	}
	table->cells[table->n_cells++] = text;
}

static const char *cell_text(const char *cell)
{
	return cell == NULL || *cell == '\0' ? "-" : cell;
}

/* Blanks at the end of a line help nobody: the last column is padded only on its left. */
static void print_cell(const struct table *table, size_t column, int width, const char *text,
		       FILE *out)
{
	bool last = column + 1 == table->n_columns;

	if (table->right[column])
		fprintf(out, "%*s", width, text);
	else
		fprintf(out, "%-*s", last ? 0 : width, text);
	fputs(last ? "\n" : "  ", out);
}

void table_print(const struct table *table, FILE *out)
{
	int widths[TABLE_COLUMNS_MAX];

	if (table->n_cells == 0) {
		fputs("none\n", out);
		return;
	}
	for (size_t i = 0; i < table->n_columns; i++)
		widths[i] = (int)strlen(table->titles[i]);
	for (size_t i = 0; i < table->n_cells; i++) {
		int width = (int)strlen(cell_text(table->cells[i]));

		if (width > widths[i % table->n_columns])
			widths[i % table->n_columns] = width;
	}
	for (size_t i = 0; i < table->n_columns; i++)
		print_cell(table, i, widths[i], table->titles[i], out);
	for (size_t i = 0; i < table->n_cells; i++)
		print_cell(table, i % table->n_columns, widths[i % table->n_columns],
			   cell_text(table->cells[i]), out);
}

void table_fini(struct table *table)
{
	for (size_t i = 0; i < table->n_cells; i++)
		free(table->cells[i]);
	free(table->cells);
	*table = (struct table){0};
}
