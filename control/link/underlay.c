/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The underlay: by which port and next hop a remote address is reached. Outer packets are never
 * looked up by a worker (at a branch the default route is the hub's tunnel: it would recurse), so
 * this is asked by the control core alone, when a tunnel is opened, a packet of ours is sent, or a
 * port or gateway changes. A port that is down reaches nothing. Thread: control core.
 */
#include "link/internal.h"

bool port_is_uplink(const struct conf *conf, uint16_t port)
{
	if (conf->role != CONF_MOBILE_ROUTER)
		return false;
	for (size_t i = 0; i < conf->mobile.n_uplinks; i++)
		if (conf->mobile.uplinks[i].port == port)
			return true;
	return false;
}

/* Length of the longest connected network of the port that holds addr, -1 if none does. */
static int connected_len(const struct link *link, uint16_t port, be32 addr)
{
	const struct conf_port *conf = &link->conf->ports[port];
	int len = -1;

	for (size_t i = 0; i < conf->n_addresses; i++)
		if (conf->networks[i].len > len && prefix_contains4(&conf->networks[i], addr))
			len = conf->networks[i].len;
	return len;
}

bool port_is_connected(const struct link *link, uint16_t port, be32 addr)
{
	return connected_len(link, port, addr) >= 0;
}

static const struct conf_route *static_route(const struct link *link, uint16_t port, be32 addr)
{
	const struct conf_port *conf = &link->conf->ports[port];
	const struct conf_route *best = NULL;

	for (size_t i = 0; i < conf->n_routes; i++)
		if (prefix_contains4(&conf->routes[i].to, addr) &&
		    (!best || conf->routes[i].to.len > best->to.len))
			best = &conf->routes[i];
	return best;
}

/* How well a port reaches addr: connected before static before gateway, then the longer prefix. */
static int reach(const struct link *link, uint16_t port, be32 addr, be32 *via)
{
	const struct conf_route *route;
	int len = connected_len(link, port, addr);

	if (len >= 0) {
		*via = addr;
		return 200 + len;
	}
	route = static_route(link, port, addr);
	if (route) {
		*via = route->via.v4;
		return 100 + route->to.len;
	}
	*via = link->conf->ports[port].gateway.v4;
	return addr_is_set(&link->conf->ports[port].gateway) ? 0 : -1;
}

bool underlay_find(const struct link *link, uint16_t port, be32 remote, struct next_hop *hop)
{
	int best = -1;

	for (uint16_t i = 0; i < link->n_ports; i++) {
		be32 via;
		int score;

		if ((port != PORT_NONE && port != i) || link->ports[i].state != LINK_PORT_UP)
			continue;
		score = reach(link, i, remote, &via);
		if (score > best) {
			best = score;
			*hop = (struct next_hop){.port = i, .addr = via};
		}
	}
	return best >= 0;
}
