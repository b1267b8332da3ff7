/* SPDX-License-Identifier: BSD-3-Clause */
/* control/mobile: black holes, a dead hub, and the watches that tell them apart. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

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

static size_t echoes_since(const struct world *world, uint64_t mono, bool by_tunnel)
{
	size_t n = 0;

	for (size_t i = 0; i < world->link.n_echoes && i < WORLD_SENT_MAX; i++)
		n += world->link.echoes[i].mono >= mono &&
		     (world->link.echoes[i].tunnel.index != FWD_NONE) == by_tunnel;
	return n;
}

static void echoes_keep_their_interval(void **state)
{
	struct world *world = world_create(1);
	uint64_t start;

	(void)state;
	world_start(world);
	world_run_until(world, MOBILE_REGISTERED, time_seconds(1));
	start = world->core.now.mono;
	/* No later than one interval after the reply. */
	world_run(world, time_millis(5100));
	assert_int_equal(echoes_since(world, start, true), 1);
	world_run(world, time_seconds(100));
	assert_int_equal(echoes_since(world, start, true), 21);
	/* Both uplinks, the idle one too. */
	assert_true(echoes_since(world, start, false) >= 41 &&
		    echoes_since(world, start, false) <= 43);
	assert_int_equal(world_view(world).hub_rtt, WORLD_RTT);
	assert_int_equal(world_view(world).uplinks[1].rtt, WORLD_RTT);
	assert_int_equal(mobile_counters(world->mobile)->echoes, 21);
	assert_int_equal(mobile_counters(world->mobile)->echo_replies, 21);
	world_destroy(world);
}

static void a_black_hole_moves_to_the_uplink_that_answers(void **state)
{
	(void)state;
	for (uint64_t phase = 0; phase < 5000; phase += 500) {
		struct world *world = registered(phase);
		uint64_t cut;

		world_run(world, time_millis(phase));
		cut = world->core.now.mono;
		world->hub.reaches[0] = false;
		run_until_port(world, 1, time_seconds(20));
		assert_true(world->core.now.mono - cut <= time_seconds(19));
		assert_int_equal(path_port(world), 1);
		assert_int_equal(world_count(world, EVENT_UPLINK_SILENT), 1);
		assert_int_equal(world_count(world, EVENT_HANDOVER), 1);
		/* From the last sign of life: somewhat longer than from the cut. */
		assert_true(world_view(world).last_outage >=
			    world->core.now.mono - cut - time_millis(20));
		assert_true(world_view(world).last_outage <= time_seconds(24));
		assert_false(world_view(world).uplinks[0].answers);
		if (world_count(world, EVENT_HUB_SILENT))
			assert_int_equal(world_event(world, EVENT_HUB_SILENT)->port, 0);
		check_spacing(world);
		/* And back when it has answered for the hold-down. */
		world->hub.reaches[0] = true;
		run_until_port(world, 0, time_seconds(40));
		world_destroy(world);
	}
}

static void a_silent_idle_uplink_moves_nothing(void **state)
{
	struct world *world = registered(1);

	(void)state;
	world->hub.reaches[1] = false;
	world_run(world, time_seconds(60));
	assert_int_equal(world_count(world, EVENT_UPLINK_SILENT), 1);
	assert_int_equal(mobile_counters(world->mobile)->handovers, 0);
	assert_int_equal(world->link.n_sent, 1);
	assert_false(world_view(world).uplinks[1].answers);
	/* Nor is it chosen when the active one fails as well. */
	world->hub.reaches[0] = false;
	world_run(world, time_seconds(30));
	assert_int_equal(world_view(world).port, 0);
	world_destroy(world);
}

/* kill -9 and restart: the bindings are gone, so the tunnel is silent while the hub answers echo. */
static void a_restarted_hub_has_us_back_in_time(void **state)
{
	static const unsigned int down[] = {1, 3, 8, 14, 20, 40, 100, 300, 1000};

	(void)state;
	for (size_t i = 0; i < sizeof(down) / sizeof(down[0]); i++) {
		for (uint64_t phase = 0; phase < 5000; phase += 700) {
			struct world *world = registered(phase);
			uint64_t back;

			world_run(world, time_millis(phase));
			world->hub.alive = false;
			world->hub.bound = (struct ip_addr){0};
			world_run(world, time_seconds(down[i]));
			world->hub.alive = true;
			back = world->core.now.mono;
			while (!addr_is_set(&world->hub.bound) ||
			       world_view(world).state != MOBILE_REGISTERED) {
				world_run(world, time_millis(10));
				assert_true(world->core.now.mono - back < time_seconds(20));
			}
			/* It was the hub: no uplink is to blame. */
			assert_int_equal(world_view(world).port, 0);
			assert_int_equal(mobile_counters(world->mobile)->handovers, 0);
			assert_true(world_view(world).last_outage > 0);
			check_spacing(world);
			world_destroy(world);
		}
	}
}

static void a_silent_hub_is_asked_with_back_off(void **state)
{
	struct world *world = registered(1);
	size_t n;

	(void)state;
	world->hub.alive = false;
	world_run(world, time_seconds(20));
	assert_int_equal(world_count(world, EVENT_HUB_SILENT), 1);
	assert_int_equal(mobile_counters(world->mobile)->hub_silent, 1);
	n = world->link.n_sent;
	world_run(world, time_seconds(300));
	assert_true(world->link.n_sent - n <= 11);
	assert_int_equal(world_view(world).port, 0);
	world_destroy(world);
}

static void where_echo_is_filtered_another_uplink_is_tried(void **state)
{
	struct world *world = world_create(1);

	(void)state;
	world->hub.filtered = true;
	world_start(world);
	world_run(world, time_seconds(100));
	assert_int_equal(world_view(world).state, MOBILE_REGISTERED);
	assert_int_equal(world_view(world).port, 0);
	world->hub.reaches[0] = false;
	run_until_port(world, 1, time_seconds(30));
	check_spacing(world);
	world_destroy(world);
}

static void a_hub_whose_echo_is_filtered_is_back_in_time_too(void **state)
{
	struct world *world = world_create(1);
	uint64_t back;

	(void)state;
	world->hub.filtered = true;
	world_start(world);
	world_run(world, time_seconds(100));
	world->hub.alive = false;
	world->hub.bound = (struct ip_addr){0};
	world_run(world, time_seconds(777));
	world->hub.alive = true;
	back = world->core.now.mono;
	world_run_until(world, MOBILE_REGISTERED, time_seconds(20));
	assert_true(world->core.now.mono - back < time_seconds(20));
	world_destroy(world);
}

static void an_uplink_that_lets_no_request_through_is_left(void **state)
{
	struct world *world = world_create(1);

	(void)state;
	world->hub.mute = true; /* answers echo, no request */
	world_start(world);
	world_run(world, time_seconds(8));
	assert_int_equal(world_view(world).port, 1);
	assert_int_equal(world->link.sent[3].datagram.port, 1);
	assert_int_equal(world->link.sent[3].mono - WORLD_START, time_seconds(7));
	/* And round again, but ever slower. */
	world_run(world, time_seconds(300));
	assert_true(world->link.n_sent < 40);
	check_spacing(world);
	world_destroy(world);
}

/* Some providers drop protocol 4: requests and native echoes are answered, the tunnel is dead. */
static void an_uplink_that_blocks_tunnels_is_left(void **state)
{
	struct world *world = world_create(1);

	(void)state;
	world->hub.blocked[0] = true;
	world_start(world);
	world_run(world, time_seconds(20));
	assert_int_equal(world_count(world, EVENT_HUB_SILENT), 1);
	assert_int_equal(world_view(world).port, 0);
	run_until_port(world, 1, time_seconds(20));
	assert_int_equal(world_count(world, EVENT_HUB_SILENT), 2);
	/* Once known for it, it is left at the first silence. */
	run_until_port(world, 0, time_seconds(100));
	run_until_port(world, 1, time_seconds(20));
	assert_int_equal(world_count(world, EVENT_HUB_SILENT), 3);
	/* Tried again ever later; meanwhile the tunnel that works stays in use. */
	world_run(world, time_seconds(3600));
	assert_true(mobile_counters(world->mobile)->handovers < 16);
	check_spacing(world);
	/* Mended, it is taken back, and trusted as at first. */
	world->hub.blocked[0] = false;
	run_until_port(world, 0, time_seconds(1000));
	world_run(world, time_seconds(20));
	world_port(world, 0, LINK_PORT_DOWN);
	run_until_port(world, 1, time_seconds(2));
	world_port(world, 0, LINK_PORT_UP);
	run_until_port(world, 0, time_seconds(32));
	world_destroy(world);
}

static void an_answer_through_the_tunnel_ends_an_outage(void **state)
{
	struct world *world = registered(1);

	(void)state;
	world->hub.reaches[0] = false;
	world->hub.reaches[1] = false;
	world_run(world, time_seconds(18));
	assert_int_equal(world_count(world, EVENT_HUB_SILENT), 1);
	world->hub.mute = true;
	world->hub.reaches[0] = true;
	world->hub.reaches[1] = true;
	world_run(world, time_seconds(8));
	assert_int_equal(world_count(world, EVENT_HUB_ANSWERS), 1);
	assert_true(world_event(world, EVENT_HUB_ANSWERS)->value >= 18000);
	world->hub.mute = false;
	world_run(world, time_seconds(10));
	assert_int_equal(world_view(world).state, MOBILE_REGISTERED);
	world_destroy(world);
}

static void single_losses_are_no_failure(void **state)
{
	struct world *world = registered(1);

	(void)state;
	for (int i = 0; i < 20; i++) {
		world->hub.alive = false;
		world_run(world, time_seconds(9));
		world->hub.alive = true;
		world_run(world, time_seconds(6));
	}
	assert_int_equal(world_count(world, EVENT_HUB_SILENT), 0);
	assert_int_equal(world_count(world, EVENT_UPLINK_SILENT), 0);
	assert_int_equal(world->link.n_sent, 1);
	world_destroy(world);
}

/* A refresh changes nothing of the tunnel, so it must not put off its watch. */
static void a_refresh_does_not_disturb_the_watch(void **state)
{
	struct world *world = registered(1);
	uint64_t last = 0;

	(void)state;
	world_run(world, time_seconds(1500));
	assert_true(world->link.n_sent >= 3);
	for (size_t i = 0; i < world->link.n_echoes; i++) {
		if (world->link.echoes[i].tunnel.index == FWD_NONE)
			continue;
		if (last)
			assert_int_equal(world->link.echoes[i].mono - last, time_seconds(5));
		last = world->link.echoes[i].mono;
	}
	world_destroy(world);
}

static void answer_echo(struct world *world, uint16_t sequence)
{
	struct event event = core_event(&world->core, EVENT_ECHO_REPLY);

	event.peer = world_addr("198.51.100.1");
	event.port = PORT_NONE;
	event.tunnel = world_view(world).tunnel;
	event.value = sequence;
	event.value2 = LINK_ECHO_ID;
	mobile_handle_event(world->mobile, &event);
}

static uint16_t last_by_tunnel(const struct world *world)
{
	for (size_t i = world->link.n_echoes; i-- > 0;)
		if (world->link.echoes[i].tunnel.index != FWD_NONE)
			return world->link.echoes[i].sequence;
	fail();
	return 0;
}

/* Late is not lost, if it comes before the verdict; what was never asked is no answer. */
static void late_answers_count_and_forged_ones_do_not(void **state)
{
	struct world *world = registered(1);
	uint64_t replies;

	(void)state;
	world->hub.bound = (struct ip_addr){0}; /* nothing through the tunnel */
	for (int i = 0; i < 20; i++) {
		world_run(world, time_seconds(5));
		answer_echo(world, last_by_tunnel(world)); /* up to 5 s late */
	}
	assert_int_equal(world_count(world, EVENT_HUB_SILENT), 0);
	replies = mobile_counters(world->mobile)->echo_replies;
	world_run(world, time_seconds(8));
	answer_echo(world, (uint16_t)(last_by_tunnel(world) + 1));
	answer_echo(world, (uint16_t)(last_by_tunnel(world) - 4));
	answer_echo(world, (uint16_t)(last_by_tunnel(world) + 30000));
	assert_int_equal(mobile_counters(world->mobile)->echo_replies, replies);
	world_run(world, time_seconds(10));
	assert_int_equal(world_count(world, EVENT_HUB_SILENT), 1);
	world_destroy(world);
}

static void an_error_about_the_tunnel_only_makes_us_look(void **state)
{
	struct world *world = registered(1);
	struct event event = core_event(&world->core, EVENT_TUNNEL_ERROR);
	size_t n;

	(void)state;
	world_run(world, time_millis(2500));
	n = mobile_counters(world->mobile)->echoes;
	event.tunnel = world_view(world).tunnel;
	for (int i = 0; i < 10; i++)
		mobile_handle_event(world->mobile, &event);
	assert_int_equal(mobile_counters(world->mobile)->echoes, n + 1);
	assert_int_equal(world_view(world).state, MOBILE_REGISTERED);
	world_destroy(world);
}

static const char *text_of(const struct world *world, enum event_type type)
{
	for (size_t i = 0; i < world->n_events; i++)
		if (world->events[i].type == type)
			return world->events[i].text;
	return "";
}

/* What a wrong key looks like, and what a dead hub does: said once, and told apart. */
static void silence_is_told_once_with_its_likely_reason(void **state)
{
	for (int dead = 0; dead <= 1; dead++) {
		struct world *world = world_create(7);

		(void)state;
		world->hub.mute = true;
		world->hub.alive = !dead;
		world_start(world);
		world_run(world, time_seconds(12));
		assert_int_equal(world_count(world, EVENT_UNANSWERED), 0);
		world_run(world, time_seconds(300));
		assert_int_equal(world_count(world, EVENT_UNANSWERED), 1);
		assert_non_null(strstr(text_of(world, EVENT_UNANSWERED),
				       dead ? "nothing is heard of the hub" : "SPI and key"));
		world_destroy(world);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(echoes_keep_their_interval),
		cmocka_unit_test(a_black_hole_moves_to_the_uplink_that_answers),
		cmocka_unit_test(a_silent_idle_uplink_moves_nothing),
		cmocka_unit_test(a_restarted_hub_has_us_back_in_time),
		cmocka_unit_test(a_silent_hub_is_asked_with_back_off),
		cmocka_unit_test(where_echo_is_filtered_another_uplink_is_tried),
		cmocka_unit_test(a_hub_whose_echo_is_filtered_is_back_in_time_too),
		cmocka_unit_test(an_uplink_that_lets_no_request_through_is_left),
		cmocka_unit_test(an_uplink_that_blocks_tunnels_is_left),
		cmocka_unit_test(an_answer_through_the_tunnel_ends_an_outage),
		cmocka_unit_test(single_losses_are_no_failure),
		cmocka_unit_test(a_refresh_does_not_disturb_the_watch),
		cmocka_unit_test(late_answers_count_and_forged_ones_do_not),
		cmocka_unit_test(an_error_about_the_tunnel_only_makes_us_look),
		cmocka_unit_test(silence_is_told_once_with_its_likely_reason),
	};

	return cmocka_run_group_tests_name("mobile_watch", tests, NULL, NULL);
}
