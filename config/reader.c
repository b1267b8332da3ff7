/* SPDX-License-Identifier: BSD-3-Clause */
/* Reading by the schema; see reader.h. */
#include "reader.h"

#include <stdlib.h>
#include <string.h>

#include "nearest.h"

void reader_complain(struct reader *reader, uint32_t node, const char *format, ...)
{
	const struct node *at = doc_node(reader->doc, node);
	va_list args;

	va_start(args, format);
	complain_at(reader->complaints, reader->doc->path, at->line, at->column, format, args);
	va_end(args);
}

bool reader_refuse(struct reader *reader, const struct key *key, uint32_t node)
{
	const struct node *at = doc_node(reader->doc, node);

	if (at->kind != NODE_SCALAR)
		reader_complain(reader, node, "%s: expected %s, found a %s", key->name,
				key->type->expects, at->kind == NODE_MAP ? "map" : "list");
	else if (at->count == 0)
		reader_complain(reader, node, "%s: has no value; expected %s", key->name,
				key->type->expects);
	else
		reader_complain(reader, node, "%s: expected %s, found '%.64s'", key->name,
				key->type->expects, doc_text(reader->doc, node));
	return false;
}

static void complain_unknown(struct reader *reader, const struct map *map, uint32_t node)
{
	const char *words[SCHEMA_KEYS_MAX];
	const char *near;
	char known[400];
	size_t i, len = 0;

	for (i = 0; i < map->n_keys; i++)
		words[i] = map->keys[i].name;
	near = nearest_word(doc_text(reader->doc, node), words, map->n_keys);
	if (near) {
		reader_complain(reader, node, "unknown key '%.64s'; did you mean '%s'?",
				doc_text(reader->doc, node), near);
		return;
	}
	known[0] = '\0';
	for (i = 0; i < map->n_keys && len < sizeof(known); i++)
		len += (size_t)snprintf(known + len, sizeof(known) - len, "%s%s", i > 0 ? ", " : "",
					words[i]);
	reader_complain(reader, node, "unknown key '%.64s'; known here: %s",
			doc_text(reader->doc, node), known);
}

static size_t key_index(const struct map *map, const char *name)
{
	size_t i;

	for (i = 0; i < map->n_keys && strcmp(map->keys[i].name, name) != 0; i++)
		;
	return i;
}

/* Finds the value node of each row; complains about what is unknown or given twice. */
static bool find_values(struct reader *reader, const struct map *map, uint32_t node,
			uint32_t *values)
{
	const struct doc *doc = reader->doc;
	uint32_t at, value;
	bool good = true;
	size_t i;

	for (at = doc_node(doc, node)->first; at != NODE_NONE; at = doc_node(doc, value)->next) {
		value = doc_node(doc, at)->next;
		i = key_index(map, doc_text(doc, at));
		if (i == map->n_keys) {
			complain_unknown(reader, map, at);
			good = false;
		} else if (values[i] != NODE_NONE) {
			reader_complain(reader, at, "%s: given twice, first in line %u; remove one",
					map->keys[i].name, doc_node(doc, values[i])->line);
			good = false;
		} else {
			values[i] = value;
		}
	}
	return good;
}

static bool read_item(struct reader *reader, const struct key *key, uint32_t node, void *value)
{
	if (key->map)
		return read_map(reader, key->map, node, value);
	return key->type->read(reader, key, node, value);
}

/* Makes room for count items; NULL after a complaint. */
static char *list_create(struct reader *reader, const struct key *key, uint32_t node, size_t count,
			 void *base)
{
	char *at = (char *)base + key->offset;
	char *items;

	if (key->list == LIST_ARRAY)
		return at;
	reader->allocated += count * key->size;
	if (reader->allocated > READER_MEMORY_MAX) {
		reader_complain(reader, node, "%s: too many items, over %zu MiB of memory",
				key->name, READER_MEMORY_MAX >> 20);
		return NULL;
	}
	items = calloc(count, key->size);
	if (!items) {
		reader_complain(reader, node, "%s: no memory for %zu items", key->name, count);
		return NULL;
	}
	memcpy(at, &items, sizeof(items));
	return items;
}

static bool read_list(struct reader *reader, const struct key *key, uint32_t node, void *base)
{
	const struct node *list = doc_node(reader->doc, node);
	size_t count = list->count;
	uint32_t at = list->first;
	bool good = true;
	char *items;
	size_t i;

	if (list->kind != NODE_LIST) {
		if (!(key->flags & KEY_ONE)) {
			reader_complain(reader, node, "%s: expected a list; write [ ] around it",
					key->name);
			return false;
		}
		count = 1;
		at = node;
	}
	if (count < key->min || (key->max > 0 && count > key->max)) {
		reader_complain(reader, node, "%s: %zu items; %ju to %ju are possible", key->name,
				count, (uintmax_t)key->min, (uintmax_t)key->max);
		return false;
	}
	if (count == 0)
		return true;
	items = list_create(reader, key, node, count, base);
	if (!items)
		return false;
	memcpy((char *)base + key->count_offset, &count, sizeof(count));
	for (i = 0; i < count; i++) {
		good &= read_item(reader, key, at, items + i * key->size);
		at = doc_node(reader->doc, at)->next;
	}
	return good;
}

static bool read_key(struct reader *reader, const struct key *key, uint32_t node, void *base)
{
	if (key->list != LIST_NO)
		return read_list(reader, key, node, base);
	return read_item(reader, key, node, (char *)base + key->offset);
}

static bool read_default(struct reader *reader, const struct key *key, void *base)
{
	uint32_t node;

	if (key->list == LIST_NO && key->map)
		return read_map(reader, key->map, NODE_NONE, (char *)base + key->offset);
	if (key->def[0] == '\0' || strcmp(key->def, "[]") == 0)
		return true;
	node = doc_default(reader->doc, key->def);
	if (node == NODE_NONE) {
		complain_file(reader->complaints, reader->doc->path, "no memory to read it");
		return false;
	}
	return read_key(reader, key, node, base);
}

/* What a row needs in this role: its value, nothing, or a complaint. */
static bool read_row(struct reader *reader, const struct key *key, uint32_t map, uint32_t value,
		     void *base)
{
	unsigned int role = key->flags & (KEY_HOME | KEY_MOBILE);
	unsigned int ours = reader->conf->role == CONF_HOME_AGENT ? KEY_HOME : KEY_MOBILE;

	if (role != 0 && role != ours) {
		if (value == NODE_NONE || !reader->role_known)
			return true;
		reader_complain(reader, value,
				"%s: is not for this role; remove it or change 'role'", key->name);
		return false;
	}
	if (value != NODE_NONE)
		return read_key(reader, key, value, base);
	if (role != 0 && !reader->role_known)
		return true;
	if (role == 0 && !(key->flags & KEY_REQUIRED))
		return read_default(reader, key, base);
	if (map == NODE_NONE)
		complain_file(reader->complaints, reader->doc->path, "'%s' is missing", key->name);
	else
		reader_complain(reader, map, "'%s' is missing: %s", key->name, key->help);
	return false;
}

bool read_map(struct reader *reader, const struct map *map, uint32_t node, void *base)
{
	uint32_t values[SCHEMA_KEYS_MAX];
	bool good = true;
	size_t i;

	for (i = 0; i < SCHEMA_KEYS_MAX; i++)
		values[i] = NODE_NONE;
	if (node != NODE_NONE) {
		if (doc_node(reader->doc, node)->kind != NODE_MAP) {
			reader_complain(reader, node, "expected keys and values such as '%s: ...'",
					map->keys[0].name);
			return false;
		}
		good = find_values(reader, map, node, values);
	}
	for (i = 0; i < map->n_keys; i++)
		good &= read_row(reader, &map->keys[i], node, values[i], base);
	if (good && map->check && node != NODE_NONE)
		good = map->check(reader, node, base);
	return good;
}
