/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The annotated examples against the schema: every key is in one of them, marked (restart) if and
 * only if a change takes one, and its comment names the default where another value stands.
 * Settings that are commented out ("# key: value") count, and must be right too.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "conf_texts.h"
#include "doc.h"
#include "file.h"
#include "schema_walk.h"
#include "value.h"

#define SEEN_MAX 512

struct examples {
	const struct key *seen[SEEN_MAX];
	size_t n_seen;
	const struct doc *doc;
	const char *text;
	const char *name;
};

/* True the first time. */
static bool see(struct examples *examples, const struct key *key)
{
	size_t i;

	for (i = 0; i < examples->n_seen; i++) {
		if (examples->seen[i] == key)
			return false;
	}
	assert_true(examples->n_seen < SEEN_MAX);
	examples->seen[examples->n_seen++] = key;
	return true;
}

static void line_of(const char *text, uint32_t number, char *line, size_t size)
{
	while (--number > 0)
		text = strchr(text, '\n') + 1;
	snprintf(line, size, "%.*s", (int)strcspn(text, "\n"), text);
}

static void check_comment(const struct examples *examples, const struct key *key, uint32_t node)
{
	bool restart = (key->flags & KEY_RESTART) != 0;
	bool is_default = doc_node(examples->doc, node)->kind == NODE_SCALAR && key->def &&
			  strcmp(doc_text(examples->doc, node), key->def) == 0;
	char line[512], wanted[128];

	line_of(examples->text, doc_node(examples->doc, node)->line, line, sizeof(line));
	if (restart != (strstr(line, "(restart)") != NULL))
		fail_msg("%s: '%s' does %stake a restart:\n%s", examples->name, key->name,
			 restart ? "" : "not ", line);
	if (key->map || key->list != LIST_NO || is_default || !key->def || key->def[0] == '\0')
		return;
	snprintf(wanted, sizeof(wanted), "default %s",
		 strcmp(key->def, "-") == 0 ? "none" : key->def);
	if (key->type == &value_interfaces || key->type == &value_encap_set || strstr(line, wanted))
		return;
	fail_msg("%s: '%s': say '%s':\n%s", examples->name, key->name, wanted, line);
}

static void look(struct examples *examples, const struct map *map, uint32_t node);

static void look_value(struct examples *examples, const struct key *key, uint32_t value)
{
	const struct node *at = doc_node(examples->doc, value);
	uint32_t item;

	if (see(examples, key) && (!key->map || key->list == LIST_NO) && at->kind == NODE_SCALAR)
		check_comment(examples, key, value);
	if (!key->map)
		return;
	if (at->kind == NODE_MAP)
		look(examples, key->map, value);
	for (item = at->first; at->kind == NODE_LIST && item != NODE_NONE;
	     item = doc_node(examples->doc, item)->next)
		look(examples, key->map, item);
}

static void look(struct examples *examples, const struct map *map, uint32_t node)
{
	size_t i;

	for (i = 0; i < map->n_keys; i++) {
		uint32_t value = doc_child(examples->doc, node, map->keys[i].name);

		if (value != NODE_NONE)
			look_value(examples, &map->keys[i], value);
	}
}

/* Whether a line is a commented setting, "# key: value" or "# - key: value". */
static bool is_setting(const char *line)
{
	line += strspn(line, " ");
	if (line[0] != '#' || line[1] != ' ')
		return false;
	line++;
	line += strspn(line, " -");
	return line[strspn(line, "abcdefghijklmnopqrstuvwxyz-")] == ':';
}

/* Takes the '#' from commented settings, and the empty list from the line right above them. */
static void uncomment(char *text)
{
	char *line, *above = NULL;

	for (line = text; *line != '\0'; line += strcspn(line, "\n") + 1) {
		if (is_setting(line)) {
			*strchr(line, '#') = ' ';
			if (above)
				memset(strstr(above, "[]"), ' ', 2);
			above = NULL;
		} else {
			above = memmem(line, strcspn(line, "\n"), "[]", 2) ? line : NULL;
		}
	}
}

static void read_example(struct examples *examples, const char *name, const struct map *map)
{
	static const struct doc_limits limits = {.bytes = 1 << 20, .nodes = 10000};
	struct complaints complaints;
	struct error err;
	char path[512];
	struct file file;
	struct doc doc;

	complaints_init(&complaints, &err);
	snprintf(path, sizeof(path), "%s/%s", EXAMPLES_DIR, name);
	assert_int_equal(file_read(&file, path, 1 << 20), 0);
	uncomment(file.text);
	if (doc_parse(&doc, name, file.text, file.len, &limits, &complaints) < 0)
		fail_msg("%s", err.text);
	examples->doc = &doc;
	examples->text = file.text;
	examples->name = name;
	look(examples, map, doc.root);
	doc_free(&doc);
	file_free(&file);
}

static void check_seen(void *arg, const char *path, const struct key *key)
{
	struct examples *examples = arg;

	if (see(examples, key))
		fail_msg("%s is in no example", path);
}

static void test_every_key_is_in_an_example(void **state)
{
	static struct examples examples;

	(void)state;
	read_example(&examples, "hub.yaml", &schema_main);
	read_example(&examples, "branch.yaml", &schema_main);
	read_example(&examples, "subscribers.yaml", &schema_subscribers);
	schema_walk(&schema_main, check_seen, &examples);
	schema_walk(&schema_subscribers, check_seen, &examples);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_key_is_in_an_example),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
