/* SPDX-License-Identifier: BSD-3-Clause */
/* Route optimization on top of the base world: what a configuration file would give by default. */
#include "world.h"

#include <stdlib.h>

#define WAYS_MOST 512 /* nodes; above, the direct ways are all open */

static void set_hub(struct node *hub)
{
	struct conf_home *home = &hub->conf.home;

	home->route_optimization = true;
	home->advertisement_size = 1400;
	home->advertisement_compress = true;
	home->force_udp = true;
}

static void set_defaults(struct conf_mobile *mobile)
{
	mobile->route_optimization = true;
	mobile->optimization = (struct conf_optimization){
		.advertise = true,
		.request = true,
		.outbound_only = CONF_OUTBOUND_AUTO,
		.trigger = CONF_TRIGGER_SEND,
		.threshold_packets = 1,
		.threshold_within = NS_PER_S,
		.mutual = CONF_MUTUAL_WAIT,
		.encapsulations = {ENCAP_UDP},
		.n_encapsulations = 1,
		.lifetime = time_seconds(300),
		.max_lifetime = time_seconds(420),
		.keepalive = {.interval = 500 * NS_PER_MS, .losses = 3},
		.keepalive_idle = 10 * NS_PER_S,
		.keepalive_full_size = true,
		.hold_down_first = 30 * NS_PER_S,
		.hold_down_longest = 600 * NS_PER_S,
		.max_peers = 1000,
	};
}

static void set_branch(struct node *node)
{
	struct sim *sim = node->sim;
	struct conf_router *router = &sim->routers[node->number - 1];
	struct conf *conf = &node->conf;

	conf->capacity.tunnels = 4 * sim->n_nodes + 64;
	conf->capacity.prefixes = 8 * sim->n_nodes + 64;
	set_defaults(&conf->mobile);
	conf->mobile.n_networks = 1;
	router->n_networks = 1;
	router->advertise = true;
	router->priority = 10;
}

void world_make(struct sim *sim)
{
	set_hub(&sim->nodes[SIM_HUB]);
	for (uint32_t i = 1; i < sim->n_nodes; i++)
		set_branch(&sim->nodes[i]);
	if (sim->n_nodes <= WAYS_MOST)
		sim->ways = calloc((size_t)sim->n_nodes * sim->n_nodes, sizeof(sim->ways[0]));
}
