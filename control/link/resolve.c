/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Packets whose next hop has no MAC yet (PUNT_RESOLVE): by the slot of a known next hop, or by the
 * glean slot of a connected network, where the destination itself is the next hop. They are ours
 * now: sent on, kept waiting, or dropped and counted. Thread: control core.
 */
#include "link/internal.h"

static void drop(struct link *link)
{
	link->counters.waiting_dropped++;
	link->core->ops->drop_count(link->core->fwd, DROP_NO_NEIGHBOUR);
}

static const struct link_port *port_by_glean(const struct link *link, uint32_t adjacency)
{
	for (size_t i = 0; i < link->n_ports; i++)
		if (link->ports[i].glean == adjacency)
			return &link->ports[i];
	return NULL;
}

/* A host that may be on the port's networks: not ourselves, not a network or its broadcast. */
static bool is_host(const struct link *link, uint16_t port, be32 addr)
{
	const struct conf_port *conf = &link->conf->ports[port];
	const struct ip_addr host = addr_v4(addr);

	if (!addr4_is_unicast(addr) || link_address_is_own(link, &host))
		return false;
	for (size_t i = 0; i < conf->n_addresses; i++) {
		const struct ip_prefix *network = &conf->networks[i];
		be32 mask = addr4_mask(network->len);

		if (network->len < 31 && prefix_contains4(network, addr) &&
		    (addr == network->addr.v4 || addr == (network->addr.v4 | ~mask)))
			return false;
	}
	return port_is_connected(link, port, addr);
}

void link_handle_resolve(struct link *link, const struct punt *punt)
{
	const struct neighbour *neighbour;
	const struct link_port *port;
	struct packet_ipv4 ip;

	if (packet_ipv4_parse_quoted(punt->bytes, punt->len, &ip) != PACKET_OK ||
	    punt->adjacency == FWD_NONE) {
		drop(link);
		return;
	}
	neighbour = neighbour_by_slot(link, punt->adjacency);
	if (neighbour) {
		neighbour_send(link, neighbour_port(neighbour), neighbour->key.addr, punt,
			       punt->bytes, punt->len);
		return;
	}
	/* Neither: the slot went away while the packet was on its way up. */
	port = port_by_glean(link, punt->adjacency);
	if (!port || !is_host(link, port->number, ip.destination))
		drop(link);
	else
		neighbour_send(link, port->number, ip.destination, punt, punt->bytes, punt->len);
}
