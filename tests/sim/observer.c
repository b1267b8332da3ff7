/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * On the path of two branches: what it copies is signalling, natively or in a tunnel. Tunnels have no
 * protection against replay, so user packets are left alone: that they came twice would say nothing.
 */
#include <stdlib.h>
#include <string.h>

#include "attacker.h"
#include "worker.h"

#define OBSERVED  3 /* one branch in so many */
#define SHIM_SIZE 4

struct copy {
	uint32_t from;
	size_t len;
	uint8_t bytes[];
};

/*
 * A registration or a test; an echo, where it need not be spared: one that is sent around a way that is
 * cut proves it.
 */
static bool is_signalling(const uint8_t *packet, size_t len, bool echoes)
{
	struct packet_ipv4 ip;
	struct packet_udp udp;

	if (packet_ipv4_parse(packet, len, &ip) != PACKET_OK)
		return false;
	if (ip.protocol == IPV4_PROTOCOL_ICMP)
		return echoes;
	if (ip.protocol == IPV4_PROTOCOL_IPIP)
		return is_signalling(ip.payload, ip.payload_len, echoes);
	if (ip.protocol != IPV4_PROTOCOL_UDP || packet_udp_parse(&ip, &udp) != PACKET_OK ||
	    udp.payload_len == 0)
		return false;
	if (udp.payload[0] == UDP_DATA)
		return udp.payload_len > SHIM_SIZE &&
		       is_signalling(udp.payload + SHIM_SIZE, udp.payload_len - SHIM_SIZE, echoes);
	return udp.source_port == 434 || udp.destination_port == 434;
}

void observer_see(struct sim *sim, uint32_t from, const uint8_t *packet, size_t len)
{
	struct copy **slot = (struct copy **)&sim->copies[sim->n_copies % SIM_COPIES];
	struct copy *copy;

	if (sim->attacker == ATTACKER_SLEEPS || (from != SIM_HUB && from % OBSERVED != 0) ||
	    attacker_draw(sim, 4) != 0 ||
	    !is_signalling(packet, len, sim->attacker == ATTACKER_ROUGH))
		return;
	copy = malloc(sizeof(*copy) + len);
	if (!copy)
		abort();
	copy->from = from;
	copy->len = len;
	memcpy(copy->bytes, packet, len);
	free(*slot);
	*slot = copy;
	sim->n_copies++;
}

void attacker_fini(struct sim *sim)
{
	for (size_t i = 0; i < SIM_COPIES; i++)
		free(sim->copies[i]);
}

/* One octet of a message is another; whoever changes it has the checksum right. */
static void replay_changed(struct sim *sim, const struct packet_ipv4 *ip)
{
	uint8_t payload[PUNT_PACKET_MAX];
	struct packet_udp udp;
	struct attack attack;
	uint32_t at;

	if (ip->protocol != IPV4_PROTOCOL_UDP || packet_udp_parse(ip, &udp) != PACKET_OK ||
	    udp.payload_len == 0)
		return;
	memcpy(payload, udp.payload, udp.payload_len);
	at = attacker_draw(sim, (uint32_t)udp.payload_len);
	payload[at] ^= (uint8_t)(1 + attacker_draw(sim, 255));
	attack =
		(struct attack){ip->source, ip->destination, udp.source_port, udp.destination_port};
	attacker_send(sim, &attack, payload, udp.payload_len);
}

void observer_replay(struct sim *sim, bool change)
{
	uint32_t n = sim->n_copies < SIM_COPIES ? (uint32_t)sim->n_copies : SIM_COPIES;
	const struct copy *copy;
	struct packet_ipv4 ip;

	if (n == 0)
		return;
	copy = sim->copies[attacker_draw(sim, n)];
	if (packet_ipv4_parse(copy->bytes, copy->len, &ip) != PACKET_OK ||
	    !is_signalling(copy->bytes, copy->len, sim->attacker == ATTACKER_ROUGH))
		return;
	if (change)
		replay_changed(sim, &ip);
	else
		network_route(sim, ATTACKER_NOWHERE, copy->bytes, copy->len);
}
