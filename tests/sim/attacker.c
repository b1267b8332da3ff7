/* SPDX-License-Identifier: BSD-3-Clause */
/* The clock of the attacks, and what they share. */
#include "attacker.h"

#include <stdlib.h>

#include "worker.h"

#define EVERY (250 * NS_PER_MS)

uint32_t attacker_draw(struct sim *sim, uint32_t bound)
{
	return (uint32_t)random_below(&sim->random, RANDOM_COOKIE, bound);
}

uint32_t attacker_branch(struct sim *sim)
{
	return 1 + attacker_draw(sim, sim->n_nodes - 1);
}

be32 attacker_outer(const struct sim *sim, uint32_t number, uint16_t port)
{
	const struct uplink_state *link = &sim->nodes[number].links[port];

	return link->nat >= 0 ? sim->nats[link->nat].address : link->address;
}

size_t attacker_build(const struct attack *attack, const uint8_t *payload, size_t len,
		      uint8_t bytes[PUNT_PACKET_MAX])
{
	struct writer writer = writer_of(bytes, PUNT_PACKET_MAX);
	const struct packet_ipv4 ip = {
		.ttl = 255,
		.protocol = IPV4_PROTOCOL_UDP,
		.total_len = (uint16_t)(IPV4_HEADER_SIZE + UDP_HEADER_SIZE + len),
		.source = attack->source,
		.destination = attack->destination,
	};
	const struct packet_udp udp = {
		.source_port = attack->source_port,
		.destination_port = attack->destination_port,
	};

	packet_ipv4_build(&ip, &writer);
	packet_udp_build(&ip, &udp, payload, len, &writer);
	return writer.failed ? 0 : writer.len;
}

void attacker_send(struct sim *sim, const struct attack *attack, const uint8_t *payload, size_t len)
{
	uint8_t bytes[PUNT_PACKET_MAX];
	size_t size = attacker_build(attack, payload, len, bytes);

	if (size > 0)
		network_route(sim, ATTACKER_NOWHERE, bytes, size);
}

void attacker_wake(struct sim *sim, enum attacker_mode mode)
{
	if (sim->attacker == ATTACKER_SLEEPS && mode != ATTACKER_SLEEPS)
		queue_event(sim, sim->now, SIM_ATTACK, SIM_HUB, NULL, 0);
	sim->attacker = mode;
}

void attacker_act(struct sim *sim)
{
	uint32_t what = attacker_draw(sim, 100);

	if (sim->attacker == ATTACKER_SLEEPS)
		return;
	if (what < 35)
		observer_replay(sim, what < 12);
	else if (what < 90 || sim->attacker == ATTACKER_SPARES)
		forger_act(sim, attacker_branch(sim), (enum attacker_mode)sim->attacker);
	else
		insider_act(sim);
	queue_event(sim, sim->now + 1 + random_below(&sim->random, RANDOM_COOKIE, 2 * EVERY),
		    SIM_ATTACK, SIM_HUB, NULL, 0);
}
