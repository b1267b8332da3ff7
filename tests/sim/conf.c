/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What the routers are configured with: addresses by number, secrets by the seed. Half of the
 * branches have a public first uplink, half stand behind NATs of ten; the second uplink is public.
 * Pairs of branches may both claim a network, of which only one can hold it.
 */
#include <stdlib.h>
#include <string.h>

#include "sim.h"
#include "world.h"

#define HUB_ADDRESS 0xc6336401 /* 198.51.100.1 */
#define HOME        0xac100000 /* 172.16.0.0/12 */
#define UPLINK_A    0xcb000000 /* 203.0.0.0 and up, a /24 for each branch */
#define UPLINK_B    0xd0000000 /* 208.0.0.0 and up */
#define NAT         SIM_NAT

static struct ip_addr addr_of(uint32_t host)
{
	return addr_v4(htonl(host));
}

be32 sim_shared_network(uint32_t pair)
{
	return htonl(0x0ac80000 + pair * 256); /* 10.200.0.0 and up */
}

bool sim_uplink_of(const struct sim *sim, be32 address, uint32_t *number, uint16_t *port)
{
	static const uint32_t bases[SIM_UPLINKS] = {UPLINK_A, UPLINK_B};

	for (*port = 0; *port < SIM_UPLINKS; (*port)++) {
		*number = (ntohl(address) - bases[*port]) / 256 + 1;
		if (*number < sim->n_nodes && sim->nodes[*number].links[*port].address == address)
			return true;
	}
	return false;
}

/* NATs that are shared are numbered by their addresses; a firewall has that of its uplink. */
int sim_nat_of(const struct sim *sim, be32 address)
{
	uint32_t number = (ntohl(address) - NAT) / 256;
	uint16_t port;

	if (number < sim->n_shared && sim->nats[number].address == address)
		return (int)number;
	return sim_uplink_of(sim, address, &number, &port) ? sim->nodes[number].links[port].nat
							   : -1;
}

static void set_port(struct node *node, uint16_t port, uint32_t address, const char *name)
{
	struct conf_port *conf = &node->ports[port];

	node->addresses[port] = addr_of(address);
	node->connected[port] = prefix_v4(htonl(address), 24);
	snprintf(conf->name, sizeof(conf->name), "%s", name);
	conf->mtu = 1500;
	conf->networks = &node->connected[port];
	conf->addresses = &node->addresses[port];
	conf->n_addresses = 1;
	if (port < SIM_UPLINKS)
		conf->gateway = addr_of((address & 0xffffff00) | 254);
}

static void set_common(struct node *node)
{
	struct conf *conf = &node->conf;

	snprintf(conf->name, sizeof(conf->name), "node-%u", node->number);
	conf->version = 1;
	conf->ports = node->ports;
	conf->capacity.tunnels = node->number == SIM_HUB ? 4 * node->sim->n_nodes + 64 : 64;
	conf->capacity.prefixes = node->number == SIM_HUB ? 8 * node->sim->n_nodes + 64 : 64;
	conf->capacity.neighbours = 64;
	conf->tunnel_policy.ttl = 64;
	conf->tunnel_policy.udp_checksum = true;
}

static void set_hub(struct node *node)
{
	struct sim *sim = node->sim;
	struct conf_home *home = &node->conf.home;

	node->conf.role = CONF_HOME_AGENT;
	node->conf.n_ports = 1;
	set_port(node, 0, HUB_ADDRESS, "wan");
	sim->home_network = prefix_v4(htonl(HOME), 12);
	home->address = addr_of(HUB_ADDRESS);
	home->networks = &sim->home_network;
	home->n_networks = 1;
	home->max_lifetime = time_seconds(SIM_LIFETIME);
	home->replay_tolerance = time_seconds(7);
	home->encapsulations[ENCAP_IPIP] = true;
	home->encapsulations[ENCAP_UDP] = true;
	home->nat_max_lifetime = time_seconds(SIM_LIFETIME);
	home->nat_keepalive = time_seconds(25);
	home->simultaneous_bindings = 1;
	home->revocation = true;
	home->subscribers.routers = sim->routers;
	home->subscribers.n_routers = sim->n_nodes - 1;
}

static void set_uplinks(struct node *node)
{
	struct sim *sim = node->sim;
	uint32_t i = node->number - 1;
	bool is_private = sim->options.world == SIM_WORLD_HUB && i % 20 >= 10;
	uint32_t first = UPLINK_A + i * 256 + 1;
	uint32_t second = UPLINK_B + i * 256 + 1;

	if (is_private)
		first = 0xc0a80100 + 10 + i % NAT_HOSTS; /* 192.168.1.x, in every NAT the same */
	set_port(node, 0, first, "isp-a");
	set_port(node, 1, second, "isp-b");
	node->links[0] = (struct uplink_state){htonl(first), true, false, -1};
	node->links[1] = (struct uplink_state){htonl(second), true, false, -1};
	if (is_private)
		node->links[0].nat = (int)(i / 20);
	if (node->links[0].nat >= 0)
		sim->nats[i / 20].address = htonl(NAT + (i / 20) * 256);
}

static struct conf_key key_of(struct sim *sim, uint32_t i)
{
	struct conf_key key = {.spi = 256 + i};

	key.algorithm = i % 3 == 0 ? CONF_HMAC_MD5 : CONF_HMAC_SHA256_128;
	key.replay = i % 7 == 3 ? CONF_REPLAY_NONCES : CONF_REPLAY_TIMESTAMPS;
	key.secret.len = i % 3 == 0 ? 16 : 32;
	random_seeded_fill(&sim->seeded, RANDOM_NONCE, key.secret.bytes, key.secret.len);
	return key;
}

static void set_branch(struct node *node)
{
	uint32_t i = node->number - 1;
	struct conf_mobile *mobile = &node->conf.mobile;
	struct conf_router *router = &node->sim->routers[i];

	node->conf.role = CONF_MOBILE_ROUTER;
	node->conf.n_ports = SIM_PORTS;
	set_uplinks(node);
	set_port(node, SIM_LAN, 0x0b000001 + i * 256, "lan"); /* 11.x.y.1 */
	node->networks[0] = prefix_v4(htonl(0x0b000000 + i * 256), 24);
	node->networks[1] = prefix_v4(sim_shared_network(i / 10), 24);
	node->uplinks[1].port = 1;
	node->lan_ports[0] = SIM_LAN;
	*mobile = (struct conf_mobile){
		.home_address = addr_of(HOME + 1 + i),
		.home_agent = addr_of(HUB_ADDRESS),
		.keys = {key_of(node->sim, i)},
		.n_keys = 1,
		.lifetime = time_seconds(SIM_ASKED),
		.local_port = 434,
		.uplinks = node->uplinks,
		.n_uplinks = SIM_UPLINKS,
		.networks_mode = CONF_NETWORKS_EXPLICIT,
		.networks = node->networks,
		.n_networks = i % 10 < 2 ? 2 : 1,
		.lan_ports = node->lan_ports,
		.n_lan_ports = 1,
		.encapsulations = {ENCAP_UDP, ENCAP_IPIP},
		.n_encapsulations = 2,
		.watch_hub = {.interval = time_seconds(5), .losses = 3},
		.watch_uplinks = {.interval = time_seconds(5), .losses = 3},
		.revocation = true,
	};
	for (size_t j = 0; j < mobile->keys[0].secret.len; j++)
		snprintf(node->secret_text + 2 * j, 3, "%02x", mobile->keys[0].secret.bytes[j]);
	snprintf(router->name, sizeof(router->name), "branch-%u", node->number);
	router->home_address = mobile->home_address;
	router->realm = UINT32_MAX;
	router->keys[0] = mobile->keys[0];
	router->n_keys = 1;
	router->networks = node->networks;
	router->n_networks = mobile->n_networks;
}

int conf_make(struct sim *sim)
{
	uint32_t i;

	sim->n_nodes = sim->options.branches + 1;
	sim->n_nats = sim->n_shared = sim->options.branches / 20 + 1;
	sim->nodes = calloc(sim->n_nodes, sizeof(sim->nodes[0]));
	sim->routers = calloc(sim->n_nodes, sizeof(sim->routers[0]));
	sim->nats = calloc(sim->n_nats, sizeof(sim->nats[0]));
	if (!sim->nodes || !sim->routers || !sim->nats)
		return -1;
	for (i = 0; i < sim->n_nodes; i++) {
		sim->nodes[i].sim = sim;
		sim->nodes[i].number = i;
		sim->nodes[i].mono_offset = sim_draw(sim, RANDOM_NONCE, time_seconds(1000000));
		set_common(&sim->nodes[i]);
		if (i == SIM_HUB)
			set_hub(&sim->nodes[i]);
		else
			set_branch(&sim->nodes[i]);
	}
	for (i = 0; i < sim->n_nats; i++)
		nat_reboot(&sim->nats[i]);
	if (sim->options.world != SIM_WORLD_HUB)
		world_make(sim);
	return 0;
}

struct ip_addr sim_host(const struct sim *sim, uint32_t number, unsigned int network)
{
	const struct ip_prefix *prefix = &sim->nodes[number].networks[network];

	return addr_v4(htonl(ntohl(prefix->addr.v4) + 10));
}

void conf_drop(struct sim *sim)
{
	for (size_t i = 0; i < sim->n_nats; i++)
		nat_fini(&sim->nats[i]);
	for (uint32_t i = 0; i < sim->n_nodes; i++) {
		free(sim->nodes[i].path_peers);
		free(sim->nodes[i].echo_times);
	}
	free(sim->ways);
	free(sim->relations);
	free(sim->nodes);
	free(sim->routers);
	free(sim->nats);
}
