/* SPDX-License-Identifier: BSD-3-Clause */
/* Views of neighbours, tunnels and counters for the operator. Thread: control core. */
#include "link/show.h"

#include "link/internal.h"

const char *neighbour_state_name(enum neighbour_state state)
{
	static const char *const names[NEIGHBOUR_STATE_MAX] = {
#define X(constant, name) [NEIGHBOUR_##constant] = name,
		NEIGHBOUR_LIST(X)
#undef X
	};

	return state < NEIGHBOUR_STATE_MAX ? names[state] : "?";
}

void link_walk_neighbours(const struct link *link, link_neighbour_visit visit, void *arg)
{
	const struct neighbour *neighbour, *next;

	HASH_ITER (hh, link->neighbours.table, neighbour, next) {
		struct link_neighbour_view view = {
			.port = neighbour_port(neighbour),
			.address = addr_v4(neighbour->key.addr),
			.state = neighbour->state,
			.mac = neighbour->mac,
			.age = time_between(neighbour->since, link->core->now.mono),
			.adjacency = neighbour->adjacency,
			.users = neighbour->holds,
			.waiting = neighbour->n_waiting,
		};

		if (!visit(arg, &view))
			return;
	}
}

void link_walk_tunnels(const struct link *link, link_tunnel_visit visit, void *arg)
{
	const struct tunnel *tunnel, *next;

	HASH_ITER (hh, link->tunnels, tunnel, next) {
		struct link_tunnel_view view = {
			.name = tunnel->name,
			.ref = tunnel->ref,
			.encap = tunnel->spec.encap,
			.local = tunnel->spec.local,
			.remote = tunnel->spec.remote,
			.local_port = tunnel->spec.local_port,
			.remote_port = tunnel->spec.remote_port,
			.peer = tunnel->spec.peer,
			.port = PORT_NONE,
			.mtu = tunnel->mtu,
			.path_mtu = tunnel->path_mtu,
			.path_mtu_age = time_between(tunnel->path_mtu_time, link->core->now.mono),
			.errors = tunnel->errors,
		};

		if (tunnel->hop) {
			view.port = neighbour_port(tunnel->hop);
			view.next_hop = addr_v4(tunnel->hop->key.addr);
			view.next_hop_state = tunnel->hop->state;
		}
		if (!visit(arg, &view))
			return;
	}
}

const struct link_counters *link_counters(const struct link *link)
{
	return &link->counters;
}
