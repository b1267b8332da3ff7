/* SPDX-License-Identifier: BSD-3-Clause */
/* Role mobile-router: uplinks, LAN ports and mobile networks that contradict each other. */
#include <string.h>

#include "haaro/addr.h"

#include "check.h"

#define PEERS_PORT 434 /* of a correspondent: RFC 6521, sections 5.6 and 5.7 */

static bool check_keys(struct reader *reader, const struct conf_mobile *mobile, uint32_t node)
{
	if (mobile->n_keys < 2 || mobile->keys[0].spi != mobile->keys[1].spi)
		return true;
	reader_complain(reader, doc_child(reader->doc, node, "key"),
			"key: both have SPI %u; give the new key another", mobile->keys[0].spi);
	return false;
}

bool check_encapsulations(struct reader *reader, uint32_t node, const enum encap *encapsulations,
			  size_t n_encapsulations)
{
	size_t i, j;

	for (i = 0; i < n_encapsulations; i++) {
		for (j = 0; j < i; j++) {
			if (encapsulations[i] != encapsulations[j])
				continue;
			reader_complain(reader, doc_child(reader->doc, node, "encapsulations"),
					"encapsulations: %s stands twice",
					encap_name(encapsulations[i]));
			return false;
		}
	}
	return true;
}

/* At another they would find nobody: neither tests nor requests nor their end of a tunnel. */
static bool check_peers_port(struct reader *reader, uint32_t node, const struct conf_mobile *mobile)
{
	if (mobile->local_port == PEERS_PORT || !mobile->route_optimization ||
	    !mobile->optimization.advertise)
		return true;
	reader_complain(reader, doc_child(reader->doc, node, "local-port"),
			"local-port: peers reach us at %u only; leave it, or set "
			"route-optimization: {enabled: false}",
			PEERS_PORT);
	return false;
}

bool check_mobile_map(struct reader *reader, uint32_t node, const void *base)
{
	const struct conf_mobile *mobile = base;
	uint32_t networks = doc_child(reader->doc, node, "networks");
	bool good = check_keys(reader, mobile, node) &&
		    check_encapsulations(reader, node, mobile->encapsulations,
					 mobile->n_encapsulations) &&
		    check_peers_port(reader, node, mobile);

	if (mobile->lifetime % NS_PER_S != 0) {
		reader_complain(reader, doc_child(reader->doc, node, "lifetime"),
				"lifetime: the protocol counts whole seconds");
		good = false;
	}
	if (mobile->networks_mode == CONF_NETWORKS_EXPLICIT && mobile->n_networks == 0) {
		reader_complain(
			reader, networks,
			"'prefixes' is missing: in mode explicit the request names the networks");
		good = false;
	}
	return good;
}

static void check_uplink(const struct check *check, size_t index)
{
	const struct conf *conf = check->conf;
	uint16_t number = conf->mobile.uplinks[index].port;
	const struct conf_port *port = &conf->ports[number];
	char path[64], text[ADDR_TEXT_SIZE];
	size_t i;

	snprintf(path, sizeof(path), "mobile-router.uplinks[%zu].port", index);
	for (i = 0; i < index; i++) {
		if (conf->mobile.uplinks[i].port == number)
			check_complain(check, check->main, path, "port: %s stands twice",
				       port->name);
	}
	for (i = 0; i < conf->mobile.n_lan_ports; i++) {
		if (conf->mobile.lan_ports[i] == number)
			check_complain(
				check, check->main, path,
				"port: %s is a port of 'networks' too; it is the one or the other",
				port->name);
	}
	snprintf(path, sizeof(path), "ports[%u]", (unsigned int)number);
	if (port->n_addresses == 0)
		check_complain(check, check->main, path,
			       "port %s is an uplink: it needs an address, the care-of address",
			       port->name);
	else if (!addr_is_set(&port->gateway) &&
		 !prefix_contains4(&port->networks[0], conf->mobile.home_agent.v4))
		check_complain(check, check->main, path,
			       "port %s is an uplink: it needs a gateway to reach the hub, %s",
			       port->name, addr_print(&conf->mobile.home_agent, text));
}

static void check_lan_port(const struct check *check, size_t index)
{
	const struct conf *conf = check->conf;
	const struct conf_mobile *mobile = &conf->mobile;
	const struct conf_port *port = &conf->ports[mobile->lan_ports[index]];
	char path[64], text[PREFIX_TEXT_SIZE];
	size_t i, j;

	snprintf(path, sizeof(path), "mobile-router.networks.ports[%zu]", index);
	for (i = 0; i < index; i++) {
		if (mobile->lan_ports[i] == mobile->lan_ports[index])
			check_complain(check, check->main, path, "ports: %s stands twice",
				       port->name);
	}
	if (addr_is_set(&port->gateway))
		check_complain(check, check->main, path,
			       "ports: %s has a gateway, but everything goes to the hub; remove it",
			       port->name);
	for (i = 0; i < port->n_addresses && mobile->n_networks > 0; i++) {
		for (j = 0; j < mobile->n_networks; j++) {
			if (prefix_overlaps(&mobile->networks[j], &port->networks[i]))
				break;
		}
		if (j == mobile->n_networks)
			check_note(check, check->main, path,
				   "%s of port %s is in no prefix that is registered; nobody "
				   "beyond this router reaches it",
				   prefix_print(&port->networks[i], text), port->name);
	}
}

/* A mobile network on the outside would take the hub's own address into the tunnel to the hub. */
static void check_mobile_network(const struct check *check, size_t index)
{
	const struct conf *conf = check->conf;
	const struct ip_prefix *network = &conf->mobile.networks[index];
	char path[64], text[PREFIX_TEXT_SIZE];
	size_t i, j;

	snprintf(path, sizeof(path), "mobile-router.networks.prefixes[%zu]", index);
	prefix_print(network, text);
	if (network->len == 0)
		check_complain(check, check->main, path,
			       "prefixes: 0.0.0.0/0 cannot be registered");
	for (i = 0; i < index; i++) {
		if (prefix_is_equal(network, &conf->mobile.networks[i]))
			check_complain(check, check->main, path, "prefixes: %s stands twice", text);
	}
	if (network->len > 0 && prefix_contains4(network, conf->mobile.home_agent.v4))
		check_complain(check, check->main, path, "prefixes: %s holds the hub's address",
			       text);
	for (i = 0; i < conf->mobile.n_uplinks; i++) {
		const struct conf_port *port = &conf->ports[conf->mobile.uplinks[i].port];

		for (j = 0; network->len > 0 && j < port->n_addresses; j++) {
			if (prefix_overlaps(network, &port->networks[j]))
				check_complain(check, check->main, path,
					       "prefixes: %s overlaps a network of uplink %s", text,
					       port->name);
		}
	}
}

static void check_mobile_addresses(const struct check *check)
{
	const struct conf *conf = check->conf;
	uint16_t port = conf_port_of(conf, &conf->mobile.home_address);
	size_t i;

	if (conf_port_of(conf, &conf->mobile.home_agent) != PORT_NONE)
		check_complain(check, check->main, "mobile-router.home-agent",
			       "home-agent: is an address of ours");
	if (addr_is_equal(&conf->mobile.home_agent, &conf->mobile.home_address))
		check_complain(check, check->main, "mobile-router.home-address",
			       "home-address: is the hub's");
	for (i = 0; i < conf->mobile.n_uplinks; i++) {
		if (conf->mobile.uplinks[i].port == port)
			check_complain(
				check, check->main, "mobile-router.home-address",
				"home-address: is an address of uplink %s; it must stay the same "
				"on every uplink",
				conf->ports[port].name);
	}
}

/* A port that is neither uplink nor LAN would forward for nobody. */
static void check_port_roles(const struct check *check)
{
	const struct conf *conf = check->conf;
	char path[64];
	bool used;
	size_t i, j;

	for (i = 0; i < conf->n_ports; i++) {
		used = false;
		for (j = 0; j < conf->mobile.n_uplinks; j++)
			used |= conf->mobile.uplinks[j].port == i;
		for (j = 0; j < conf->mobile.n_lan_ports; j++)
			used |= conf->mobile.lan_ports[j] == i;
		snprintf(path, sizeof(path), "ports[%zu].name", i);
		if (!used)
			check_note(check, check->main, path,
				   "port %s is neither an uplink nor under 'networks'; it carries "
				   "nothing",
				   conf->ports[i].name);
	}
}

void check_mobile(const struct check *check)
{
	const struct conf *conf = check->conf;
	size_t i;

	check_mobile_addresses(check);
	for (i = 0; i < conf->mobile.n_uplinks; i++)
		check_uplink(check, i);
	for (i = 0; i < conf->mobile.n_lan_ports; i++)
		check_lan_port(check, i);
	for (i = 0; i < conf->mobile.n_networks; i++)
		check_mobile_network(check, i);
	check_port_roles(check);
	check_optimization(check);
}
