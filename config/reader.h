/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Reading a tree of nodes into structs, by the schema. Every mistake becomes a complaint and
 * reading goes on, so that one run tells several.
 */
#ifndef CONFIG_READER_H
#define CONFIG_READER_H

#include "doc.h"
#include "schema.h"

struct reader {
	struct conf *conf; /* ports and realms are found by name here */
	struct doc *doc;
	struct complaints *complaints;
	bool role_known;      /* conf->role was read well */
	bool without_secrets; /* see load.h */
	uint32_t secret_node; /* an inline secret, NODE_NONE: there is none */
	size_t allocated;     /* by lists, against READER_MEMORY_MAX */
};

/* What one file may make us allocate; a million routers take a quarter of it. */
#define READER_MEMORY_MAX ((size_t)2 << 30)

/* Reads a map; node NODE_NONE takes every default. True when nothing was complained about. */
bool read_map(struct reader *reader, const struct map *map, uint32_t node, void *base);

__attribute__((format(printf, 3, 4))) void reader_complain(struct reader *reader, uint32_t node,
							   const char *format, ...);

/* The usual complaint about a value of the wrong kind; returns false. */
bool reader_refuse(struct reader *reader, const struct key *key, uint32_t node);

#endif
