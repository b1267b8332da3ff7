/* SPDX-License-Identifier: BSD-3-Clause */
#include "real.h"

#include <stdlib.h>

#include "fwd.h"
#include "ops_tables.h"

const struct fwd_ops real_ops = {
	.adjacency_insert = ops_adjacency_insert,
	.adjacency_set = ops_adjacency_set,
	.adjacency_remove = ops_adjacency_remove,
	.adjacency_read = ops_adjacency_read,
	.tunnel_insert = ops_tunnel_insert,
	.tunnel_set_adjacency = ops_tunnel_set_adjacency,
	.tunnel_set_mtu = ops_tunnel_set_mtu,
	.tunnel_remove = ops_tunnel_remove,
	.tunnel_read = ops_tunnel_read,
	.path_insert = ops_path_insert,
	.path_set = ops_path_set,
	.path_remove = ops_path_remove,
	.path_read = ops_path_read,
	.binding_insert = ops_binding_insert,
	.binding_set = ops_binding_set,
	.binding_remove = ops_binding_remove,
	.binding_lookup = ops_binding_lookup,
	.route_set = ops_route_set,
	.route_remove = ops_route_remove,
	.route_lookup = ops_route_lookup,
	.route_walk = ops_route_walk,
	.local_set = ops_local_set,
	.reclaim = ops_reclaim,
	.usage_read = ops_usage_read,
};

struct fwd *real_create(uint32_t tunnels, uint32_t prefixes, uint32_t neighbours)
{
	const struct tables_capacity capacity = {
		.tunnels = tunnels,
		.prefixes = prefixes,
		.neighbours = neighbours,
		.workers = 2,
		.seed = 1,
		.socket = -1,
	};
	struct fwd *fwd = calloc(1, sizeof(*fwd));
	struct error err;

	if (fwd && tables_create(&fwd->tables, &capacity, &err) < 0) {
		free(fwd);
		return NULL;
	}
	return fwd;
}

void real_destroy(struct fwd *fwd)
{
	tables_destroy(&fwd->tables);
	free(fwd);
}

unsigned int real_local(const struct fwd *fwd, be32 addr)
{
	return local_flags(fwd->tables.locals, addr);
}
