/* SPDX-License-Identifier: BSD-3-Clause */
/* control/mobile: handover by carrier: make before break, hold-down, no uplink at all. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "mobile/schedule.h"
#include "world.h"

static struct world *registered(uint64_t seed)
{
	struct world *world = world_create(seed);

	world_start(world);
	world_run_until(world, MOBILE_REGISTERED, time_seconds(1));
	world_run(world, time_seconds(60));
	assert_int_equal(world_view(world).state, MOBILE_REGISTERED);
	return world;
}

static void run_until_port(struct world *world, uint16_t port, uint64_t most)
{
	uint64_t end = world->core.now.mono + most;

	while (world_view(world).state != MOBILE_REGISTERED || world_view(world).port != port) {
		assert_true(world->core.now.mono < end);
		world_run(world, time_millis(10));
	}
}

static uint16_t path_port(const struct world *world)
{
	const struct fwd_tunnel *tunnel = &world->fwd.tunnels[world_path(world).tunnel];

	for (uint16_t port = 0; port < WORLD_PORTS; port++)
		if (addr_is_equal(&world->link.addresses[port], &tunnel->local))
			return port;
	return PORT_NONE;
}

static void check_spacing(const struct world *world)
{
	for (size_t i = 1; i < world->link.n_sent; i++)
		assert_true(world->link.sent[i].mono - world->link.sent[i - 1].mono >= NS_PER_S);
}

static void carrier_loss_moves_at_once(void **state)
{
	static const enum link_port_state states[] = {LINK_PORT_DOWN, LINK_PORT_GONE};

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct world *world = registered(1);
		uint32_t old = world_path(world).tunnel;

		world_port(world, 0, states[i]);
		assert_int_equal(world_view(world).state, MOBILE_REFRESHING);
		assert_int_equal(world_last(world)->mono, world->core.now.mono);
		assert_int_equal(world_last(world)->datagram.port, 1);
		assert_int_equal(world_last(world)->request.care_of, world_addr("198.18.2.20").v4);
		/* Make before break: the new tunnels accept, the path is still the old one. */
		assert_true(world->link.n_tunnels >= 2);
		assert_int_equal(world_path(world).tunnel, old);
		run_until_port(world, 1, NS_PER_S);
		assert_int_equal(path_port(world), 1);
		assert_int_equal(world_count(world, EVENT_HANDOVER), 1);
		assert_int_equal(world_event(world, EVENT_HANDOVER)->port, 1);
		assert_int_equal(world_event(world, EVENT_HANDOVER)->value, 20);
		assert_true(world_view(world).last_outage >= WORLD_RTT);
		assert_int_equal(mobile_counters(world->mobile)->handovers, 1);
		world_destroy(world);
	}
}

static void the_old_tunnel_receives_for_ten_seconds(void **state)
{
	struct world *world = registered(1);
	uint32_t old = world_path(world).tunnel;

	(void)state;
	world_port(world, 0, LINK_PORT_DOWN);
	run_until_port(world, 1, NS_PER_S);
	assert_int_equal(world->fwd.tunnel_use[old], FAKE_LIVE);
	world_run(world, time_millis(9900));
	assert_int_equal(world->fwd.tunnel_use[old], FAKE_LIVE);
	world_run(world, time_millis(200));
	assert_int_equal(world->fwd.tunnel_use[old], FAKE_FREE);
	assert_int_equal(world->link.n_tunnels, 1);
	world_destroy(world);
}

static void a_handover_keeps_the_one_second_rule(void **state)
{
	struct world *world = world_create(1);

	(void)state;
	world_start(world);
	world_run(world, time_millis(100));
	world_port(world, 0, LINK_PORT_DOWN);
	assert_int_equal(world->link.n_sent, 1);
	world_run(world, time_millis(900));
	assert_int_equal(world->link.n_sent, 2);
	assert_int_equal(world_last(world)->datagram.port, 1);
	check_spacing(world);
	world_destroy(world);
}

static void the_better_uplink_is_taken_back_after_its_hold_down(void **state)
{
	struct world *world = registered(1);
	uint64_t back;

	(void)state;
	world_port(world, 0, LINK_PORT_DOWN);
	world_run(world, time_seconds(20));
	/* It flaps: each time the hold-down starts over. */
	for (int i = 0; i < 5; i++) {
		world_port(world, 0, LINK_PORT_UP);
		world_run(world, time_seconds(20));
		assert_int_equal(world_view(world).port, 1);
		world_port(world, 0, LINK_PORT_DOWN);
		world_run(world, time_seconds(1));
	}
	world_port(world, 0, LINK_PORT_UP);
	back = world->core.now.mono;
	run_until_port(world, 0, time_seconds(31));
	assert_true(world->core.now.mono - back >= time_seconds(30));
	assert_int_equal(mobile_counters(world->mobile)->handovers, 2);
	/* Of free will, with the old path alive: no outage. */
	assert_int_equal(world_event(world, EVENT_HANDOVER)->value, 0);
	world_destroy(world);
}

static void without_any_uplink_it_is_down_and_comes_back(void **state)
{
	struct world *world = registered(1);
	size_t n;

	(void)state;
	world_port(world, 1, LINK_PORT_DOWN);
	world_port(world, 0, LINK_PORT_GONE);
	assert_int_equal(world_view(world).state, MOBILE_DOWN);
	assert_int_equal(world_view(world).port, PORT_NONE);
	n = world->link.n_sent;
	world_run(world, time_seconds(5));
	assert_int_equal(world->link.n_sent, n);
	/* Re-created under its name, with another address. */
	world->link.addresses[0] = world_addr("203.0.113.99");
	world_port(world, 0, LINK_PORT_UP);
	assert_int_equal(world_last(world)->request.care_of, world_addr("203.0.113.99").v4);
	run_until_port(world, 0, NS_PER_S);
	assert_int_equal(path_port(world), 0);
	assert_true(world_view(world).last_outage >= time_seconds(5));
	world_destroy(world);
}

static void a_registration_runs_out_while_down(void **state)
{
	struct world *world = registered(1);

	(void)state;
	world_port(world, 1, LINK_PORT_DOWN);
	world_port(world, 0, LINK_PORT_DOWN);
	world_run(world, time_seconds(600));
	assert_int_equal(world_view(world).state, MOBILE_DOWN);
	assert_int_equal(world_path(world).tunnel, FWD_NONE);
	assert_int_equal(world_count(world, EVENT_LOST), 1);
	world_destroy(world);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(carrier_loss_moves_at_once),
		cmocka_unit_test(the_old_tunnel_receives_for_ten_seconds),
		cmocka_unit_test(a_handover_keeps_the_one_second_rule),
		cmocka_unit_test(the_better_uplink_is_taken_back_after_its_hold_down),
		cmocka_unit_test(without_any_uplink_it_is_down_and_comes_back),
		cmocka_unit_test(a_registration_runs_out_while_down),
	};

	return cmocka_run_group_tests_name("mobile_handover", tests, NULL, NULL);
}
