/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * control/ro/outcome.c: what an acceptance starts, and what it ends that went wrong before (RFC 6521,
 * sections 3.3.3 and 3.3.6; haaro.md, section 13).
 */
#include <errno.h>

#include "case.h"
#include "link/removal.h"
#include "ro/direct.h"
#include "ro/nat.h"

static const struct session *session(void)
{
	return scene_peer(scene, far)->session;
}

/* Registered there, before it has asked for anything. */
static void ask(void)
{
	scene_start(scene);
	scene_traffic(scene, far, true);
	scene_run(scene, 4 * WORLD_RTT);
	assert_true(peer_is_registered(scene_peer(scene, far)));
}

static void run_to_refresh(size_t requests)
{
	for (size_t i = 0; i < 240 && far->n_requests < requests; i++)
		scene_run(scene, NS_PER_S);
	scene_run(scene, 2 * WORLD_RTT);
	assert_int_equal(far->n_requests, requests);
}

static void assert_counters(uint64_t requests, uint64_t registered)
{
	assert_int_equal(ro_counters(scene->ro)->requests_out, requests);
	assert_int_equal(ro_counters(scene->ro)->registered, registered);
}

/* --- tunnels ------------------------------------------------------------------------------------------------- */

/* No room for it, or an address that is our own too: it may open one, and we try again later. */
static void test_no_tunnel(void **state)
{
	(void)state;
	scene_start(scene);
	scene->world->link.fail_tunnel = -ENOSPC;
	scene_traffic(scene, far, true);
	scene_run(scene, NS_PER_S);
	assert_counters(1, 1);
	assert_true(peer_is_registered(scene_peer(scene, far)));
	assert_int_equal(scene_tunnels(scene, far), 0);
	assert_string_equal(scene_session(scene, far).reason,
			    "no tunnel to any of its care-of addresses can be opened");
	assert_in_range(scene_session(scene, far).held, 29 * NS_PER_S, 30 * NS_PER_S);
	assert_int_equal(nat_lookup(scene_peer(scene, far), 0), NAT_CLOSED);
	scene_run(scene, 30 * NS_PER_S);
	assert_int_equal(nat_lookup(scene_peer(scene, far), 0), NAT_ABSENT);
}

/* What is in the way of it, or of the one that waits for the peer's port: neither is left half open. */
static void test_ends_of_another(void **state)
{
	static const uint16_t ports[] = {MESSAGE_UDP_PORT, 0};
	struct tunnel_spec spec = {
		.encap = ENCAP_UDP,
		.local = scene->world->link.addresses[0],
		.local_port = MESSAGE_UDP_PORT,
		.source = FWD_SOURCE_ANY,
		.source_path = FWD_NONE,
		.destination = FWD_DESTINATION_LOCAL,
		.accept = FWD_ACCEPT_ECHO,
	};
	struct tunnel *other;
	unsigned int before;

	(void)state;
	scene_start(scene);
	for (size_t i = 0; i < 2; i++) {
		far = &scene->far[i];
		spec.remote = far->care_of;
		spec.remote_port = ports[i];
		assert_int_equal(tunnel_open(&scene->world->link, &spec, &other), 0);
		before = scene->world->link.n_tunnels;
		assert_int_equal(ro_start(scene->ro, &far->home_address), 0);
		scene_run(scene, NS_PER_S);
		assert_true(peer_is_registered(scene_peer(scene, far)));
		assert_int_equal(scene->world->link.n_tunnels, before);
		assert_int_equal(scene_tunnels(scene, far), 0);
		assert_true(scene_session(scene, far).held > 0);
		tunnel_close(&scene->world->link, other);
	}
}

/* Where only it can open the tunnel that is no failure. */
static void test_it_opens(void **state)
{
	(void)state;
	far->outbound_only = true;
	ask();
	assert_int_equal(scene_tunnels(scene, far), 0);
	assert_int_not_equal(scene_state(scene, far), RO_STATE_HELD);
	assert_int_equal(scene_session(scene, far).held, 0);
}

/* Of what it lists as many are tried as there is room for, and none that is no router's. */
static void test_long_list(void **state)
{
	struct registration_reply reply;

	(void)state;
	far->mute = true;
	scene_start(scene);
	scene_traffic(scene, far, true);
	scene_run(scene, 3 * WORLD_RTT);
	reply = far_answer(far);
	reply.care_ofs.n = 0;
	reply.care_ofs.list[reply.care_ofs.n++] = world_addr("224.0.0.5").v4;
	for (uint32_t i = 0; i < 2 * RO_CARE_OFS_MAX; i++)
		reply.care_ofs.list[reply.care_ofs.n++] = htonl(UINT32_C(0xcb007140) + i);
	far_reply(far, &reply);
	assert_true(peer_is_registered(scene_peer(scene, far)));
	assert_int_equal(session()->n_care_ofs, RO_CARE_OFS_MAX);
	assert_int_equal(session()->care_ofs[0], htonl(UINT32_C(0xcb007140)));
	assert_int_equal(session()->care_ofs[RO_CARE_OFS_MAX - 1],
			 htonl(UINT32_C(0xcb007140) + RO_CARE_OFS_MAX - 1));
	assert_int_equal(session()->probed, 1);
}

/* We have moved: its keepalives are expected where we are now, for only it can open. */
static void test_listens_where_we_are(void **state)
{
	struct tunnel_knock knock = {.remote_port = 40000};

	(void)state;
	far->outbound_only = true;
	scene->world->conf.mobile.n_uplinks = 2;
	scene->world->link.up[1] = false; /* it is told of one address */
	scene_start(scene);
	assert_int_equal(far_register(far), REPLY_ACCEPTED);
	assert_true(far_knock(far, 434));
	scene_run(scene, 3 * NS_PER_S);
	assert_true(scene_is_direct(scene, far));
	world_port(scene->world, 1, LINK_PORT_UP);
	world_port(scene->world, 0, LINK_PORT_DOWN);
	while (far->request.care_of != scene->world->link.addresses[1].v4)
		scene_run(scene, 100 * NS_PER_MS);
	scene_run(scene, 2 * WORLD_RTT);
	knock.remote = far->care_of;
	knock.source = far->home_address;
	knock.destination = scene->world->conf.mobile.home_address;
	assert_int_not_equal(
		world_knock(scene->world, &knock, &scene->world->link.addresses[1]).index,
		FWD_NONE);
	scene_run(scene, 2 * WORLD_RTT);
	assert_true(scene_is_direct(scene, far));
}

/* It has moved: so does the tunnel of our own registration, where that is another than its own. */
static void test_follows(void **state)
{
	struct registration_request request;
	bool found = false;

	(void)state;
	far->plain = true;
	far->care_ofs[far->n_care_ofs++] = world_addr("203.0.113.11").v4;
	start_direct();
	far->care_of = world_addr("203.0.113.12");
	far->mute = true;
	assert_true(far_test(far, RR_CARE_OF));
	request = far_request(far);
	assert_int_equal(far_ask(far, &request), REPLY_ACCEPTED);
	assert_int_equal(session()->n_care_ofs, 1);
	assert_int_equal(session()->care_ofs[0], far->care_of.v4);
	for (const struct direct *direct = scene_peer(scene, far)->directs; direct;
	     direct = direct->next)
		found = found || (direct->encap == ENCAP_IPIP && direct->state == DIRECT_PROBING &&
				  addr_is_equal(&direct->remote, &far->care_of));
	assert_true(found);
}

/* What it did not list itself is routed once we are registered there. */
static void test_routes_of_an_acceptance(void **state)
{
	struct registration_request request;

	(void)state;
	far->networks[1] = prefix_v4(world_addr("10.1.64.0").v4, 24);
	far->n_networks = 2;
	far->mute = true;
	start_tested();
	request = far_request(far);
	request.n_networks = 1;
	assert_int_equal(far_ask(far, &request), REPLY_ACCEPTED);
	assert_false(scene_is_routed(scene, &far->networks[1]));
	far->mute = false;
	scene_run(scene, 5 * NS_PER_S);
	assert_true(peer_is_registered(scene_peer(scene, far)));
	assert_true(scene_is_routed(scene, &far->networks[1]));
}

/* --- what is forgotten --------------------------------------------------------------------------------------- */

/* A refresh was not answered: by the hub, until we are registered there again. */
static void test_not_barred_any_more(void **state)
{
	(void)state;
	scene->world->conf.mobile.optimization.mutual = CONF_MUTUAL_IMMEDIATE;
	ask();
	scene_run(scene, NS_PER_S);
	assert_true(scene_is_direct(scene, far));
	far->mute = true;
	while (scene_is_direct(scene, far))
		scene_run(scene, NS_PER_S);
	assert_int_equal(scene_state(scene, far), RO_STATE_HELD);
	far->mute = false;
	scene_run(scene, 60 * NS_PER_S);
	scene_traffic(scene, far, true);
	scene_run(scene, 3 * NS_PER_S);
	assert_true(scene_is_direct(scene, far));
}

/* Each acceptance ends a count: of refusals of our time in a row. */
static void test_clock_that_jumps(void **state)
{
	(void)state;
	far->strict = true;
	ask();
	for (size_t i = 1; i <= 4; i++) {
		far->ahead += 1000;
		run_to_refresh(1 + 2 * i); /* 133, then accepted */
		assert_true(peer_is_registered(scene_peer(scene, far)));
		assert_int_equal(ro_counters(scene->ro)->denied_by_code[REPLY_IDENTIFICATION], i);
	}
	assert_counters(9, 5);
}

/* And of code 2, behind which nothing came: it is asked once more each time. */
static void test_concurrent_twice(void **state)
{
	(void)state;
	far->code = REPLY_CONCURRENT;
	scene_start(scene);
	for (size_t i = 0; i < 2; i++) {
		scene_traffic(scene, far, true);
		while (!peer_is_asked(scene_peer(scene, far)) || asking() != ASKING_PREACCEPTED)
			scene_run(scene, NS_PER_S);
		far->code = REPLY_ACCEPTED;
		scene_run(scene, RO_PREACCEPT_WAIT + 2 * WORLD_RTT);
		assert_int_equal(far->n_requests, 2 * i + 2);
		assert_true(peer_is_registered(scene_peer(scene, far)));
		far->code = REPLY_CONCURRENT;
	}
}

/* Each denial is told, counted, and the reason that is shown. */
static void test_denials(void **state)
{
	static const struct {
		uint8_t code;
		const char *reason;
	} rows[] = {
		{REPLY_MOBNET_ERROR, "it could verify none of our networks"},
		{REPLY_PROHIBITED, "its policy refuses"},
		{REPLY_RESOURCES, "it has no room"},
		{REPLY_UNSPECIFIED, "it refuses"},
	};

	(void)state;
	scene_start(scene);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		far->code = rows[i].code;
		assert_int_equal(ro_start(scene->ro, &far->home_address), 0);
		scene_run(scene, NS_PER_S);
		assert_string_equal(scene_session(scene, far).reason, rows[i].reason);
		assert_int_equal(world_count(scene->world, EVENT_RO_DENIED), i + 1);
		assert_int_equal(world_event(scene->world, EVENT_RO_DENIED)->value, rows[i].code);
		assert_int_equal(ro_counters(scene->ro)->denied, i + 1);
		assert_int_equal(ro_counters(scene->ro)->replies_in, i + 1);
	}
}

/* Of our time being wrong, and of an encapsulation, the reasons of their own. */
static void test_denials_that_stay(void **state)
{
	(void)state;
	far->code = REPLY_IDENTIFICATION;
	scene_start(scene);
	scene_traffic(scene, far, true);
	scene_run(scene, 10 * NS_PER_S);
	assert_string_equal(scene_session(scene, far).reason, "it refuses our time");
	far->code = REPLY_NO_ENCAPSULATION;
	assert_int_equal(ro_start(scene->ro, &far->home_address), 0);
	scene_run(scene, 10 * NS_PER_S);
	assert_string_equal(scene_session(scene, far).reason, "no encapsulation that both have");
}

/* Hints that nobody signed: one in five seconds, to the nanosecond. */
static void test_hints(void **state)
{
	struct registration_reply reply;
	uint8_t bytes[MESSAGE_SIZE];
	struct datagram datagram;

	(void)state;
	far->mute = true;
	scene_start(scene);
	scene_traffic(scene, far, true);
	scene_run(scene, 3 * WORLD_RTT);
	for (size_t i = 0; i < 3; i++) {
		reply = (struct registration_reply){
			.code = REPLY_CARE_OF_NONCE_EXPIRED,
			.home_address = far->request.home_address,
			.home_agent = far->request.home_agent,
			.identification = far->request.identification,
		};
		datagram = far_signed(far, &reply, NULL, bytes);
		world_deliver(scene->world, &datagram);
		assert_int_equal(ro_counters(scene->ro)->hints, i < 2 ? 1 : 2);
		assert_int_equal(world_count(scene->world, EVENT_RO_NONCE_EXPIRED), i < 2 ? 1 : 2);
		scene_run(scene, i ? 1 : 5 * NS_PER_S - 1);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_no_tunnel, setup, teardown),
		cmocka_unit_test_setup_teardown(test_ends_of_another, setup, teardown),
		cmocka_unit_test_setup_teardown(test_it_opens, setup, teardown),
		cmocka_unit_test_setup_teardown(test_long_list, setup, teardown),
		cmocka_unit_test_setup_teardown(test_listens_where_we_are, setup, teardown),
		cmocka_unit_test_setup_teardown(test_follows, setup, teardown),
		cmocka_unit_test_setup_teardown(test_routes_of_an_acceptance, setup, teardown),
		cmocka_unit_test_setup_teardown(test_not_barred_any_more, setup, teardown),
		cmocka_unit_test_setup_teardown(test_clock_that_jumps, setup, teardown),
		cmocka_unit_test_setup_teardown(test_concurrent_twice, setup, teardown),
		cmocka_unit_test_setup_teardown(test_denials, setup, teardown),
		cmocka_unit_test_setup_teardown(test_denials_that_stay, setup, teardown),
		cmocka_unit_test_setup_teardown(test_hints, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
