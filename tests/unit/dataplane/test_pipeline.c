/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The data plane through its contract alone, for what no configuration brings about by itself: ports
 * that go down, branch tunnels, paths that move, injected packets of each kind.
 */
#include "pipeline.h"

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
	path.notify_send = true;
	assert_int_equal(ops->path_set(s->fwd, s->path, &path), 0);
	receive(s, ip, len);
	expect_none();
	assert_true(punt(s, PUNT_NOTIFY, &up));
	path.notify_send = false;
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
