/* SPDX-License-Identifier: BSD-3-Clause */
/* Freeing a configuration by the schema, and wiping it: secrets lie all over it. */
#include <stdlib.h>
#include <string.h>

#include "haaro/conf.h"

#include "schema.h"

static void map_release(const struct map *map, void *base);

static void list_release(const struct key *key, void *base)
{
	size_t count = key_count(key, base);
	char *items, *item;

	memcpy(&items, (char *)base + key->offset, sizeof(items));
	if (key->list == LIST_ARRAY)
		items = (char *)base + key->offset;
	for (item = items; count > 0 && item < items + count * key->size; item += key->size) {
		if (key->map)
			map_release(key->map, item);
		else if (key->type->release)
			key->type->release(key, item);
	}
	if (count > 0)
		explicit_bzero(items, count * key->size);
	if (key->list == LIST_HEAP)
		free(items);
}

static void map_release(const struct map *map, void *base)
{
	const struct key *key;

	for (key = map->keys; key < map->keys + map->n_keys; key++) {
		if (key->list != LIST_NO)
			list_release(key, base);
		else if (key->map)
			map_release(key->map, (char *)base + key->offset);
		else if (key->type->release)
			key->type->release(key, (char *)base + key->offset);
	}
}

void conf_free(struct conf *conf)
{
	if (!conf)
		return;
	map_release(&schema_main, conf);
	map_release(&schema_subscribers, &conf->home.subscribers);
	free(conf->notes);
	explicit_bzero(conf, sizeof(*conf));
	free(conf);
}
