/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The network between the routers: each packet may be lost, doubled or late; links may swallow all of
 * them, NATs map ports, and the way from one branch to another may be cut or narrow while both reach
 * the hub. A home address is reached natively through the hub.
 */
#include <stdlib.h>
#include <string.h>

#include "attacker.h"
#include "sim.h"
#include "traffic.h"

#define DELAY_BASE (10 * NS_PER_MS)
#define LOSS       50 /* of 1000 */
#define DOUBLED    20
#define LATE       10
#define LATE_MOST  (3 * NS_PER_S)
#define NARROW     1200 /* octets that a narrow way lets through */

/* --- the ways between branches -------------------------------------------------------------------------- */

struct way *network_way(struct sim *sim, uint32_t from, uint32_t to)
{
	return sim->ways && from < sim->n_nodes ? &sim->ways[(size_t)from * sim->n_nodes + to]
						: NULL;
}

static bool is_stopped(struct sim *sim, uint32_t from, uint32_t to, size_t len)
{
	const struct way *way = network_way(sim, from, to);

	if ((from == SIM_HUB || to == SIM_HUB) && sim->now < sim->cut_until)
		return true;
	return way && (way->cut || (way->narrow && len > NARROW));
}

bool network_swallows(const struct node *node, uint16_t port)
{
	return node->number != SIM_HUB && port < SIM_UPLINKS &&
	       (!node->links[port].carrier || node->links[port].black_hole);
}

/* --- on the way ------------------------------------------------------------------------------------------ */

void network_carry(struct sim *sim, const struct hop *hop, const uint8_t *bytes, size_t len)
{
	uint64_t delay = DELAY_BASE + sim_draw(sim, RANDOM_PACKET, DELAY_BASE);
	int copies = 1;

	if (is_stopped(sim, hop->from, hop->to, len))
		return;
	if (sim->lossy) {
		if (sim_draw(sim, RANDOM_PACKET, 1000) < LOSS)
			return;
		if (sim_draw(sim, RANDOM_PACKET, 1000) < DOUBLED)
			copies = 2;
	}
	if (copies == 2)
		traffic_doubled(sim, bytes, len);
	while (copies-- > 0) {
		if (sim->lossy && sim_draw(sim, RANDOM_PACKET, 1000) < LATE)
			delay += sim_draw(sim, RANDOM_PACKET, LATE_MOST);
		queue_event(sim, sim->now + delay, SIM_PACKET, hop->to, bytes, len)->port =
			hop->port;
		delay += sim_draw(sim, RANDOM_PACKET, DELAY_BASE);
	}
}

/* Through the NAT that has the address, or the firewall before it. */
static void carry_inward(struct sim *sim, struct hop *hop, const struct nat *nat,
			 const struct packet_ipv4 *ip)
{
	const struct nat_mapping *mapping = nat_inward(nat, sim->now, ip);
	uint8_t bytes[PUNT_PACKET_MAX];
	size_t len;

	if (!mapping)
		return;
	hop->to = mapping->node;
	hop->port = mapping->uplink;
	len = nat_rewrite(mapping, sim->nodes[hop->to].links[hop->port].address, ip, bytes);
	if (len > 0)
		network_carry(sim, hop, bytes, len);
}

/* A native packet to whoever has its destination. */
void network_route(struct sim *sim, uint32_t from, const uint8_t *packet, size_t len)
{
	struct hop hop = {.from = from};
	struct packet_ipv4 ip;
	int nat;

	if (packet_ipv4_parse(packet, len, &ip) != PACKET_OK)
		return;
	nat = sim_nat_of(sim, ip.destination);
	if (ip.destination == sim->nodes[SIM_HUB].addresses[0].v4 ||
	    prefix_contains4(&sim->home_network, ip.destination))
		network_carry(sim, &hop, packet, len);
	else if (nat >= 0)
		carry_inward(sim, &hop, &sim->nats[nat], &ip);
	else if (sim_uplink_of(sim, ip.destination, &hop.to, &hop.port))
		network_carry(sim, &hop, packet, len);
}

static size_t leave_by_nat(struct node *node, uint16_t port, const struct packet_ipv4 *ip,
			   uint8_t *bytes)
{
	const struct nat_mapping inside = {.node = node->number, .uplink = port};

	return nat_outward(&node->sim->nats[node->links[port].nat], node->sim->now, &inside, ip,
			   bytes);
}

void network_send(struct node *node, uint16_t port, const uint8_t *packet, size_t len)
{
	struct sim *sim = node->sim;
	uint8_t bytes[PUNT_PACKET_MAX];
	struct packet_ipv4 ip;

	check_sent(node, packet, len);
	if (packet_ipv4_parse(packet, len, &ip) != PACKET_OK || network_swallows(node, port))
		return;
	if (node->number != SIM_HUB && port == SIM_LAN) {
		traffic_deliver(node, &ip, packet, len);
		return;
	}
	if (node->number != SIM_HUB && node->links[port].nat >= 0) {
		len = leave_by_nat(node, port, &ip, bytes);
		packet = bytes;
	}
	if (len == 0)
		return;
	observer_see(sim, node->number, packet, len);
	network_route(sim, node->number, packet, len);
}
