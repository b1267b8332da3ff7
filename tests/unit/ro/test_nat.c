/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * control/ro/nat.c: who can open a tunnel through which NAT (RFC 6521, sections 3.1.2, 3.3.4 and 6.1;
 * haaro.md, sections 11.3 and 11.4).
 */
#include "case.h"
#include "ro/nat.h"

static enum nat_entry entry(void)
{
	return nat_lookup(scene_peer(scene, far), 0);
}

/* Both behind their own: nothing is tried, for neither can open. */
/* Proves: H7-097 */
static void test_both(void **state)
{
	(void)state;
	far->outbound_only = true;
	scene->nat = true;
	scene_start(scene);
	scene_run(scene, 3 * NS_PER_S); /* our own O is known to the hub */
	assert_int_equal(entry(), NAT_CLOSED);
	scene_traffic(scene, far, true);
	scene_run(scene, 5 * NS_PER_S);
	assert_int_equal(scene->n_sent, 0);
	assert_int_equal(scene_state(scene, far), RO_STATE_HELD);
	assert_string_equal(scene_session(scene, far).reason,
			    "both sides are behind a NAT or firewall");
}

/* Unless the configuration knows that they are behind the same one. */
/* Proves: H7-097 */
static void test_same_nat(void **state)
{
	struct conf_nat_pair pairs[] = {
		{.uplink = 1, .peer = far->home_address, .opens = false},
		{.uplink = 0, .peer = scene->far[FAR_B].home_address, .opens = false},
		{.uplink = 0, .peer = far->home_address, .opens = true},
	};

	(void)state;
	scene->world->conf.mobile.optimization.nat = pairs;
	scene->world->conf.mobile.optimization.n_nat = 3;
	far->outbound_only = true;
	scene->nat = true;
	scene_start(scene);
	scene_run(scene, 3 * NS_PER_S);
	assert_int_equal(entry(), NAT_OPENS);
	assert_int_equal(nat_lookup(scene_peer(scene, far), 1), NAT_CLOSED);
	assert_int_equal(nat_lookup(scene_peer(scene, &scene->far[FAR_B]), 0), NAT_CLOSED);
	scene_traffic(scene, far, true);
	scene_run(scene, NS_PER_S);
	assert_int_equal(far->n_requests, 1);
	assert_true(scene->n_echoes > 0);
}

/* Only the peer can open: we register and wait, it comes, and its first keepalive opens. */
/* Proves: H7-066, H7-019, H0-29 */
static void test_peer_opens(void **state)
{
	(void)state;
	far->outbound_only = true;
	far->care_ofs[0] = world_addr("192.168.1.10").v4; /* what it has behind its NAT */
	far->echo_port = 61000;
	scene->world->conf.mobile.optimization.encapsulations[0] = ENCAP_IPIP;
	scene_start(scene);
	assert_int_equal(entry(), NAT_CLOSED);
	scene_traffic(scene, far, true);
	scene_run(scene, 3 * NS_PER_S);
	assert_int_equal(far->n_requests, 1);
	assert_true(far->request.udp.is_present && far->request.udp.force);
	assert_int_equal(scene->n_echoes, 0);
	assert_int_equal(scene_tunnels(scene, far), 0);
	/* its registration brings its address, its keepalive the port */
	assert_int_equal(far_register(far), REPLY_ACCEPTED);
	scene_run(scene, 3 * NS_PER_S);
	assert_int_equal(scene->n_echoes, 0);
	assert_true(far_knock(far, 61000));
	scene_run(scene, 2 * WORLD_RTT);
	assert_true(scene_is_direct(scene, far));
	assert_int_equal(scene_tunnels(scene, far), 1);
}

/* Who is behind one and asks for no UDP is refused. */
/* Proves: H7-066 */
static void test_peer_without_udp(void **state)
{
	struct registration_request request;

	(void)state;
	far->outbound_only = true;
	scene_start(scene);
	assert_true(far_test(far, RR_HOME) && far_test(far, RR_CARE_OF));
	request = far_request(far);
	request.udp.is_present = false;
	assert_int_equal(far_ask(far, &request), REPLY_PROHIBITED);
	request = far_request(far);
	assert_int_equal(far_ask(far, &request), REPLY_ACCEPTED);
}

/* It accepts but declines UDP, while a NAT is there: no tunnel could work. */
/* Proves: H7-019 */
static void test_declined(void **state)
{
	(void)state;
	scene->nat = true;
	far->plain = true;
	scene_start(scene);
	scene_traffic(scene, far, true);
	scene_run(scene, NS_PER_S);
	assert_int_equal(scene_state(scene, far), RO_STATE_HELD);
	assert_int_equal(scene_tunnels(scene, far), 0);
}

/* The table as it is learned: what does not answer is closed for ten minutes. */
/* Proves: H7-146 */
static void test_learned(void **state)
{
	(void)state;
	scene_start(scene);
	assert_int_equal(entry(), NAT_ABSENT);
	far->dead = true;
	scene_traffic(scene, far, true);
	scene_run(scene, 10 * NS_PER_S);
	assert_int_equal(entry(), NAT_CLOSED);
	scene_run(scene, 600 * NS_PER_S);
	assert_int_equal(entry(), NAT_ABSENT);
}

/* A NAT between us and the hub: UDP, and we open. */
/* Proves: H7-008, H7-066 */
static void test_ours(void **state)
{
	(void)state;
	scene->nat = true;
	scene->world->conf.mobile.optimization.encapsulations[0] = ENCAP_IPIP;
	scene_start(scene);
	scene_run(scene, 3 * NS_PER_S);
	assert_int_equal(entry(), NAT_OPENS);
	scene_traffic(scene, far, true);
	scene_run(scene, NS_PER_S);
	assert_true(far->request.udp.is_present && far->request.udp.force);
	assert_true(scene->n_echoes > 0);
	assert_int_equal(far_register(far), REPLY_ACCEPTED);
	scene_run(scene, NS_PER_S);
	assert_true(scene_is_direct(scene, far));
}

/* Where the configuration says that nobody can open towards us, the hub need not see it. */
static void test_outbound_only(void **state)
{
	(void)state;
	scene->world->conf.mobile.optimization.outbound_only = CONF_OUTBOUND_YES;
	scene_start(scene);
	assert_int_equal(entry(), NAT_OPENS);
}

/* What it does not say the hub's word does: a NAT that lets others open is one all the same. */
static void test_open_nat(void **state)
{
	(void)state;
	scene->world->conf.mobile.optimization.outbound_only = CONF_OUTBOUND_NO;
	scene->nat = true;
	scene_start(scene);
	scene_run(scene, 3 * NS_PER_S);
	assert_int_equal(entry(), NAT_OPENS);
}

/* It is registered here by IPIP, and we are there, but only UDP passes. */
static void assert_udp_is_asked_for(void)
{
	scene_run(scene, NS_PER_S);
	assert_false(far->request.udp.is_present);
	scene_run(scene, 20 * NS_PER_S);
	assert_int_equal(far->n_requests, 2);
	assert_true(far->request.udp.is_present);
	assert_int_equal(entry(), NAT_ABSENT);
	assert_int_equal(far_register(far), REPLY_ACCEPTED);
	scene_run(scene, 3 * NS_PER_S);
	assert_true(scene_is_direct(scene, far));
	assert_int_equal(scene_session(scene, far).encap, ENCAP_UDP);
}

/* What nobody knows of lets only UDP pass: when no address answers by IPIP, UDP is asked for. */
static void test_only_udp_passes(void **state)
{
	(void)state;
	scene->world->conf.mobile.optimization.encapsulations[0] = ENCAP_IPIP;
	far->udp_only = true;
	far->care_ofs[far->n_care_ofs++] = world_addr("203.0.113.11").v4;
	scene_start(scene);
	scene_traffic(scene, far, true);
	assert_udp_is_asked_for();
}

/* The same where the peer has asked first, and waits for our keepalives as we do for its. */
static void test_only_udp_passes_to_us(void **state)
{
	struct registration_request request;

	(void)state;
	scene->world->conf.mobile.optimization.encapsulations[0] = ENCAP_IPIP;
	far->udp_only = true;
	start_tested();
	request = far_request(far);
	request.udp.is_present = false;
	assert_int_equal(far_ask(far, &request), REPLY_ACCEPTED);
	assert_udp_is_asked_for();
}

/* No UDP there either, by its own word: it is left, once. */
static void test_nothing_passes(void **state)
{
	(void)state;
	far->udp_only = true;
	far->code = REPLY_NO_UDP_ENCAPSULATION;
	scene_start(scene);
	scene_traffic(scene, far, true);
	scene_run(scene, WORLD_RTT * 3 / 2);
	far->code = REPLY_ACCEPTED;
	scene_run(scene, NS_PER_S);
	assert_true(peer_is_registered(scene_peer(scene, far)));
	scene_run(scene, 10 * NS_PER_S);
	assert_int_equal(far->n_requests, 3); /* by UDP, without it, and the end */
	assert_int_equal(far->request.lifetime, 0);
	assert_int_equal(scene_state(scene, far), RO_STATE_HELD);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_both, setup, teardown),
		cmocka_unit_test_setup_teardown(test_same_nat, setup, teardown),
		cmocka_unit_test_setup_teardown(test_peer_opens, setup, teardown),
		cmocka_unit_test_setup_teardown(test_peer_without_udp, setup, teardown),
		cmocka_unit_test_setup_teardown(test_declined, setup, teardown),
		cmocka_unit_test_setup_teardown(test_learned, setup, teardown),
		cmocka_unit_test_setup_teardown(test_ours, setup, teardown),
		cmocka_unit_test_setup_teardown(test_outbound_only, setup, teardown),
		cmocka_unit_test_setup_teardown(test_open_nat, setup, teardown),
		cmocka_unit_test_setup_teardown(test_only_udp_passes, setup, teardown),
		cmocka_unit_test_setup_teardown(test_only_udp_passes_to_us, setup, teardown),
		cmocka_unit_test_setup_teardown(test_nothing_passes, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
