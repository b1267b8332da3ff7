/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A branch's tables: whose prefixes lead where, and by what right a path is direct. Which router a path
 * leads to, the route of its home address says.
 */
#include <stdlib.h>

#include "witness.h"
#include "world.h"

#define SLACK (NS_PER_S / 10) /* lifetimes are counted from the request, books from the reply */

/* --- paths and routes --------------------------------------------------------------------------------------- */

/* Of which branch a path is; 0: the hub's. */
static uint32_t path_peer(const struct node *node, uint32_t path)
{
	return path < node->n_path_peers ? node->path_peers[path] : 0;
}

static void note_path(struct node *node, uint32_t path, uint32_t peer)
{
	if (path >= node->n_path_peers) {
		uint32_t n = 2 * path + 16;

		node->path_peers = reallocarray(node->path_peers, n, sizeof(node->path_peers[0]));
		if (!node->path_peers)
			abort();
		while (node->n_path_peers < n)
			node->path_peers[node->n_path_peers++] = 0;
	}
	node->path_peers[path] = peer;
}

static bool visit_home_address(void *arg, const struct fwd_route *route)
{
	struct node *node = arg;
	struct fwd_path path;
	uint32_t peer;

	if (route->nexthop.kind != NEXTHOP_PATH || route->prefix.len != 32 ||
	    !prefix_contains4(&node->sim->home_network, route->prefix.addr.v4))
		return true;
	peer = truth_owner(node->sim, route->prefix.addr.v4);
	note_path(node, route->nexthop.id, peer);
	if (fwd_model_ops.path_read(node->fwd, route->nexthop.id, &path) == 0 && path.direct &&
	    node->n_directs < SIM_DIRECTS)
		node->directs[node->n_directs++] = peer;
	return true;
}

/* A peer's path takes what the hub says is that peer's, and nothing else. */
static bool visit_prefix(void *arg, const struct fwd_route *route)
{
	struct node *node = arg;
	char text[PREFIX_TEXT_SIZE];
	uint32_t peer;

	if (route->nexthop.kind != NEXTHOP_PATH)
		return true;
	peer = path_peer(node, route->nexthop.id);
	if (peer > 0 && truth_owner(node->sim, route->prefix.addr.v4) != peer)
		sim_break(node->sim, INVARIANT_PREFIX, "node %u has %s by the path to node %u",
			  node->number, prefix_print(&route->prefix, text), peer);
	return !node->sim->failed;
}

static void look(struct node *node)
{
	for (uint32_t i = 0; i < node->n_path_peers; i++)
		node->path_peers[i] = 0;
	node->n_directs = 0;
	fwd_model_ops.route_walk(node->fwd, REALM_MAIN, visit_home_address, node);
	fwd_model_ops.route_walk(node->fwd, REALM_MAIN, visit_prefix, node);
}

/* One of the two is registered with the other. */
static void check_grants(struct node *node)
{
	struct sim *sim = node->sim;

	for (uint32_t i = 0; i < node->n_directs; i++) {
		const struct relation *relation =
			witness_relation(sim, node->number, node->directs[i]);

		if (relation && relation->holds + SLACK < sim->now &&
		    relation->believes + SLACK < sim->now)
			sim_break(sim, INVARIANT_GRANT,
				  "node %u sends directly to node %u without a registration",
				  node->number, node->directs[i]);
	}
}

void check_direct(struct node *node)
{
	uint64_t changes = fwd_model_changes(node->fwd);

	if (node->checked_direct != changes)
		look(node);
	node->checked_direct = changes;
	check_grants(node);
}

/* --- packets -------------------------------------------------------------------------------------------------- */

/* By a tunnel between branches only the other branch sends, and only from what is its own. */
void check_admitted(struct node *node, const struct view *view)
{
	const struct fwd_tunnel *tunnel = &view->tunnel.set;
	uint32_t peer;

	/* In a large world nobody keeps up with what its paths are. */
	if (tunnel->accept != FWD_ACCEPT_DIRECT || node->sim->check_every == NS_PER_S)
		return;
	peer = path_peer(node, tunnel->source_path);
	if (peer == 0 || truth_owner(node->sim, view->ip.source) != peer)
		sim_break(node->sim, INVARIANT_SOURCE,
			  "node %u takes a packet of node %u by its tunnel to node %u",
			  node->number, truth_owner(node->sim, view->ip.source), peer);
}

/* --- the end ---------------------------------------------------------------------------------------------------- */

void check_empty(struct node *node, const char *when)
{
	struct fwd_usage usage;

	fwd_model_ops.usage_read(node->fwd, &usage);
	if (usage.tunnels > 0 || usage.paths > 0 || usage.bindings > 0)
		sim_break(node->sim, INVARIANT_LEAK,
			  "node %u has %u tunnels, %u paths and %u bindings %s", node->number,
			  usage.tunnels, usage.paths, usage.bindings, when);
}
