/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * control/ro/health.c, direct.c: what is given up and when, tunnels that rest until the peer knocks, and
 * several tunnels to one peer (haaro.md, sections 11.2, 13 and 14.4).
 */
#include "case.h"
#include "ro/direct.h"
#include "ro/listener.h"
#include "ro/nat.h"

static const struct direct *newest(void)
{
	assert_non_null(scene_peer(scene, far)->directs);
	return scene_peer(scene, far)->directs;
}

static const struct direct *by(enum encap encap)
{
	for (const struct direct *direct = scene_peer(scene, far)->directs; direct;
	     direct = direct->next)
		if (direct->encap == encap)
			return direct;
	fail_msg("no such tunnel");
	return NULL;
}

static void run_until_fallen(void)
{
	while (scene_is_direct(scene, far))
		scene_run(scene, 10 * NS_PER_MS);
}

static size_t given_up(void)
{
	return world_count(scene->world, EVENT_RO_FAILED);
}

/* --- tunnels that rest --------------------------------------------------------------------------------------- */

/* It knocked, but does not answer us: given up after three seconds' losses, while it stays registered. */
static void rest(void)
{
	scene->world->conf.mobile.optimization.request = false;
	far->dead = true;
	scene_start(scene);
	assert_int_equal(far_register(far), SILENCE);
	scene_run(scene, 2 * NS_PER_S);
	assert_int_equal(far_heard(far), REPLY_ACCEPTED);
	assert_true(far_knock(far, 434));
	scene_run(scene, 2500 * NS_PER_MS - 1);
	assert_int_equal(newest()->state, DIRECT_PROBING);
	scene_run(scene, 1);
	assert_int_equal(newest()->state, DIRECT_HALF);
	assert_true(peer_is_accepted(scene_peer(scene, far)));
	assert_string_equal(scene_session(scene, far).reason, "keepalives are not answered");
}

/* What is on its way is received for a while; then the next keepalive opens it anew, from any port. */
static void test_rests(void **state)
{
	size_t before;

	(void)state;
	rest();
	before = scene->n_echoes;
	scene_run(scene, RO_LEAVE_GRACE - 1);
	assert_non_null(newest()->tunnel);
	scene_run(scene, 1);
	assert_null(newest()->tunnel);
	assert_int_equal(newest()->remote_port, 0);
	assert_int_equal(newest()->state, DIRECT_HALF);
	scene_run(scene, 60 * NS_PER_S);
	assert_int_equal(scene->n_echoes, before);
	far->dead = false;
	assert_true(far_knock(far, 434));
	scene_run(scene, 2 * WORLD_RTT);
	assert_true(scene_is_direct(scene, far));
	assert_int_equal(scene_tunnels(scene, far), 1);
}

/* It has been heard meanwhile, so it may be using it: probed once more. */
static void test_heard_while_it_rests(void **state)
{
	size_t before;
	uint32_t index;

	(void)state;
	rest();
	before = scene->n_echoes;
	index = tunnel_ref(newest()->tunnel).index;
	scene->world->fwd.heard[index] = scene->world->core.now.mono + 1;
	far->dead = false;
	scene_run(scene, RO_LEAVE_GRACE);
	assert_int_equal(scene->n_echoes - before, 2);
	scene_run(scene, WORLD_RTT);
	assert_true(scene_is_direct(scene, far));
	assert_int_equal(scene_session(scene, far).tunnel.index, index);
	scene_run(scene, 30 * NS_PER_S);
	assert_true(scene_is_direct(scene, far));
}

/* Not if that was before, or as it was given up. */
static void test_heard_before_it_rests(void **state)
{
	(void)state;
	rest();
	scene->world->fwd.heard[tunnel_ref(newest()->tunnel).index] = scene->world->core.now.mono;
	scene_run(scene, RO_LEAVE_GRACE);
	assert_null(newest()->tunnel);
}

/* It knocks from another port before the rest is over, which then is no matter any more. */
static void test_knocks_while_it_rests(void **state)
{
	(void)state;
	rest();
	scene_run(scene, NS_PER_S);
	far->dead = false;
	assert_true(far_knock(far, 40000));
	scene_run(scene, 2 * WORLD_RTT);
	assert_true(scene_is_direct(scene, far));
	scene_run(scene, 10 * NS_PER_S);
	assert_true(scene_is_direct(scene, far));
	assert_int_equal(scene_session(scene, far).falls, 0);
	assert_int_equal(scene_session(scene, far).remote_port, 40000);
	assert_int_equal(scene_tunnels(scene, far), 1);
	assert_int_equal(world_count(scene->world, EVENT_RO_PORT_MOVED), 0); /* nothing was there */
}

/* --- what carries packets --------------------------------------------------------------------------------------- */

/* We are registered there, and it comes so long after an idle tunnel's last echo. */
static void come(uint64_t after)
{
	size_t before;

	scene->world->conf.mobile.optimization.keepalive_full_size = false;
	scene_start(scene);
	scene_traffic(scene, far, true);
	scene_run(scene, 20 * NS_PER_S);
	assert_int_equal(newest()->state, DIRECT_UP);
	for (before = scene->n_echoes; scene->n_echoes == before;)
		scene_run(scene, 10 * NS_PER_MS);
	after += scene->echoes[before % SCENE_ECHO].mono;
	scene_run(scene, after - scene->world->core.now.mono);
	assert_int_equal(far_register(far), REPLY_ACCEPTED);
}

/* It answered lately. */
static void test_answered_lately(void **state)
{
	(void)state;
	come(1500 * NS_PER_MS);
	assert_true(scene_is_direct(scene, far));
}

/* An idle one was not looked at lately: it must answer once more first, and is asked at once. */
static void test_answers_once_more(void **state)
{
	(void)state;
	come(1500 * NS_PER_MS + 1);
	assert_false(scene_is_direct(scene, far));
	assert_int_equal(scene->echoes[(scene->n_echoes - 1) % SCENE_ECHO].mono,
			 scene->world->core.now.mono);
	scene_run(scene, WORLD_RTT);
	assert_true(scene_is_direct(scene, far));
}

/* Its keepalive was on the way before workers knew of the tunnel: it belongs to it, no port has moved. */
static void test_early_keepalive(void **state)
{
	struct tunnel_knock knock = {.remote_port = 434};
	const struct tunnel_spec *spec;

	(void)state;
	start_direct();
	assert_int_equal(newest()->remote_port, 434);
	spec = tunnel_spec(newest()->listener->tunnel);
	knock.tunnel = newest()->listener->tunnel;
	knock.remote = far->care_of;
	knock.source = far->home_address;
	knock.destination = scene->world->conf.mobile.home_address;
	assert_int_equal(spec->knocked(spec->knocked_arg, &knock).index,
			 tunnel_ref(newest()->tunnel).index);
	assert_int_equal(world_count(scene->world, EVENT_RO_PORT_MOVED), 0);
}

/* In the units that events promise. */
static void test_told(void **state)
{
	(void)state;
	start_direct();
	assert_int_equal(world_event(scene->world, EVENT_RO_DIRECT)->value, WORLD_RTT / NS_PER_US);
	far->dead = true;
	run_until_fallen();
	assert_int_equal(world_count(scene->world, EVENT_RO_FALL), 1);
	assert_in_range(scene_session(scene, far).last_outage, NS_PER_S, 5 * NS_PER_S);
	assert_int_equal(world_event(scene->world, EVENT_RO_FALL)->value,
			 scene_session(scene, far).last_outage / NS_PER_MS);
}

/* --- patience ------------------------------------------------------------------------------------------------ */

/* Half a minute of silence ends both registrations: it may have started anew, and know nothing of them. */
static void test_patience(void **state)
{
	(void)state;
	start_direct();
	far->dead = true;
	run_until_fallen();
	scene_run(scene, 30 * NS_PER_S - 10 * NS_PER_MS);
	assert_int_equal(given_up(), 0);
	assert_true(peer_is_registered(scene_peer(scene, far)));
	assert_true(peer_is_accepted(scene_peer(scene, far)));
	assert_int_equal(newest()->state, DIRECT_SILENT);
	scene_run(scene, 10 * NS_PER_MS);
	/* the addresses that it gave are tried once more */
	assert_int_equal(newest()->state, DIRECT_PROBING);
	scene_run(scene, 2490 * NS_PER_MS);
	assert_int_equal(given_up(), 0);
	scene_run(scene, 10 * NS_PER_MS);
	assert_int_equal(given_up(), 1);
	assert_false(peer_is_accepted(scene_peer(scene, far)));
	assert_int_equal(far->request.lifetime, 0);
	scene_run(scene, NS_PER_S);
	assert_false(peer_is_registered(scene_peer(scene, far)));
	assert_int_equal(scene_state(scene, far), RO_STATE_HELD);
	/* it did answer once: that is no NAT */
	assert_int_equal(nat_lookup(scene_peer(scene, far), 0), NAT_ABSENT);
}

/* Unless only it can open the tunnel: then it may come again. */
static void test_patience_with_a_nat(void **state)
{
	(void)state;
	far->outbound_only = true;
	scene_start(scene);
	assert_int_equal(far_register(far), REPLY_ACCEPTED);
	assert_true(far_knock(far, 434));
	scene_run(scene, 3 * NS_PER_S);
	assert_true(scene_is_direct(scene, far));
	far->dead = true;
	run_until_fallen();
	scene_run(scene, 35 * NS_PER_S);
	assert_int_equal(given_up(), 0);
	assert_true(peer_is_registered(scene_peer(scene, far)));
	assert_true(peer_is_accepted(scene_peer(scene, far)));
	far->dead = false;
	assert_true(far_knock(far, 40000));
	scene_run(scene, 2 * WORLD_RTT);
	assert_true(scene_is_direct(scene, far));
}

/* As long as it answers by then it has another half minute to do so for long enough, and no more. */
static void test_answers_in_time(void **state)
{
	(void)state;
	start_direct();
	far->dead = true;
	run_until_fallen();
	scene_run(scene, 28 * NS_PER_S);
	far->dead = false;
	scene_run(scene, 3 * NS_PER_S);
	assert_int_equal(given_up(), 0);
	far->dead = true;
	scene_run(scene, 28 * NS_PER_S);
	assert_int_equal(newest()->state, DIRECT_SILENT);
	scene_run(scene, 2 * NS_PER_S);
	assert_int_equal(newest()->state, DIRECT_PROBING);
	scene_run(scene, 2 * NS_PER_S);
	assert_int_equal(given_up(), 1);
}

/* Nor is it given up later, once it carries packets again. */
static void test_returns_in_time(void **state)
{
	(void)state;
	start_direct();
	far->dead = true;
	run_until_fallen();
	scene_run(scene, 15 * NS_PER_S);
	far->dead = false;
	scene_run(scene, 60 * NS_PER_S);
	assert_true(scene_is_direct(scene, far));
	assert_int_equal(scene_session(scene, far).falls, 1);
	assert_int_equal(given_up(), 0);
}

/* What answers an echo of before the fall says nothing of now. */
static void test_late_answer(void **state)
{
	struct event event;
	const struct scene_echo *echo;
	uint64_t before;

	(void)state;
	start_direct();
	far->dead = true;
	run_until_fallen();
	before = ro_counters(scene->ro)->keepalives_in;
	echo = &scene->echoes[(scene->n_echoes - 1) % SCENE_ECHO];
	event = core_event(&scene->world->core, EVENT_ECHO_REPLY);
	event.peer = far->home_address;
	event.tunnel = echo->echo.tunnel;
	event.value = echo->echo.sequence;
	event.value2 = LINK_ECHO_ID;
	core_post(&scene->world->core, &event);
	world_settle(scene->world);
	assert_int_equal(ro_counters(scene->ro)->keepalives_in, before);
}

/* As many as the configuration says are lost, at its own interval. */
static void test_configured_losses(void **state)
{
	uint64_t begin;

	(void)state;
	scene->world->conf.mobile.optimization.keepalive =
		(struct conf_watch){.interval = 2 * NS_PER_S, .losses = 5};
	start_direct();
	far->dead = true;
	begin = scene->world->core.now.mono;
	run_until_fallen();
	assert_in_range(scene->world->core.now.mono - begin, 8500 * NS_PER_MS, 11 * NS_PER_S);
}

/* What works makes up for what did not: the NAT that was guessed, and how long the next hold-down is. */
static void test_forgiven(void **state)
{
	(void)state;
	scene_start(scene);
	far->dead = true;
	scene_traffic(scene, far, true);
	while (given_up() == 0)
		scene_run(scene, NS_PER_MS);
	assert_int_equal(scene_peer(scene, far)->closed_until - scene->world->core.now.mono,
			 600 * NS_PER_S);
	assert_int_equal(nat_lookup(scene_peer(scene, far), 0), NAT_CLOSED);
	assert_int_equal(given_up(), 1);
	scene_run(scene, 30 * NS_PER_S);
	far->dead = false;
	assert_int_equal(far_register(far), REPLY_ACCEPTED);
	assert_true(far_knock(far, 434));
	scene_run(scene, 3 * NS_PER_S);
	assert_true(scene_is_direct(scene, far));
	assert_int_equal(nat_lookup(scene_peer(scene, far), 0), NAT_ABSENT);
	far->dead = true;
	run_until_fallen();
	while (given_up() < 2)
		scene_run(scene, 10 * NS_PER_MS);
	assert_in_range(scene_session(scene, far).held, 29 * NS_PER_S, 30 * NS_PER_S);
}

/* A reload forgives all of that, and traffic asks again. */
static void test_reload_forgives(void **state)
{
	size_t requests;

	(void)state;
	scene_start(scene);
	far->dead = true;
	scene_traffic(scene, far, true);
	scene_run(scene, 10 * NS_PER_S);
	assert_int_equal(scene_state(scene, far), RO_STATE_HELD);
	assert_string_equal(scene_session(scene, far).reason, "keepalives are not answered");
	requests = far->n_requests;
	scene_traffic(scene, far, true);
	scene_run(scene, NS_PER_S);
	assert_int_equal(far->n_requests, requests);
	world_reload(scene->world);
	scene_run(scene, 1);
	assert_int_equal(nat_lookup(scene_peer(scene, far), 0), NAT_ABSENT);
	scene_traffic(scene, far, true);
	scene_run(scene, NS_PER_S);
	assert_int_equal(far->n_requests, requests + 1);
}

/* Who is registered here and waits for us need not wait for the end of the hold-down either. */
static void test_reload_goes_on(void **state)
{
	(void)state;
	far->mute = true;
	scene_start(scene);
	assert_int_equal(far_register(far), REPLY_ACCEPTED);
	scene_run(scene, 20 * NS_PER_S);
	far->mute = false;
	assert_true(scene_session(scene, far).held > 0);
	world_reload(scene->world);
	scene_run(scene, 4 * WORLD_RTT);
	assert_true(peer_is_registered(scene_peer(scene, far)));
}

/* Packets that flow again before its end are watched on as they were. */
static void test_reload_of_a_path(void **state)
{
	(void)state;
	far->dead = true;
	scene_start(scene);
	assert_int_equal(far_register(far), REPLY_ACCEPTED);
	scene_run(scene, 10 * NS_PER_S);
	far->dead = false;
	assert_true(far_knock(far, 40000));
	scene_run(scene, 2 * WORLD_RTT);
	assert_true(scene_is_direct(scene, far));
	assert_true(scene_session(scene, far).held > 0);
	world_reload(scene->world);
	scene_run(scene, WORLD_RTT);
	assert_true(scene_peer(scene, far)->active);
}

/* Nor is a count of packets that has begun cut short. */
static void test_reload_counts_on(void **state)
{
	(void)state;
	scene->world->conf.mobile.optimization.threshold_packets = 2;
	scene_start(scene);
	scene_traffic(scene, far, true);
	assert_int_equal(scene_peer(scene, far)->wanted, TRIGGER_SEND);
	world_reload(scene->world);
	scene_run(scene, NS_PER_S);
	assert_int_equal(scene_peer(scene, far)->wanted, TRIGGER_SEND);
}

/* What it denied before is forgiven with it: that it was silent later is another matter. */
static void test_denied_once(void **state)
{
	(void)state;
	far->code = REPLY_PROHIBITED;
	scene_start(scene);
	scene_traffic(scene, far, true);
	scene_run(scene, NS_PER_S);
	assert_int_equal(scene_state(scene, far), RO_STATE_HELD);
	world_reload(scene->world);
	scene_run(scene, 1);
	far->mute = true;
	scene_traffic(scene, far, true);
	scene_run(scene, 20 * NS_PER_S);
	assert_int_equal(scene_state(scene, far), RO_STATE_HELD);
	assert_int_equal(far_register(far), REPLY_ACCEPTED);
	assert_false(peer_is_asked(scene_peer(scene, far)));
}

/* It accepts without UDP, and IPIP does not pass: UDP was asked for already, so it is left. */
static void test_declined_and_nothing_passes(void **state)
{
	(void)state;
	far->plain = true;
	far->udp_only = true;
	scene_start(scene);
	scene_traffic(scene, far, true);
	scene_run(scene, 10 * NS_PER_S);
	assert_int_equal(given_up(), 1);
	assert_int_equal(far->request.lifetime, 0);
	assert_int_equal(scene_state(scene, far), RO_STATE_HELD);
}

/* Registered on both sides, and nothing was ever answered: it may come, and after a while we try again. */
static void test_waits_for_it(void **state)
{
	size_t before;

	(void)state;
	far->dead = true;
	scene_start(scene);
	assert_int_equal(far_register(far), REPLY_ACCEPTED);
	scene_run(scene, 10 * NS_PER_S);
	assert_int_equal(given_up(), 0);
	assert_true(peer_is_registered(scene_peer(scene, far)));
	assert_true(peer_is_accepted(scene_peer(scene, far)));
	assert_int_equal(nat_lookup(scene_peer(scene, far), 0), NAT_CLOSED);
	before = scene->n_echoes;
	scene_run(scene, scene_session(scene, far).held - 1);
	assert_int_equal(nat_lookup(scene_peer(scene, far), 0), NAT_CLOSED);
	assert_int_equal(scene->n_echoes, before);
	scene_run(scene, 1);
	assert_int_equal(nat_lookup(scene_peer(scene, far), 0), NAT_ABSENT);
	far->dead = false;
	scene_run(scene, 3 * NS_PER_S);
	assert_true(scene_is_direct(scene, far));
}

/* --- two tunnels --------------------------------------------------------------------------------------------- */

/* Ours is by UDP, its own by IPIP: both are proven, and packets go by the newer one. */
static void have_two(void)
{
	struct registration_request request;

	start_direct();
	request = far_request(far);
	request.udp.is_present = false;
	assert_int_equal(far_ask(far, &request), REPLY_ACCEPTED);
	scene_run(scene, NS_PER_S);
	assert_int_equal(scene_session(scene, far).encap, ENCAP_IPIP);
	assert_int_equal(by(ENCAP_UDP)->state, DIRECT_UP);
	assert_int_equal(by(ENCAP_IPIP)->state, DIRECT_UP);
	assert_non_null(by(ENCAP_UDP)->listener);
	assert_null(by(ENCAP_IPIP)->listener);
}

/* The one that carries packets falls silent: the other takes over, and nothing is given up for it. */
static void test_other_takes_over(void **state)
{
	(void)state;
	have_two();
	far->udp_only = true;
	while (by(ENCAP_IPIP)->state == DIRECT_UP)
		scene_run(scene, 10 * NS_PER_MS);
	scene_run(scene, NS_PER_S); /* it must have answered lately */
	assert_true(scene_is_direct(scene, far));
	assert_int_equal(scene_session(scene, far).encap, ENCAP_UDP);
	scene_run(scene, 60 * NS_PER_S);
	assert_true(scene_is_direct(scene, far));
	assert_int_equal(scene_session(scene, far).falls, 1);
	assert_int_equal(given_up(), 0);
	assert_true(peer_is_registered(scene_peer(scene, far)));
	assert_true(peer_is_accepted(scene_peer(scene, far)));
}

/* The other one falls silent: packets do not notice. */
static void test_other_is_silent(void **state)
{
	(void)state;
	have_two();
	far->echo_port = 1;
	while (by(ENCAP_UDP)->state == DIRECT_UP)
		scene_run(scene, 10 * NS_PER_MS);
	assert_string_equal(scene_peer(scene, far)->reason, "keepalives are not answered");
	scene_run(scene, 60 * NS_PER_S);
	assert_true(scene_is_direct(scene, far));
	assert_int_equal(scene_session(scene, far).encap, ENCAP_IPIP);
	assert_int_equal(scene_session(scene, far).falls, 0);
	assert_int_equal(given_up(), 0);
	assert_true(peer_is_registered(scene_peer(scene, far)));
}

/* Both fall silent: one after the other, then all is given up, once. */
static void test_both_are_silent(void **state)
{
	(void)state;
	have_two();
	far->dead = true;
	run_until_fallen();
	scene_run(scene, 40 * NS_PER_S);
	assert_int_equal(given_up(), 1);
	assert_false(peer_is_accepted(scene_peer(scene, far)));
	scene_run(scene, 20 * NS_PER_S);
	assert_int_equal(scene_tunnels(scene, far), 0);
}

/* Both registrations are by IPIP now: what carries nothing is left at once. */
static void test_unused(void **state)
{
	(void)state;
	have_two();
	scene->world->next.mobile.optimization.encapsulations[0] = ENCAP_IPIP;
	world_reload(scene->world);
	while (far->request.udp.is_present)
		scene_run(scene, NS_PER_MS);
	scene_run(scene, WORLD_RTT);
	assert_int_equal(by(ENCAP_UDP)->state, DIRECT_LINGER);
	assert_int_equal(by(ENCAP_IPIP)->state, DIRECT_UP);
	assert_int_equal(scene_session(scene, far).falls, 0);
}

/* Both registrations are by IPIP now, which is not proven: what carries packets stays, whatever it is. */
static void test_nothing_better(void **state)
{
	struct registration_request request;

	(void)state;
	start_direct();
	far->udp_only = true;
	scene->world->next.mobile.optimization.encapsulations[0] = ENCAP_IPIP;
	request = far_request(far);
	request.udp.is_present = false;
	assert_int_equal(far_ask(far, &request), REPLY_ACCEPTED);
	world_reload(scene->world);
	scene_run(scene, NS_PER_S);
	assert_false(far->request.udp.is_present);
	assert_true(scene_is_direct(scene, far));
	assert_int_equal(scene_session(scene, far).encap, ENCAP_UDP);
	assert_int_equal(by(ENCAP_UDP)->state, DIRECT_UP);
	far->udp_only = false;
	scene_run(scene, 2 * NS_PER_S);
	assert_int_equal(scene_session(scene, far).encap, ENCAP_IPIP);
	assert_int_equal(by(ENCAP_UDP)->state, DIRECT_LINGER);
	assert_int_equal(scene_session(scene, far).falls, 0);
}

static bool is_from(const struct ip_addr *local)
{
	struct ip_addr present = scene_session(scene, far).local;

	return addr_is_equal(&present, local);
}

/* We have moved, and packets go by the new one: the old one only receives from then on. */
static void test_left_behind(void **state)
{
	const struct ip_addr *addresses = scene->world->link.addresses;
	size_t moved, lingering = 0;
	uint32_t handovers;

	(void)state;
	scene->world->conf.mobile.n_uplinks = 2;
	start_direct();
	world_port(scene->world, 0, LINK_PORT_DOWN);
	scene_run(scene, 20 * NS_PER_S);
	assert_true(is_from(&addresses[1]));
	moved = world_count(scene->world, EVENT_RO_MOVED);
	handovers = scene_session(scene, far).handovers;
	world_port(scene->world, 0, LINK_PORT_UP);
	for (size_t i = 0; is_from(&addresses[1]); i++) {
		assert_true(i < 6000);
		scene_run(scene, 10 * NS_PER_MS);
	}
	for (const struct direct *direct = newest(); direct; direct = direct->next)
		if (addr_is_equal(&direct->local, &addresses[1])) {
			assert_int_equal(direct->state, DIRECT_LINGER);
			assert_int_equal(direct->port, 1);
			lingering++;
		}
	assert_int_equal(lingering, 1);
	assert_int_equal(world_count(scene->world, EVENT_RO_MOVED), moved + 1);
	assert_int_equal(world_event(scene->world, EVENT_RO_MOVED)->value, WORLD_RTT / NS_PER_US);
	assert_int_equal(scene_session(scene, far).handovers, handovers + 1);
	assert_int_equal(ro_counters(scene->ro)->handovers, handovers + 1);
}

/* What lingers says no more that it works, and asks nothing. */
static void test_lingers(void **state)
{
	size_t before;

	(void)state;
	have_two();
	assert_int_equal(far_leave(far), REPLY_ACCEPTED);
	for (const struct direct *direct = newest(); direct; direct = direct->next) {
		assert_int_equal(direct->state, DIRECT_LINGER);
		assert_true(world_is_muted(direct->tunnel));
	}
	before = scene->n_echoes;
	scene_run(scene, RO_LEAVE_GRACE - 1);
	assert_int_equal(scene->n_echoes, before);
	assert_int_equal(scene_tunnels(scene, far), 2);
	scene_run(scene, 1);
	assert_int_equal(scene_tunnels(scene, far), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_rests, setup, teardown),
		cmocka_unit_test_setup_teardown(test_heard_while_it_rests, setup, teardown),
		cmocka_unit_test_setup_teardown(test_heard_before_it_rests, setup, teardown),
		cmocka_unit_test_setup_teardown(test_knocks_while_it_rests, setup, teardown),
		cmocka_unit_test_setup_teardown(test_answered_lately, setup, teardown),
		cmocka_unit_test_setup_teardown(test_answers_once_more, setup, teardown),
		cmocka_unit_test_setup_teardown(test_early_keepalive, setup, teardown),
		cmocka_unit_test_setup_teardown(test_told, setup, teardown),
		cmocka_unit_test_setup_teardown(test_patience, setup, teardown),
		cmocka_unit_test_setup_teardown(test_patience_with_a_nat, setup, teardown),
		cmocka_unit_test_setup_teardown(test_answers_in_time, setup, teardown),
		cmocka_unit_test_setup_teardown(test_returns_in_time, setup, teardown),
		cmocka_unit_test_setup_teardown(test_late_answer, setup, teardown),
		cmocka_unit_test_setup_teardown(test_configured_losses, setup, teardown),
		cmocka_unit_test_setup_teardown(test_forgiven, setup, teardown),
		cmocka_unit_test_setup_teardown(test_reload_forgives, setup, teardown),
		cmocka_unit_test_setup_teardown(test_reload_goes_on, setup, teardown),
		cmocka_unit_test_setup_teardown(test_reload_of_a_path, setup, teardown),
		cmocka_unit_test_setup_teardown(test_reload_counts_on, setup, teardown),
		cmocka_unit_test_setup_teardown(test_denied_once, setup, teardown),
		cmocka_unit_test_setup_teardown(test_declined_and_nothing_passes, setup, teardown),
		cmocka_unit_test_setup_teardown(test_waits_for_it, setup, teardown),
		cmocka_unit_test_setup_teardown(test_other_takes_over, setup, teardown),
		cmocka_unit_test_setup_teardown(test_other_is_silent, setup, teardown),
		cmocka_unit_test_setup_teardown(test_both_are_silent, setup, teardown),
		cmocka_unit_test_setup_teardown(test_unused, setup, teardown),
		cmocka_unit_test_setup_teardown(test_nothing_better, setup, teardown),
		cmocka_unit_test_setup_teardown(test_left_behind, setup, teardown),
		cmocka_unit_test_setup_teardown(test_lingers, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
