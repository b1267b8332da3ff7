/* SPDX-License-Identifier: BSD-3-Clause */
/* Role home-agent: the hub's own settings. */
#include <string.h>

#include "haaro/addr.h"

#include "check.h"

static void check_home_address(const struct check *check)
{
	const struct conf_home *home = &check->conf->home;
	char text[ADDR_TEXT_SIZE];

	if (conf_port_of(check->conf, &home->address) == PORT_NONE)
		check_complain(check, check->main, "home-agent.address",
			       "address: %s is no address of a port; add it to one's 'addresses'",
			       addr_print(&home->address, text));
}

/* A home network is virtual: its addresses are reached by tunnels only. */
static void check_home_network(const struct check *check, size_t index)
{
	const struct conf *conf = check->conf;
	const struct ip_prefix *network = &conf->home.networks[index];
	char path[64], text[PREFIX_TEXT_SIZE];
	size_t i, j;

	snprintf(path, sizeof(path), "home-agent.home-networks[%zu]", index);
	for (i = 0; i < index; i++) {
		if (prefix_overlaps(network, &conf->home.networks[i]))
			check_complain(check, check->main, path,
				       "home-networks: %s overlaps another one",
				       prefix_print(network, text));
	}
	for (i = 0; i < conf->n_ports; i++) {
		for (j = 0; j < conf->ports[i].n_addresses; j++) {
			if (!prefix_overlaps(network, &conf->ports[i].networks[j]))
				continue;
			check_complain(check, check->main, path,
				       "home-networks: %s overlaps a network of port %s; home "
				       "addresses need numbers of their own",
				       prefix_print(network, text), conf->ports[i].name);
		}
	}
}

static void check_lifetimes(const struct check *check)
{
	const struct conf_home *home = &check->conf->home;

	if (home->max_lifetime % NS_PER_S != 0)
		check_complain(check, check->main, "home-agent.max-lifetime",
			       "max-lifetime: the protocol counts whole seconds");
	if (home->nat_max_lifetime % NS_PER_S != 0)
		check_complain(check, check->main, "home-agent.nat.max-lifetime",
			       "max-lifetime: the protocol counts whole seconds");
	if (home->nat_keepalive % NS_PER_S != 0)
		check_complain(check, check->main, "home-agent.nat.keepalive",
			       "keepalive: the protocol counts whole seconds");
	if (home->nat_max_lifetime > home->max_lifetime)
		check_complain(
			check, check->main, "home-agent.nat.max-lifetime",
			"max-lifetime: behind a NAT it cannot exceed home-agent.max-lifetime");
	if (home->nat_keepalive > home->nat_max_lifetime)
		check_complain(check, check->main, "home-agent.nat.keepalive",
			       "keepalive: cannot be longer than nat.max-lifetime");
}

void check_home(const struct check *check)
{
	const struct conf *conf = check->conf;
	size_t i;

	check_home_address(check);
	for (i = 0; i < conf->home.n_networks; i++)
		check_home_network(check, i);
	check_lifetimes(check);
	if (conf->home.max_bindings > conf->capacity.tunnels)
		check_complain(check, check->main, "home-agent.max-bindings",
			       "max-bindings: %u are more than capacity.tunnels, %u",
			       conf->home.max_bindings, conf->capacity.tunnels);
	if (conf->home.reply_131)
		check_note(check, check->main, "home-agent.reply-131",
			   "reply-131 lets anybody have replies signed; for debugging only");
	if (conf->home.subscribers.path[0] == '\0')
		check_note(check, check->main, "home-agent",
			   "without 'subscribers' nobody can register");
}
