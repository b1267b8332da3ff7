/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The slow path under hostile packets: ARP, ICMP, fragments, packets to resolve and to answer with
 * errors, in any order, at a hub with a static tunnel and one from any port. Whatever comes, no table contract is broken
 * and nothing is left behind.
 *
 * Input: records of kind and flags, port, seconds that pass before, length (two octets), bytes. Flag
 * 0x80 makes the checksums right, so that the fuzzer gets past them.
 */
#include <string.h>

#include "haaro/addr.h"

#include "fake_fwd.h"
#include "fuzz.h"
#include "link/link.h"
#include "wire/packet.h"

#define FIX 0x80

static struct ip_addr addr4(uint8_t a, uint8_t b, uint8_t c, uint8_t d)
{
	return addr_v4(htonl((uint32_t)a << 24 | (uint32_t)b << 16 | (uint32_t)c << 8 | d));
}

/* What the tests of the slow path have, in small. */
struct hub {
	struct conf conf;
	struct conf_port ports[2];
	struct ip_prefix networks[2];
	struct ip_addr addresses[2];
	struct conf_tunnel tunnel;
	struct ip_prefix inner;
};

static void hub_init(struct hub *hub)
{
	memset(hub, 0, sizeof(*hub));
	hub->addresses[0] = addr4(198, 51, 100, 1);
	hub->addresses[1] = addr4(10, 255, 0, 1);
	for (int i = 0; i < 2; i++) {
		hub->networks[i] = prefix_v4(hub->addresses[i].v4, 24);
		hub->ports[i].mtu = 1500;
		hub->ports[i].networks = &hub->networks[i];
		hub->ports[i].addresses = &hub->addresses[i];
		hub->ports[i].n_addresses = 1;
	}
	hub->ports[0].gateway = addr4(198, 51, 100, 254);
	hub->inner = prefix_v4(addr4(10, 1, 0, 0).v4, 16);
	hub->tunnel.encap = ENCAP_IPIP;
	hub->tunnel.local = hub->addresses[0];
	hub->tunnel.remote = addr4(203, 0, 113, 10);
	hub->tunnel.networks = &hub->inner;
	hub->tunnel.n_networks = 1;
	hub->conf.role = CONF_HOME_AGENT;
	hub->conf.ports = hub->ports;
	hub->conf.n_ports = 2;
	hub->conf.tunnels = &hub->tunnel;
	hub->conf.n_tunnels = 1;
	hub->conf.capacity.neighbours = 8;
}

static void put_checksum(uint8_t *field, uint16_t value)
{
	field[0] = (uint8_t)(value >> 8);
	field[1] = (uint8_t)value;
}

/* Lengths and checksums of an IPv4 packet, and of the ICMP or UDP in it. */
static void make_right(uint8_t *bytes, size_t len)
{
	size_t header = (size_t)(bytes[0] & 0x0f) * 4;

	if (len < 28 || header < 20 || header + 8 > len)
		return;
	put_checksum(bytes + 2, (uint16_t)len);
	put_checksum(bytes + 10, 0);
	put_checksum(bytes + 10, packet_checksum(bytes, header));
	if (bytes[9] == IPV4_PROTOCOL_ICMP) {
		put_checksum(bytes + header + 2, 0);
		put_checksum(bytes + header + 2, packet_checksum(bytes + header, len - header));
	} else if (bytes[9] == IPV4_PROTOCOL_UDP) {
		put_checksum(bytes + header + 6, 0); /* absent */
	}
}

static void hand_up(struct link *link, struct fwd *fwd, const struct punt *punt)
{
	struct datagram datagram;

	switch (punt->reason) {
	case PUNT_SIGNALLING:
	case PUNT_FRAGMENT:
		if (link_take_datagram(link, punt, &datagram))
			link_send_datagram(link, &datagram, 0);
		break;
	case PUNT_ICMP:
		link_handle_icmp(link, punt);
		break;
	case PUNT_ARP:
		link_handle_arp(link, punt);
		break;
	case PUNT_RESOLVE:
		link_handle_resolve(link, punt);
		break;
	default:
		link_handle_error(link, punt);
	}
	fwd->n_packets = 0;
}

static void run(struct core *core, struct link *link, const uint8_t *data, size_t size)
{
	struct reader reader = reader_of(data, size);
	uint8_t bytes[PUNT_PACKET_MAX];

	while (reader_left(&reader) >= 5) {
		uint8_t kind = read_u8(&reader);
		uint8_t port = read_u8(&reader);
		uint64_t seconds = read_u8(&reader);
		size_t len = read_u16(&reader) % PUNT_PACKET_MAX;
		struct punt punt = {.reason = kind % PUNT_REASON_MAX, .port = port, .bytes = bytes};

		if (len > reader_left(&reader))
			len = reader_left(&reader);
		if (len == 0)
			continue;
		memcpy(bytes, read_bytes(&reader, len), len);
		if (kind & FIX && punt.reason != PUNT_ARP)
			make_right(bytes, len);
		punt.len = (uint16_t)len;
		punt.drop = (uint16_t)(port >> 1);
		punt.port = port & 1;
		punt.adjacency = port >> 1 & 7;
		punt.tunnel.index = (kind & 0x40) ? port >> 7 : FWD_NONE;
		punt.outer_port = (uint16_t)(port & 1 ? 40112 : 0);
		punt.tunnel.generation = 1;
		core->now.mono += seconds * NS_PER_S;
		timers_run(&core->timers, core->now.mono);
		if (kind == (FIX | 0x3f))
			link_port_changed(link, punt.port, len % 3);
		hand_up(link, core->fwd, &punt);
	}
}

/* The answer goes by the static tunnel, or not at all. */
static struct tunnel_ref knocked(void *arg, const struct tunnel_knock *knock)
{
	(void)arg;
	FUZZ_CHECK(knock->remote_port != 0);
	return (struct tunnel_ref){
		.index = knock->source.v4 & 1 ? 0 : FWD_NONE,
		.generation = 1,
	};
}

static struct tunnel *open_any(struct link *link, const struct hub *hub)
{
	const struct tunnel_spec spec = {
		.encap = ENCAP_UDP,
		.port = PORT_NONE,
		.local = hub->addresses[0],
		.remote = addr4(203, 0, 113, 11),
		.local_port = 434,
		.source = FWD_SOURCE_ANY,
		.accept = FWD_ACCEPT_DIRECT,
		.knocked = knocked,
	};
	struct tunnel *tunnel;

	FUZZ_CHECK(tunnel_open(link, &spec, &tunnel) == 0 && tunnel_ref(tunnel).index == 1);
	return tunnel;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static struct fwd fwd; /* large, and made anew each time */
	struct random_seeded seeded;
	const struct random random = {random_seeded_fill, &seeded};
	struct core core;
	struct tunnel *any;
	struct link *link;
	struct error err;
	struct hub hub;

	random_seed(&seeded, 1);
	fake_fwd_init(&fwd, 2);
	hub_init(&hub);
	FUZZ_CHECK(core_init(&core, &fake_fwd_ops, &fwd, &random) == 0);
	core.now.mono = NS_PER_S;
	FUZZ_CHECK(link_create(&link, &core, &hub.conf, &err) == 0);
	any = open_any(link, &hub);
	run(&core, link, data, len);
	tunnel_close(link, any);
	link_destroy(link);
	FUZZ_CHECK(timers_next(&core.timers) == TIME_NEVER);
	core_fini(&core);
	FUZZ_CHECK(fwd.faults == 0);
	FUZZ_CHECK(fake_fwd_adjacencies(&fwd) == 0 && fake_fwd_tunnels(&fwd) == 0);
	FUZZ_CHECK(fake_fwd_paths(&fwd) == 0 && fwd.n_bindings == 0);
	FUZZ_CHECK(fwd.n_routes == 0 && fwd.n_locals == 0);
	return 0;
}
