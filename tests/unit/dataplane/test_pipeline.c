/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The data plane through its contract alone, for what no configuration brings about by itself: ports
 * that go down, branch tunnels, paths that move, injected packets of each kind. The one port is a
 * net_ring device, which leads back to itself: what is sent is received, for another's MAC.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "haaro/addr.h"
#include "haaro/dataplane.h"

#include "encap/ipv4.h"

#define OURS   0xcb00710a /* 203.0.113.10: native and inner */
#define HUB    0xcb00711e /* 203.0.113.30: the far end */
#define HOME   0x0a010000 /* 10.1.0.0/24: our own network */
#define REMOTE 0x0a090000 /* behind the tunnel */

struct state {
	struct fwd *fwd;
	uint32_t down, forward; /* adjacencies */
	struct tunnel_ref tunnel;
	uint32_t path;
	uint64_t drops[DROP_MAX]; /* at the last look */
	struct mac_addr mac;
};

static const struct fwd_ops *const ops = &dataplane_ops;

static struct conf_port port_conf = {.name = "p", .device = "net_ring0", .mtu = 1500};
static struct conf conf = {
	.name = "unit",
	.role = CONF_HOME_AGENT,
	.workers = {.count = 1},
	.ports = &port_conf,
	.n_ports = 1,
	.capacity = {.tunnels = 4,
		     .prefixes = 16,
		     .neighbours = 8,
		     .buffers = 512,
		     .ring = 8,
		     .queue = 64},
	.policer = {{1000}, {1000}, {1000}, {1000}, {1000}, {1000}, {1000}},
};

/* An IPv4 packet with an 8 octet payload of that protocol. */
static uint16_t packet(uint8_t *ip, uint32_t source, uint32_t destination, uint8_t protocol)
{
	be32 from = htonl(source), to = htonl(destination);

	memset(ip, 0, IPV4_SIZE + 8);
	ip[0] = 0x45;
	store16(ip + IPV4_LENGTH, IPV4_SIZE + 8);
	ip[IPV4_TTL] = 64;
	ip[IPV4_PROTOCOL] = protocol;
	memcpy(ip + IPV4_SOURCE, &from, 4);
	memcpy(ip + IPV4_DESTINATION, &to, 4);
	ip[IPV4_SIZE] = 8; /* an echo request, if it is ICMP */
	ipv4_set_checksum(ip, IPV4_SIZE);
	return IPV4_SIZE + 8;
}

/* Has the worker receive a frame: it is sent into the ring first. */
static void receive(struct state *s, const uint8_t *ip, uint16_t len)
{
	struct inject inject = {.kind = INJECT_FRAME, .port = 0};
	uint8_t frame[256] = {0};

	memcpy(frame, s->mac.bytes, 6);
	frame[6] = 2;
	frame[12] = 8;
	memcpy(frame + 14, ip, len);
	assert_int_equal(ops->inject(s->fwd, &inject, frame, 14u + len), 0);
	dataplane_poll(s->fwd, 0);
	dataplane_poll(s->fwd, 0);
}

/* The same inside a tunnel from the far end. */
static void receive_inner(struct state *s, uint32_t source, uint32_t destination)
{
	uint8_t ip[2 * IPV4_SIZE + 8];
	uint16_t len = packet(ip + IPV4_SIZE, source, destination, PROTOCOL_ICMP);

	packet(ip, HUB, OURS, PROTOCOL_IPIP);
	len = packet(ip + IPV4_SIZE, source, destination, PROTOCOL_ICMP);
	store16(ip + IPV4_LENGTH, (uint16_t)(IPV4_SIZE + len));
	ipv4_set_checksum(ip, IPV4_SIZE);
	receive(s, ip, (uint16_t)(IPV4_SIZE + len));
}

static void look(struct state *s)
{
	struct fwd_counters counters;

	ops->counters_read(s->fwd, &counters);
	memcpy(s->drops, counters.drops, sizeof(s->drops));
}

/* Since the last look exactly one drop, for that reason, but for what came round the ring. */
static void drops(struct state *s, enum drop_reason reason, uint64_t times)
{
	struct fwd_counters counters;

	ops->counters_read(s->fwd, &counters);
	for (unsigned int i = 1; i < DROP_MAX; i++) {
		uint64_t n = counters.drops[i] - s->drops[i];

		if (i == DROP_ETH_NOT_US)
			continue;
		if (n != (i == reason ? times : 0))
			fail_msg("%s: %lu", drop_name((enum drop_reason)i), n);
	}
	look(s);
}

#define expect_drop(reason) drops(s, reason, 1)
#define expect_none()       drops(s, DROP_NONE, 0)

static uint64_t came_round(struct state *s)
{
	struct fwd_counters counters;

	dataplane_poll(s->fwd, 0);
	ops->counters_read(s->fwd, &counters);
	return counters.drops[DROP_ETH_NOT_US];
}

static bool punt(struct state *s, enum punt_reason reason, struct punt *punt)
{
	while (ops->punt_read(s->fwd, punt) == 1) {
		if (punt->reason == reason)
			return true;
	}
	return false;
}

static int setup(void **arg)
{
	struct dataplane_options options = {.no_hugepages = true, .no_threads = true};
	static struct state state;
	struct state *s = &state;
	struct error err;
	struct fwd_port_state port;
	struct fwd_port hub = {.role = PORT_ROLE_HUB, .up = true};
	struct fwd_adjacency adjacency = {
		.kind = ADJACENCY_FORWARD, .mtu = 1500, .destination = {{2, 0, 0, 0, 0, 9}}};
	struct ip_addr ours = addr_v4(htonl(OURS));
	struct fwd_path path = {.backup = FWD_NONE, .down = DROP_NOT_REGISTERED};
	struct fwd_binding key = {.encap = ENCAP_IPIP, .local = ours};
	struct fwd_tunnel tunnel = {.encap = ENCAP_IPIP,
				    .local = ours,
				    .remote = addr_v4(htonl(HUB)),
				    .mtu = 1480,
				    .source = FWD_SOURCE_NOT_LOCAL,
				    .destination = FWD_DESTINATION_LOCAL,
				    .source_path = FWD_NONE,
				    .ttl = 64,
				    .dscp = FWD_DSCP_COPY};
	struct fwd_route own = {.prefix = prefix_v4(htonl(HOME), 24)};
	struct fwd_route remote = {.prefix = prefix_v4(htonl(REMOTE), 24)};

	if (getenv("XDG_RUNTIME_DIR") == NULL)
		setenv("XDG_RUNTIME_DIR", "/tmp", 0);
	s->fwd = dataplane_create(&conf, &options, &err);
	if (s->fwd == NULL) {
		fprintf(stderr, "%s\n", err.text);
		return -1;
	}
	ops->port_read(s->fwd, 0, &port);
	s->mac = port.mac;
	adjacency.source = port.mac;
	key.remote = tunnel.remote;
	if (ops->port_set(s->fwd, 0, &hub) != 0 ||
	    ops->local_set(s->fwd, REALM_MAIN, &ours, LOCAL_NATIVE | LOCAL_INNER) != 0 ||
	    ops->adjacency_insert(s->fwd, &adjacency, &s->forward) != 0)
		return -1;
	adjacency.kind = ADJACENCY_DOWN;
	tunnel.adjacency = s->forward;
	if (ops->adjacency_insert(s->fwd, &adjacency, &s->down) != 0 ||
	    ops->tunnel_insert(s->fwd, &tunnel, &s->tunnel) != 0 ||
	    ops->binding_insert(s->fwd, &key, s->tunnel.index) != 0)
		return -1;
	path.tunnel = s->tunnel.index;
	if (ops->path_insert(s->fwd, &path, &s->path) != 0)
		return -1;
	own.nexthop = (struct fwd_nexthop){NEXTHOP_ADJACENCY, true, s->forward};
	remote.nexthop = (struct fwd_nexthop){NEXTHOP_PATH, false, s->path};
	*arg = s;
	return ops->route_set(s->fwd, &own) | ops->route_set(s->fwd, &remote);
}

static int teardown(void **arg)
{
	struct state *s = *arg;

	dataplane_destroy(s->fwd);
	return 0;
}

/* A branch takes from the hub what is for its own networks, and nothing that claims to be of them. */
static void test_branch_tunnel(void **arg)
{
	struct state *s = *arg;
	struct fwd_tunnel_state tunnel;
	uint64_t before = came_round(s);

	look(s);
	receive_inner(s, REMOTE + 1, HOME + 7);
	expect_none();
	assert_int_equal(came_round(s), before + 1);
	receive_inner(s, HOME + 8, HOME + 7);
	expect_drop(DROP_INNER_SOURCE);
	receive_inner(s, OURS, HOME + 7);
	expect_drop(DROP_INNER_SOURCE);
	receive_inner(s, REMOTE + 1, REMOTE + 2); /* it would go back where it came from */
	expect_drop(DROP_INNER_DESTINATION);
	receive_inner(s, REMOTE + 1, 0x0a0a0a0a);
	expect_drop(DROP_INNER_DESTINATION);
	assert_int_equal(ops->tunnel_read(s->fwd, s->tunnel.index, &tunnel), 0);
	assert_int_equal(tunnel.counters.received.packets, 1);
	assert_int_equal(tunnel.counters.received.bytes, 28);
	assert_int_equal(tunnel.counters.drops, 4);
	assert_true(tunnel.counters.heard != 0);
}

static void test_inner_echo_goes_up(void **arg)
{
	struct state *s = *arg;
	struct punt up;

	look(s);
	receive_inner(s, REMOTE + 1, OURS);
	expect_none();
	assert_true(punt(s, PUNT_ICMP, &up));
	assert_int_equal(up.tunnel.index, s->tunnel.index);
	assert_int_equal(up.tunnel.generation, s->tunnel.generation);
	assert_int_equal(up.outer.v4, htonl(HUB));
	assert_int_equal(up.len, 28);
	assert_int_equal(up.port, 0);
	assert_int_equal(up.bytes[IPV4_PROTOCOL], PROTOCOL_ICMP);
}

static void test_path(void **arg)
{
	struct state *s = *arg;
	struct fwd_path path = {.tunnel = FWD_NONE, .backup = FWD_NONE};
	uint8_t ip[64];
	uint16_t len = packet(ip, 0xc6120001, REMOTE + 5, PROTOCOL_ICMP);
	struct punt up;

	path.down = DROP_NOT_REGISTERED;
	assert_int_equal(ops->path_set(s->fwd, s->path, &path), 0);
	look(s);
	receive(s, ip, len);
	expect_drop(DROP_NOT_REGISTERED);
	assert_true(punt(s, PUNT_ERROR, &up));
	assert_int_equal(up.drop, DROP_NOT_REGISTERED);
	assert_memory_equal(up.bytes, ip, len); /* as received */

	path.tunnel = s->tunnel.index;
	path.notify = true;
	assert_int_equal(ops->path_set(s->fwd, s->path, &path), 0);
	receive(s, ip, len);
	expect_none();
	assert_true(punt(s, PUNT_NOTIFY, &up));
	path.notify = false;
	assert_int_equal(ops->path_set(s->fwd, s->path, &path), 0);
	receive(s, ip, len);
	expect_none();
	assert_false(punt(s, PUNT_NOTIFY, &up));
}

static void test_underlay(void **arg)
{
	struct state *s = *arg;
	uint8_t ip[64];
	uint16_t len = packet(ip, 0xc6120001, REMOTE + 5, PROTOCOL_ICMP);

	look(s);
	ops->tunnel_set_adjacency(s->fwd, s->tunnel, FWD_NONE);
	receive(s, ip, len);
	expect_drop(DROP_NO_UNDERLAY);
	ops->tunnel_set_adjacency(s->fwd, s->tunnel, s->down);
	receive(s, ip, len);
	expect_drop(DROP_NO_UNDERLAY);
	ops->tunnel_set_adjacency(s->fwd, s->tunnel, s->forward);
	assert_true(ops->tunnel_set_mtu(s->fwd, s->tunnel, 24) < 0); /* no fragment could be made */
	receive(s, ip, len);
	expect_none();
}

static void test_inject(void **arg)
{
	struct state *s = *arg;
	struct inject inject = {.kind = INJECT_TUNNEL, .tunnel = s->tunnel};
	uint64_t before = came_round(s);
	struct fwd_counters counters;
	uint8_t ip[64];
	uint16_t len = packet(ip, OURS, REMOTE + 5, PROTOCOL_ICMP);

	look(s);
	assert_int_equal(ops->inject(s->fwd, &inject, ip, len), 0);
	dataplane_poll(s->fwd, 0);
	assert_int_equal(came_round(s), before + 1);
	inject = (struct inject){.kind = INJECT_ADJACENCY, .adjacency = s->forward};
	assert_int_equal(ops->inject(s->fwd, &inject, ip, len), 0);
	dataplane_poll(s->fwd, 0);
	assert_int_equal(came_round(s), before + 2);
	inject = (struct inject){.kind = INJECT_LOOKUP};
	assert_int_equal(ops->inject(s->fwd, &inject, ip, len), 0);
	dataplane_poll(s->fwd, 0);
	assert_int_equal(came_round(s), before + 3);
	expect_none();

	inject = (struct inject){.kind = INJECT_TUNNEL, .tunnel = s->tunnel};
	inject.tunnel.generation++; /* stale */
	assert_int_equal(ops->inject(s->fwd, &inject, ip, len), 0);
	dataplane_poll(s->fwd, 0);
	assert_int_equal(came_round(s), before + 3);
	ops->counters_read(s->fwd, &counters);
	assert_int_equal(counters.inject_failed, 1);
	inject.tunnel.index = FWD_NONE;
	assert_true(ops->inject(s->fwd, &inject, ip, len) < 0);
	inject = (struct inject){.kind = INJECT_FRAME, .port = 1};
	assert_true(ops->inject(s->fwd, &inject, ip, len) < 0);
	inject.port = 0;
	for (unsigned int i = 0; i < conf.capacity.ring; i++)
		assert_int_equal(ops->inject(s->fwd, &inject, ip, len), 0);
	assert_int_equal(ops->inject(s->fwd, &inject, ip, len), -28 /* ENOSPC */);
	dataplane_poll(s->fwd, 0);
	came_round(s);
}

static void test_port_down(void **arg)
{
	struct state *s = *arg;
	struct fwd_port port = {.role = PORT_ROLE_HUB, .up = false};
	struct inject inject = {.kind = INJECT_LOOKUP};
	uint8_t ip[64];
	uint16_t len = packet(ip, OURS, HOME + 5, PROTOCOL_ICMP);

	came_round(s);
	look(s);
	assert_int_equal(ops->port_set(s->fwd, 0, &port), 0);
	assert_int_equal(ops->inject(s->fwd, &inject, ip, len), 0);
	dataplane_poll(s->fwd, 0);
	expect_drop(DROP_PORT_DOWN);
	port.up = true;
	assert_int_equal(ops->port_set(s->fwd, 0, &port), 0);
	assert_int_equal(ops->inject(s->fwd, &inject, ip, len), 0);
	dataplane_poll(s->fwd, 0);
	expect_none();
}

/* Roles of a branch's ports. */
static void test_roles(void **arg)
{
	struct state *s = *arg;
	struct fwd_port port = {.role = PORT_ROLE_UPLINK, .up = true};
	uint8_t ip[64];
	uint16_t len = packet(ip, HOME + 1, REMOTE + 5, PROTOCOL_ICMP);

	came_round(s);
	look(s);
	ops->port_set(s->fwd, 0, &port);
	receive(s, ip, len);
	expect_drop(DROP_NOT_FOR_US);
	port.role = PORT_ROLE_LAN;
	ops->port_set(s->fwd, 0, &port);
	receive(s, ip, len);
	expect_none();
	len = packet(ip, REMOTE + 9, REMOTE + 5, PROTOCOL_ICMP);
	receive(s, ip, len);
	expect_drop(DROP_LAN_SOURCE);
	len = packet(ip, OURS, REMOTE + 5, PROTOCOL_ICMP);
	receive(s, ip, len);
	expect_drop(DROP_LOOP_OWN_SOURCE);
	port.role = PORT_ROLE_HUB;
	ops->port_set(s->fwd, 0, &port);
}

static void test_detach(void **arg)
{
	struct state *s = *arg;
	struct inject inject = {.kind = INJECT_LOOKUP};
	struct fwd_port_state port;
	uint8_t ip[64];
	uint16_t len = packet(ip, OURS, HOME + 5, PROTOCOL_ICMP);

	look(s);
	assert_int_equal(ops->port_detach(s->fwd, 0), 0);
	ops->port_read(s->fwd, 0, &port);
	assert_false(port.present);
	assert_int_equal(ops->inject(s->fwd, &inject, ip, len), 0);
	dataplane_poll(s->fwd, 0);
	expect_drop(DROP_PORT_DOWN);
	assert_int_equal(ops->port_reattach(s->fwd, 0), 0);
	ops->port_read(s->fwd, 0, &port);
	assert_true(port.present);
	s->mac = port.mac;
	assert_int_equal(ops->inject(s->fwd, &inject, ip, len), 0);
	dataplane_poll(s->fwd, 0);
	expect_none();
	assert_int_equal(ops->port_detach(s->fwd, 7), -2 /* ENOENT */);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_branch_tunnel), cmocka_unit_test(test_inner_echo_goes_up),
		cmocka_unit_test(test_path),          cmocka_unit_test(test_underlay),
		cmocka_unit_test(test_inject),        cmocka_unit_test(test_port_down),
		cmocka_unit_test(test_roles),         cmocka_unit_test(test_detach),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
