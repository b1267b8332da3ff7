/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The network between the routers: each packet may be lost, doubled or late, links may swallow all
 * of them, and NATs map ports (RFC 4787: mapping and filtering independent of the endpoint). A NAT
 * passes UDP and ICMP echo, nothing else.
 */
#include <string.h>

#include "sim.h"

#define DELAY_BASE (10 * NS_PER_MS)
#define LOSS       50 /* of 1000 */
#define DOUBLED    20
#define LATE       10
#define LATE_MOST  (3 * NS_PER_S)

void nat_reboot(struct nat *nat)
{
	nat->n_mappings = 0;
	nat->next = (uint16_t)(nat->next < 20000 ? 20000 : nat->next + 1000);
	if (nat->next > 60000)
		nat->next = 20000;
}

/* The mapping of an inside endpoint, made on demand; NULL if the table is full. */
static struct nat_mapping *nat_outward(struct nat *nat, const struct nat_mapping *inside)
{
	struct nat_mapping *mapping;
	size_t i;

	for (i = 0; i < nat->n_mappings; i++) {
		mapping = &nat->mappings[i];
		if (mapping->node == inside->node && mapping->uplink == inside->uplink &&
		    mapping->protocol == inside->protocol && mapping->inside == inside->inside)
			return mapping;
	}
	if (nat->n_mappings == NAT_SIZE)
		return NULL;
	mapping = &nat->mappings[nat->n_mappings++];
	*mapping = *inside;
	mapping->outside = nat->next++;
	return mapping;
}

static struct nat_mapping *nat_inward(struct nat *nat, uint8_t protocol, uint16_t outside)
{
	size_t i;

	for (i = 0; i < nat->n_mappings; i++) {
		if (nat->mappings[i].protocol == protocol && nat->mappings[i].outside == outside)
			return &nat->mappings[i];
	}
	return NULL;
}

/* The packet with other addresses and another port or identifier, checksums made anew. */
static size_t rewrite(const struct packet_ipv4 *ip, uint16_t to, bool outward, uint8_t *bytes)
{
	struct writer writer = writer_of(bytes, PUNT_PACKET_MAX);
	struct packet_udp udp;
	struct packet_icmp icmp;

	packet_ipv4_build(ip, &writer);
	if (ip->protocol == IPV4_PROTOCOL_UDP) {
		packet_udp_parse(ip, &udp);
		if (outward)
			udp.source_port = to;
		else
			udp.destination_port = to;
		packet_udp_build(ip, &udp, udp.payload, udp.payload_len, &writer);
	} else {
		packet_icmp_parse(ip, &icmp);
		icmp.rest = (uint32_t)to << 16 | (icmp.rest & 0xffff);
		packet_icmp_build(&icmp, icmp.payload, icmp.payload_len, &writer);
	}
	return writer.failed ? 0 : writer.len;
}

/* The port or identifier that a NAT maps; false for what it does not pass. */
static bool nat_key(const struct packet_ipv4 *ip, bool outward, uint16_t *key)
{
	struct packet_udp udp;
	struct packet_icmp icmp;

	if (ip->protocol == IPV4_PROTOCOL_UDP && packet_udp_parse(ip, &udp) == PACKET_OK) {
		*key = outward ? udp.source_port : udp.destination_port;
		return true;
	}
	if (ip->protocol == IPV4_PROTOCOL_ICMP && packet_icmp_parse(ip, &icmp) == PACKET_OK) {
		*key = (uint16_t)(icmp.rest >> 16);
		return icmp.type == (outward ? 8 : 0);
	}
	return false;
}

static size_t pass_outward(struct node *node, uint16_t port, struct packet_ipv4 *ip, uint8_t *bytes)
{
	struct nat *nat = &node->sim->nats[node->links[port].nat];
	struct nat_mapping inside = {
		.node = node->number, .uplink = port, .protocol = ip->protocol};
	const struct nat_mapping *mapping;
	uint16_t key;

	if (!nat_key(ip, true, &key))
		return 0;
	inside.inside = key;
	mapping = nat_outward(nat, &inside);
	if (!mapping)
		return 0;
	ip->source = nat->address;
	return rewrite(ip, mapping->outside, true, bytes);
}

static bool is_swallowed(const struct node *node, uint16_t port)
{
	return node->number != SIM_HUB &&
	       (!node->links[port].carrier || node->links[port].black_hole);
}

static void carry(struct sim *sim, uint32_t to, uint16_t port, const uint8_t *bytes, size_t len)
{
	uint64_t delay = DELAY_BASE + sim_draw(sim, RANDOM_PACKET, DELAY_BASE);
	int copies = 1;

	if (sim->lossy) {
		if (sim_draw(sim, RANDOM_PACKET, 1000) < LOSS)
			return;
		if (sim_draw(sim, RANDOM_PACKET, 1000) < DOUBLED)
			copies = 2;
	}
	while (copies-- > 0) {
		if (sim->lossy && sim_draw(sim, RANDOM_PACKET, 1000) < LATE)
			delay += sim_draw(sim, RANDOM_PACKET, LATE_MOST);
		queue_event(sim, sim->now + delay, SIM_PACKET, to, bytes, len)->port = port;
		delay += sim_draw(sim, RANDOM_PACKET, DELAY_BASE);
	}
}

/* From the hub to whoever has the address, through the NAT that has it. */
static void carry_down(struct sim *sim, struct packet_ipv4 *ip, const uint8_t *packet, size_t len)
{
	int nat = sim_nat_of(sim, ip->destination);
	uint8_t bytes[PUNT_PACKET_MAX];
	const struct nat_mapping *mapping;
	uint32_t i;
	uint16_t port, key;

	if (nat >= 0) {
		mapping = nat_key(ip, false, &key) ? nat_inward(&sim->nats[nat], ip->protocol, key)
						   : NULL;
		if (!mapping)
			return;
		ip->destination = sim->nodes[mapping->node].links[mapping->uplink].address;
		len = rewrite(ip, mapping->inside, false, bytes);
		carry(sim, mapping->node, mapping->uplink, bytes, len);
		return;
	}
	if (sim_uplink_of(sim, ip->destination, &i, &port))
		carry(sim, i, port, packet, len);
}

void network_send(struct node *node, uint16_t port, const uint8_t *packet, size_t len)
{
	struct sim *sim = node->sim;
	uint8_t bytes[PUNT_PACKET_MAX];
	struct packet_ipv4 ip;

	check_sent(node, packet, len);
	if (packet_ipv4_parse(packet, len, &ip) != PACKET_OK || is_swallowed(node, port) ||
	    sim->now < sim->cut_until)
		return;
	if (node->number == SIM_HUB) {
		carry_down(sim, &ip, packet, len);
		return;
	}
	if (port >= SIM_UPLINKS)
		return;
	if (node->links[port].nat >= 0) {
		len = pass_outward(node, port, &ip, bytes);
		packet = bytes;
	}
	if (len > 0 && ip.destination == sim->nodes[SIM_HUB].addresses[0].v4)
		carry(sim, SIM_HUB, 0, packet, len);
}
