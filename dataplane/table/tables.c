/* SPDX-License-Identifier: BSD-3-Clause */
/* All tables of one data plane: how large each becomes, made and freed together. */
#include "table/tables.h"

#include <errno.h>
#include <string.h>

#define LOCALS_MAX   1024  /* own addresses */
#define GROUPS_SPARE 4096  /* of a large realm with few tunnels */
#define RETIRED_MAX  65536 /* more removals than this in one grace period push back */

/*
 * A home address each beside the prefixes. Groups: in a small realm as many as any set of prefixes
 * can need; in a large one a group for each home address, and for one prefix in eight, as the
 * others are of /24 and shorter or lie together (a group is 1 KiB: one for each would cost more
 * than all other memory).
 */
static struct route_size route_size(const struct tables_capacity *capacity)
{
	struct route_size size = {.routes = capacity->prefixes + capacity->tunnels};

	if (size.routes <= ROUTE_SMALL_MAX)
		size.groups = 2 * size.routes;
	else
		size.groups = capacity->tunnels + capacity->prefixes / 8 + GROUPS_SPARE;
	return size;
}

/* At most everything that can be retired at once. */
static uint32_t retired_max(const struct tables_capacity *capacity)
{
	uint64_t most = 2 * (uint64_t)capacity->tunnels + route_size(capacity).groups +
			capacity->neighbours + adjacency_table_records(capacity->neighbours);

	return most < RETIRED_MAX ? (uint32_t)most : RETIRED_MAX;
}

uint64_t tables_memory(const struct tables_capacity *capacity)
{
	const struct route_size size = route_size(capacity);

	return rcu_memory(capacity->workers, retired_max(capacity)) +
	       TABLES_REALMS_MAX * route_table_memory(&size) +
	       path_table_memory(capacity->tunnels, capacity->workers) +
	       tunnel_table_memory(capacity->tunnels, capacity->workers) +
	       adjacency_table_memory(capacity->neighbours) +
	       binding_table_memory(capacity->tunnels) + local_table_memory(LOCALS_MAX);
}

int tables_create(struct tables *tables, const struct tables_capacity *capacity, struct error *err)
{
	const struct route_size size = route_size(capacity);
	int socket = capacity->socket;

	memset(tables, 0, sizeof(*tables));
	tables->rcu = rcu_create(capacity->workers, retired_max(capacity), socket);
	if (!tables->rcu)
		goto out_destroy;
	for (unsigned int realm = 0; realm < TABLES_REALMS_MAX; realm++) {
		tables->routes[realm] = route_table_create(&size, tables->rcu, socket);
		if (!tables->routes[realm])
			goto out_destroy;
	}
	tables->paths =
		path_table_create(capacity->tunnels, capacity->workers, tables->rcu, socket);
	tables->tunnels =
		tunnel_table_create(capacity->tunnels, capacity->workers, tables->rcu, socket);
	tables->adjacencies = adjacency_table_create(capacity->neighbours, tables->rcu, socket);
	tables->bindings = binding_table_create(capacity->tunnels, capacity->seed, socket);
	tables->locals = local_table_create(LOCALS_MAX, socket);
	if (!tables->paths || !tables->tunnels || !tables->adjacencies || !tables->bindings ||
	    !tables->locals)
		goto out_destroy;
	tables->bytes = tables_memory(capacity);
	return 0;
out_destroy:
	tables_destroy(tables);
	return error_set(
		err, -ENOMEM,
		"not enough memory for %u tunnels and %u prefixes: the tables take %llu MiB; "
		"give more hugepages or configure a smaller capacity",
		capacity->tunnels, capacity->prefixes,
		(unsigned long long)(tables_memory(capacity) >> 20) + 1);
}

void tables_destroy(struct tables *tables)
{
	rcu_destroy(tables->rcu); /* first: what is pending is freed into its tables */
	local_table_destroy(tables->locals);
	binding_table_destroy(tables->bindings);
	adjacency_table_destroy(tables->adjacencies);
	tunnel_table_destroy(tables->tunnels);
	path_table_destroy(tables->paths);
	for (unsigned int realm = 0; realm < TABLES_REALMS_MAX; realm++)
		route_table_destroy(tables->routes[realm]);
	memset(tables, 0, sizeof(*tables));
}
