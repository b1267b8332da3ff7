/* SPDX-License-Identifier: BSD-3-Clause */
/* What differs between two configurations, and whether that takes a restart; see compare.h. */
#include "compare.h"

#include <stdio.h>
#include <string.h>

/* The way down to the key that is being compared. */
struct way {
	char *path; /* COMPARE_PATH_SIZE */
	size_t len;
	unsigned int flags;
};

static bool rows_differ(struct way *way, const struct map *map, const void *a, const void *b);

static bool value_differs(const struct key *key, const void *a, const void *b)
{
	if (key->type->is_equal)
		return !key->type->is_equal(key, a, b);
	return memcmp(a, b, key->size) != 0;
}

static void way_append(struct way *way, const char *name)
{
	int len = snprintf(way->path + way->len, COMPARE_PATH_SIZE - way->len, "%s%s",
			   way->len > 0 ? "." : "", name);

	way->len += (size_t)len;
	if (way->len >= COMPARE_PATH_SIZE)
		way->len = COMPARE_PATH_SIZE - 1;
}

static void way_cut(struct way *way, size_t len)
{
	way->len = len;
	way->path[len] = '\0';
}

static bool list_differs(struct way *way, const struct key *key, const void *a, const void *b)
{
	size_t count = key_count(key, a);
	bool looked_at = (key->flags & way->flags) == way->flags;
	size_t i, len = way->len;

	if (looked_at && count != key_count(key, b))
		return true;
	if (count > key_count(key, b))
		count = key_count(key, b);
	for (i = 0; i < count; i++) {
		const char *x = key_items(key, a) + i * key->size;
		const char *y = key_items(key, b) + i * key->size;

		way->len += (size_t)snprintf(way->path + len, COMPARE_PATH_SIZE - len, "[%zu]", i);
		if (way->len >= COMPARE_PATH_SIZE)
			way->len = COMPARE_PATH_SIZE - 1;
		if (key->map ? rows_differ(way, key->map, x, y)
			     : looked_at && value_differs(key, x, y))
			return true;
		way_cut(way, len);
	}
	return false;
}

static bool row_differs(struct way *way, const struct key *key, const void *a, const void *b)
{
	const char *x = (const char *)a + key->offset;
	const char *y = (const char *)b + key->offset;

	if (key->list != LIST_NO)
		return list_differs(way, key, a, b);
	if (key->map)
		return rows_differ(way, key->map, x, y);
	return (key->flags & way->flags) == way->flags && value_differs(key, x, y);
}

static bool rows_differ(struct way *way, const struct map *map, const void *a, const void *b)
{
	size_t i, len = way->len;

	for (i = 0; i < map->n_keys; i++) {
		way_append(way, map->keys[i].name);
		if (row_differs(way, &map->keys[i], a, b))
			return true;
		way_cut(way, len);
	}
	return false;
}

bool map_differs(const struct map *map, const void *a, const void *b, unsigned int flags,
		 char *path)
{
	struct way way = {.path = path, .flags = flags};

	path[0] = '\0';
	return rows_differ(&way, map, a, b);
}

static bool uplink_is_in(const struct conf_mobile *mobile, uint16_t port)
{
	size_t i;

	for (i = 0; i < mobile->n_uplinks; i++) {
		if (mobile->uplinks[i].port == port)
			return true;
	}
	return false;
}

/* Another order is taken; but a port is opened as an uplink or as another. */
static bool uplinks_differ(const struct conf *a, const struct conf *b)
{
	uint16_t port;

	for (port = 0; port < a->n_ports; port++) {
		if (uplink_is_in(&a->mobile, port) != uplink_is_in(&b->mobile, port))
			return true;
	}
	return false;
}

const char *conf_restart_key(const struct conf *running, const struct conf *next, struct error *err)
{
	char path[COMPARE_PATH_SIZE];

	err->text[0] = '\0';
	if (!map_differs(&schema_main, running, next, KEY_RESTART, path)) {
		if (!uplinks_differ(running, next))
			return NULL;
		snprintf(path, sizeof(path), "mobile-router.uplinks");
	}
	error_set(err, 0, "%s", path);
	return err->text;
}
