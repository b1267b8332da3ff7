/* SPDX-License-Identifier: BSD-3-Clause */
/* control/mobile: carrier, black holes, a dead hub, and the watches that tell them apart. */
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

/* --- watches --------------------------------------------------------------------------------------- */

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

/* --- NAT -------------------------------------------------------------------------------------------- */

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
		cmocka_unit_test(carrier_loss_moves_at_once),
		cmocka_unit_test(the_old_tunnel_receives_for_ten_seconds),
		cmocka_unit_test(a_handover_keeps_the_one_second_rule),
		cmocka_unit_test(the_better_uplink_is_taken_back_after_its_hold_down),
		cmocka_unit_test(without_any_uplink_it_is_down_and_comes_back),
		cmocka_unit_test(a_registration_runs_out_while_down),
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
		cmocka_unit_test(behind_a_nat_it_is_udp),
		cmocka_unit_test(the_encapsulation_may_change_on_a_refresh),
		cmocka_unit_test(forced_udp_is_udp),
		cmocka_unit_test(another_port_is_used_throughout),
		cmocka_unit_test(with_the_watch_off_the_mapping_is_kept_alive),
		cmocka_unit_test(the_default_keepalive_is_110_seconds),
		cmocka_unit_test(a_plain_tunnel_with_the_watch_off_is_left_alone),
	};

	return cmocka_run_group_tests_name("mobile_handover", tests, NULL, NULL);
}
