/* SPDX-License-Identifier: BSD-3-Clause */
/* A world as the seed has it; the smoke's and the scale's worlds are plain. */
#include "world.h"

#include <stdlib.h>
#include <string.h>

#include "witness.h"

#define WAYS_MOST 512        /* nodes; above, the direct ways are all open */
#define PRIVATE   0xc0a8010a /* 192.168.1.10 and up in every NAT, .2.10 for second uplinks */

static const char *const realm_names[WORLD_REALMS] = {"north.example", "south.example",
						      "labs.south.example"};

static bool is_drawn(struct sim *sim, unsigned int percent)
{
	return sim_draw(sim, RANDOM_JITTER, 100) < percent;
}

/* --- what a configuration file would give by default -------------------------------------------------- */

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

static void set_plain(struct node *node)
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
	router->priority = CONF_PRIORITY_NONE;
}

static void set_hub(struct sim *sim)
{
	struct conf_home *home = &sim->nodes[SIM_HUB].conf.home;

	home->route_optimization = true;
	home->advertisement_size = 1400;
	home->advertisement_compress = true;
	home->force_udp = true;
}

/* --- uplinks ---------------------------------------------------------------------------------------------- */

static struct nat_kind draw_nat(struct sim *sim)
{
	struct nat_kind kind = {.timeout = 120 * NS_PER_S};

	kind.mapping = (enum nat_on)sim_draw(sim, RANDOM_JITTER, 3);
	kind.filtering = (enum nat_on)sim_draw(sim, RANDOM_JITTER, 3);
	return kind;
}

/* A third of the branches, more than one each. */
static void make_nats(struct sim *sim)
{
	uint32_t shared = sim->options.branches / 3 + 1;

	free(sim->nats);
	sim->n_nats = sim->n_shared = shared;
	/* each uplink may have a firewall of its own behind these */
	sim->nats = calloc(shared + SIM_UPLINKS * sim->n_nodes, sizeof(sim->nats[0]));
	if (!sim->nats)
		abort();
	for (uint32_t i = 0; i < shared; i++) {
		sim->nats[i].address = htonl(SIM_NAT + i * 256);
		sim->nats[i].kind = draw_nat(sim);
		nat_reboot(&sim->nats[i]);
	}
}

static void put_behind_nat(struct node *node, uint16_t port, int nat)
{
	struct uplink_state *link = &node->links[port];
	uint32_t inside = PRIVATE + port * 256u + node->sim->nats[nat].n_inside++;

	link->nat = nat;
	link->address = htonl(inside);
	node->addresses[port] = addr_v4(link->address);
	node->connected[port] = prefix_v4(htonl(inside), 24);
	node->ports[port].gateway = addr_v4(htonl((inside & 0xffffff00) | 254));
}

static void put_behind_firewall(struct node *node, uint16_t port)
{
	struct sim *sim = node->sim;
	struct nat *nat = &sim->nats[sim->n_nats];

	/* nothing but UDP passes, and nobody but the operator knows that it is there */
	node->conf.mobile.force_udp = true;
	node->links[port].nat = (int)sim->n_nats++;
	nat->address = node->links[port].address;
	nat->kind = (struct nat_kind){
		.is_firewall = true,
		.filtering = (enum nat_on)(1 + sim_draw(sim, RANDOM_JITTER, 2)),
		.timeout = 120 * NS_PER_S,
	};
	nat_reboot(nat);
}

/* conf.c has addressed them as public. */
static void draw_uplink(struct node *node, uint16_t port, uint32_t shared)
{
	struct sim *sim = node->sim;
	uint64_t drawn = sim_draw(sim, RANDOM_JITTER, 100);

	if (drawn < 35)
		put_behind_nat(node, port, (int)sim_draw(sim, RANDOM_JITTER, shared));
	else if (drawn < 45)
		put_behind_firewall(node, port);
}

static void draw_uplinks(struct node *node, uint32_t shared)
{
	draw_uplink(node, 0, shared);
	draw_uplink(node, 1, shared);
	if (is_drawn(node->sim, 50))
		node->conf.mobile.n_uplinks = 1;
}

/* --- networks and policies ---------------------------------------------------------------------------------- */

static void draw_networks(struct node *node)
{
	uint32_t second = WORLD_SECOND + 1 + (node->number - 1) * 256;

	if (!is_drawn(node->sim, 40))
		return;
	node->networks[1] = prefix_v4(htonl(second & 0xffffff00), 24);
	node->addresses[SIM_LAN + 1] = addr_v4(htonl(second));
	node->connected[SIM_LAN + 1] = prefix_v4(htonl(second), 24);
	node->ports[SIM_LAN].n_addresses = 2;
	node->conf.mobile.n_networks = 2;
	node->sim->routers[node->number - 1].n_networks = 2;
}

static void draw_router(struct sim *sim, struct conf_router *router)
{
	router->realm = is_drawn(sim, 20) ? UINT32_MAX
					  : (uint32_t)sim_draw(sim, RANDOM_JITTER, WORLD_REALMS);
	router->advertise = !is_drawn(sim, 8);
	router->refuse_optimization = is_drawn(sim, 5);
	router->priority =
		is_drawn(sim, 10) ? (uint32_t)sim_draw(sim, RANDOM_JITTER, 10) : CONF_PRIORITY_NONE;
}

static enum conf_trigger draw_trigger(struct sim *sim)
{
	uint64_t drawn = sim_draw(sim, RANDOM_JITTER, 100);

	return drawn < 70   ? CONF_TRIGGER_SEND
	       : drawn < 85 ? CONF_TRIGGER_MESH
	       : drawn < 95 ? CONF_TRIGGER_RECEIVE
			    : CONF_TRIGGER_MANUAL;
}

static void draw_optimization(struct node *node)
{
	static const uint32_t lifetimes[] = {30, 60, 300, 420};
	struct conf_optimization *conf = &node->conf.mobile.optimization;
	struct sim *sim = node->sim;

	conf->advertise = !is_drawn(sim, 8);
	conf->request = !is_drawn(sim, 8);
	conf->outbound_only = is_drawn(sim, 5)   ? CONF_OUTBOUND_YES
			      : is_drawn(sim, 5) ? CONF_OUTBOUND_NO
						 : CONF_OUTBOUND_AUTO;
	conf->trigger = draw_trigger(sim);
	conf->mutual = is_drawn(sim, 25) ? CONF_MUTUAL_IMMEDIATE : CONF_MUTUAL_WAIT;
	conf->threshold_packets = is_drawn(sim, 20) ? 3 : 1;
	conf->threshold_within = 10 * NS_PER_S;
	conf->lifetime = time_seconds(lifetimes[sim_draw(sim, RANDOM_JITTER, 4)]);
	conf->max_lifetime = time_seconds(lifetimes[sim_draw(sim, RANDOM_JITTER, 4)]);
	conf->hold_down_first = NS_PER_S << sim_draw(sim, RANDOM_JITTER, 5);
	conf->hold_down_longest = 40 * NS_PER_S;
	if (is_drawn(sim, 40))
		conf->encapsulations[0] = ENCAP_IPIP;
	if (!is_drawn(sim, 8))
		return;
	conf->realms = node->realms;
	conf->n_realms = 1;
	snprintf(node->realms[0], CONF_REALM_SIZE, "%s",
		 realm_names[sim_draw(sim, RANDOM_JITTER, WORLD_REALMS)]);
}

/* Two branches that share a key instead of return routability. */
static void share_key(struct node *a, struct node *b)
{
	struct conf_static_key *ours = &a->static_keys[0], *theirs = &b->static_keys[0];

	ours->peer = b->conf.mobile.home_address;
	theirs->peer = a->conf.mobile.home_address;
	ours->secret.len = theirs->secret.len = 20;
	random_seeded_fill(&a->sim->seeded, RANDOM_NONCE, ours->secret.bytes, 20);
	memcpy(theirs->secret.bytes, ours->secret.bytes, 20);
	a->conf.mobile.optimization.static_keys = a->static_keys;
	b->conf.mobile.optimization.static_keys = b->static_keys;
	a->conf.mobile.optimization.n_static_keys = 1;
	b->conf.mobile.optimization.n_static_keys = 1;
}

static void make_realms(struct sim *sim)
{
	struct conf_subscribers *subscribers = &sim->nodes[SIM_HUB].conf.home.subscribers;

	subscribers->realms = sim->realms;
	subscribers->n_realms = WORLD_REALMS;
	for (uint32_t i = 0; i < WORLD_REALMS; i++) {
		struct conf_realm *realm = &sim->realms[i];

		snprintf(realm->name, CONF_REALM_SIZE, "%s", realm_names[i]);
		realm->sees = sim->sees[i];
		for (uint32_t k = 0; k < WORLD_REALMS; k++)
			if (k == i || is_drawn(sim, 70))
				snprintf(realm->sees[realm->n_sees++], CONF_REALM_SIZE, "%s",
					 realm_names[k]);
	}
}

static void draw(struct sim *sim)
{
	uint32_t shared;

	make_nats(sim);
	make_realms(sim);
	shared = (uint32_t)sim->n_nats;
	for (uint32_t i = 1; i < sim->n_nodes; i++) {
		draw_uplinks(&sim->nodes[i], shared);
		draw_networks(&sim->nodes[i]);
		draw_router(sim, &sim->routers[i - 1]);
		draw_optimization(&sim->nodes[i]);
	}
	for (uint32_t i = 1; i + 1 < sim->n_nodes; i += 2)
		if (is_drawn(sim, 15))
			share_key(&sim->nodes[i], &sim->nodes[i + 1]);
}

void world_make(struct sim *sim)
{
	set_hub(sim);
	for (uint32_t i = 1; i < sim->n_nodes; i++)
		set_plain(&sim->nodes[i]);
	if (sim->options.world == SIM_WORLD_DIRECT)
		draw(sim);
	if (sim->n_nodes > WAYS_MOST)
		return;
	sim->ways = calloc((size_t)sim->n_nodes * sim->n_nodes, sizeof(sim->ways[0]));
	sim->relations = calloc((size_t)sim->n_nodes * sim->n_nodes, sizeof(sim->relations[0]));
}

/* --- while it runs -------------------------------------------------------------------------------------------- */

void world_change_policy(struct sim *sim)
{
	struct node *hub = &sim->nodes[SIM_HUB];
	size_t size = sim->n_nodes * sizeof(sim->routers[0]);
	struct conf_router *routers = malloc(size);

	if (!routers)
		abort();
	memcpy(routers, sim->routers, size);
	draw_router(sim, &routers[sim_draw(sim, RANDOM_JITTER, sim->n_nodes - 1)]);
	hub->conf.home.subscribers.routers = routers;
	node_reload(hub);
	free(sim->routers);
	sim->routers = routers;
}

void world_change_preference(struct sim *sim, uint32_t number)
{
	struct node *node = &sim->nodes[number];
	enum encap *first = &node->conf.mobile.optimization.encapsulations[0];

	if (node->leaving)
		return;
	*first = *first == ENCAP_UDP ? ENCAP_IPIP : ENCAP_UDP;
	describe_preference(node);
	node_reload(node);
}
