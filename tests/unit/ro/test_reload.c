/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * control/ro/ro.c, handover.c, session.c: what a reload changes, bounds, and what runs out.
 */
#include <errno.h>

#include "case.h"
#include "ro/cache.h"

/* It asks for IPIP from now on. */
static void ask_for_ipip(void)
{
	struct registration_request request = far_request(far);

	request.udp.is_present = false;
	assert_int_equal(far_ask(far, &request), REPLY_ACCEPTED);
}

/* Where a UDP tunnel carries packets they go by it until the other is proven; each may be used then. */
static void test_another_encapsulation(void **state)
{
	(void)state;
	start_direct();
	assert_int_equal(scene_session(scene, far).encap, ENCAP_UDP);
	ask_for_ipip();
	assert_true(scene_is_direct(scene, far));
	assert_int_equal(scene_session(scene, far).encap, ENCAP_UDP);
	scene_run(scene, NS_PER_S);
	assert_int_equal(scene_session(scene, far).encap, ENCAP_IPIP);
	scene_run(scene, 20 * NS_PER_S);
	assert_int_equal(scene_session(scene, far).falls, 0);
	/* our own registration there is still by UDP */
	assert_int_equal(scene_tunnels(scene, far), 2);
	assert_true(far_knock(far, 434));
}

/* Something on the way lets only UDP pass: nothing of it is noticed. */
static void test_unproven_encapsulation(void **state)
{
	(void)state;
	start_direct();
	far->udp_only = true;
	ask_for_ipip();
	scene_run(scene, 200 * NS_PER_S);
	assert_true(scene_is_direct(scene, far));
	assert_int_equal(scene_session(scene, far).encap, ENCAP_UDP);
	/* it asks for UDP again: what was never proven is not kept */
	assert_int_equal(far_register(far), REPLY_ACCEPTED);
	scene_run(scene, 15 * NS_PER_S);
	assert_int_equal(scene_tunnels(scene, far), 1);
	assert_int_equal(scene_session(scene, far).falls, 0);
}

/*
 * We prefer IPIP: as long as the other asks for UDP so do we, and there is one tunnel. When both
 * registrations are by IPIP, it goes on receiving for a while, and is closed.
 */
static void test_agreed_encapsulation(void **state)
{
	(void)state;
	scene->world->conf.mobile.optimization.encapsulations[0] = ENCAP_IPIP;
	start_direct();
	assert_int_equal(scene_session(scene, far).encap, ENCAP_UDP);
	assert_int_equal(scene_tunnels(scene, far), 1);
	ask_for_ipip();
	scene_run(scene, 5 * NS_PER_S);
	assert_int_equal(scene_session(scene, far).encap, ENCAP_IPIP);
	assert_int_equal(scene_tunnels(scene, far), 2);
	scene_run(scene, 10 * NS_PER_S);
	assert_int_equal(scene_tunnels(scene, far), 1);
	assert_true(scene_is_direct(scene, far));
	assert_int_equal(scene_session(scene, far).falls, 0);
}

/* Its request comes while ours, which asks for IPIP, is on its way: the next one follows at once. */
static void test_encapsulations_cross(void **state)
{
	(void)state;
	scene->world->conf.mobile.optimization.encapsulations[0] = ENCAP_IPIP;
	start_tested();
	scene_traffic(scene, far, true);
	scene_run(scene, WORLD_RTT + 1);
	assert_int_equal(asking(), ASKING_REGISTRATION);
	assert_int_equal(far_register(far), REPLY_ACCEPTED);
	scene_run(scene, 3 * NS_PER_S);
	assert_int_equal(far->n_requests, 2);
	assert_true(far->request.udp.is_present);
	assert_true(scene_is_direct(scene, far));
	scene_run(scene, 10 * NS_PER_S);
	assert_int_equal(scene_session(scene, far).encap, ENCAP_UDP);
	assert_int_equal(scene_tunnels(scene, far), 1);
}

/* --- reload ------------------------------------------------------------------------------------------------ */

/* What does not concern a peer leaves its path alone. */
static void test_nothing_to_do(void **state)
{
	size_t sent;

	(void)state;
	start_direct();
	sent = scene->n_sent;
	world_reload(scene->world);
	scene_run(scene, NS_PER_S);
	assert_true(scene_is_direct(scene, far));
	assert_int_equal(scene->n_sent, sent);
	assert_int_equal(scene_session(scene, far).falls, 0);
}

static void prefer_ipip(void)
{
	scene->world->next.mobile.optimization.encapsulations[0] = ENCAP_IPIP;
	world_reload(scene->world);
	scene_run(scene, NS_PER_S);
	assert_false(far->request.udp.is_present);
}

static void assert_by_udp_alone(void)
{
	scene_run(scene, 15 * NS_PER_S);
	assert_true(far->request.udp.is_present);
	assert_int_equal(scene_session(scene, far).encap, ENCAP_UDP);
	assert_int_equal(scene_tunnels(scene, far), 1);
	assert_int_equal(scene_session(scene, far).falls, 0);
}

/* Peers are asked for what is preferred now, whatever they asked for before, and follow or do not. */
static void test_other_encapsulation(void **state)
{
	(void)state;
	start_direct();
	prefer_ipip();
	assert_int_equal(scene_session(scene, far).encap, ENCAP_IPIP);
	assert_int_equal(far_register(far), REPLY_ACCEPTED); /* by UDP as ever */
	assert_by_udp_alone();
}

/* The same where IPIP does not pass: what was opened for it is not kept. */
static void test_impossible_encapsulation(void **state)
{
	(void)state;
	start_direct();
	far->udp_only = true;
	prefer_ipip();
	assert_int_equal(scene_session(scene, far).encap, ENCAP_UDP);
	assert_int_equal(far_register(far), REPLY_ACCEPTED);
	assert_by_udp_alone();
}

/* What it allows is done at once, and what failed before may be tried again. */
static void test_allowed_now(void **state)
{
	struct far *other = &scene->far[FAR_B];

	(void)state;
	other->code = REPLY_PROHIBITED;
	scene_start(scene);
	scene_traffic(scene, far, true);
	scene_traffic(scene, other, true);
	scene_run(scene, 5 * NS_PER_S);
	assert_int_equal(scene_state(scene, far), RO_STATE_WAITING);
	assert_int_equal(scene_state(scene, other), RO_STATE_HELD);
	scene->world->next.mobile.optimization.mutual = CONF_MUTUAL_IMMEDIATE;
	world_reload(scene->world);
	scene_run(scene, NS_PER_S); /* it must answer once more */
	assert_true(scene_is_direct(scene, far));
	assert_int_equal(scene_state(scene, other), RO_STATE_IDLE);
}

/* Every peer is left, told, and the hub hears of no support any more. */
static void test_switched_off(void **state)
{
	(void)state;
	start_direct();
	scene->world->next.mobile.route_optimization = false;
	world_reload(scene->world);
	assert_false(scene_is_direct(scene, far));
	assert_int_equal(far->request.lifetime, 0);
	scene_run(scene, 3 * NS_PER_S);
	assert_false(scene->capability.is_present);
	assert_false(far_test(far, RR_HOME));
	assert_int_equal(scene_tunnels(scene, far), 0);
}

/* Every registration and every token is about the home address: none is left of the old one. */
static void test_other_home_address(void **state)
{
	struct registration_request request;
	uint8_t bytes[MESSAGE_SIZE];
	struct datagram datagram;

	(void)state;
	start_direct();
	scene_run(scene, 10 * NS_PER_S);
	request = far_request(far);
	request.networks[request.n_networks++] =
		(struct registration_network){world_addr("10.99.0.0").v4, 24};
	assert_int_equal(far_ask(far, &request), SILENCE); /* the hub is asked first */
	scene->world->next.mobile.home_address = world_addr("192.0.2.33");
	world_reload(scene->world);
	assert_int_equal(HASH_COUNT(scene->ro->peers), 0);
	assert_int_equal(HASH_COUNT(scene->ro->prefixes), 0);
	assert_int_equal(scene->ro->n_held, 0);
	scene_run(scene, 5 * NS_PER_S);
	assert_int_equal(HASH_COUNT(scene->ro->peers), FARS);
	/* a request names no correspondent: what was made for the other address proves nothing here */
	request = far_request(far);
	datagram = far_request_datagram(far, &request, bytes);
	datagram.destination = world_addr("192.0.2.33");
	assert_int_equal(far_send(far, &datagram), REPLY_NONCES_EXPIRED);
}

/* Peers have our old networks: they are told the new ones when the hub has accepted them. */
/* Proves: H7-061, H7-062 */
static void test_other_networks(void **state)
{
	(void)state;
	start_direct();
	assert_int_equal(far->request.n_networks, 1);
	scene->world->next.mobile.n_networks = 2;
	world_reload(scene->world);
	scene_run(scene, 3 * NS_PER_S);
	assert_int_equal(far->request.n_networks, 2);
	assert_int_equal(far->request.networks[1].prefix, world_addr("10.3.64.0").v4);
	assert_true(scene_is_direct(scene, far));
}

/* --- bounds ------------------------------------------------------------------------------------------------- */

/* As many as max-peers allows, on the asking side too; more go by the hub. */
/* Proves: H7-151 */
static void test_max_peers(void **state)
{
	(void)state;
	scene->world->conf.mobile.optimization.max_peers = 2;
	scene_start(scene);
	for (size_t i = 0; i < FARS; i++)
		assert_int_equal(ro_start(scene->ro, &scene->far[i].home_address),
				 i < 2 ? 0 : -EUSERS);
	scene_run(scene, 5 * NS_PER_S);
	assert_int_equal(scene->far[FAR_C].n_requests, 0);
	assert_int_equal(scene_way(scene, "10.7.0.1"),
			 mobile_hub_tunnel(scene->world->mobile).index);
}

/* No tunnel can be opened: by the hub, and tried again later. */
/* Proves: H7-151 */
static void test_no_tunnel(void **state)
{
	(void)state;
	scene_start(scene);
	scene->world->link.fail_tunnel = -ENOSPC;
	scene_traffic(scene, far, true);
	scene_run(scene, 5 * NS_PER_S);
	assert_int_equal(scene_tunnels(scene, far), 0);
	assert_int_equal(scene_way(scene, "10.1.0.1"),
			 mobile_hub_tunnel(scene->world->mobile).index);
	scene->world->link.fail_tunnel = 0;
	scene_run(scene, 60 * NS_PER_S);
	scene_traffic(scene, far, true);
	scene_run(scene, NS_PER_S);
	assert_int_equal(far_register(far), REPLY_ACCEPTED);
	assert_true(far_knock(far, 434));
	scene_run(scene, NS_PER_S);
	assert_true(scene_is_direct(scene, far));
}

/* --- what runs out ------------------------------------------------------------------------------------------ */

/* Ours ends when its time is over, whatever is still being asked. */
/* Proves: H7-098 */
static void test_our_lifetime(void **state)
{
	(void)state;
	scene_start(scene);
	far->lifetime = 10;
	scene_traffic(scene, far, true);
	scene_run(scene, 2 * WORLD_RTT);
	assert_true(peer_is_registered(scene_peer(scene, far)));
	far->mute = true;
	scene_run(scene, 9900 * NS_PER_MS);
	assert_true(peer_is_registered(scene_peer(scene, far)));
	scene_run(scene, 100 * NS_PER_MS);
	assert_false(peer_is_registered(scene_peer(scene, far)));
	assert_int_equal(world_count(scene->world, EVENT_RO_EXPIRED), 1);
}

/* A request that waits for the hub while a newer one is accepted is not answered any more. */
static void test_overtaken(void **state)
{
	struct registration_request request;
	struct peer *peer;

	(void)state;
	far->told = TOLD_WHEN_ASKED;
	scene_start(scene);
	scene_run(scene, 2 * NS_PER_S);
	scene->world->hub.mute = true;
	assert_int_equal(far_register(far), SILENCE);
	peer = peer_get(scene->ro, &far->home_address); /* as if a list had come meanwhile */
	peer->advertised = true;
	peer->seen = scene->world->core.now.mono;
	assert_int_equal(cache_put(peer, &far->networks[0], ""), 0);
	request = far_request(far);
	assert_int_equal(far_ask(far, &request), REPLY_ACCEPTED);
	scene_run(scene, 6 * NS_PER_S);
	assert_int_equal(scene->ro->n_held, 0);
	assert_int_equal(far_heard(far), SILENCE);
	assert_true(peer_is_accepted(peer));
}

/* haaro.md, section 21, row 15: what made a key or proved a way is wiped when it has served. */
static void test_secrets_are_wiped(void **state)
{
	static const struct correspondent_key nothing;
	static const uint8_t no_cookies[RR_TEST_MAX][RR_COOKIE_SIZE];
	const struct session *session;

	(void)state;
	scene_start(scene);
	scene_traffic(scene, far, true);
	session = scene_peer(scene, far)->session;
	assert_memory_not_equal(session->cookies, no_cookies, sizeof(no_cookies));
	scene_run(scene, WORLD_RTT + 1);
	assert_memory_equal(session->cookies, no_cookies, sizeof(no_cookies));
	assert_memory_not_equal(&session->key, &nothing, sizeof(nothing));
	scene_run(scene, WORLD_RTT);
	assert_true(session->registered);
	assert_memory_equal(&session->key, &nothing, sizeof(nothing));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_another_encapsulation, setup, teardown),
		cmocka_unit_test_setup_teardown(test_unproven_encapsulation, setup, teardown),
		cmocka_unit_test_setup_teardown(test_agreed_encapsulation, setup, teardown),
		cmocka_unit_test_setup_teardown(test_encapsulations_cross, setup, teardown),
		cmocka_unit_test_setup_teardown(test_nothing_to_do, setup, teardown),
		cmocka_unit_test_setup_teardown(test_other_encapsulation, setup, teardown),
		cmocka_unit_test_setup_teardown(test_impossible_encapsulation, setup, teardown),
		cmocka_unit_test_setup_teardown(test_allowed_now, setup, teardown),
		cmocka_unit_test_setup_teardown(test_switched_off, setup, teardown),
		cmocka_unit_test_setup_teardown(test_other_home_address, setup, teardown),
		cmocka_unit_test_setup_teardown(test_other_networks, setup, teardown),
		cmocka_unit_test_setup_teardown(test_max_peers, setup, teardown),
		cmocka_unit_test_setup_teardown(test_no_tunnel, setup, teardown),
		cmocka_unit_test_setup_teardown(test_our_lifetime, setup, teardown),
		cmocka_unit_test_setup_teardown(test_overtaken, setup, teardown),
		cmocka_unit_test_setup_teardown(test_secrets_are_wiped, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
