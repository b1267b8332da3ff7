/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * control/ro/who.c, acceptance.c: requests that are heard twice, out of their time, or from before a
 * start (RFC 6521, section 11.1; haaro.md, section 14.1, rows 9 and 10, and section 21, rows 6, 7 and 20).
 */
#include "auth/ntp_clock.h"
#include "case.h"

static bool is_bound(void)
{
	return peer_is_accepted(scene_peer(scene, far));
}

/* --- the time that it says --------------------------------------------------------------------------------- */

/* Proves: H7-063, H7-154 */
static void test_tolerance(void **state)
{
	static const struct {
		int64_t off; /* seconds */
		int code;
	} rows[] = {{-8, REPLY_IDENTIFICATION},
		    {-7, REPLY_ACCEPTED},
		    {7, REPLY_ACCEPTED},
		    {8, REPLY_IDENTIFICATION},
		    {100000, REPLY_IDENTIFICATION}};
	struct registration_request request;
	uint64_t now;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (i > 0) {
			scene_destroy(scene);
			scene = scene_create();
			far = &scene->far[FAR_A];
		}
		scene_start(scene);
		/* past the time in which what is older than our start is refused */
		scene_run(scene, 300 * NS_PER_S);
		assert_true(far_test(far, RR_HOME) && far_test(far, RR_CARE_OF));
		request = far_request(far);
		now = ntp_from_unix(scene->world->core.now.wall);
		request.identification = now + ((uint64_t)rows[i].off << 32);
		assert_int_equal(far_ask(far, &request), rows[i].code);
		assert_true(far->reply_is_signed);
		if (rows[i].code == REPLY_ACCEPTED) {
			assert_true(far->reply.identification == request.identification);
			continue;
		}
		/* our time, and its own low half */
		assert_int_equal(ntp_seconds(far->reply.identification), ntp_seconds(now));
		assert_int_equal((uint32_t)far->reply.identification,
				 (uint32_t)request.identification);
		assert_int_equal(far->reply.care_ofs.n, 0);
		assert_false(is_bound());
	}
}

/* Strictly increasing, of each router for itself. */
/* Proves: H7-154 */
static void test_older(void **state)
{
	struct registration_request first, second;

	(void)state;
	start_tested();
	first = far_request(far);
	second = far_request(far);
	assert_int_equal(far_ask(far, &second), REPLY_ACCEPTED);
	assert_int_equal(far_ask(far, &first), REPLY_IDENTIFICATION);
	/* another one is measured by itself */
	far = &scene->far[FAR_B];
	assert_true(far_test(far, RR_HOME) && far_test(far, RR_CARE_OF));
	second = far_request(far);
	second.identification = first.identification;
	assert_int_equal(far_ask(far, &second), REPLY_ACCEPTED);
}

/* --- duplicates ---------------------------------------------------------------------------------------------- */

/* haaro.md, section 14.1, row 9: the same answer to the same place, not more than once a second. */
static void test_duplicate(void **state)
{
	struct registration_request request;
	const struct scene_sent *sent;
	uint8_t bytes[MESSAGE_SIZE], answer[MESSAGE_SIZE];
	struct datagram datagram, bent;
	size_t len;

	(void)state;
	start_tested();
	request = far_request(far);
	datagram = far_request_datagram(far, &request, bytes);
	assert_int_equal(far_send(far, &datagram), REPLY_ACCEPTED);
	sent = scene_last(scene, MESSAGE_REPLY);
	len = sent->datagram.len;
	memcpy(answer, sent->bytes, len);
	assert_int_equal(far_send(far, &datagram), SILENCE);
	scene_run(scene, NS_PER_S);
	/* from elsewhere it would serve to flood a third */
	bent = datagram;
	bent.source_port++;
	assert_int_equal(far_send(far, &bent), SILENCE);
	assert_int_equal(far_send(far, &datagram), REPLY_ACCEPTED);
	sent = scene_last(scene, MESSAGE_REPLY);
	assert_int_equal(sent->datagram.len, len);
	assert_memory_equal(sent->bytes, answer, len);
	assert_int_equal(ro_counters(scene->ro)->duplicates, 1);
	assert_int_equal(ro_counters(scene->ro)->accepted, 1);
	for (size_t i = 0; i < 5; i++)
		assert_int_equal(far_send(far, &datagram), SILENCE);
}

/* No duplicate: another care-of address with the same Identification is told our time. */
static void test_same_of_another_request(void **state)
{
	struct registration_request request;

	(void)state;
	start_tested();
	request = far_request(far);
	assert_int_equal(far_ask(far, &request), REPLY_ACCEPTED);
	scene_run(scene, 3 * NS_PER_S);
	request.care_of = world_addr("203.0.113.77").v4;
	assert_int_equal(far_ask(far, &request), REPLY_IDENTIFICATION);
	assert_int_equal(ntp_seconds(far->reply.identification),
			 ntp_seconds(ntp_from_unix(scene->world->core.now.wall)));
	assert_int_equal((uint32_t)far->reply.identification, (uint32_t)request.identification);
}

/* --- after the end ---------------------------------------------------------------------------------------------- */

/* haaro.md, section 21, row 7: what was said before a deregistration makes no binding again. */
static void test_after_deregistration(void **state)
{
	struct registration_request request, kept;
	uint8_t bytes[MESSAGE_SIZE];
	struct datagram datagram;

	(void)state;
	start_tested();
	request = far_request(far);
	assert_int_equal(far_ask(far, &request), REPLY_ACCEPTED);
	kept = far_request(far); /* made, and held back by somebody */
	datagram = far_request_datagram(far, &kept, bytes);
	assert_int_equal(far_leave(far), REPLY_ACCEPTED);
	assert_false(is_bound());
	scene_run(scene, 3 * NS_PER_S);
	assert_int_equal(far_send(far, &datagram), REPLY_IDENTIFICATION);
	assert_false(is_bound());
	/* for as long as its nonces could be good, whatever the cache forgets meanwhile */
	far->told = TOLD_NEVER;
	for (size_t i = 0; i < 22; i++) {
		scene_run(scene, 10 * NS_PER_S);
		assert_int_not_equal(far_send(far, &datagram), REPLY_ACCEPTED);
		assert_false(is_bound());
	}
}

/* The deregistration itself, too, is taken once. */
static void test_old_deregistration(void **state)
{
	struct registration_request request, leaving;
	uint8_t bytes[MESSAGE_SIZE];
	struct datagram datagram;

	(void)state;
	start_tested();
	leaving = far_request(far);
	leaving.lifetime = 0;
	leaving.n_networks = 0;
	datagram = far_request_datagram(far, &leaving, bytes);
	request = far_request(far);
	assert_int_equal(far_ask(far, &request), REPLY_ACCEPTED);
	assert_int_equal(far_send(far, &datagram), REPLY_IDENTIFICATION);
	assert_true(is_bound());
}

/* --- a restart ---------------------------------------------------------------------------------------------------- */

/* haaro.md, section 21, row 6: all secrets are new, so what was signed before is silence or a hint. */
static void test_before_a_restart(void **state)
{
	struct registration_request request;
	uint8_t bytes[MESSAGE_SIZE];
	struct datagram datagram;
	uint8_t key[NONCE_KEY_SIZE];
	uint16_t index;
	int code;

	(void)state;
	start_tested();
	request = far_request(far);
	datagram = far_request_datagram(far, &request, bytes);
	index = scene->ro->nonces.held[0].index;
	memcpy(key, scene->ro->nonces.held[0].key, sizeof(key));
	scene_restart(scene);
	datagram.tunnel = mobile_hub_tunnel(scene->world->mobile);
	assert_true(far_test(&scene->far[FAR_B], RR_HOME));
	assert_memory_not_equal(scene->ro->nonces.held[0].key, key, sizeof(key));
	code = far_send(far, &datagram);
	assert_true(code == SILENCE || code == REPLY_NONCES_EXPIRED);
	assert_false(is_bound());
	/* an index that comes again names other secrets: a bad authenticator */
	scene->ro->nonces.held[0].index = index;
	assert_int_equal(far_send(far, &datagram), SILENCE);
	assert_int_equal(ro_counters(scene->ro)->auth_failed, 1);
	assert_false(is_bound());
}

/*
 * Even with the same secrets: an Identification from before the start is refused for as long as a
 * nonce of then could live.
 */
static void test_identification_before_the_start(void **state)
{
	struct registration_request request;

	(void)state;
	scene_start(scene);
	scene_run(scene, 100 * NS_PER_S);
	scene_restart(scene);
	assert_true(far_test(far, RR_HOME) && far_test(far, RR_CARE_OF));
	request = far_request(far);
	request.identification -= UINT64_C(3) << 32; /* within the tolerance, before the start */
	assert_int_equal(far_ask(far, &request), REPLY_IDENTIFICATION);
	request = far_request(far);
	assert_int_equal(far_ask(far, &request), REPLY_ACCEPTED);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_tolerance, setup, teardown),
		cmocka_unit_test_setup_teardown(test_older, setup, teardown),
		cmocka_unit_test_setup_teardown(test_duplicate, setup, teardown),
		cmocka_unit_test_setup_teardown(test_same_of_another_request, setup, teardown),
		cmocka_unit_test_setup_teardown(test_after_deregistration, setup, teardown),
		cmocka_unit_test_setup_teardown(test_old_deregistration, setup, teardown),
		cmocka_unit_test_setup_teardown(test_before_a_restart, setup, teardown),
		cmocka_unit_test_setup_teardown(test_identification_before_the_start, setup,
						teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
