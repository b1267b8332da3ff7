/* SPDX-License-Identifier: BSD-3-Clause */
/* Registrations between branches, tests and keepalives, as they leave. */
#include "witness.h"

#include <stdlib.h>
#include <string.h>

#include "wire/return_routability.h"
#include "world.h"

#define ICMP_ECHO_REQUEST 8

struct relation *witness_relation(struct sim *sim, uint32_t of, uint32_t to)
{
	return sim->relations ? &sim->relations[(size_t)of * sim->n_nodes + to] : NULL;
}

void witness_crash(struct node *node)
{
	struct sim *sim = node->sim;

	for (uint32_t i = 1; sim->relations && i < sim->n_nodes; i++) {
		struct relation *relation = witness_relation(sim, node->number, i);

		relation->holds = 0;
		relation->believes = 0;
	}
}

/* --- registrations ------------------------------------------------------------------------------------------ */

static void see_request(struct node *node, be32 destination, const uint8_t *payload, size_t len)
{
	static struct registration_request request;
	uint32_t peer = truth_owner(node->sim, destination);
	struct relation *relation = witness_relation(node->sim, node->number, peer);

	if (peer == 0 || !relation || registration_request_parse(payload, len, &request) != WIRE_OK)
		return;
	relation->asked[relation->n_asked++ % WITNESS_ASKED] = request.identification;
}

static bool was_asked(const struct relation *relation, uint64_t identification)
{
	for (unsigned int i = 0; i < WITNESS_ASKED && i < relation->n_asked; i++)
		if (relation->asked[i] == identification)
			return true;
	return false;
}

static void see_reply(struct node *node, const uint8_t *payload, size_t len)
{
	static struct registration_reply reply;
	struct sim *sim = node->sim;
	struct relation *here, *there;
	uint32_t peer;
	uint64_t until;

	if (registration_reply_parse(payload, len, &reply) != WIRE_OK ||
	    !reply_code_is_success(reply.code))
		return;
	peer = truth_owner(sim, reply.home_address);
	here = witness_relation(sim, node->number, peer);
	there = witness_relation(sim, peer, node->number);
	if (!here)
		return;
	if (peer == 0 || !was_asked(there, reply.identification))
		sim_break(sim, INVARIANT_ASKED, "node %u grants node %u what it never asked",
			  node->number, peer);
	until = reply.lifetime ? sim->now + time_seconds(reply.lifetime) : 0;
	here->holds = until;
	/* The thief's own router knows nothing of what it is granted for less. */
	if (until == 0 || until > there->believes)
		there->believes = until;
}

/* --- secrets ------------------------------------------------------------------------------------------------ */

static void see_test(struct node *node, const uint8_t *payload, size_t len)
{
	struct sim *sim = node->sim;
	struct test_reply reply;

	if (test_reply_parse(payload, len, &reply) != WIRE_OK)
		return;
	memcpy(sim->tokens[sim->n_tokens++ % WITNESS_TOKENS], reply.token, RR_TOKEN_SIZE);
	node->nonce_index = reply.nonce_index;
}

void witness_secret(struct sim *sim, const void *bytes, size_t len, const char *where)
{
	for (size_t i = 0; i < WITNESS_TOKENS && i < sim->n_tokens; i++)
		if (memmem(bytes, len, sim->tokens[i], RR_TOKEN_SIZE))
			sim_break(sim, INVARIANT_SECRET, "a keygen token is in %s", where);
	for (uint32_t i = 1; sim->relations && i < sim->n_nodes; i++) {
		const struct conf_optimization *conf = &sim->nodes[i].conf.mobile.optimization;

		for (size_t k = 0; k < conf->n_static_keys; k++)
			if (memmem(bytes, len, conf->static_keys[k].secret.bytes,
				   conf->static_keys[k].secret.len))
				sim_break(sim, INVARIANT_SECRET, "a shared key is in %s", where);
	}
}

/* --- keepalives --------------------------------------------------------------------------------------------- */

/* MAX_UPDATE_RATE (RFC 6521, section 9): in no second more than five by one tunnel. */
static void see_keepalive(struct node *node, uint32_t tunnel)
{
	struct fwd_tunnel_state state;
	struct echo_times *times;
	uint64_t *slot;

	if (fwd_model_ops.tunnel_read(node->fwd, tunnel, &state) < 0 ||
	    state.set.accept == FWD_ACCEPT_ALL || tunnel >= SIM_TUNNELS)
		return;
	if (!node->echo_times)
		node->echo_times = calloc(SIM_TUNNELS, sizeof(*node->echo_times));
	if (!node->echo_times)
		abort();
	times = &node->echo_times[tunnel];
	if (times->generation != state.ref.generation || times->life != node->life)
		*times = (struct echo_times){state.ref.generation, node->life, 0, {0}};
	slot = &times->last[times->n++ % SIM_UPDATE_RATE];
	if (times->n > SIM_UPDATE_RATE && node->sim->now - *slot < NS_PER_S)
		sim_break(node->sim, INVARIANT_KEEPALIVES,
			  "node %u sent six by tunnel %u within %llu ms", node->number, tunnel,
			  (unsigned long long)((node->sim->now - *slot) / NS_PER_MS));
	*slot = node->sim->now;
}

/* --- what leaves ---------------------------------------------------------------------------------------------- */

void witness_native(struct node *node, const uint8_t *packet, size_t len)
{
	struct packet_ipv4 ip;
	struct packet_udp udp;

	if (packet_ipv4_parse(packet, len, &ip) == PACKET_OK && ip.protocol == IPV4_PROTOCOL_UDP &&
	    prefix_contains4(&node->sim->home_network, ip.destination) &&
	    packet_udp_parse(&ip, &udp) == PACKET_OK &&
	    message_type(udp.payload, udp.payload_len) == MESSAGE_REQUEST)
		see_request(node, ip.destination, udp.payload, udp.payload_len);
}

void witness_tunnel(struct node *node, uint32_t tunnel, const uint8_t *packet, size_t len)
{
	struct packet_ipv4 ip;
	struct packet_udp udp;

	if (packet_ipv4_parse(packet, len, &ip) != PACKET_OK)
		return;
	if (ip.protocol == IPV4_PROTOCOL_ICMP && ip.payload_len >= ICMP_HEADER_SIZE &&
	    ip.payload[0] == ICMP_ECHO_REQUEST)
		see_keepalive(node, tunnel);
	if (ip.protocol != IPV4_PROTOCOL_UDP || packet_udp_parse(&ip, &udp) != PACKET_OK)
		return;
	switch (message_type(udp.payload, udp.payload_len)) {
	case MESSAGE_REPLY:
		see_reply(node, udp.payload, udp.payload_len);
		break;
	case MESSAGE_HOME_TEST:
	case MESSAGE_CARE_OF_TEST:
		see_test(node, udp.payload, udp.payload_len);
		break;
	default:
		break;
	}
}
