/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The manual pages of the two files against the schema: each key has its entry, word for word as the
 * schema has it, and the pages have no entry besides. After a change of the schema,
 * "test_config_man --print main" (or subscribers) prints the entries to put into the page.
 */
#include <ctype.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "conf_texts.h"
#include "file.h"
#include "schema_walk.h"
#include "value.h"

#define ENTRY_SIZE 1024

static void bound_print(FILE *out, const struct key *key, uint64_t number)
{
	struct printer printer = {.out = out};

	if (key->type == &value_duration)
		key->type->print(&printer, key, &number);
	else
		fprintf(out, "%ju%s", (uintmax_t)number, key->type == &value_rate ? "/s" : "");
}

/* What may stand there. */
static void kind_print(FILE *out, const struct key *key)
{
	size_t i;

	if (key->list != LIST_NO) {
		fprintf(out, "A list");
		if (key->max > 0)
			fprintf(out, " of %ju to %ju", (uintmax_t)key->min, (uintmax_t)key->max);
		fprintf(out, "%s%s",
			key->map ? " maps" : "; each: ", key->map ? "" : key->type->expects);
	} else if (key->map) {
		fprintf(out, "A map");
	} else if (key->choices) {
		for (i = 0; key->choices[i]; i++)
			fprintf(out, "%s%s", i == 0 ? "One of: " : ", ", key->choices[i]);
	} else if (key->type == &value_number || key->type == &value_udp_port) {
		fprintf(out, "A whole number");
	} else {
		fprintf(out, "%c%s", toupper((unsigned char)key->type->expects[0]),
			key->type->expects + 1);
	}
	if (key->list == LIST_NO &&
	    (key->type == &value_number || key->type == &value_rate ||
	     key->type == &value_udp_port || key->type == &value_duration)) {
		fprintf(out, "%s, ", key->flags & KEY_AUTO ? " or auto" : "");
		bound_print(out, key, key->min);
		fputs(" to ", out);
		bound_print(out, key, key->max);
	}
	fputs(".\n", out);
}

static void default_print(FILE *out, const struct key *key)
{
	if (key->flags & (KEY_HOME | KEY_MOBILE))
		fprintf(out, "Required in role %s, refused in the other.\n", key->name);
	else if (key->flags & KEY_REQUIRED)
		fprintf(out, "Required.\n");
	else if (key->list == LIST_NO && key->map)
		return;
	else if (key->def[0] == '\0' || strcmp(key->def, "-") == 0 || strcmp(key->def, "[]") == 0)
		fprintf(out, "Optional.\n");
	else
		fprintf(out, "Default: %s.\n", key->def);
}

static void entry_print(FILE *out, const char *path, const struct key *key)
{
	const char *help = key->help;

	fprintf(out, ".It Ic %s\n", path);
	/* What stands before the colon of a choice is a word of the file, and stays small. */
	fprintf(out, "%c%s.\n",
		strcspn(help, ":") < strcspn(help, " ") ? help[0] : toupper((unsigned char)help[0]),
		help + 1);
	kind_print(out, key);
	default_print(out, key);
	if (key->flags & KEY_RESTART)
		fprintf(out, "A change takes a restart.\n");
}

struct page {
	char *text;
	const char *name;
	unsigned int entries;
};

static void check_entry(void *arg, const char *path, const struct key *key)
{
	char entry[ENTRY_SIZE];
	struct page *page = arg;
	FILE *out = fmemopen(entry, sizeof(entry), "w");

	entry_print(out, path, key);
	fclose(out);
	page->entries++;
	if (!strstr(page->text, entry))
		fail_msg("%s lacks:\n%s", page->name, entry);
}

static void check_page(const char *name, const struct map *map)
{
	struct page page = {.name = name};
	unsigned int entries = 0;
	struct file file;
	char path[512];
	const char *at;

	snprintf(path, sizeof(path), "%s/%s", MAN_DIR, name);
	if (file_read(&file, path, 1 << 20) < 0)
		fail_msg("%s: %s", path, file.complaint);
	page.text = file.text;
	schema_walk(map, check_entry, &page);
	for (at = file.text; (at = strstr(at, "\n.It Ic ")) != NULL; at++)
		entries++;
	assert_int_equal(entries, page.entries);
	file_free(&file);
}

static void test_pages(void **state)
{
	(void)state;
	check_page("haaro.yaml.5", &schema_main);
	check_page("haaro-subscribers.yaml.5", &schema_subscribers);
}

static void print_entry(void *arg, const char *path, const struct key *key)
{
	entry_print(arg, path, key);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_pages),
	};

	if (argc == 3 && strcmp(argv[1], "--print") == 0) {
		schema_walk(strcmp(argv[2], "main") == 0 ? &schema_main : &schema_subscribers,
			    print_entry, stdout);
		return 0;
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
