/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * All tables of one data plane, as its workers hold them, and how the control side makes them.
 * Each table's own header has its reader inline and its writer functions:
 *
 *   rcu.h        grace periods and the one retire queue
 *   route.h      route_lookup_bulk()      destination or source -> packed next hop (nexthop.h)
 *   path.h       path_at()                path -> tunnel index, or why not
 *   tunnel.h     tunnel_at()              tunnel index -> struct tunnel_entry
 *   adjacency.h  adjacency_at()           adjacency index -> rewrite
 *   binding.h    binding_lookup_bulk()    outer header -> tunnel index
 *   local.h      local_flags()            own address?
 */
#ifndef TABLE_TABLES_H
#define TABLE_TABLES_H

#include "haaro/conf.h"
#include "haaro/error.h"

#include "table/adjacency.h"
#include "table/binding.h"
#include "table/local.h"
#include "table/path.h"
#include "table/rcu.h"
#include "table/route.h"
#include "table/tunnel.h"

#define TABLES_REALMS_MAX 1 /* step 3 raises it */

struct tables {
	struct rcu *rcu;
	struct route_table *routes[TABLES_REALMS_MAX];
	struct path_table *paths;
	struct tunnel_table *tunnels;
	struct adjacency_table *adjacencies;
	struct binding_table *bindings;
	struct local_table *locals;
	uint64_t full;  /* changes refused with -ENOSPC */
	uint64_t bytes; /* memory of all of them */
};

struct tables_capacity {
	uint32_t tunnels;    /* also paths and bindings */
	uint32_t prefixes;   /* beside them one home address per tunnel fits */
	uint32_t neighbours; /* adjacencies of every kind */
	uint32_t workers;
	uint64_t seed; /* of the binding table's hash */
	int socket;    /* NUMA node of the memory; -1: any */
};

/* -ENOMEM with err saying how much was asked for. */
int tables_create(struct tables *tables, const struct tables_capacity *capacity, struct error *err);
void tables_destroy(struct tables *tables);

/* Bytes that tables_create() will take. */
uint64_t tables_memory(const struct tables_capacity *capacity);

#endif
