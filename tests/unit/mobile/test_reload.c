/* SPDX-License-Identifier: BSD-3-Clause */
/* control/mobile: a reload is a difference, and loses nothing that stays. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "mobile/schedule.h"
#include "world.h"

static struct world *registered(void)
{
	struct world *world = world_create(1);

	world_start(world);
	world_run_until(world, MOBILE_REGISTERED, time_seconds(1));
	world_run(world, time_seconds(60));
	return world;
}

static void a_reload_without_a_change_does_nothing(void **state)
{
	struct world *world = registered();
	uint32_t tunnel = world_path(world).tunnel;
	unsigned int changes = world->fwd.changes;
	size_t echoes = world->link.n_echoes;

	(void)state;
	world_reload(world);
	assert_int_equal(world->link.n_sent, 1);
	assert_int_equal(world_path(world).tunnel, tunnel);
	assert_int_equal(world->fwd.changes, changes);
	world_run(world, time_seconds(50));
	assert_int_equal(world->link.n_echoes, echoes + 30);
	world_destroy(world);
}

static void changed_networks_are_registered_at_once(void **state)
{
	struct world *world = registered();
	uint32_t tunnel = world_path(world).tunnel;

	(void)state;
	world->next.mobile.n_networks = 2;
	world_reload(world);
	assert_int_equal(world->link.n_sent, 2);
	assert_int_equal(world_last(world)->request.n_networks, 2);
	/* Not a packet is lost meanwhile. */
	assert_int_equal(world_path(world).tunnel, tunnel);
	world_run(world, time_millis(30));
	assert_int_equal(world_path(world).tunnel, tunnel);
	assert_true(world_is_own(world, "10.3.64.5"));
	world->next.mobile.n_networks = 1;
	world_run(world, time_seconds(2));
	world_reload(world);
	world_run(world, time_seconds(1));
	assert_false(world_is_own(world, "10.3.64.5"));
	world_destroy(world);
}

static void another_hub_is_made_before_the_old_is_left(void **state)
{
	struct world *world = registered();
	uint32_t old = world_path(world).tunnel;

	(void)state;
	world->next.mobile.home_agent = world_addr("198.51.100.77");
	world_reload(world);
	assert_int_equal(world_path(world).tunnel, old);
	assert_int_equal(world_last(world)->datagram.destination.v4,
			 world_addr("198.51.100.77").v4);
	world_run(world, time_seconds(1));
	assert_true(world_path(world).tunnel != old);
	assert_int_equal(world->fwd.tunnels[world_path(world).tunnel].remote.v4,
			 world_addr("198.51.100.77").v4);
	assert_int_equal(world_view(world).home_agent.v4, world_addr("198.51.100.77").v4);
	world_run(world, time_seconds(100));
	assert_int_equal(world_view(world).state, MOBILE_REGISTERED);
	assert_int_equal(world_count(world, EVENT_HUB_SILENT), 0);
	assert_int_equal(world_count(world, EVENT_UPLINK_SILENT), 0);
	world_destroy(world);
}

static void another_hub_has_another_clock(void **state)
{
	struct world *world = world_create(1);

	(void)state;
	world->hub.strict = true;
	world->hub.ahead = 5000;
	world_start(world);
	world_run(world, time_seconds(10));
	assert_int_equal(world_view(world).state, MOBILE_REGISTERED);
	assert_int_equal(world_view(world).clock_offset, 5000);
	world->hub.ahead = 0;
	world->next.mobile.home_agent = world_addr("198.51.100.77");
	world_reload(world);
	assert_int_equal(ntp_seconds(world_last(world)->request.identification),
			 ntp_seconds(ntp_from_unix(world->core.now.wall)));
	world_run(world, NS_PER_S);
	assert_int_equal(world_view(world).state, MOBILE_REGISTERED);
	assert_int_equal(world_view(world).clock_offset, 0);
	world_destroy(world);
}

static void a_reload_asks_for_networks_again(void **state)
{
	struct world *world = registered();
	struct registration_reply reply;

	(void)state;
	world->hub.mute = true;
	world_run_until(world, MOBILE_REFRESHING, time_seconds(500));
	reply = world_answer(world);
	reply.code = 148;
	world_reply(world, &reply);
	world_run(world, time_seconds(2));
	assert_int_equal(world_last(world)->request.n_networks, 0);
	world->next.mobile.n_networks = 2;
	world_reload(world);
	world_run(world, time_seconds(2));
	assert_int_equal(world_last(world)->request.n_networks, 2);
	world_destroy(world);
}

static void another_home_address_is_another_router(void **state)
{
	struct world *world = registered();

	(void)state;
	world->next.mobile.home_address = world_addr("192.0.2.9");
	world_reload(world);
	assert_int_equal(world->link.inner.v4, world_addr("192.0.2.9").v4);
	assert_int_equal(world_path(world).tunnel, FWD_NONE);
	world_run(world, time_seconds(1));
	assert_int_equal(world_view(world).state, MOBILE_REGISTERED);
	assert_int_equal(world_last(world)->request.home_address, world_addr("192.0.2.9").v4);
	world_destroy(world);
}

static void uplinks_may_change_places(void **state)
{
	static struct conf_uplink swapped[2] = {{1}, {0}}, other[2] = {{3}, {1}};
	struct world *world = registered();

	(void)state;
	world->next.mobile.uplinks = swapped;
	world_reload(world);
	world_run(world, time_seconds(31));
	assert_int_equal(world_view(world).port, 1);
	assert_int_equal(world_view(world).state, MOBILE_REGISTERED);
	/* The active one goes away altogether. */
	other[1].port = 3;
	world->next.mobile.uplinks = other;
	world->next.mobile.n_uplinks = 1;
	world_reload(world);
	world_run(world, time_seconds(1));
	assert_int_equal(world_view(world).port, 3);
	assert_int_equal(world_view(world).state, MOBILE_REGISTERED);
	world_destroy(world);
}

static void a_new_key_signs_at_once(void **state)
{
	struct world *world = registered();
	struct sa sa;

	(void)state;
	world->next.mobile.keys[0].spi = 2000;
	memset(world->next.mobile.keys[0].secret.bytes, 'x', 32);
	sa = world->sa;
	assert_int_equal(sa_init(&world->sa, world->engine, world->next.mobile.keys, 1), 0);
	sa_fini(&sa);
	world_reload(world);
	world_run(world, time_seconds(1));
	assert_int_equal(world_last(world)->request.auth.spi, 2000);
	assert_int_equal(world_view(world).state, MOBILE_REGISTERED);
	assert_int_equal(world_view(world).spi, 2000);
	world_destroy(world);
}

static void a_bad_reload_changes_nothing(void **state)
{
	struct world *world = registered();
	struct error err;

	(void)state;
	world->next.mobile.n_networks = 100;
	assert_int_equal(mobile_reload(world->mobile, &world->next, &err), -E2BIG);
	world->next = world->conf;
	world->next.mobile.keys[0].spi = 7;
	assert_true(mobile_reload(world->mobile, &world->next, &err) < 0);
	assert_int_equal(world_view(world).state, MOBILE_REGISTERED);
	assert_int_equal(world_view(world).spi, 1000);
	world_run(world, time_seconds(500));
	assert_int_equal(world_last(world)->request.auth.spi, 1000);
	assert_int_equal(world_view(world).state, MOBILE_REGISTERED);
	world_destroy(world);
}

static void a_watch_may_change_its_pace(void **state)
{
	struct world *world = registered();
	uint64_t n;

	(void)state;
	world->next.mobile.watch_hub.interval = time_seconds(1);
	world_reload(world);
	n = mobile_counters(world->mobile)->echoes;
	world_run(world, time_millis(10100));
	assert_int_equal(mobile_counters(world->mobile)->echoes, n + 10);
	world->next.mobile.watch_hub.interval = 0;
	world_reload(world);
	n = mobile_counters(world->mobile)->echoes;
	world_run(world, time_seconds(60));
	assert_int_equal(mobile_counters(world->mobile)->echoes, n);
	assert_int_equal(world->link.n_sent, 1);
	world_destroy(world);
}

static void states_have_names(void **state)
{
	(void)state;
	for (enum mobile_state s = 0; s < MOBILE_STATE_MAX; s++)
		assert_string_not_equal(mobile_state_name(s), "?");
	assert_string_equal(mobile_state_name(MOBILE_STATE_MAX), "?");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_reload_without_a_change_does_nothing),
		cmocka_unit_test(changed_networks_are_registered_at_once),
		cmocka_unit_test(another_hub_is_made_before_the_old_is_left),
		cmocka_unit_test(another_hub_has_another_clock),
		cmocka_unit_test(a_reload_asks_for_networks_again),
		cmocka_unit_test(another_home_address_is_another_router),
		cmocka_unit_test(uplinks_may_change_places),
		cmocka_unit_test(a_new_key_signs_at_once),
		cmocka_unit_test(a_bad_reload_changes_nothing),
		cmocka_unit_test(a_watch_may_change_its_pace),
		cmocka_unit_test(states_have_names),
	};

	return cmocka_run_group_tests_name("mobile_reload", tests, NULL, NULL);
}
