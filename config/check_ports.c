/* SPDX-License-Identifier: BSD-3-Clause */
/* Ports: addresses, networks, gateways and static routes that contradict each other. */
#include <stdlib.h>
#include <string.h>

#include "haaro/addr.h"

#include "check.h"

static bool port_reaches(const struct conf_port *port, const struct ip_addr *addr)
{
	size_t i;

	for (i = 0; i < port->n_addresses; i++) {
		if (prefix_contains4(&port->networks[i], addr->v4))
			return true;
	}
	return false;
}

static bool port_has(const struct conf_port *port, const struct ip_addr *addr)
{
	size_t i;

	for (i = 0; i < port->n_addresses; i++) {
		if (addr_is_equal(&port->addresses[i], addr))
			return true;
	}
	return false;
}

/* A next hop must be on one of the port's networks and not we ourselves. */
static bool check_next_hop(struct reader *reader, const struct conf_port *port, uint32_t node,
			   const char *key, const struct ip_addr *addr)
{
	char text[ADDR_TEXT_SIZE];

	if (port_has(port, addr)) {
		reader_complain(reader, node, "%s: %s is an address of this port itself", key,
				addr_print(addr, text));
		return false;
	}
	if (!port_reaches(port, addr)) {
		reader_complain(reader, node,
				"%s: %s is in no network of this port; see its 'addresses'", key,
				addr_print(addr, text));
		return false;
	}
	return true;
}

static bool check_items(struct reader *reader, const struct conf_port *port, uint32_t node)
{
	uint32_t list = doc_child(reader->doc, node, "routes");
	bool good = true;
	uint32_t at;
	size_t i;

	at = list == NODE_NONE ? NODE_NONE : doc_node(reader->doc, list)->first;
	for (i = 0; at != NODE_NONE; at = doc_node(reader->doc, at)->next, i++)
		good &= check_next_hop(reader, port, doc_child(reader->doc, at, "via"), "via",
				       &port->routes[i].via);
	list = doc_child(reader->doc, node, "neighbours");
	at = list == NODE_NONE ? NODE_NONE : doc_node(reader->doc, list)->first;
	for (i = 0; at != NODE_NONE; at = doc_node(reader->doc, at)->next, i++)
		good &= check_next_hop(reader, port, doc_child(reader->doc, at, "address"),
				       "address", &port->neighbours[i].address);
	return good;
}

bool check_port(struct reader *reader, uint32_t node, const void *base)
{
	const struct conf_port *port = base;
	bool good = check_items(reader, port, node);

	if (addr_is_set(&port->gateway))
		good &= check_next_hop(reader, port, doc_child(reader->doc, node, "gateway"),
				       "gateway", &port->gateway);
	return good;
}

bool check_watch(struct reader *reader, uint32_t node, const void *base)
{
	const struct conf_watch *watch = base;

	if (watch->interval == 0 || watch->interval >= 200 * NS_PER_MS)
		return true;
	reader_complain(reader, doc_child(reader->doc, node, "interval"),
			"interval: is too short; 200ms or more, or 0s for no watch");
	return false;
}

static bool port_is_uplink(const struct conf *conf, size_t port)
{
	size_t i;

	for (i = 0; conf->role == CONF_MOBILE_ROUTER && i < conf->mobile.n_uplinks; i++) {
		if (conf->mobile.uplinks[i].port == port)
			return true;
	}
	return false;
}

/*
 * Address j of port i against one earlier address. Two uplinks may stand in networks of the same
 * numbers (two ISP routers, both 192.168.1.0/24): each is looked up per port.
 */
static void check_address_pair(const struct check *check, const size_t *one, const size_t *other)
{
	const struct conf_port *a = &check->conf->ports[one[0]];
	const struct conf_port *b = &check->conf->ports[other[0]];
	char path[64], text[PREFIX_TEXT_SIZE];
	bool uplinks = port_is_uplink(check->conf, one[0]) && port_is_uplink(check->conf, other[0]);

	snprintf(path, sizeof(path), "ports[%zu].addresses[%zu]", one[0], one[1]);
	if (addr_is_equal(&a->addresses[one[1]], &b->addresses[other[1]]))
		check_complain(check, check->main, path,
			       "addresses: %s is also an address of port %s",
			       addr_print(&a->addresses[one[1]], text), b->name);
	else if (one[0] != other[0] && !uplinks &&
		 prefix_overlaps(&a->networks[one[1]], &b->networks[other[1]]))
		check_complain(check, check->main, path,
			       "addresses: network %s overlaps one of port %s",
			       prefix_print(&a->networks[one[1]], text), b->name);
}

static void check_addresses(const struct check *check)
{
	const struct conf *conf = check->conf;
	size_t one[2], other[2];

	for (one[0] = 0; one[0] < conf->n_ports; one[0]++) {
		for (one[1] = 0; one[1] < conf->ports[one[0]].n_addresses; one[1]++) {
			for (other[0] = 0; other[0] <= one[0]; other[0]++) {
				size_t n = other[0] < one[0] ? conf->ports[other[0]].n_addresses
							     : one[1];

				for (other[1] = 0; other[1] < n; other[1]++)
					check_address_pair(check, one, other);
			}
		}
	}
}

static void check_names(const struct check *check)
{
	const struct conf *conf = check->conf;
	char path[64];
	size_t i, j;

	for (i = 0; i < conf->n_ports; i++) {
		for (j = 0; j < i; j++) {
			if (strcmp(conf->ports[i].name, conf->ports[j].name) == 0) {
				snprintf(path, sizeof(path), "ports[%zu].name", i);
				check_complain(check, check->main, path,
					       "name: '%s' names two ports", conf->ports[i].name);
			}
			if (strcmp(conf->ports[i].device, conf->ports[j].device) == 0) {
				snprintf(path, sizeof(path), "ports[%zu].device", i);
				check_complain(check, check->main, path,
					       "device: port %s has it already",
					       conf->ports[j].name);
			}
		}
	}
}

static void complain_route(const struct check *check, const struct claim *outer,
			   const struct claim *inner)
{
	const struct conf *conf = check->conf;
	char path[64], text[PREFIX_TEXT_SIZE];
	size_t port = 0, i = inner->index;

	/* Routes inside each other are what longest-prefix match is for. */
	if (!prefix_is_equal(&outer->prefix, &inner->prefix))
		return;
	while (i >= conf->ports[port].n_routes)
		i -= conf->ports[port++].n_routes;
	snprintf(path, sizeof(path), "ports[%zu].routes[%zu].to", port, i);
	check_complain(check, check->main, path, "to: a route to %s stands here already",
		       prefix_print(&inner->prefix, text));
}

static void check_routes(const struct check *check)
{
	const struct conf *conf = check->conf;
	size_t n = 0, i, j;
	struct claim *claims;

	for (i = 0; i < conf->n_ports; i++)
		n += conf->ports[i].n_routes;
	claims = calloc(n + 1, sizeof(*claims));
	if (!claims) {
		complain_file(check->complaints, conf->path, "no memory to check it");
		return;
	}
	for (i = 0, n = 0; i < conf->n_ports; i++) {
		for (j = 0; j < conf->ports[i].n_routes; j++, n++)
			claims[n] = (struct claim){.prefix = conf->ports[i].routes[j].to,
						   .index = (uint32_t)n};
	}
	claims_check(check, claims, n, complain_route);
	free(claims);
}

void check_ports(const struct check *check)
{
	check_names(check);
	check_addresses(check);
	check_routes(check);
}
