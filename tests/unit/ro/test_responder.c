/* SPDX-License-Identifier: BSD-3-Clause */
/* control/ro/responder.c: Test Inits of others, answered with tokens and forgotten. */
#include "case.h"

/* --- the answer ---------------------------------------------------------------------------------- */

static void assert_token(enum rr_test test, const struct ip_addr *address)
{
	const struct nonce *nonce =
		nonces_find(&scene->ro->nonces, far->indexes[test], scene->world->core.now.mono);
	uint8_t token[RR_TOKEN_SIZE];

	assert_non_null(nonce);
	assert_int_equal(keygen_token(scene->world->engine, nonce, test, address->v4, token), 0);
	assert_memory_equal(far->tokens[test], token, sizeof(token));
}

/* Proves: H7-022, H7-027, H7-028, H7-142, H7-140, R-04 */
static void test_answers(void **state)
{
	static const enum message_type types[] = {MESSAGE_HOME_TEST, MESSAGE_CARE_OF_TEST};

	(void)state;
	scene_start(scene);
	for (enum rr_test test = RR_HOME; test <= RR_CARE_OF; test++) {
		const struct ip_addr *from = test == RR_HOME ? &far->home_address : &far->care_of;
		uint8_t bytes[64];
		struct datagram init = far_init_datagram(far, test, bytes);
		const struct datagram *reply;

		assert_true(far_test(far, test));
		assert_token(test, from);
		init.source_port = 4711; /* it may be any */
		world_deliver(scene->world, &init);
		reply = &scene_last(scene, types[test])->datagram;
		assert_true(addr_is_equal(&reply->source, &init.destination));
		assert_true(addr_is_equal(&reply->destination, from));
		assert_int_equal(reply->source_port, 434);
		assert_int_equal(reply->destination_port, 4711);
		/* back by the hub, the Care-of Test too */
		assert_int_equal(reply->tunnel.index,
				 mobile_hub_tunnel(scene->world->mobile).index);
		assert_memory_equal(reply->payload + 4, bytes + 2, RR_COOKIE_SIZE);
	}
}

/* Proves */
static void test_reserved_is_ignored(void **state)
{
	(void)state;
	scene_start(scene);
	for (enum rr_test test = RR_HOME; test <= RR_CARE_OF; test++) {
		uint8_t bytes[64];
		struct datagram init = far_init_datagram(far, test, bytes);

		bytes[1] = 0xff;
		world_deliver(scene->world, &init);
		assert_int_equal(ro_counters(scene->ro)->tests_out, test + 1);
	}
}

/* Proves: H7-025, H7-026 */
static void test_secrets_are_made_when_wanted(void **state)
{
	(void)state;
	scene_start(scene);
	assert_int_equal(ro_counters(scene->ro)->rotations, 0);
	assert_true(far_test(far, RR_HOME));
	assert_int_equal(ro_counters(scene->ro)->rotations, 1);
	assert_true(far_test(far, RR_CARE_OF));
	assert_int_equal(ro_counters(scene->ro)->rotations, 1);
	scene_run(scene, 30 * NS_PER_S);
	assert_true(far_test(far, RR_CARE_OF));
	assert_int_equal(ro_counters(scene->ro)->rotations, 2);
	/* a token is not kept longer than its nonce is good */
	scene_run(scene, 240 * NS_PER_S);
	assert_int_equal(scene->ro->nonces.n, 0);
}

/* Who has sent the capability must answer, whatever it allows. */
/* Proves: H7-023, H7-002 */
static void test_capability_obliges(void **state)
{
	(void)state;
	scene->world->conf.mobile.optimization.advertise = false;
	scene_start(scene);
	assert_int_equal(scene->capability.flags, CAPABILITY_REQUEST);
	assert_true(far_test(far, RR_HOME));
	assert_true(far_test(far, RR_CARE_OF));
}

static void test_without_capability_silence(void **state)
{
	(void)state;
	scene->world->conf.mobile.route_optimization = false;
	scene_start(scene);
	assert_false(scene->capability.is_present);
	assert_false(far_test(far, RR_HOME));
	assert_false(far_test(far, RR_CARE_OF));
	assert_int_equal(ro_counters(scene->ro)->test_inits_dropped, 2);
}

/* --- attacks ---------------------------------------------------------------------------------------- */

static void assert_silence(const struct datagram *datagram)
{
	size_t before = scene->n_sent;

	world_deliver(scene->world, datagram);
	assert_int_equal(scene->n_sent, before);
}

/* An Init that came natively or by another tunnel proves nothing about the way to its sender. */
/* Proves: H7-022 */
static void test_by_the_hub_only(void **state)
{
	(void)state;
	scene_start(scene);
	for (enum rr_test test = RR_HOME; test <= RR_CARE_OF; test++) {
		uint8_t bytes[64];
		struct datagram init = far_init_datagram(far, test, bytes);
		struct datagram bent = init;

		bent.tunnel.index = FWD_NONE;
		bent.port = 0;
		assert_silence(&bent);
		bent = init;
		bent.tunnel.index++;
		assert_silence(&bent);
		bent = init;
		bent.tunnel.generation++;
		assert_silence(&bent);
		bent = init;
		bent.destination = link_port_address(&scene->world->link, 0);
		assert_silence(&bent);
	}
}

/* haaro.md, section 21, row 2: nobody is made a mirror. */
static void test_sources_that_are_not_answered(void **state)
{
	static const char *const sources[] = {
		"255.255.255.255", "224.0.0.1",    "0.0.0.0",   "192.0.2.3",
		"198.51.100.1",    "203.0.113.30", "10.3.0.77", "240.0.0.1",
	};
	uint8_t bytes[64];
	struct datagram init;

	(void)state;
	scene_start(scene);
	init = far_init_datagram(far, RR_HOME, bytes);
	for (size_t i = 0; i < sizeof(sources) / sizeof(sources[0]); i++) {
		init.source = world_addr(sources[i]);
		assert_silence(&init);
	}
	/* tests and replies are never answered, so there are no loops */
	init = far_init_datagram(far, RR_HOME, bytes);
	bytes[0] = MESSAGE_HOME_TEST;
	assert_silence(&init);
	bytes[0] = MESSAGE_HOME_TEST_INIT;
	init.len = 9;
	assert_silence(&init);
}

/*
 * haaro.md, section 21, row 3: 100 000 sources leave no trace but in counters, most are not answered
 * at all, and a peer that is known has its own share.
 */
/* Proves: H7-034 */
static void test_flood(void **state)
{
	uint8_t bytes[64];
	struct datagram init;
	size_t timers, peers;

	(void)state;
	scene_start(scene);
	assert_true(far_test(far, RR_HOME));
	init = far_init_datagram(far, RR_CARE_OF, bytes);
	timers = scene->world->core.timers.count;
	peers = HASH_COUNT(scene->ro->peers);
	for (uint32_t i = 0; i < 100000; i++) {
		bytes[0] = i % 2 ? MESSAGE_CARE_OF_TEST_INIT : MESSAGE_HOME_TEST_INIT;
		init.source = addr_v4(htonl(UINT32_C(0x2d000000) + 257 * i));
		world_deliver(scene->world, &init);
		if (i % 1000 == 0)
			scene_run(scene, 10 * NS_PER_MS);
	}
	assert_int_equal(HASH_COUNT(scene->ro->peers), peers);
	assert_int_equal(scene->world->core.timers.count, timers);
	assert_int_equal(scene->ro->n_held, 0);
	/* 500 a second and a burst of 100, in one second */
	assert_in_range(ro_counters(scene->ro)->tests_out, 500, 650);
	assert_true(far_test(far, RR_HOME));
	assert_true(far_test(&scene->far[FAR_B], RR_HOME));
}

/*
 * The same in requests that name a peer, and in Inits, while that peer renews its registration: who is
 * known at its care-of address has a share that nobody takes by naming it.
 */
static void test_flood_while_a_peer_renews(void **state)
{
	struct registration_request request;
	uint8_t init_bytes[64], request_bytes[MESSAGE_SIZE];
	struct datagram init, forged;
	int code = SILENCE;

	(void)state;
	scene_start(scene);
	assert_int_equal(far_register(far), REPLY_ACCEPTED);
	scene_run(scene, 10 * NS_PER_S);
	request = far_request(far);
	forged = far_request_datagram(far, &request, request_bytes);
	request_bytes[forged.len - 1] ^= 1;
	init = far_init_datagram(far, RR_CARE_OF, init_bytes);
	for (uint32_t i = 0; i < 20000; i++) {
		init.source = addr_v4(htonl(UINT32_C(0x2d000000) + 257 * i));
		forged.source = addr_v4(htonl(UINT32_C(0x3d000000) + 257 * i));
		world_deliver(scene->world, &init);
		world_deliver(scene->world, &forged);
		scene->world->n_events = 0;
		if (i == 15000)
			code = far_register(far);
	}
	assert_int_equal(code, REPLY_ACCEPTED);
}

static uint64_t answered_of(const struct datagram *init, size_t n)
{
	uint64_t before = ro_counters(scene->ro)->tests_out;

	for (size_t i = 0; i < n; i++)
		world_deliver(scene->world, init);
	return ro_counters(scene->ro)->tests_out - before;
}

/* Who is known has ten a second, at its home address and where its registration came from. */
static void test_share_of_a_peer(void **state)
{
	uint8_t bytes[64];
	struct datagram init;

	(void)state;
	scene_start(scene);
	init = far_init_datagram(far, RR_HOME, bytes);
	assert_int_equal(answered_of(&init, 30), 10);
	scene_run(scene, 500 * NS_PER_MS);
	assert_int_equal(answered_of(&init, 30), 5);
	/* from elsewhere, in the share of that network: so far */
	init = far_init_datagram(far, RR_CARE_OF, bytes);
	assert_int_equal(answered_of(&init, 30), 20);
	scene_run(scene, 2 * NS_PER_S);
	assert_int_equal(far_register(far), REPLY_ACCEPTED);
	scene_run(scene, 2 * NS_PER_S);
	assert_int_equal(answered_of(&init, 30), 10);
}

/* No network of 256 addresses takes the share of all. */
static void test_one_network_is_policed(void **state)
{
	uint8_t bytes[64];
	struct datagram init;

	(void)state;
	scene_start(scene);
	init = far_init_datagram(far, RR_CARE_OF, bytes);
	for (uint32_t i = 0; i < 256; i++) {
		init.source = addr_v4(htonl(UINT32_C(0x2d010100) + i));
		world_deliver(scene->world, &init);
	}
	assert_int_equal(ro_counters(scene->ro)->tests_out, 20);
	scene_run(scene, 500 * NS_PER_MS);
	assert_int_equal(answered_of(&init, 30), 10);
	init.source = world_addr("45.9.9.9");
	world_deliver(scene->world, &init);
	assert_true(addr_is_equal(&scene_last(scene, MESSAGE_CARE_OF_TEST)->datagram.destination,
				  &init.source));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_answers, setup, teardown),
		cmocka_unit_test_setup_teardown(test_reserved_is_ignored, setup, teardown),
		cmocka_unit_test_setup_teardown(test_secrets_are_made_when_wanted, setup, teardown),
		cmocka_unit_test_setup_teardown(test_capability_obliges, setup, teardown),
		cmocka_unit_test_setup_teardown(test_without_capability_silence, setup, teardown),
		cmocka_unit_test_setup_teardown(test_by_the_hub_only, setup, teardown),
		cmocka_unit_test_setup_teardown(test_sources_that_are_not_answered, setup,
						teardown),
		cmocka_unit_test_setup_teardown(test_flood, setup, teardown),
		cmocka_unit_test_setup_teardown(test_flood_while_a_peer_renews, setup, teardown),
		cmocka_unit_test_setup_teardown(test_share_of_a_peer, setup, teardown),
		cmocka_unit_test_setup_teardown(test_one_network_is_policed, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
