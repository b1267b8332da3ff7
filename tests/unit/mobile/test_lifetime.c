/* SPDX-License-Identifier: BSD-3-Clause */
/* control/mobile: what an acceptance does, how long it lasts, and whose clock counts. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "mobile/schedule.h"
#include "world.h"

static struct world *started(uint64_t seed)
{
	struct world *world = world_create(seed);

	world_start(world);
	return world;
}

static struct world *registered(uint64_t seed)
{
	struct world *world = started(seed);

	world_run_until(world, MOBILE_REGISTERED, time_seconds(1));
	return world;
}

static void acceptance_opens_the_path(void **state)
{
	struct world *world = started(1);
	struct mobile_view view;

	(void)state;
	assert_int_equal(world_path(world).tunnel, FWD_NONE);
	assert_int_equal(world_path(world).down, DROP_NOT_REGISTERED);
	/* The hub forwards before we can know: both kinds of tunnel accept already. */
	assert_int_equal(world->link.n_tunnels, 2);
	world_run_until(world, MOBILE_REGISTERED, time_seconds(1));
	view = world_view(world);
	assert_int_equal(world_path(world).tunnel, view.tunnel.index);
	assert_int_equal(view.encap, ENCAP_IPIP);
	assert_false(view.behind_nat);
	assert_int_equal(view.granted, 600);
	/* From the moment of asking, not of the answer. */
	assert_int_equal(view.remaining, time_seconds(600) - WORLD_RTT);
	assert_true(view.networks[0].accepted);
	assert_int_equal(world_count(world, EVENT_REGISTERED), 1);
	assert_int_equal(world->fwd.tunnels[view.tunnel.index].source, FWD_SOURCE_NOT_LOCAL);
	assert_int_equal(world->fwd.tunnels[view.tunnel.index].destination, FWD_DESTINATION_LOCAL);
	world_run(world, time_seconds(11));
	assert_int_equal(world->link.n_tunnels, 1);
	world_destroy(world);
}

static void the_shorter_lifetime_counts(void **state)
{
	struct world *world = world_create(1);
	struct registration_reply reply;

	(void)state;
	world->hub.lifetime = 100;
	world_start(world);
	world_run_until(world, MOBILE_REGISTERED, time_seconds(1));
	assert_int_equal(world_view(world).granted, 100);
	world->hub.mute = true;
	world_run_until(world, MOBILE_REFRESHING, time_seconds(90));
	reply = world_answer(world);
	reply.lifetime = 5000; /* more than asked */
	world_reply(world, &reply);
	assert_int_equal(world_view(world).granted, 600);
	world_destroy(world);
}

static void infinity_is_no_number(void **state)
{
	struct world *world = world_create(1);

	(void)state;
	world->conf.mobile.lifetime = time_seconds(70000);
	world->hub.lifetime = 0xffff;
	world_start(world);
	world_run_until(world, MOBILE_REGISTERED, time_seconds(1));
	assert_int_equal(world->link.sent[0].request.lifetime, 0xffff);
	assert_int_equal(world_view(world).granted, UINT32_MAX);
	assert_int_equal(world_view(world).remaining, TIME_NEVER);
	world_run(world, time_seconds(1000000));
	assert_int_equal(world->link.n_sent, 1);
	assert_int_equal(world_view(world).state, MOBILE_REGISTERED);
	world_destroy(world);
}

static void no_time_at_all_is_no_registration(void **state)
{
	struct world *world = world_create(1);

	(void)state;
	world->hub.lifetime = 0;
	world_start(world);
	world_run(world, time_seconds(5));
	assert_int_equal(world_view(world).state, MOBILE_HELD);
	assert_int_equal(world_path(world).tunnel, FWD_NONE);
	world_destroy(world);
}

static void refreshes_come_in_time_and_spread(void **state)
{
	uint64_t first = TIME_NEVER, last = 0, at;

	(void)state;
	for (uint64_t seed = 0; seed < 40; seed++) {
		struct world *world = registered(seed);

		world_run(world, time_seconds(500));
		assert_int_equal(world->link.n_sent, 2);
		at = world->link.sent[1].mono - world->link.sent[0].mono;
		assert_true(at >= time_seconds(405) && at <= time_seconds(495));
		first = at < first ? at : first;
		last = at > last ? at : last;
		assert_int_equal(world_count(world, EVENT_REFRESHED), 1);
		assert_int_equal(world_count(world, EVENT_REGISTERED), 1);
		world_destroy(world);
	}
	assert_true(last - first > time_seconds(45));
}

static void what_is_not_refreshed_is_lost_in_time(void **state)
{
	struct world *world = registered(1);

	(void)state;
	world->conf.mobile.watch_hub.interval = 0;
	world->hub.mute = true;
	world_run_until(world, MOBILE_REFRESHING, time_seconds(500));
	assert_int_equal(world_path(world).tunnel, world_view(world).tunnel.index);
	world_run_until(world, MOBILE_REGISTERING, time_seconds(200));
	assert_int_equal(world->core.now.mono, WORLD_START + time_seconds(600));
	assert_int_equal(world_path(world).tunnel, FWD_NONE);
	assert_int_equal(world_path(world).down, DROP_NOT_REGISTERED);
	assert_int_equal(mobile_counters(world->mobile)->expired, 1);
	assert_int_equal(world_count(world, EVENT_LOST), 1);
	world->hub.mute = false;
	world_run(world, time_seconds(61));
	assert_int_equal(world_view(world).state, MOBILE_REGISTERED);
	assert_int_equal(world_count(world, EVENT_REGISTERED), 2);
	world_destroy(world);
}

static void our_clock_may_be_wrong(void **state)
{
	static const int64_t offsets[] = {3600, -3600, 86400 * 365, 8, -8};

	(void)state;
	for (size_t i = 0; i < 5; i++) {
		struct world *world = world_create(i);

		world->hub.strict = true;
		world->hub.ahead = offsets[i];
		world_start(world);
		world_run(world, time_seconds(2));
		assert_int_equal(world_view(world).state, MOBILE_REGISTERED);
		assert_int_equal(world->link.n_sent, 2);
		assert_true(world_view(world).clock_offset >= offsets[i] - 1 &&
			    world_view(world).clock_offset <= offsets[i] + 1);
		world_destroy(world);
	}
}

static void our_clock_may_step(void **state)
{
	struct world *world = registered(1);

	(void)state;
	world->hub.strict = true;
	world->core.now.wall -= time_seconds(3600);
	world->hub.ahead = 3600;
	world_run(world, time_seconds(500));
	assert_int_equal(world_view(world).state, MOBILE_REGISTERED);
	assert_true(world->link.n_sent <= 3);
	assert_true((int64_t)(world->link.sent[1].request.identification -
			      world->link.sent[0].request.identification) > 0);
	world_destroy(world);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(acceptance_opens_the_path),
		cmocka_unit_test(the_shorter_lifetime_counts),
		cmocka_unit_test(infinity_is_no_number),
		cmocka_unit_test(no_time_at_all_is_no_registration),
		cmocka_unit_test(refreshes_come_in_time_and_spread),
		cmocka_unit_test(what_is_not_refreshed_is_lost_in_time),
		cmocka_unit_test(our_clock_may_be_wrong),
		cmocka_unit_test(our_clock_may_step),
	};

	return cmocka_run_group_tests_name("mobile_lifetime", tests, NULL, NULL);
}
