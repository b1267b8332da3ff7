/* SPDX-License-Identifier: BSD-3-Clause */
/* Walking every row of the schema, each with its path: "ports[].routes[].via". */
#ifndef SCHEMA_WALK_H
#define SCHEMA_WALK_H

#include <stdio.h>

#include "schema.h"

#define WALK_PATH_SIZE 128

typedef void (*schema_visit)(void *arg, const char *path, const struct key *key);

static inline void schema_walk_at(const struct map *map, const char *above, schema_visit visit,
				  void *arg)
{
	char path[WALK_PATH_SIZE];
	size_t i;

	for (i = 0; i < map->n_keys; i++) {
		const struct key *key = &map->keys[i];

		snprintf(path, sizeof(path), "%s%s%s", above, above[0] != '\0' ? "." : "",
			 key->name);
		visit(arg, path, key);
		if (!key->map)
			continue;
		if (key->list != LIST_NO)
			snprintf(path + strlen(path), sizeof(path) - strlen(path), "[]");
		schema_walk_at(key->map, path, visit, arg);
	}
}

static inline void schema_walk(const struct map *map, schema_visit visit, void *arg)
{
	schema_walk_at(map, "", visit, arg);
}

#endif
