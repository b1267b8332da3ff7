/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The options that follow draft-makela-mip4-nemo-haaro-00 instead of RFC 6521 (haaro-00.md, section 3),
 * and triggers other than a packet that is sent (haaro.md, section 12.1).
 */
#include <errno.h>

#include "case.h"

static struct conf_optimization *conf;

static int setup_draft(void **state)
{
	setup(state);
	conf = &scene->world->conf.mobile.optimization;
	return 0;
}

/* --- triggers ---------------------------------------------------------------------------------------------------- */

/* Proves: H0-13 */
static void test_receive(void **state)
{
	(void)state;
	conf->trigger = CONF_TRIGGER_RECEIVE;
	scene_start(scene);
	scene_traffic(scene, far, true);
	assert_int_equal(scene->n_sent, 0);
	scene_traffic(scene, far, false);
	assert_int_equal(scene->n_sent, 2);
}

/* The default: what is sent asks, what is received does not, and neither twice in a second. */
/* Proves: H7-048 */
static void test_send(void **state)
{
	(void)state;
	scene_start(scene);
	scene_traffic(scene, far, false);
	assert_int_equal(scene->n_sent, 0);
	scene_traffic(scene, far, true);
	scene_traffic(scene, far, true);
	assert_int_equal(scene->n_sent, 2);
	assert_int_equal(scene_session(scene, far).attempts, 1);
}

static void test_threshold(void **state)
{
	struct path_counters *counters;

	(void)state;
	conf->threshold_packets = 10;
	scene_start(scene);
	counters = &scene->world->fwd.path_counters[scene_peer(scene, far)->path.index];
	scene_traffic(scene, far, true);
	counters->sent_hub.packets += 9;
	scene_run(scene, 11 * NS_PER_S);
	assert_int_equal(scene->n_sent, 0);
	scene_traffic(scene, far, true);
	counters->sent_hub.packets += 10;
	scene_run(scene, 11 * NS_PER_S);
	assert_int_equal(scene_session(scene, far).attempts, 1);
}

static void test_threshold_of_bytes(void **state)
{
	struct path_counters *counters;

	(void)state;
	conf->trigger = CONF_TRIGGER_RECEIVE;
	conf->threshold_bytes = 1000;
	scene_start(scene);
	counters = &scene->world->fwd.path_counters[scene_peer(scene, far)->path.index];
	counters->received_hub = (struct counter){.packets = 500, .bytes = 5000}; /* before */
	for (size_t i = 0; i < 2; i++) {
		scene_traffic(scene, far, false);
		counters->received_hub.packets += 2;
		counters->received_hub.bytes += 999 + i;
		counters->sent_hub.packets += 500;
		counters->sent_hub.bytes += 5000;
		scene_run(scene, 11 * NS_PER_S);
		assert_int_equal(scene_session(scene, far).attempts, i);
	}
}

/* Twenty at once, twenty more a second later. */
static void test_mesh_of_many(void **state)
{
	static uint8_t told[5 * 45];

	(void)state;
	for (size_t i = 0; i < 45; i++)
		memcpy(&told[5 * i], (uint8_t[5]){0x40, 192, 0, 2, (uint8_t)(100 + i)}, 5);
	scene->advertisement = told;
	scene->advertisement_len = sizeof(told);
	conf->trigger = CONF_TRIGGER_MESH;
	scene_start(scene);
	assert_int_equal(world_count(scene->world, EVENT_RO_ASKED), 20);
	scene_run(scene, 900 * NS_PER_MS);
	assert_int_equal(world_count(scene->world, EVENT_RO_ASKED), 20);
	scene_run(scene, 200 * NS_PER_MS);
	assert_int_equal(world_count(scene->world, EVENT_RO_ASKED), 40);
	scene_run(scene, NS_PER_S);
	assert_int_equal(world_count(scene->world, EVENT_RO_ASKED), 45);
}

static void test_mesh_and_manual(void **state)
{
	(void)state;
	conf->trigger = CONF_TRIGGER_MESH;
	scene_start(scene);
	scene_run(scene, 2 * NS_PER_S);
	for (size_t i = 0; i < FARS; i++)
		assert_int_equal(scene->far[i].n_requests, 1);
	scene->world->next.mobile.optimization.trigger = CONF_TRIGGER_MANUAL;
	assert_int_equal(ro_stop(scene->ro, &(struct ip_addr){0}), -ENOENT);
	assert_int_equal(ro_start(scene->ro, &(struct ip_addr){0}), -ENOENT);
	assert_int_equal(ro_stop(scene->ro, &far->home_address), 0);
	assert_int_equal(ro_stop(scene->ro, &far->home_address), -EALREADY);
	scene_run(scene, 5 * NS_PER_S);
	assert_int_equal(far->request.lifetime, 0);
	assert_int_equal(scene_state(scene, far), RO_STATE_STOPPED);
	/* who is stopped is not taken either */
	assert_int_equal(far_register(far), REPLY_PROHIBITED);
	assert_string_equal(world_event(scene->world, EVENT_RO_REFUSED)->text,
			    "stopped by the operator");
	assert_string_equal(scene_session(scene, far).reason, "stopped by the operator");
	assert_int_equal(ro_start(scene->ro, &far->home_address), 0);
	assert_string_equal(scene_session(scene, far).reason, "");
	scene_run(scene, NS_PER_S);
	assert_true(peer_is_registered(scene_peer(scene, far)));
}

/* --- draft -00 ---------------------------------------------------------------------------------------------------- */

static struct registration_request half_authorized(void)
{
	struct registration_request request;

	assert_true(far_test(far, RR_HOME) && far_test(far, RR_CARE_OF));
	request = far_request(far);
	request.networks[1] = (struct registration_network){world_addr("10.66.0.0").v4, 24};
	request.n_networks = 2;
	return request;
}

/* Proves: H0-22, H7-074 */
static void test_strict_reject(void **state)
{
	struct registration_request request;

	(void)state;
	conf->draft_00.strict_reject = true;
	scene_start(scene);
	request = half_authorized();
	assert_int_equal(far_ask(far, &request), SILENCE);
	scene_run(scene, 2 * NS_PER_S);
	assert_int_equal(far_heard(far), REPLY_MOBNET_ERROR);
	assert_int_equal(far->reply.n_acks, 2);
	assert_int_equal(scene_tunnels(scene, far), 0);
}

/* The smaller home address keeps its answer until its own request is answered, three seconds at most. */
/* Proves: H0-30 */
static void test_hold_reply(void **state)
{
	uint64_t begin;

	(void)state;
	conf->draft_00.hold_reply = true;
	far = &scene->far[FAR_B]; /* its address is the larger one */
	far->mute = true;
	scene_start(scene);
	scene_traffic(scene, far, true);
	scene_run(scene, 2 * WORLD_RTT);
	begin = scene->world->core.now.mono;
	assert_int_equal(far_register(far), SILENCE);
	scene_run(scene, 2900 * NS_PER_MS);
	assert_int_equal(far_heard(far), SILENCE);
	scene_run(scene, 300 * NS_PER_MS);
	assert_int_equal(far_heard(far), REPLY_ACCEPTED);
	assert_true(scene_last(scene, MESSAGE_REPLY)->mono - begin <= 3100 * NS_PER_MS);
}

/* Proves: H0-30 */
static void test_hold_reply_until_answered(void **state)
{
	struct registration_reply reply;

	(void)state;
	conf->draft_00.hold_reply = true;
	far = &scene->far[FAR_B];
	far->mute = true;
	scene_start(scene);
	scene_traffic(scene, far, true);
	scene_run(scene, 2 * WORLD_RTT);
	assert_int_equal(far_register(far), SILENCE);
	scene_run(scene, 500 * NS_PER_MS);
	reply = far_answer(far);
	far_reply(far, &reply);
	scene_run(scene, 200 * NS_PER_MS);
	assert_int_equal(far_heard(far), REPLY_ACCEPTED);
}

/* Proves: H0-35 */
static void test_mutual_deregistration(void **state)
{
	(void)state;
	conf->draft_00.mutual_deregistration = true;
	scene_start(scene);
	assert_int_equal(far_register(far), REPLY_ACCEPTED);
	scene_run(scene, 3 * NS_PER_S);
	assert_int_equal(far_leave(far), REPLY_ACCEPTED);
	assert_int_equal(far->request.lifetime, 0);
	scene_run(scene, 3 * NS_PER_S);
	assert_false(peer_is_registered(scene_peer(scene, far)));
}

/* Without the option our own session ends without a word. */
static void test_no_mutual_deregistration(void **state)
{
	(void)state;
	scene_start(scene);
	assert_int_equal(far_register(far), REPLY_ACCEPTED);
	scene_run(scene, 3 * NS_PER_S);
	assert_int_equal(far_leave(far), REPLY_ACCEPTED);
	scene_run(scene, 3 * NS_PER_S);
	assert_int_equal(far->request.lifetime, 300);
}

/* Proves: H0-16 */
static void test_require_networks(void **state)
{
	struct registration_request request;

	(void)state;
	conf->draft_00.require_networks = true;
	scene_start(scene);
	assert_true(far_test(far, RR_HOME) && far_test(far, RR_CARE_OF));
	request = far_request(far);
	request.n_networks = 0;
	assert_int_equal(far_ask(far, &request), REPLY_PROHIBITED);
	assert_int_equal(far_register(far), REPLY_ACCEPTED);
}

/* UDP behind a NAT only. */
static void test_udp_only_nat(void **state)
{
	(void)state;
	conf->draft_00.udp_only_nat = true;
	scene_start(scene);
	scene_traffic(scene, far, true);
	scene_run(scene, NS_PER_S);
	assert_false(far->request.udp.is_present);
	scene->nat = true;
	scene_refresh(scene);
	far = &scene->far[FAR_B];
	scene_traffic(scene, far, true);
	scene_run(scene, NS_PER_S);
	assert_true(far->request.udp.is_present);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_receive, setup_draft, teardown),
		cmocka_unit_test_setup_teardown(test_send, setup_draft, teardown),
		cmocka_unit_test_setup_teardown(test_threshold, setup_draft, teardown),
		cmocka_unit_test_setup_teardown(test_threshold_of_bytes, setup_draft, teardown),
		cmocka_unit_test_setup_teardown(test_mesh_of_many, setup_draft, teardown),
		cmocka_unit_test_setup_teardown(test_mesh_and_manual, setup_draft, teardown),
		cmocka_unit_test_setup_teardown(test_strict_reject, setup_draft, teardown),
		cmocka_unit_test_setup_teardown(test_hold_reply, setup_draft, teardown),
		cmocka_unit_test_setup_teardown(test_hold_reply_until_answered, setup_draft,
						teardown),
		cmocka_unit_test_setup_teardown(test_mutual_deregistration, setup_draft, teardown),
		cmocka_unit_test_setup_teardown(test_no_mutual_deregistration, setup_draft,
						teardown),
		cmocka_unit_test_setup_teardown(test_require_networks, setup_draft, teardown),
		cmocka_unit_test_setup_teardown(test_udp_only_nat, setup_draft, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
