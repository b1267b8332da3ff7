/* SPDX-License-Identifier: BSD-3-Clause */
/* control/ro/routability.c, session.c: our tests of a peer, and what passes for an answer. */
#include <errno.h>

#include "case.h"
#include "ro/path.h"

static const enum message_type inits[] = {MESSAGE_HOME_TEST_INIT, MESSAGE_CARE_OF_TEST_INIT};

/* --- asking ------------------------------------------------------------------------------------------ */

/* Proves: H7-022, H7-024, H7-029, H7-030, H7-048 */
static void test_two_ways(void **state)
{
	const struct datagram *home, *care_of;

	(void)state;
	scene_start(scene);
	assert_int_equal(scene->n_sent, 0);
	scene_traffic(scene, far, true);
	assert_int_equal(asking(), ASKING_ROUTABILITY);
	assert_int_equal(scene_state(scene, far), RO_STATE_ROUTABILITY);
	home = &scene_last(scene, MESSAGE_HOME_TEST_INIT)->datagram;
	care_of = &scene_last(scene, MESSAGE_CARE_OF_TEST_INIT)->datagram;
	assert_int_equal(scene->n_sent, 2);
	assert_true(addr_is_equal(&home->source, &scene->world->conf.mobile.home_address));
	assert_int_equal(home->tunnel.index, hub_tunnel());
	assert_true(addr_is_equal(&care_of->source, &scene->world->link.addresses[0]));
	assert_int_equal(care_of->tunnel.index, FWD_NONE);
	assert_int_equal(care_of->port, 0);
	assert_true(addr_is_equal(&home->destination, &far->home_address));
	assert_true(addr_is_equal(&care_of->destination, &far->home_address));
	assert_int_equal(home->destination_port, 434);
	assert_int_equal(care_of->destination_port, 434);
	assert_int_equal(home->len, 10);
	assert_int_equal(care_of->len, 10);
	assert_memory_not_equal(home->payload + 2, care_of->payload + 2, RR_COOKIE_SIZE);
}

/* What is not for a cached prefix asks for nothing: its path has no mark. */
/* Proves: H7-048 */
static void test_only_for_who_is_known(void **state)
{
	(void)state;
	far->told = TOLD_NEVER;
	scene_start(scene);
	assert_null(peer_find(scene->ro, &far->home_address));
	assert_int_equal(scene_way(scene, "10.1.0.5"), hub_tunnel());
	assert_int_equal(ro_start(scene->ro, &far->home_address), -ENOENT);
	scene_run(scene, 10 * NS_PER_S);
	assert_int_equal(scene->n_sent, 0);
}

/* Proves: H7-016, H7-033 */
static void test_both_make_a_key(void **state)
{
	const struct correspondent_key *key;

	(void)state;
	scene_start(scene);
	far->mute = true;
	scene_traffic(scene, far, true);
	scene_run(scene, WORLD_RTT + 1);
	assert_int_equal(asking(), ASKING_REGISTRATION);
	assert_false(scene_is_direct(scene, far));
	key = &scene_peer(scene, far)->session->key;
	assert_int_equal(key->len, KEYGEN_KEY_SIZE);
	/* the other side finds it by itself */
	assert_int_equal(far->n_requests, 1);
	assert_memory_equal(key->bytes, far->request_key.bytes, KEYGEN_KEY_SIZE);
}

/* A test alone is no proof. */
static void test_one_is_not_enough(void **state)
{
	(void)state;
	for (enum rr_test test = RR_HOME; test <= RR_CARE_OF; test++) {
		far = &scene->far[test == RR_HOME ? FAR_A : FAR_B];
		far->deaf[test] = true;
	}
	scene_start(scene);
	for (size_t i = 0; i < 2; i++)
		scene_traffic(scene, &scene->far[i], true);
	scene_run(scene, 60 * NS_PER_S);
	assert_int_equal(scene_count(scene, MESSAGE_REQUEST), 0);
	assert_int_equal(scene_state(scene, &scene->far[FAR_A]), RO_STATE_IDLE);
	assert_int_equal(scene_state(scene, &scene->far[FAR_B]), RO_STATE_HELD);
}

/* Of each try the cookies are others, the gaps double, and after four it is left alone. */
/* Proves: H7-024 */
static void test_tries(void **state)
{
	static uint8_t cookies[8][RR_COOKIE_SIZE];
	static const unsigned int at_ms[] = {0, 1000, 3000, 7000};
	uint64_t begin;

	(void)state;
	far->deaf[RR_HOME] = far->deaf[RR_CARE_OF] = true;
	scene_start(scene);
	begin = scene->world->core.now.mono;
	scene_traffic(scene, far, true);
	for (size_t i = 0; i < 4; i++) {
		scene_run(scene, begin + at_ms[i] * NS_PER_MS - scene->world->core.now.mono);
		for (enum rr_test test = RR_HOME; test <= RR_CARE_OF; test++) {
			const struct scene_sent *sent = scene_last(scene, inits[test]);

			assert_int_equal(scene_count(scene, inits[test]), i + 1);
			assert_int_equal(sent->mono, begin + at_ms[i] * NS_PER_MS);
			memcpy(cookies[2 * i + test], sent->bytes + 2, RR_COOKIE_SIZE);
		}
	}
	for (size_t i = 0; i < 8; i++)
		for (size_t j = 0; j < i; j++)
			assert_memory_not_equal(cookies[i], cookies[j], RR_COOKIE_SIZE);
	scene_run(scene, 8 * NS_PER_S);
	assert_int_equal(scene_state(scene, far), RO_STATE_HELD);
	assert_int_equal(asking(), ASKING_NOTHING);
	assert_int_equal(scene->n_sent, 8);
	assert_int_equal(ro_counters(scene->ro)->unanswered, 1);
	/* traffic does not ask in the hold-down, but after it */
	scene_traffic(scene, far, true);
	assert_int_equal(scene->n_sent, 8);
	scene_run(scene, 31 * NS_PER_S);
	scene_traffic(scene, far, true);
	assert_int_equal(scene->n_sent, 10);
}

/* Only what is missing is asked for again. */
static void test_missing_only(void **state)
{
	(void)state;
	far->deaf[RR_CARE_OF] = true;
	scene_start(scene);
	scene_traffic(scene, far, true);
	scene_run(scene, 4 * NS_PER_S);
	assert_int_equal(scene_count(scene, MESSAGE_HOME_TEST_INIT), 1);
	assert_int_equal(scene_count(scene, MESSAGE_CARE_OF_TEST_INIT), 3);
	far->deaf[RR_CARE_OF] = false;
	scene_run(scene, 4 * NS_PER_S);
	assert_int_equal(scene_count(scene, MESSAGE_REQUEST), 1);
}

/* A home address that is not reached outside of tunnels: nothing will help soon (haaro.md, A51). */
static void test_not_reached_natively(void **state)
{
	(void)state;
	far->deaf[RR_CARE_OF] = true;
	scene_start(scene);
	scene_traffic(scene, far, true);
	scene_run(scene, 20 * NS_PER_S);
	assert_in_range(scene_session(scene, far).held, 580 * NS_PER_S, 600 * NS_PER_S);
	assert_string_equal(scene_session(scene, far).reason,
			    "its home address is not reached natively");
}

/* --- what is no answer --------------------------------------------------------------------------------- */

static uint8_t bytes[64];

/* The right answer to the last Init. */
static struct datagram answer(enum rr_test test)
{
	const struct scene_sent *init = scene_last(scene, inits[test]);
	struct test_reply reply = {.test = test, .nonce_index = 7, .token = {1, 2, 3}};
	struct writer writer = writer_of(bytes, sizeof(bytes));
	struct datagram datagram = init->datagram;

	memcpy(reply.cookie, init->bytes + 2, RR_COOKIE_SIZE);
	assert_int_equal(test_reply_build(&reply, &writer), WIRE_OK);
	datagram.source = init->datagram.destination;
	datagram.destination = init->datagram.source;
	datagram.source_port = init->datagram.destination_port;
	datagram.destination_port = init->datagram.source_port;
	datagram.payload = bytes;
	datagram.len = writer.len;
	return datagram;
}

static void assert_dropped(const struct datagram *datagram)
{
	uint64_t before = ro_counters(scene->ro)->tests_dropped;

	world_deliver(scene->world, datagram);
	assert_int_equal(ro_counters(scene->ro)->tests_dropped, before + 1);
	assert_int_equal(ro_counters(scene->ro)->tests_in, 0);
	assert_false(scene_peer(scene, far)->tokens[RR_HOME].held);
	assert_false(scene_peer(scene, far)->tokens[RR_CARE_OF].held);
}

static void bent_ways(struct datagram *good)
{
	struct datagram bent = *good;

	bent.source = scene->far[FAR_B].home_address;
	assert_dropped(&bent);
	bent = *good;
	bent.source_port = 435;
	assert_dropped(&bent);
	bent = *good;
	bent.destination_port++;
	assert_dropped(&bent);
	for (size_t i = 0; i < RR_COOKIE_SIZE; i++) {
		bytes[4 + i] ^= 0x10;
		assert_dropped(good);
		bytes[4 + i] ^= 0x10;
	}
	bent = *good;
	bent.len = 19;
	assert_dropped(&bent);
}

/* haaro.md, section 21, row 1: who is at the care-of address must not pass the home test. */
/* Proves: H7-022 */
static void test_wrong_way(void **state)
{
	struct datagram good, bent;

	(void)state;
	far->deaf[RR_HOME] = far->deaf[RR_CARE_OF] = true;
	scene_start(scene);
	scene_traffic(scene, far, true);
	good = bent = answer(RR_HOME);
	bent_ways(&good);
	bent.tunnel.index = FWD_NONE;
	bent.port = 0;
	assert_dropped(&bent);
	bent = good;
	bent.tunnel.index++; /* as by the direct tunnel */
	assert_dropped(&bent);
	bent = good;
	bent.destination = scene->world->link.addresses[0];
	assert_dropped(&bent);

	good = bent = answer(RR_CARE_OF);
	bent_ways(&good);
	bent.tunnel = mobile_hub_tunnel(scene->world->mobile);
	assert_dropped(&bent);
	bent = good;
	bent.destination = scene->world->conf.mobile.home_address;
	assert_dropped(&bent);
	bent = good;
	bent.port = 1;
	assert_dropped(&bent);
	world_deliver(scene->world, &good);
	assert_int_equal(ro_counters(scene->ro)->tests_in, 1);
	/* once is enough: the second may be a forgery */
	bytes[12] ^= 1;
	world_deliver(scene->world, &good);
	assert_int_equal(ro_counters(scene->ro)->tests_in, 1);
}

/* Proves: H7-141, R-06 */
static void test_reserved_is_ignored(void **state)
{
	(void)state;
	far->deaf[RR_HOME] = far->deaf[RR_CARE_OF] = true;
	scene_start(scene);
	scene_traffic(scene, far, true);
	for (enum rr_test test = RR_HOME; test <= RR_CARE_OF; test++) {
		struct datagram good = answer(test);

		bytes[1] = 0xff;
		world_deliver(scene->world, &good);
		assert_int_equal(ro_counters(scene->ro)->tests_in, test + 1);
	}
	assert_int_equal(scene_count(scene, MESSAGE_REQUEST), 1);
}

/* An answer to an earlier transmission, and one that nobody asked for. */
static void test_stale(void **state)
{
	struct datagram old, unasked;
	uint8_t kept[64];

	(void)state;
	far->deaf[RR_HOME] = far->deaf[RR_CARE_OF] = true;
	scene_start(scene);
	scene_traffic(scene, far, true);
	old = answer(RR_HOME);
	memcpy(kept, bytes, sizeof(kept));
	scene_run(scene, NS_PER_S);
	old.payload = kept;
	assert_dropped(&old);
	unasked = answer(RR_HOME);
	unasked.source = scene->far[FAR_B].home_address; /* known, but nothing is asked of it */
	assert_dropped(&unasked);
	scene_run(scene, 20 * NS_PER_S); /* given up */
	unasked = answer(RR_HOME);
	assert_dropped(&unasked);
}

/* --- tokens --------------------------------------------------------------------------------------------- */

/* A token serves for 210 s from its receipt, then it is asked for anew. */
/* Proves: H7-152, H7-110 */
static void test_age(void **state)
{
	(void)state;
	scene_start(scene);
	far->lifetime = 100; /* refreshes at 75 s, 150 s, 225 s */
	scene_traffic(scene, far, true);
	scene_run(scene, 209 * NS_PER_S);
	assert_int_equal(scene_count(scene, MESSAGE_HOME_TEST_INIT), 1);
	assert_int_equal(far->n_requests, 3);
	scene_run(scene, 20 * NS_PER_S);
	assert_int_equal(scene_count(scene, MESSAGE_HOME_TEST_INIT), 2);
	assert_int_equal(scene_count(scene, MESSAGE_CARE_OF_TEST_INIT), 2);
	assert_int_equal(far->n_requests, 4);
	assert_int_equal(scene_session(scene, far).attempts, 1);
}

/* A hold-down ends by itself, even if the peer made the path direct meanwhile, and then left. */
static void test_hold_ends_after_the_peer_left(void **state)
{
	struct registration_request request;

	(void)state;
	far->deaf[RR_CARE_OF] = true;
	scene_start(scene);
	scene_traffic(scene, far, true);
	scene_run(scene, 20 * NS_PER_S);
	assert_int_equal(scene_state(scene, far), RO_STATE_HELD); /* for ten minutes */
	assert_true(far_test(far, RR_HOME) && far_test(far, RR_CARE_OF));
	request = far_request(far);
	request.udp.is_present = false;
	assert_int_equal(far_ask(far, &request), REPLY_ACCEPTED);
	scene_run(scene, 20 * NS_PER_S);
	assert_true(scene_is_direct(scene, far));
	assert_int_equal(far_leave(far), REPLY_ACCEPTED);
	assert_false(scene_is_direct(scene, far));
	far->deaf[RR_CARE_OF] = false;
	scene_traffic(scene, far, true);
	scene_run(scene, 2 * NS_PER_S);
	assert_int_equal(far->n_requests, 0); /* it holds still */
	scene_run(scene, 600 * NS_PER_S);
	scene_traffic(scene, far, true);
	scene_run(scene, 2 * NS_PER_S);
	assert_int_equal(far->n_requests, 1);
}

/* Nor does it matter that packets were being counted when it began: the peer waits for us. */
static void test_hold_ends_while_counting(void **state)
{
	(void)state;
	scene->world->conf.mobile.optimization.threshold_packets = 5;
	far->code = REPLY_PROHIBITED;
	scene_start(scene);
	scene_traffic(scene, far, true);
	assert_int_equal(far_register(far), REPLY_ACCEPTED);
	scene_run(scene, 5 * NS_PER_S);
	assert_int_equal(far->n_requests, 1);
	assert_true(path_is_held(scene_peer(scene, far)));
	far->code = REPLY_ACCEPTED;
	scene_run(scene, 24 * NS_PER_S);
	assert_int_equal(far->n_requests, 1);
	scene_run(scene, 3 * NS_PER_S);
	assert_int_equal(far->n_requests, 2);
	assert_true(peer_is_registered(scene_peer(scene, far)));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_two_ways, setup, teardown),
		cmocka_unit_test_setup_teardown(test_only_for_who_is_known, setup, teardown),
		cmocka_unit_test_setup_teardown(test_both_make_a_key, setup, teardown),
		cmocka_unit_test_setup_teardown(test_one_is_not_enough, setup, teardown),
		cmocka_unit_test_setup_teardown(test_tries, setup, teardown),
		cmocka_unit_test_setup_teardown(test_missing_only, setup, teardown),
		cmocka_unit_test_setup_teardown(test_not_reached_natively, setup, teardown),
		cmocka_unit_test_setup_teardown(test_wrong_way, setup, teardown),
		cmocka_unit_test_setup_teardown(test_reserved_is_ignored, setup, teardown),
		cmocka_unit_test_setup_teardown(test_stale, setup, teardown),
		cmocka_unit_test_setup_teardown(test_age, setup, teardown),
		cmocka_unit_test_setup_teardown(test_hold_ends_after_the_peer_left, setup,
						teardown),
		cmocka_unit_test_setup_teardown(test_hold_ends_while_counting, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
