/* SPDX-License-Identifier: BSD-3-Clause */
/* control/mobile: UDP or plain, and keeping a mapping alive (RFC 3519). */
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

static size_t echoes_since(const struct world *world, uint64_t mono, bool by_tunnel)
{
	size_t n = 0;

	for (size_t i = 0; i < world->link.n_echoes && i < WORLD_SENT_MAX; i++)
		n += world->link.echoes[i].mono >= mono &&
		     (world->link.echoes[i].tunnel.index != FWD_NONE) == by_tunnel;
	return n;
}

static void behind_a_nat_it_is_udp(void **state)
{
	struct world *world = world_create(1);
	struct mobile_view view;

	(void)state;
	world->hub.nat[0] = true;
	world_start(world);
	world_run_until(world, MOBILE_REGISTERED, time_seconds(1));
	view = world_view(world);
	assert_true(view.behind_nat);
	assert_int_equal(view.encap, ENCAP_UDP);
	assert_int_equal(world->fwd.tunnels[view.tunnel.index].encap, ENCAP_UDP);
	assert_int_equal(world->fwd.tunnels[view.tunnel.index].local_port, 434);
	assert_int_equal(world->fwd.tunnels[view.tunnel.index].remote_port, 434);
	/* On the other uplink there is none: plain, on the same request. */
	world_port(world, 0, LINK_PORT_DOWN);
	run_until_port(world, 1, time_seconds(2));
	assert_int_equal(world_view(world).encap, ENCAP_IPIP);
	assert_false(world_view(world).behind_nat);
	world_destroy(world);
}

static void the_encapsulation_may_change_on_a_refresh(void **state)
{
	struct world *world = registered(1);
	uint32_t old = world_path(world).tunnel;

	(void)state;
	world->hub.nat[0] = true;
	world_run(world, time_seconds(500));
	assert_int_equal(world_view(world).encap, ENCAP_UDP);
	assert_true(world_path(world).tunnel != old);
	world_run(world, time_seconds(20));
	assert_int_equal(world->link.n_tunnels, 1);
	world_destroy(world);
}

static void forced_udp_is_udp(void **state)
{
	struct world *world = world_create(1);

	(void)state;
	world->conf.mobile.force_udp = true;
	world->hub.force_allowed = true;
	world_start(world);
	assert_true(world_last(world)->request.udp.force);
	/* Nothing plain is accepted. */
	assert_int_equal(world->link.n_tunnels, 2);
	world_run_until(world, MOBILE_REGISTERED, time_seconds(1));
	assert_int_equal(world_view(world).encap, ENCAP_UDP);
	assert_false(world_view(world).behind_nat);
	world_destroy(world);
}

static void another_port_is_used_throughout(void **state)
{
	struct world *world = world_create(1);

	(void)state;
	world->conf.mobile.local_port = 4434;
	world->hub.nat[0] = true;
	world_start(world);
	world_run_until(world, MOBILE_REGISTERED, time_seconds(1));
	assert_int_equal(world->link.sent[0].datagram.source_port, 4434);
	assert_int_equal(world->fwd.tunnels[world_view(world).tunnel.index].local_port, 4434);
	world_destroy(world);
}

static void with_the_watch_off_the_mapping_is_kept_alive(void **state)
{
	struct world *world = world_create(1);
	uint64_t start;

	(void)state;
	world->conf.mobile.watch_hub.interval = 0;
	world->conf.mobile.lifetime = time_seconds(60000);
	world->hub.lifetime = 60000;
	world->hub.nat[0] = true;
	world->hub.keepalive = 25;
	world_start(world);
	world_run_until(world, MOBILE_REGISTERED, time_seconds(1));
	start = world->core.now.mono;
	world_run(world, time_millis(24900));
	assert_int_equal(echoes_since(world, start, true), 0);
	world_run(world, time_millis(200));
	assert_int_equal(echoes_since(world, start, true), 1);
	world_run(world, time_seconds(75));
	assert_int_equal(echoes_since(world, start, true), 4);
	/* The mapping is gone: one loss, three retries a second apart, then a request. */
	world->hub.bound = (struct ip_addr){0};
	world_run(world, time_millis(28500));
	assert_int_equal(echoes_since(world, start, true), 8);
	assert_int_equal(world->link.n_sent, 1);
	world_run(world, time_millis(600));
	assert_int_equal(world->link.n_sent, 2);
	assert_true(addr_is_set(&world->hub.bound));
	world_destroy(world);
}

static void the_default_keepalive_is_110_seconds(void **state)
{
	struct world *world = world_create(1);
	uint64_t start;

	(void)state;
	world->conf.mobile.watch_hub.interval = 0;
	world->hub.nat[0] = true;
	world_start(world);
	world_run_until(world, MOBILE_REGISTERED, time_seconds(1));
	start = world->core.now.mono;
	world_run(world, time_millis(109900));
	assert_int_equal(echoes_since(world, start, true), 0);
	world_run(world, time_millis(200));
	assert_int_equal(echoes_since(world, start, true), 1);
	world_destroy(world);
}

static void a_plain_tunnel_with_the_watch_off_is_left_alone(void **state)
{
	struct world *world = world_create(1);

	(void)state;
	world->conf.mobile.watch_hub.interval = 0;
	world_start(world);
	world_run(world, time_seconds(400));
	assert_int_equal(echoes_since(world, 0, true), 0);
	world_destroy(world);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(behind_a_nat_it_is_udp),
		cmocka_unit_test(the_encapsulation_may_change_on_a_refresh),
		cmocka_unit_test(forced_udp_is_udp),
		cmocka_unit_test(another_port_is_used_throughout),
		cmocka_unit_test(with_the_watch_off_the_mapping_is_kept_alive),
		cmocka_unit_test(the_default_keepalive_is_110_seconds),
		cmocka_unit_test(a_plain_tunnel_with_the_watch_off_is_left_alone),
	};

	return cmocka_run_group_tests_name("mobile_nat", tests, NULL, NULL);
}
