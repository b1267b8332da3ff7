/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What the data plane has of a next hop: its adjacency slot, and a host's /32 route to that slot.
 * Thread: control core. Neighbour: neighbour.c says when.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "link/internal.h"

struct neighbour *neighbour_by_slot(const struct link *link, uint32_t adjacency)
{
	return adjacency < link->neighbours.n_slots ? link->neighbours.by_slot[adjacency] : NULL;
}

static struct fwd_adjacency slot_value(const struct neighbour *neighbour)
{
	const struct link_port *port = &neighbour->link->ports[neighbour->key.port];
	struct fwd_adjacency adjacency = {
		.kind = ADJACENCY_RESOLVE,
		.port = port->number,
		.mtu = port->mtu,
		.source = port->mac,
	};

	if (port->state != LINK_PORT_UP || neighbour->state == NEIGHBOUR_FAILED) {
		adjacency.kind = ADJACENCY_DOWN;
	} else if (neighbour_is_usable(neighbour)) {
		adjacency.kind = ADJACENCY_FORWARD;
		adjacency.destination = neighbour->mac;
	}
	return adjacency;
}

void slot_write(struct neighbour *neighbour)
{
	struct fwd_adjacency adjacency = slot_value(neighbour);

	if (neighbour->adjacency != FWD_NONE)
		neighbour->stale =
			link_adjacency_set(neighbour->link, neighbour->adjacency, &adjacency);
}

static int slot_index(struct neighbours *neighbours, uint32_t index, struct neighbour *neighbour)
{
	if (index >= neighbours->n_slots) {
		size_t n = 2 * (size_t)index + 16;
		struct neighbour **by_slot =
			reallocarray(neighbours->by_slot, n, sizeof(by_slot[0]));

		if (!by_slot)
			return -ENOMEM;
		memset(by_slot + neighbours->n_slots, 0,
		       (n - neighbours->n_slots) * sizeof(by_slot[0]));
		neighbours->by_slot = by_slot;
		neighbours->n_slots = n;
	}
	neighbours->by_slot[index] = neighbour;
	return 0;
}

int slot_make(struct neighbour *neighbour)
{
	struct link *link = neighbour->link;
	struct fwd_adjacency adjacency = slot_value(neighbour);
	uint32_t index;
	int result;

	if (neighbour->adjacency != FWD_NONE)
		return 0;
	result = link->core->ops->adjacency_insert(link->core->fwd, &adjacency, &index);
	if (result < 0)
		return result;
	result = slot_index(&link->neighbours, index, neighbour);
	if (result < 0) {
		link_adjacency_remove(link, index);
		return result;
	}
	neighbour->adjacency = index;
	return 0;
}

void slot_drop(struct neighbour *neighbour)
{
	struct link *link = neighbour->link;

	if (neighbour->adjacency == FWD_NONE)
		return;
	link->neighbours.by_slot[neighbour->adjacency] = NULL;
	link_adjacency_remove(link, neighbour->adjacency);
	neighbour->adjacency = FWD_NONE;
}

/*
 * A /32 is only put over the glean route of its own connected network: an answer by ARP must not
 * take a prefix away from whoever has it by configuration or registration. Whether it is one of our
 * own networks is what that route says now: at a branch the hub's acknowledgements decide.
 */
void host_route_make(struct neighbour *neighbour)
{
	struct link *link = neighbour->link;
	const struct link_port *port = &link->ports[neighbour->key.port];
	struct ip_addr addr = addr_v4(neighbour->key.addr);
	struct fwd_route route = {.realm = REALM_MAIN, .prefix = prefix_v4(addr.v4, 32)};
	struct fwd_nexthop nexthop;

	if (neighbour->host_route || neighbour->adjacency == FWD_NONE || port->glean == FWD_NONE)
		return;
	if (link->core->ops->route_lookup(link->core->fwd, REALM_MAIN, &addr, &nexthop) < 0 ||
	    nexthop.kind != NEXTHOP_ADJACENCY || nexthop.id != port->glean)
		return;
	route.nexthop = (struct fwd_nexthop){
		.kind = NEXTHOP_ADJACENCY,
		.own = nexthop.own,
		.id = neighbour->adjacency,
	};
	/* A full table leaves the host to the glean route: slower, not unreachable. */
	neighbour->host_route = link_route_set(link, &route) == 0;
}

void host_route_drop(struct neighbour *neighbour)
{
	struct link *link = neighbour->link;
	struct ip_addr addr = addr_v4(neighbour->key.addr);
	struct ip_prefix prefix = prefix_v4(addr.v4, 32);
	struct fwd_nexthop nexthop;

	if (!neighbour->host_route)
		return;
	neighbour->host_route = false;
	/* A role may have put its own /32 over ours since. */
	if (link->core->ops->route_lookup(link->core->fwd, REALM_MAIN, &addr, &nexthop) == 0 &&
	    nexthop.kind == NEXTHOP_ADJACENCY && nexthop.id == neighbour->adjacency)
		link_route_remove(link, REALM_MAIN, &prefix);
}

/*
 * Leaves a host route alone that is as it would be made now. Where the hub says which networks are
 * ours, the configuration has nothing to say about it.
 */
void host_route_renew(struct neighbour *neighbour)
{
	const struct link *link = neighbour->link;
	bool learned = link->conf->mobile.networks_mode == CONF_NETWORKS_IMPLICIT;
	struct ip_addr addr = addr_v4(neighbour->key.addr);
	struct ip_prefix prefix = prefix_v4(addr.v4, 32);
	struct fwd_nexthop nexthop;

	if (neighbour->host_route && port_is_connected(link, neighbour_port(neighbour), addr.v4) &&
	    link->core->ops->route_lookup(link->core->fwd, REALM_MAIN, &addr, &nexthop) == 0 &&
	    (learned || nexthop.own == link_network_is_own(link->conf, &prefix)))
		return;
	host_route_drop(neighbour);
	if (neighbour_is_usable(neighbour))
		host_route_make(neighbour);
}
