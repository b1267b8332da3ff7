/* SPDX-License-Identifier: BSD-3-Clause */
/* The canonical form; see printer.h. */
#include <errno.h>
#include <string.h>

#include "printer.h"

void print_text(struct printer *printer, const char *text)
{
	static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
				    "0123456789._/-";

	if (*text != '\0' && *text != '-' && *text != '.' && text[strspn(text, plain)] == '\0') {
		fputs(text, printer->out);
		return;
	}
	fputc('"', printer->out);
	for (; *text != '\0'; text++) {
		if (*text == '"' || *text == '\\')
			fputc('\\', printer->out);
		fputc(*text, printer->out);
	}
	fputc('"', printer->out);
}

static void print_values(struct printer *printer, const struct key *key, const void *base)
{
	const char *items = key_items(key, base);
	size_t count = key_count(key, base);
	size_t i;

	fprintf(printer->out, "%s: [", key->name);
	for (i = 0; i < count; i++) {
		fputs(i == 0 ? "" : ", ", printer->out);
		key->type->print(printer, key, items + i * key->size);
	}
	fputs("]\n", printer->out);
}

static void print_indent(struct printer *printer, unsigned int indent)
{
	fprintf(printer->out, "%*s", (int)indent, "");
}

/* Prints the rows of a map, the first behind what stands in its line already ("- "). */
static void print_rows(struct printer *printer, const struct map *map, const void *base,
		       unsigned int indent, bool in_line);

static void print_maps(struct printer *printer, const struct key *key, const void *base,
		       unsigned int indent)
{
	const char *items = key_items(key, base);
	size_t count = key_count(key, base);
	size_t i;

	fprintf(printer->out, "%s:%s\n", key->name, count == 0 ? " []" : "");
	for (i = 0; i < count; i++) {
		print_indent(printer, indent + 2);
		fputs("- ", printer->out);
		print_rows(printer, key->map, items + i * key->size, indent + 4, true);
	}
}

static bool key_is_printed(const struct printer *printer, const struct key *key, const void *value)
{
	unsigned int other = printer->conf->role == CONF_HOME_AGENT ? KEY_MOBILE : KEY_HOME;

	if (key->flags & other)
		return false;
	return key->map || key->list != LIST_NO || !key->type->is_unset ||
	       !key->type->is_unset(key, value);
}

static void print_rows(struct printer *printer, const struct map *map, const void *base,
		       unsigned int indent, bool in_line)
{
	const struct key *key;

	for (key = map->keys; key < map->keys + map->n_keys; key++) {
		const char *value = (const char *)base + key->offset;

		if (!key_is_printed(printer, key, value))
			continue;
		if (!in_line)
			print_indent(printer, indent);
		in_line = false;
		if (key->list != LIST_NO && key->map) {
			print_maps(printer, key, base, indent);
		} else if (key->list != LIST_NO) {
			print_values(printer, key, base);
		} else if (key->map) {
			fprintf(printer->out, "%s:\n", key->name);
			print_rows(printer, key->map, value, indent + 2, false);
		} else {
			fprintf(printer->out, "%s: ", key->name);
			key->type->print(printer, key, value);
			fputc('\n', printer->out);
		}
	}
}

static int print_file(const struct conf *conf, const struct map *map, const void *base, FILE *out)
{
	struct printer printer = {.out = out, .conf = conf};

	print_rows(&printer, map, base, 0, false);
	if (fflush(out) != 0)
		return -errno;
	return ferror(out) ? -EIO : 0;
}

int conf_print(const struct conf *conf, FILE *out)
{
	return print_file(conf, &schema_main, conf, out);
}

int conf_print_subscribers(const struct conf *conf, FILE *out)
{
	return print_file(conf, &schema_subscribers, &conf->home.subscribers, out);
}
