/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Off the path, with any source address: it knows who the routers are, where they are and what ports
 * they use, and guesses the rest.
 */
#include <string.h>

#include "attacker.h"
#include "wire/registration.h"
#include "wire/return_routability.h"
#include "worker.h"

#define PORT              434
#define ICMP_UNREACHABLE  3
#define ICMP_ECHO_REQUEST 8
#define ICMP_EXCEEDED     11
#define STRANGER          0xc6120000 /* 198.18.0.0/15 */
#define MCAE_SIZE         24

static void fill(struct sim *sim, void *bytes, size_t len)
{
	random_seeded_fill(&sim->seeded, RANDOM_COOKIE, bytes, len);
}

static be32 draw_stranger(struct sim *sim)
{
	return htonl(STRANGER + 1 + attacker_draw(sim, 0x1fffe));
}

static be32 home_of(const struct sim *sim, uint32_t number)
{
	return sim->nodes[number].conf.mobile.home_address.v4;
}

static be32 hub_of(const struct sim *sim)
{
	return sim->nodes[SIM_HUB].addresses[0].v4;
}

/* --- messages ----------------------------------------------------------------------------------------------- */

static void send_init(struct sim *sim, uint32_t victim, be32 source)
{
	const struct attack attack = {source, home_of(sim, victim),
				      (uint16_t)(1024 + attacker_draw(sim, 60000)), PORT};
	struct test_init init = {.test = (enum rr_test)attacker_draw(sim, RR_TEST_MAX)};
	uint8_t bytes[64];
	struct writer writer = writer_of(bytes, sizeof(bytes));

	fill(sim, init.cookie, sizeof(init.cookie));
	(void)test_init_build(&init, &writer);
	attacker_send(sim, &attack, bytes, writer.len);
}

/* A test that nobody asked for, or with another cookie; to either address. */
static void send_test(struct sim *sim, uint32_t victim, uint32_t peer)
{
	struct attack attack = {home_of(sim, peer), home_of(sim, victim), PORT, PORT};
	struct test_reply reply = {.test = (enum rr_test)attacker_draw(sim, RR_TEST_MAX)};
	uint8_t bytes[64];
	struct writer writer = writer_of(bytes, sizeof(bytes));

	if (attacker_draw(sim, 2))
		attack.destination = attacker_outer(sim, victim, 0);
	reply.nonce_index = (uint16_t)attacker_draw(sim, 65536);
	fill(sim, reply.cookie, sizeof(reply.cookie));
	fill(sim, reply.token, sizeof(reply.token));
	(void)test_reply_build(&reply, &writer);
	attacker_send(sim, &attack, bytes, writer.len);
}

/* 49/2 with an authenticator that is guessed; indexes are known to who asks. */
static void append_mcae(struct sim *sim, uint16_t index, struct writer *writer)
{
	uint8_t extension[MCAE_SIZE] = {49, MCAE_SIZE - 2, 2, 0};

	fill(sim, extension + 4, sizeof(extension) - 4);
	if (attacker_draw(sim, 4)) {
		extension[4] = extension[6] = (uint8_t)(index >> 8);
		extension[5] = extension[7] = (uint8_t)index;
	}
	write_bytes(writer, extension, sizeof(extension));
}

/* As from the peer: it asks, or leaves. */
static void send_request(struct sim *sim, uint32_t victim, uint32_t peer, be32 source)
{
	const struct attack attack = {source, home_of(sim, victim), PORT, PORT};
	const struct ip_prefix *network = &sim->nodes[peer].networks[0];
	struct registration_request request = {
		.flags = REQUEST_D | REQUEST_T,
		.lifetime = (uint16_t)(attacker_draw(sim, 2) ? 300 : 0),
		.home_address = home_of(sim, peer),
		.home_agent = hub_of(sim),
		.care_of = source,
		.udp = {.is_present = true, .force = true},
		.n_networks = 1,
		.networks = {{network->addr.v4, network->len}},
	};
	uint8_t bytes[MESSAGE_SIZE];
	struct writer writer = writer_of(bytes, sizeof(bytes));

	fill(sim, &request.identification, sizeof(request.identification));
	(void)registration_request_build(&request, &writer);
	append_mcae(sim, sim->nodes[victim].nonce_index, &writer);
	attacker_send(sim, &attack, bytes, writer.len);
}

/* As from the peer, or from the hub: it accepts, refuses, or says that nonces are over. */
static void send_reply(struct sim *sim, uint32_t victim, be32 source)
{
	static const uint8_t codes[] = {0, 1, 2, 129, 131, 133, 147, 201, 202, 203};
	const struct attack attack = {source, attacker_outer(sim, victim, 0), PORT, PORT};
	struct registration_reply reply = {
		.code = codes[attacker_draw(sim, sizeof(codes))],
		.lifetime = (uint16_t)(attacker_draw(sim, 2) ? 300 : 0),
		.home_address = home_of(sim, victim),
		.home_agent = hub_of(sim),
	};
	uint8_t bytes[MESSAGE_SIZE];
	struct writer writer = writer_of(bytes, sizeof(bytes));

	fill(sim, &reply.identification, sizeof(reply.identification));
	(void)registration_reply_build(&reply, &writer);
	if (attacker_draw(sim, 3) > 0)
		append_mcae(sim, sim->nodes[victim].nonce_index, &writer);
	attacker_send(sim, &attack, bytes, writer.len);
}

/* --- tunnel packets ------------------------------------------------------------------------------------------- */

static void send_data(struct sim *sim, const struct attack *attack, const struct packet_ipv4 *inner,
		      const uint8_t *payload, size_t len)
{
	uint8_t bytes[256] = {UDP_DATA, IPV4_PROTOCOL_IPIP};
	struct writer writer = writer_of(bytes + 4, sizeof(bytes) - 4);
	struct packet_ipv4 ip = *inner;

	ip.ttl = 64;
	ip.total_len = (uint16_t)(IPV4_HEADER_SIZE + len);
	packet_ipv4_build(&ip, &writer);
	write_bytes(&writer, payload, len);
	attacker_send(sim, attack, bytes, 4 + writer.len);
}

/* From the peer's address, or from nowhere, into the networks of the victim: as from a third. */
static void send_inner(struct sim *sim, uint32_t victim, uint32_t peer)
{
	uint32_t third = attacker_branch(sim);
	const struct attack attack = {attacker_draw(sim, 3) ? attacker_outer(sim, peer, 0)
							    : draw_stranger(sim),
				      attacker_outer(sim, victim, 0), PORT, PORT};
	struct packet_ipv4 inner = {
		.protocol = IPV4_PROTOCOL_UDP,
		.destination = sim_host(sim, victim, 0).v4,
	};
	const uint8_t nothing[64] = {0};

	/* The peer's own networks would pass: a tunnel has no other proof than addresses. */
	if (third == peer)
		third = victim;
	inner.source = attacker_draw(sim, 4) ? sim_host(sim, third, 0).v4 : draw_stranger(sim);
	send_data(sim, &attack, &inner, nothing, sizeof(nothing));
}

/* A first keepalive as the peer's, from an address that is not the peer's. */
static void send_knock(struct sim *sim, uint32_t victim, uint32_t peer, be32 source)
{
	const struct attack attack = {source, attacker_outer(sim, victim, 0),
				      (uint16_t)(1024 + attacker_draw(sim, 60000)), PORT};
	const struct packet_ipv4 inner = {
		.protocol = IPV4_PROTOCOL_ICMP,
		.source = home_of(sim, peer),
		.destination = home_of(sim, victim),
	};
	const struct packet_icmp icmp = {.type = ICMP_ECHO_REQUEST, .rest = 0x4d520001};
	uint8_t bytes[64];
	struct writer writer = writer_of(bytes, sizeof(bytes));

	packet_icmp_build(&icmp, NULL, 0, &writer);
	send_data(sim, &attack, &inner, bytes, writer.len);
}

/* About a tunnel packet that the victim may have sent to the peer. */
static void send_error(struct sim *sim, uint32_t victim, uint32_t peer)
{
	const uint8_t ports[8] = {PORT >> 8, PORT & 0xff, PORT >> 8, PORT & 0xff, 0, 100, 0, 0};
	uint8_t quote[64], bytes[128];
	struct writer quoted = writer_of(quote, sizeof(quote));
	struct writer writer = writer_of(bytes, sizeof(bytes));
	const struct packet_ipv4 outer = {
		.ttl = 64,
		.protocol = IPV4_PROTOCOL_UDP,
		.total_len = 120,
		.source = sim->nodes[victim].links[0].address,
		.destination = attacker_outer(sim, peer, 0),
	};
	const struct packet_icmp icmp = {
		.type = attacker_draw(sim, 2) ? ICMP_UNREACHABLE : ICMP_EXCEEDED,
		.code = (uint8_t)attacker_draw(sim, 2),
	};
	struct packet_ipv4 ip = {
		.ttl = 64,
		.protocol = IPV4_PROTOCOL_ICMP,
		.source = draw_stranger(sim),
		.destination = attacker_outer(sim, victim, 0),
	};

	packet_ipv4_build(&outer, &quoted);
	write_bytes(&quoted, ports, sizeof(ports));
	ip.total_len = (uint16_t)(IPV4_HEADER_SIZE + ICMP_HEADER_SIZE + quoted.len);
	packet_ipv4_build(&ip, &writer);
	packet_icmp_build(&icmp, quote, quoted.len, &writer);
	network_route(sim, ATTACKER_NOWHERE, bytes, writer.len);
}

/* --- what, this time -------------------------------------------------------------------------------------------- */

void forger_flood(struct sim *sim, uint32_t victim)
{
	be32 source = draw_stranger(sim);
	uint32_t peer = attacker_branch(sim);

	if (attacker_draw(sim, 2))
		send_init(sim, victim, source);
	else
		send_request(sim, victim, peer, source);
}

void forger_act(struct sim *sim, uint32_t victim, enum attacker_mode mode)
{
	uint32_t peer = attacker_branch(sim);
	be32 near = attacker_outer(sim, peer, 0);
	uint32_t what = attacker_draw(sim, 8);

	if (peer == victim)
		return;
	if (what == 0)
		send_init(sim, victim, attacker_draw(sim, 2) ? near : home_of(sim, peer));
	else if (what == 1)
		send_test(sim, victim, peer);
	else if (what == 2)
		send_request(sim, victim, peer, near);
	else if (what == 3)
		send_reply(sim, victim, attacker_draw(sim, 2) ? home_of(sim, peer) : hub_of(sim));
	else if (what == 4)
		send_error(sim, victim, peer);
	else if (what == 5 || mode == ATTACKER_SPARES)
		send_inner(sim, victim, peer);
	else
		send_knock(sim, victim, peer, what == 6 ? near : draw_stranger(sim));
}
