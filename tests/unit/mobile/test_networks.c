/* SPDX-License-Identifier: BSD-3-Clause */
/* control/mobile: what acknowledgements make of our networks (nemo4.md, section 4). */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "mobile/schedule.h"
#include "world.h"

static struct world *two_networks(void)
{
	struct world *world = world_create(1);

	world->conf.mobile.n_networks = 2;
	return world;
}

static void accepted_networks_are_own(void **state)
{
	struct world *world = two_networks();

	(void)state;
	world_start(world);
	world_run_until(world, MOBILE_REGISTERED, time_seconds(1));
	assert_int_equal(world_view(world).n_networks, 2);
	assert_true(world_view(world).networks[0].accepted);
	assert_true(world_view(world).networks[1].accepted);
	assert_true(world_is_own(world, "10.3.0.5"));
	assert_true(world_is_own(world, "10.3.64.5"));
	assert_false(world_is_own(world, "10.9.0.5"));
	assert_int_equal(world_count(world, EVENT_NETWORK_REFUSED), 0);
	world_destroy(world);
}

static void a_refused_network_does_not_use_the_tunnel(void **state)
{
	for (uint8_t code = 1; code < 6; code++) {
		struct world *world = two_networks();
		struct registration_reply reply;

		(void)state;
		world->hub.mute = true;
		world_start(world);
		reply = world_answer(world);
		reply.acks[1].code = code;
		world_reply(world, &reply);
		assert_int_equal(world_view(world).state, MOBILE_REGISTERED);
		assert_true(world_view(world).networks[0].accepted);
		assert_false(world_view(world).networks[1].accepted);
		assert_int_equal(world_view(world).networks[1].code, code);
		assert_true(world_is_own(world, "10.3.0.5"));
		assert_false(world_is_own(world, "10.3.64.5"));
		assert_int_equal(world_count(world, EVENT_NETWORK_REFUSED), 1);
		assert_int_equal(world_event(world, EVENT_NETWORK_REFUSED)->value, code);
		/* It is asked for again, and may be granted. The same refusal is told once. */
		world_run_until(world, MOBILE_REFRESHING, time_seconds(500));
		assert_int_equal(world_last(world)->request.n_networks, 2);
		reply = world_answer(world);
		reply.acks[1].code = code;
		world_reply(world, &reply);
		assert_int_equal(world_count(world, EVENT_NETWORK_REFUSED), 1);
		world->hub.mute = false;
		world_run(world, time_seconds(500));
		assert_true(world_is_own(world, "10.3.64.5"));
		world_destroy(world);
	}
}

static void a_network_without_acknowledgement_is_not_accepted(void **state)
{
	struct world *world = two_networks();
	struct registration_reply reply;

	(void)state;
	world->hub.mute = true;
	world_start(world);
	reply = world_answer(world);
	reply.n_acks = 1;
	world_reply(world, &reply);
	assert_true(world_is_own(world, "10.3.0.5"));
	assert_false(world_is_own(world, "10.3.64.5"));
	assert_int_equal(world_count(world, EVENT_NETWORK_REFUSED), 1);
	world_destroy(world);
}

static void another_length_is_another_network(void **state)
{
	struct world *world = two_networks();
	struct registration_reply reply;

	(void)state;
	world->hub.mute = true;
	world_start(world);
	reply = world_answer(world);
	reply.acks[0].network.len = 25;
	world_reply(world, &reply);
	assert_false(world_view(world).networks[0].accepted);
	assert_true(world_view(world).networks[1].accepted);
	world_destroy(world);
}

static void a_hub_without_mobile_networks_raises_one_alarm(void **state)
{
	struct world *world = two_networks();

	(void)state;
	world->hub.silent_networks = true;
	world_start(world);
	world_run(world, time_seconds(1000));
	assert_int_equal(world_view(world).state, MOBILE_REGISTERED);
	assert_true(world->link.n_sent >= 3);
	/* One for the hub, one for each network. */
	assert_int_equal(world_count(world, EVENT_NETWORK_REFUSED), 3);
	assert_false(world_is_own(world, "10.3.0.5"));
	world_destroy(world);
}

static struct world *implicit(void)
{
	struct world *world = world_create(1);

	world->conf.mobile.networks_mode = CONF_NETWORKS_IMPLICIT;
	world->conf.mobile.n_networks = 0;
	world->hub.n_implicit = 1;
	world->hub.implicit[0] = prefix_v4(world_addr("10.3.0.0").v4, 24);
	return world;
}

static void implicit_networks_are_learned(void **state)
{
	struct world *world = implicit();

	(void)state;
	world_start(world);
	assert_int_equal(world_last(world)->request.n_networks, 0);
	assert_false(world_is_own(world, "10.3.0.5"));
	world_run_until(world, MOBILE_REGISTERED, time_seconds(1));
	assert_int_equal(world_view(world).n_networks, 1);
	assert_true(world_is_own(world, "10.3.0.5"));
	assert_false(world_is_own(world, "10.3.64.5"));
	/* The hub changes its mind: the newest reply is the truth. */
	world->hub.implicit[0] = prefix_v4(world_addr("10.3.64.0").v4, 18);
	world_run(world, time_seconds(500));
	assert_false(world_is_own(world, "10.3.0.5"));
	assert_true(world_is_own(world, "10.3.64.5"));
	world->hub.ack_code = 3;
	world_run(world, time_seconds(500));
	assert_false(world_is_own(world, "10.3.64.5"));
	assert_int_equal(world_count(world, EVENT_NETWORK_REFUSED), 1);
	world_destroy(world);
}

static void an_implicit_default_makes_no_uplink_own(void **state)
{
	struct world *world = implicit();
	const struct fwd_adjacency wan = {.kind = ADJACENCY_GLEAN, .port = 0, .mtu = 1500};
	struct fwd_route route = {.prefix = prefix_v4(world_addr("203.0.113.0").v4, 24)};

	(void)state;
	world->hub.implicit[0] = prefix_v4(0, 0);
	world_start(world);
	route.nexthop.kind = NEXTHOP_ADJACENCY;
	assert_int_equal(world->core.ops->adjacency_insert(&world->fwd, &wan, &route.nexthop.id),
			 0);
	assert_int_equal(world->core.ops->route_set(&world->fwd, &route), 0);
	world_run_until(world, MOBILE_REGISTERED, time_seconds(1));
	assert_true(world_is_own(world, "10.3.0.5"));
	assert_true(world_is_own(world, "10.3.64.5"));
	assert_false(world_is_own(world, "203.0.113.5"));
	assert_false(world_is_own(world, "8.8.8.8")); /* the path itself */
	world_destroy(world);
}

static void not_a_router_forwards_for_nobody(void **state)
{
	struct world *world = two_networks();
	struct registration_reply reply;

	(void)state;
	world->hub.mute = true;
	world_start(world);
	reply = world_answer(world);
	reply.code = 148;
	reply.n_acks = 0;
	world_reply(world, &reply);
	world->hub.mute = false;
	world_run(world, time_seconds(2));
	assert_int_equal(world_view(world).state, MOBILE_REGISTERED);
	assert_false(world_is_own(world, "10.3.0.5"));
	world_run_until(world, MOBILE_REFRESHING, time_seconds(500));
	assert_int_equal(world_last(world)->request.n_networks, 0);
	world_destroy(world);
}

static void too_many_networks_are_refused_at_the_start(void **state)
{
	struct world *world = world_create(1);
	struct mobile *mobile;
	struct error err;

	(void)state;
	world->conf.mobile.n_networks = CONF_MOBILE_NETWORKS_MAX + 1;
	assert_int_equal(mobile_create(&mobile, &world->core, &world->link, &world->conf, &err),
			 -E2BIG);
	world->conf.mobile.n_networks = 1;
	world->conf.mobile.n_uplinks = 0;
	assert_int_equal(mobile_create(&mobile, &world->core, &world->link, &world->conf, &err),
			 -EINVAL);
	world_destroy(world);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(accepted_networks_are_own),
		cmocka_unit_test(a_refused_network_does_not_use_the_tunnel),
		cmocka_unit_test(a_network_without_acknowledgement_is_not_accepted),
		cmocka_unit_test(another_length_is_another_network),
		cmocka_unit_test(a_hub_without_mobile_networks_raises_one_alarm),
		cmocka_unit_test(implicit_networks_are_learned),
		cmocka_unit_test(an_implicit_default_makes_no_uplink_own),
		cmocka_unit_test(not_a_router_forwards_for_nobody),
		cmocka_unit_test(too_many_networks_are_refused_at_the_start),
	};

	return cmocka_run_group_tests_name("mobile_networks", tests, NULL, NULL);
}
