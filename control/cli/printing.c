/* SPDX-License-Identifier: BSD-3-Clause */
/* Printing rows by their view; neighbours: client.c brings rows, view.c has the views. */
#include <stdlib.h>
#include <string.h>

#include "cli/table.h"
#include "cli/view.h"

struct printing {
	const struct view *view;
	bool json;
	bool all;
	FILE *out;
	size_t n_rows;
	struct table table;
};

static void add_columns(struct table *table, const struct view *view)
{
	for (const struct view_column *column = view->columns; column->title != NULL; column++)
		table_add_column(table, column->title, column->right);
}

static void add_cells(struct table *table, const struct view *view, const json_t *row)
{
	for (const struct view_column *column = view->columns; column->title != NULL; column++)
		table_add_cell(table, column->format(row, column->key));
}

struct printing *printing_create(const char *line, bool json, bool all, FILE *out)
{
	struct printing *printing = calloc(1, sizeof(*printing));

	if (printing == NULL)
		return NULL;
	*printing =
		(struct printing){.view = view_find(line), .json = json, .all = all, .out = out};
	if (printing->view->layout == VIEW_TABLE)
		add_columns(&printing->table, printing->view);
	return printing;
}

static void print_json(struct printing *printing, const json_t *row)
{
	if (!printing->view->single)
		fputs(printing->n_rows == 0 ? "[" : ",\n ", printing->out);
	json_dumpf(row, printing->out, printing->view->single ? JSON_INDENT(2) : JSON_COMPACT);
	if (printing->view->single)
		fputc('\n', printing->out);
}

static void print_nested(struct printing *printing, const json_t *row)
{
	const struct view *view = printing->view->nested_view;
	const json_t *list = json_object_get(row, printing->view->nested);
	struct table table = {0};

	add_columns(&table, view);
	for (size_t i = 0; i < json_array_size(list); i++)
		add_cells(&table, view, json_array_get(list, i));
	fputc('\n', printing->out);
	table_print(&table, printing->out);
	table_fini(&table);
}

/* A value of several lines keeps its column. */
static void print_value(FILE *out, const char *text, int column)
{
	for (; *text != '\0'; text++) {
		fputc(*text, out);
		if (*text == '\n')
			fprintf(out, "%*s", column, "");
	}
	fputc('\n', out);
}

/* "title: value", values one under the other; what does not apply is left out. */
static void print_fields(struct printing *printing, const json_t *row)
{
	const struct view_column *column;
	int width = 0;

	for (column = printing->view->columns; column->title != NULL; column++)
		if ((int)strlen(column->title) > width)
			width = (int)strlen(column->title);
	for (column = printing->view->columns; column->title != NULL; column++) {
		char *text = column->format(row, column->key);

		if (text != NULL) {
			fprintf(printing->out, "%s:%*s ", column->title,
				width - (int)strlen(column->title), "");
			print_value(printing->out, text, width + 2);
		}
		free(text);
	}
	if (printing->view->nested != NULL)
		print_nested(printing, row);
}

static bool is_zero(const struct printing *printing, const json_t *row)
{
	const json_t *value;

	if (printing->all || printing->view->zero == NULL)
		return false;
	value = json_object_get(row, printing->view->zero);
	return json_is_integer(value) && json_integer_value(value) == 0;
}

void printing_row(void *arg, json_t *row)
{
	struct printing *printing = arg;
	const char *text = json_string_value(json_object_get(row, "text"));

	if (printing->json) {
		print_json(printing, row);
	} else if (printing->view->layout == VIEW_FIELDS) {
		print_fields(printing, row);
	} else if (printing->view->layout == VIEW_TEXT && text != NULL) {
		fputs(text, printing->out);
	} else if (printing->view->layout == VIEW_TEXT) {
		json_dumpf(row, printing->out, 0);
		fputc('\n', printing->out);
	} else if (!is_zero(printing, row)) {
		add_cells(&printing->table, printing->view, row);
	}
	printing->n_rows++;
}

void printing_finish(struct printing *printing, bool ok)
{
	if (printing->json && !printing->view->single && (ok || printing->n_rows > 0))
		fputs(printing->n_rows == 0 ? "[]\n" : "]\n", printing->out);
	else if (!printing->json && ok && printing->view->layout == VIEW_TABLE)
		table_print(&printing->table, printing->out);
	table_fini(&printing->table);
	free(printing);
}
