/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What the configuration puts into the route table:
 *
 *  - the connected networks of routed ports (glean) and their static routes (the via's slot);
 *  - at a hub, the default route by the first gateway;
 *  - at a branch, each mobile network that is none of these: by the LAN route that covers it, or
 *    unreachable, for else its packets would go back to the hub by the default route, and round.
 *
 * A branch's uplinks put nothing there: what is not for the LAN goes by the hub or not at all.
 * Thread: control core.
 */
#include <errno.h>
#include <stdlib.h>

#include "link/internal.h"

bool link_network_is_own(const struct conf *conf, const struct ip_prefix *prefix)
{
	if (conf->role != CONF_MOBILE_ROUTER)
		return false;
	for (size_t i = 0; i < conf->mobile.n_networks; i++)
		if (conf->mobile.networks[i].len <= prefix->len &&
		    prefix_contains4(&conf->mobile.networks[i], prefix->addr.v4))
			return true;
	return false;
}

static struct link_route *route_find(const struct link_routes *routes,
				     const struct ip_prefix *prefix)
{
	for (size_t i = 0; i < routes->count; i++)
		if (prefix_is_equal(&routes->list[i].prefix, prefix))
			return &routes->list[i];
	return NULL;
}

static int route_add(struct link_routes *routes, const struct conf *conf,
		     const struct link_route *route)
{
	struct link_route *list;

	if (route_find(routes, &route->prefix))
		return 0; /* the first port that has it */
	list = reallocarray(routes->list, routes->count + 1, sizeof(list[0]));
	if (!list)
		return -ENOMEM;
	routes->list = list;
	list[routes->count] = *route;
	list[routes->count++].own = link_network_is_own(conf, &route->prefix);
	return 0;
}

static int port_routes(struct link_routes *routes, const struct conf *conf, uint16_t number)
{
	const struct conf_port *port = &conf->ports[number];
	int result = 0;

	for (size_t i = 0; i < port->n_addresses && result == 0; i++)
		result = route_add(
			routes, conf,
			&(struct link_route){.prefix = port->networks[i], .port = number});
	for (size_t i = 0; i < port->n_routes && result == 0; i++)
		result = route_add(routes, conf,
				   &(struct link_route){.prefix = port->routes[i].to,
							.port = number,
							.via = port->routes[i].via.v4});
	return result;
}

static int default_route(struct link_routes *routes, const struct conf *conf)
{
	for (uint16_t i = 0; i < conf->n_ports; i++)
		if (addr_is_set(&conf->ports[i].gateway))
			return route_add(routes, conf,
					 &(struct link_route){.prefix = prefix_v4(0, 0),
							      .port = i,
							      .via = conf->ports[i].gateway.v4});
	return 0;
}

static int mobile_networks(struct link_routes *routes, const struct conf *conf)
{
	int result = 0;

	for (size_t i = 0; i < conf->mobile.n_networks && result == 0; i++) {
		const struct ip_prefix *network = &conf->mobile.networks[i];
		struct link_route route = {.port = PORT_NONE};
		int len = -1;

		for (size_t j = 0; j < routes->count; j++) {
			const struct link_route *other = &routes->list[j];

			if (other->prefix.len > len && other->prefix.len <= network->len &&
			    prefix_contains4(&other->prefix, network->addr.v4)) {
				route = *other;
				len = other->prefix.len;
			}
		}
		route.prefix = *network;
		result = route_add(routes, conf, &route);
	}
	return result;
}

static int routes_collect(struct link_routes *routes, const struct conf *conf)
{
	bool hub = conf->role == CONF_HOME_AGENT;
	int result = 0;

	for (uint16_t i = 0; i < conf->n_ports && result == 0; i++)
		if (!port_is_uplink(conf, i))
			result = port_routes(routes, conf, i);
	if (result == 0)
		result = hub ? default_route(routes, conf) : mobile_networks(routes, conf);
	return result;
}

static void routes_release(struct link_routes *routes)
{
	for (size_t i = 0; i < routes->count; i++)
		if (routes->list[i].hop)
			neighbour_release(routes->list[i].hop);
	free(routes->list);
	*routes = (struct link_routes){0};
}

/* The slots that the routes name: before any route names them. */
static int routes_hold(struct link *link, struct link_routes *routes)
{
	int result = 0;

	for (size_t i = 0; i < routes->count && result == 0; i++) {
		struct link_route *route = &routes->list[i];

		if (route->port == PORT_NONE)
			continue;
		if (route->via)
			result = neighbour_hold(link, route->port, route->via, &route->hop);
		else
			result = port_glean_make(&link->ports[route->port]);
	}
	return result;
}

static int route_install(struct link *link, const struct link_route *route)
{
	struct fwd_route fwd = {.realm = REALM_MAIN, .prefix = route->prefix};

	fwd.nexthop.own = route->own;
	if (route->port == PORT_NONE) {
		fwd.nexthop.kind = NEXTHOP_UNREACHABLE;
		fwd.nexthop.id = DROP_NO_ROUTE;
	} else {
		fwd.nexthop.kind = NEXTHOP_ADJACENCY;
		fwd.nexthop.id =
			route->hop ? route->hop->adjacency : link->ports[route->port].glean;
	}
	return link_route_set(link, &fwd);
}

static bool route_is_same(const struct link_route *a, const struct link_route *b)
{
	return a->own == b->own && a->port == b->port && a->hop == b->hop;
}

/* Sets what differs from have, and takes back the first n of what it set. */
static int routes_install(struct link *link, const struct link_routes *want,
			  const struct link_routes *have)
{
	size_t n = 0;
	int result = 0;

	for (; n < want->count && result == 0; n++) {
		const struct link_route *old = route_find(have, &want->list[n].prefix);

		if (!old || !route_is_same(old, &want->list[n]))
			result = route_install(link, &want->list[n]);
	}
	if (result == 0)
		return 0;
	while (n-- > 0) {
		const struct link_route *old = route_find(have, &want->list[n].prefix);

		if (!old)
			link_route_remove(link, REALM_MAIN, &want->list[n].prefix);
		else if (!route_is_same(old, &want->list[n]))
			route_install(link, old);
	}
	return result;
}

int link_routes_apply(struct link *link, const struct conf *conf)
{
	struct link_routes want = {0};
	int result = routes_collect(&want, conf);

	if (result == 0)
		result = routes_hold(link, &want);
	if (result == 0)
		result = routes_install(link, &want, &link->routes);
	if (result < 0) {
		routes_release(&want);
		return result;
	}
	for (size_t i = 0; i < link->routes.count; i++)
		if (!route_find(&want, &link->routes.list[i].prefix))
			link_route_remove(link, REALM_MAIN, &link->routes.list[i].prefix);
	routes_release(&link->routes);
	link->routes = want;
	return 0;
}

void link_routes_clear(struct link *link)
{
	for (size_t i = 0; i < link->routes.count; i++)
		link_route_remove(link, REALM_MAIN, &link->routes.list[i].prefix);
	routes_release(&link->routes);
}
