/* SPDX-License-Identifier: BSD-3-Clause */
#include "rig.h"

#include <stdio.h>

#include "wire/packet.h"

be32 ip(const char *text)
{
	be32 value;

	assert_int_equal(inet_pton(AF_INET, text, &value), 1);
	return value;
}

struct ip_addr addr(const char *text)
{
	return addr_v4(ip(text));
}

struct ip_prefix prefix(const char *text)
{
	char host[32];
	unsigned int len;

	assert_int_equal(sscanf(text, "%31[^/]/%u", host, &len), 2);
	return prefix_v4(ip(host), len);
}

struct mac_addr mac(unsigned int last)
{
	return (struct mac_addr){{0x02, 0xaa, 0, 0, 0, (uint8_t)last}};
}

static void set_port(struct rig *rig, int i, const char *name, const char *address,
		     const char *network, const char *gateway)
{
	struct conf_port *port = &rig->ports[i];

	snprintf(port->name, sizeof(port->name), "%s", name);
	port->mtu = 1500;
	port->networks = rig->networks[i];
	port->addresses = rig->addresses[i];
	port->routes = rig->routes[i];
	port->neighbours = rig->neighbours[i];
	port->n_addresses = 1;
	port->addresses[0] = addr(address);
	port->networks[0] = prefix(network);
	if (gateway)
		port->gateway = addr(gateway);
}

static struct rig *rig_new(enum conf_role role, size_t n_ports)
{
	struct rig *rig = calloc(1, sizeof(*rig));
	const struct random random = {random_seeded_fill, &rig->seeded};

	fake_fwd_init(&rig->fwd, n_ports);
	random_seed(&rig->seeded, 1);
	assert_int_equal(core_init(&rig->core, &fake_fwd_ops, &rig->fwd, &random), 0);
	rig->core.now = (struct now){.mono = 1000 * NS_PER_S, .wall = 1800000000 * NS_PER_S};
	rig->conf.role = role;
	rig->conf.ports = rig->ports;
	rig->conf.n_ports = n_ports;
	rig->conf.capacity.neighbours = 64;
	rig->conf.tunnel_policy.ttl = 64;
	rig->conf.tunnel_policy.udp_checksum = true;
	return rig;
}

struct rig *rig_hub(void)
{
	struct rig *rig = rig_new(CONF_HOME_AGENT, 2);

	set_port(rig, 0, "wan", "198.51.100.1", "198.51.100.0/24", "198.51.100.254");
	set_port(rig, 1, "core", "10.255.0.1", "10.255.0.0/24", NULL);
	rig->routes[1][0] = (struct conf_route){prefix("10.200.0.0/16"), addr("10.255.0.2")};
	rig->ports[1].n_routes = 1;
	return rig;
}

struct rig *rig_branch(void)
{
	struct rig *rig = rig_new(CONF_MOBILE_ROUTER, 3);

	set_port(rig, 0, "isp-a", "203.0.113.10", "203.0.113.0/24", "203.0.113.254");
	set_port(rig, 1, "isp-b", "198.18.2.20", "198.18.2.0/24", "198.18.2.254");
	set_port(rig, 2, "lan", "10.1.0.1", "10.1.0.0/24", NULL);
	rig->routes[2][0] = (struct conf_route){prefix("10.1.64.0/24"), addr("10.1.0.9")};
	rig->ports[2].n_routes = 1;
	rig->uplinks[0].port = 0;
	rig->uplinks[1].port = 1;
	rig->conf.mobile.uplinks = rig->uplinks;
	rig->conf.mobile.n_uplinks = 2;
	rig->conf.mobile.local_port = 434;
	rig->mobile_networks[0] = prefix("10.1.0.0/24");
	rig->mobile_networks[1] = prefix("10.1.64.0/24");
	rig->conf.mobile.networks = rig->mobile_networks;
	rig->conf.mobile.n_networks = 2;
	return rig;
}

void rig_start(struct rig *rig)
{
	struct error err = {""};

	if (link_create(&rig->link, &rig->core, &rig->conf, &err) < 0)
		fail_msg("%s", err.text);
}

void rig_stop(struct rig *rig)
{
	link_destroy(rig->link);
	if (rig->fwd.faults > 0)
		fail_msg("%u faults, the last: %s", rig->fwd.faults, rig->fwd.fault);
	assert_int_equal(fake_fwd_adjacencies(&rig->fwd), 0);
	assert_int_equal(fake_fwd_tunnels(&rig->fwd), 0);
	assert_int_equal(fake_fwd_paths(&rig->fwd), 0);
	assert_int_equal(rig->fwd.n_bindings, 0);
	assert_int_equal(rig->fwd.n_routes, 0);
	assert_int_equal(rig->fwd.n_locals, 0);
	assert_int_equal(timers_next(&rig->core.timers), TIME_NEVER);
	core_fini(&rig->core);
	free(rig);
}

void rig_advance(struct rig *rig, uint64_t duration)
{
	uint64_t end = rig->core.now.mono + duration;
	uint64_t next;

	while ((next = timers_next(&rig->core.timers)) <= end) {
		if (next > rig->core.now.mono)
			rig->core.now.mono = next;
		timers_run(&rig->core.timers, rig->core.now.mono);
	}
	rig->core.now.mono = end;
}

void rig_arp(struct rig *rig, uint16_t port, uint16_t operation, const char *sender,
	     struct mac_addr sender_mac, const char *target)
{
	uint8_t frame[60] = {0};
	be32 source = ip(sender);
	be32 destination = ip(target);
	const uint8_t fixed[] = {0x08, 0x06, 0, 1, 0x08, 0, 6, 4, 0, (uint8_t)operation};
	const struct punt punt = {
		.reason = PUNT_ARP,
		.port = port,
		.tunnel = {.index = FWD_NONE},
		.len = sizeof(frame),
		.bytes = frame,
	};

	memset(frame, 0xff, 6);
	memcpy(frame + 6, &sender_mac, 6);
	memcpy(frame + 12, fixed, sizeof(fixed));
	memcpy(frame + 22, &sender_mac, 6);
	memcpy(frame + 28, &source, 4);
	memcpy(frame + 38, &destination, 4);
	link_handle_arp(rig->link, &punt);
}

struct fake_packet *rig_packet(struct rig *rig)
{
	static struct fake_packet packet;

	assert_true(fake_fwd_take(&rig->fwd, &packet));
	return &packet;
}

void rig_no_packet(struct rig *rig)
{
	assert_int_equal(rig->fwd.n_packets, 0);
}

void rig_forget_packets(struct rig *rig)
{
	rig->fwd.n_packets = 0;
}

void rig_expect_arp(struct rig *rig, uint16_t port, const char *target,
		    const struct mac_addr *unicast)
{
	static const struct mac_addr broadcast = {{0xff, 0xff, 0xff, 0xff, 0xff, 0xff}};
	struct fake_packet *packet = rig_packet(rig);
	be32 destination = ip(target);

	assert_int_equal(packet->inject.kind, INJECT_FRAME);
	assert_int_equal(packet->inject.port, port);
	assert_int_equal(packet->len, 42);
	assert_memory_equal(packet->bytes, unicast ? unicast : &broadcast, 6);
	assert_memory_equal(packet->bytes + 12, "\x08\x06\x00\x01\x08\x00\x06\x04\x00\x01", 10);
	assert_memory_equal(packet->bytes + 38, &destination, 4);
}

struct event rig_event(struct rig *rig, enum event_type type)
{
	struct event event;

	while (event_take(&rig->core.events, &event))
		if (event.type == type)
			return event;
	fail_msg("no event %s", event_name(type));
	return event;
}

bool rig_has_event(struct rig *rig, enum event_type type)
{
	struct event event;
	bool found = false;

	while (event_take(&rig->core.events, &event))
		found = found || event.type == type;
	return found;
}

struct fwd_adjacency rig_route_adjacency(struct rig *rig, const char *text)
{
	struct ip_prefix key = prefix(text);
	const struct fwd_route *route = fake_fwd_route(&rig->fwd, REALM_MAIN, &key);

	assert_non_null(route);
	assert_int_equal(route->nexthop.kind, NEXTHOP_ADJACENCY);
	return rig->fwd.adjacencies[route->nexthop.id];
}

struct punt rig_punt(enum punt_reason reason, uint16_t port, const uint8_t *packet, size_t len)
{
	struct punt punt = {
		.reason = reason,
		.port = port,
		.adjacency = FWD_NONE,
		.path = FWD_NONE,
		.tunnel = {.index = FWD_NONE},
		.len = (uint16_t)len,
		.bytes = packet,
	};

	punt.outer = addr_v4(0);
	memcpy(&punt.outer.v4, packet + 12, 4);
	return punt;
}

size_t rig_udp(uint8_t *packet, const char *source, const char *destination, size_t len)
{
	struct writer writer = writer_of(packet, PUNT_PACKET_MAX);
	const struct packet_ipv4 header = {
		.ttl = 63,
		.protocol = IPV4_PROTOCOL_UDP,
		.total_len = (uint16_t)(IPV4_HEADER_SIZE + UDP_HEADER_SIZE + len),
		.id = 7,
		.source = ip(source),
		.destination = ip(destination),
	};
	const struct packet_udp udp = {.source_port = 1000, .destination_port = 2000};
	uint8_t payload[PUNT_PACKET_MAX];

	for (size_t i = 0; i < len; i++)
		payload[i] = (uint8_t)i;
	packet_ipv4_build(&header, &writer);
	packet_udp_build(&header, &udp, payload, len, &writer);
	assert_false(writer.failed);
	return writer.len;
}
