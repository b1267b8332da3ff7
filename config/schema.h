/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The schema: one row per key of the two YAML files. Reader, printer, comparison for reload,
 * freeing and the tests of examples and man pages all walk these rows, so a key is added by one row
 * (and its field in haaro/conf.h).
 *
 * A row's key is read into base + offset, where base is the struct that its map describes.
 */
#ifndef CONFIG_SCHEMA_H
#define CONFIG_SCHEMA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "haaro/conf.h"

#define SCHEMA_VERSION  1  /* of both files; another major is refused */
#define SCHEMA_KEYS_MAX 32 /* rows of one map */

struct reader;
struct printer;
struct key;

/*
 * A kind of value. read() returns false after a complaint; print() writes a flow value; the rest is
 * for kinds that own memory or span several fields, NULL for all others.
 */
struct value_type {
	const char *expects; /* "a duration such as 30m, 45s or 500ms" */
	bool (*read)(struct reader *reader, const struct key *key, uint32_t node, void *value);
	void (*print)(struct printer *printer, const struct key *key, const void *value);
	/* Nothing to print: the key is left out. NULL: always printed. */
	bool (*is_unset)(const struct key *key, const void *value);
	bool (*is_equal)(const struct key *key, const void *a, const void *b); /* NULL: memcmp() */
	void (*release)(const struct key *key, void *value);
};

enum list_kind {
	LIST_NO,
	LIST_HEAP,  /* a pointer at offset, a size_t at count_offset */
	LIST_ARRAY, /* max elements at offset, a size_t at count_offset */
};

enum key_flag {
	KEY_REQUIRED = 1 << 0, /* no default */
	KEY_RESTART = 1 << 1,  /* a change needs a restart; else a reload applies it */
	KEY_AUTO = 1 << 2,     /* number: "auto" is 0 */
	KEY_POWER_2 = 1 << 3,  /* number: a power of two */
	KEY_ONE = 1 << 4,      /* list: a single item may stand without brackets */
	KEY_HOME = 1 << 5,     /* of role home-agent, required there */
	KEY_MOBILE = 1 << 6,   /* of role mobile-router, required there */
};

struct map;

struct key {
	const char *name;
	const struct value_type *type; /* of the value, or of each item; NULL: a map */
	const struct map *map;
	size_t offset;
	size_t size; /* of the value, or of one item */
	enum list_kind list;
	size_t count_offset;
	uint64_t min, max; /* of a number, duration or rate; of a list: items, max 0: no bound */
	const char *def;   /* as in the file; "" zero or none; NULL: required */
	const char *const *choices; /* of a choice, by value; ends with NULL */
	unsigned int flags;         /* enum key_flag */
	const char *help;
};

struct map {
	const struct key *keys;
	size_t n_keys;
	/* What concerns several of its keys; NULL: nothing. Called after all were read well; false
	   after a complaint. */
	bool (*check)(struct reader *reader, uint32_t node, const void *base);
};

/* Where a field lies: of the struct and, for lists, its count. */
#define FIELD(type, member) \
	.offset = offsetof(type, member), .size = sizeof(((const type *)NULL)->member)
#define HEAP(type, member, counter)                          \
	.list = LIST_HEAP, .offset = offsetof(type, member), \
	.size = sizeof(*((const type *)NULL)->member), .count_offset = offsetof(type, counter)
#define ARRAY(type, member, counter)                          \
	.list = LIST_ARRAY, .offset = offsetof(type, member), \
	.size = sizeof(*((const type *)NULL)->member), .count_offset = offsetof(type, counter)
#define MAP(rows)                                                          \
	{                                                                  \
		.keys = (rows), .n_keys = sizeof(rows) / sizeof((rows)[0]) \
	}

extern const struct map schema_main;        /* base: struct conf */
extern const struct map schema_subscribers; /* base: struct conf_subscribers */

/* Its parts, one file each. */
extern const struct map schema_port;         /* struct conf_port */
extern const struct map schema_tunnel;       /* struct conf_tunnel */
extern const struct map schema_key;          /* struct conf_key */
extern const struct map schema_watch;        /* struct conf_watch */
extern const struct map schema_home;         /* struct conf_home */
extern const struct map schema_mobile;       /* struct conf_mobile */
extern const struct map schema_optimization; /* struct conf_mobile */

static inline size_t key_count(const struct key *key, const void *base)
{
	return *(const size_t *)((const char *)base + key->count_offset);
}

/* The first item of a list. */
static inline const char *key_items(const struct key *key, const void *base)
{
	const char *at = (const char *)base + key->offset;

	return key->list == LIST_HEAP ? *(const char *const *)(const void *)at : at;
}

#endif
