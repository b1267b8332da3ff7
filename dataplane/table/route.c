/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The route table's writer: which prefixes there are (rte_rib), and what a change of one means for
 * the entries that readers see (route_tree.c).
 */
#include "table/route.h"

#include <errno.h>
#include <stdio.h>

#include <rte_common.h>
#include <rte_rib.h>

#include "table/memory.h"
#include "table/route_tree.h"

/* A rib of n prefixes has less than n inner nodes; its pool keeps a cache of 512, times 1.5. */
#define RIB_NODES_MIN  1024
#define RIB_NAME_SIZE  24           /* the rib makes names of a pool and a ring of it */
#define RIB_FIXED_SIZE (128u << 10) /* pool, ring, caches */
/* What one node takes in its pool: header line, node, spreading over channels, page ends. */
#define RIB_NODE_SIZE 194

static uint32_t rib_nodes(uint32_t capacity)
{
	return capacity < RIB_NODES_MIN / 2 ? RIB_NODES_MIN : 2 * capacity;
}

static uint8_t root_bits(const struct route_size *size)
{
	return size->routes <= ROUTE_SMALL_MAX ? 16 : 24;
}

struct route_table *route_table_create(const struct route_size *size, struct rcu *rcu, int socket)
{
	const struct rte_rib_conf conf = {.max_nodes = (int)rib_nodes(size->routes)};
	struct route_table *table = table_alloc(sizeof(*table), socket);
	char name[RIB_NAME_SIZE];

	if (!table)
		return NULL;
	table->rcu = rcu;
	table->capacity = size->routes;
	table->root_bits = root_bits(size);
	table->root = table_alloc(sizeof(uint32_t) << table->root_bits, socket);
	table->groups =
		table_alloc(sizeof(uint32_t) * ROUTE_GROUP_SIZE * (size_t)size->groups, socket);
	table->n_longer = table_alloc(sizeof(uint32_t) * (size_t)size->groups, socket);
	snprintf(name, sizeof(name), "route-%p", (void *)table); /* unique in the process */
	table->rib = rte_rib_create(name, socket, &conf);
	if (!table->root || !table->groups || !table->n_longer || !table->rib ||
	    ids_init(&table->ids, size->groups, socket) < 0) {
		route_table_destroy(table);
		return NULL;
	}
	return table;
}

void route_table_destroy(struct route_table *table)
{
	if (!table)
		return;
	ids_fini(&table->ids);
	rte_rib_free(table->rib);
	table_free(table->n_longer);
	table_free(table->groups);
	table_free(table->root);
	table_free(table);
}

uint64_t route_table_memory(const struct route_size *size)
{
	return table_memory(sizeof(struct route_table)) +
	       table_memory(sizeof(uint32_t) << root_bits(size)) +
	       table_memory(sizeof(uint32_t) * ROUTE_GROUP_SIZE * (uint64_t)size->groups) +
	       table_memory(sizeof(uint32_t) * (uint64_t)size->groups) + ids_memory(size->groups) +
	       (uint64_t)RIB_NODE_SIZE * rib_nodes(size->routes) +
	       sizeof(void *) * (uint64_t)rte_align32pow2(rib_nodes(size->routes) + 1) +
	       RIB_FIXED_SIZE;
}

static uint32_t node_nexthop(const struct rte_rib_node *node)
{
	uint64_t nexthop = 0;

	if (node)
		rte_rib_get_nh(node, &nexthop);
	return (uint32_t)nexthop;
}

/* Gives the next hop to all addresses of the prefix that no longer prefix has. */
static void paint(struct route_table *table, uint32_t addr, uint8_t len, uint32_t nexthop)
{
	uint64_t from = addr;
	uint64_t end = from + (UINT64_C(1) << (32 - len));
	struct rte_rib_node *longer = NULL;

	do {
		uint64_t to = end;
		uint32_t longer_addr;
		uint8_t longer_len = 32;

		longer = rte_rib_get_nxt(table->rib, addr, len, longer, RTE_RIB_GET_NXT_COVER);
		if (longer) {
			rte_rib_get_ip(longer, &longer_addr);
			rte_rib_get_depth(longer, &longer_len);
			to = longer_addr;
		}
		if (from < to)
			route_tree_paint(table, (uint32_t)from, (uint32_t)(to - 1), nexthop);
		from = to + (UINT64_C(1) << (32 - longer_len));
	} while (longer);
}

static int insert(struct route_table *table, uint32_t addr, uint8_t len, uint32_t nexthop)
{
	struct rte_rib_node *node;
	int result;

	if (table->n_routes == table->capacity)
		return -ENOSPC;
	node = rte_rib_insert(table->rib, addr, len);
	if (!node)
		return -ENOSPC;
	result = route_tree_enter(table, addr, len);
	if (result < 0) {
		rte_rib_remove(table->rib, addr, len);
		return result;
	}
	rte_rib_set_nh(node, nexthop);
	paint(table, addr, len, nexthop);
	table->n_routes++;
	return 0;
}

int route_table_set(struct route_table *table, uint32_t addr, uint8_t len, uint32_t nexthop)
{
	struct rte_rib_node *node = rte_rib_lookup_exact(table->rib, addr, len);

	if (!node)
		return insert(table, addr, len, nexthop);
	if (node_nexthop(node) != nexthop) {
		rte_rib_set_nh(node, nexthop);
		paint(table, addr, len, nexthop);
	}
	return 0;
}

int route_table_remove(struct route_table *table, uint32_t addr, uint8_t len)
{
	struct rte_rib_node *node = rte_rib_lookup_exact(table->rib, addr, len);

	if (!node)
		return -ENOENT;
	if (rcu_reserve(table->rcu, route_tree_groups(table, len)) < 0)
		return -EAGAIN;
	paint(table, addr, len, node_nexthop(rte_rib_lookup_parent(node)));
	route_tree_leave(table, addr, len);
	rte_rib_remove(table->rib, addr, len);
	table->n_routes--;
	return 0;
}

int route_table_get(const struct route_table *table, uint32_t addr, uint8_t len, uint32_t *nexthop)
{
	const struct rte_rib_node *node = rte_rib_lookup_exact(table->rib, addr, len);

	if (!node)
		return -ENOENT;
	*nexthop = node_nexthop(node);
	return 0;
}

uint32_t route_table_lookup(const struct route_table *table, uint32_t addr)
{
	uint32_t nexthop;

	route_lookup_bulk(table, &addr, &nexthop, 1);
	return nexthop;
}

/* Visits the prefixes inside addr/len, itself excluded; depth of recursion at most 32. */
static bool walk_longer(const struct route_table *table, uint32_t addr, uint8_t len,
			route_visit visit, void *arg)
{
	struct rte_rib_node *node = NULL;
	uint32_t longer_addr;
	uint8_t longer_len;

	while ((node = rte_rib_get_nxt(table->rib, addr, len, node, RTE_RIB_GET_NXT_COVER))) {
		rte_rib_get_ip(node, &longer_addr);
		rte_rib_get_depth(node, &longer_len);
		if (!visit(arg, longer_addr, longer_len, node_nexthop(node)) ||
		    !walk_longer(table, longer_addr, longer_len, visit, arg))
			return false;
	}
	return true;
}

void route_table_walk(const struct route_table *table, route_visit visit, void *arg)
{
	const struct rte_rib_node *all = rte_rib_lookup_exact(table->rib, 0, 0);

	if (!all || visit(arg, 0, 0, node_nexthop(all)))
		walk_longer(table, 0, 0, visit, arg);
}
