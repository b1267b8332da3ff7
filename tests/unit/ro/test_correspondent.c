/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * control/ro/correspondent.c, who.c, what.c, answer.c: a peer's request judged row by row (haaro.md,
 * section 14.1), and the answer to it.
 */
#include "case.h"

static const struct correspondence *known(void)
{
	return scene_peer(scene, far)->correspondence;
}

static void assert_no_state(void)
{
	const struct peer *peer = peer_find(scene->ro, &far->home_address);

	if (!peer)
		return;
	assert_false(peer_is_accepted(peer));
	assert_int_equal(scene_tunnels(scene, far), 0);
	assert_false(scene_is_direct(scene, far));
}

/* --- the answer that accepts ------------------------------------------------------------------------------- */

/* Proves: H7-001, H7-064, H7-065, H7-068, H7-076, H7-079, H7-080, H7-132 */
static void test_accepts(void **state)
{
	struct registration_request request;
	const struct scene_sent *sent;
	struct registration_reply *reply = &far->reply;

	(void)state;
	far->networks[1] = prefix_v4(world_addr("10.1.8.0").v4, 21);
	far->n_networks = 2;
	scene->world->conf.mobile.n_uplinks = 2;
	start_tested();
	request = far_request(far);
	request.lifetime = 200;
	assert_int_equal(far_ask(far, &request), REPLY_ACCEPTED);
	assert_true(far->reply_is_signed);
	sent = scene_last(scene, MESSAGE_REPLY);
	/* back to where it came from, by the hub */
	assert_true(addr_is_equal(&sent->datagram.destination, &far->care_of));
	assert_true(addr_is_equal(&sent->datagram.source, &scene->world->conf.mobile.home_address));
	assert_int_equal(sent->datagram.source_port, 434);
	assert_int_equal(sent->datagram.tunnel.index,
			 mobile_hub_tunnel(scene->world->mobile).index);
	assert_int_equal(reply->lifetime, 200);
	assert_int_equal(reply->home_address, request.home_address);
	assert_int_equal(reply->home_agent, request.home_agent);
	assert_true(reply->identification == request.identification);
	assert_int_equal(reply->n_acks, 2);
	for (size_t i = 0; i < 2; i++) {
		assert_int_equal(reply->acks[i].network.prefix, request.networks[i].prefix);
		assert_int_equal(reply->acks[i].network.len, request.networks[i].len);
		assert_int_equal(reply->acks[i].code, NETWORK_SUCCESS);
		assert_false(reply->acks[i].implicit);
	}
	assert_true(reply->udp.is_present && reply->udp.force);
	assert_int_equal(reply->udp.code, UDP_REPLY_WILL_TUNNEL);
	/* every usable care-of address, the registered one first */
	assert_int_equal(reply->care_ofs.n, 2);
	assert_int_equal(reply->care_ofs.list[0], world_addr("203.0.113.30").v4);
	assert_int_equal(reply->care_ofs.list[1], world_addr("198.18.2.20").v4);
	/* one authenticator, the last, with the request's own indexes */
	assert_int_equal(reply->correspondent.count, 1);
	assert_int_equal(reply->correspondent.behind, 0);
	assert_int_equal(reply->auth.count, 0);
	assert_int_equal(reply->correspondent.home_index, far->indexes[RR_HOME]);
	assert_int_equal(reply->correspondent.care_of_index, far->indexes[RR_CARE_OF]);
}

/* Proves: H7-077, H7-078, H7-083, H7-089 */
static void test_binding(void **state)
{
	struct ro_session_view view;

	(void)state;
	start_tested();
	assert_int_equal(far_register(far), REPLY_ACCEPTED);
	assert_int_equal(far_knock(far, 434), true);
	scene_run(scene, 2 * WORLD_RTT);
	assert_true(scene_is_direct(scene, far));
	assert_int_equal(scene_way(scene, "10.1.0.7"), scene_session(scene, far).tunnel.index);
	view = scene_session(scene, far);
	assert_in_range(view.accepted, 299 * NS_PER_S, 300 * NS_PER_S);
	/* its end here is our care-of address, not the home address that was asked */
	assert_true(addr_is_equal(&view.local, &scene->world->link.addresses[0]));
	assert_true(addr_is_equal(&view.remote, &far->care_of));
	/* a refresh finds the tunnel that is there */
	scene_run(scene, 100 * NS_PER_S);
	assert_int_equal(far_register(far), REPLY_ACCEPTED);
	assert_int_equal(scene_session(scene, far).tunnel.index, view.tunnel.index);
	assert_int_equal(scene_tunnels(scene, far), 1);
	assert_true(scene_is_direct(scene, far));
	assert_int_equal(scene_count(scene, MESSAGE_REPLY), 2);
}

static void test_lifetime(void **state)
{
	struct registration_request request;

	(void)state;
	scene->world->conf.mobile.optimization.max_lifetime = time_seconds(90);
	start_tested();
	request = far_request(far);
	request.lifetime = 0xffff;
	assert_int_equal(far_ask(far, &request), REPLY_ACCEPTED);
	assert_int_equal(far->reply.lifetime, 90);
	scene_run(scene, 89 * NS_PER_S);
	assert_true(peer_is_accepted(scene_peer(scene, far)));
	scene_run(scene, NS_PER_S);
	assert_false(peer_is_accepted(scene_peer(scene, far)));
	assert_false(scene_is_direct(scene, far));
}

/*
 * Who has read both tokens on their way can register as well as the one that asked for them; it lasts
 * for the life of the nonces and one registration, 240 s and 420 s, and no longer (haaro.md, section
 * 21.16; haarod.8 says 11 minutes).
 */
static void test_read_tokens_end(void **state)
{
	struct registration_request request;

	(void)state;
	start_tested();
	scene_run(scene, 239 * NS_PER_S);
	request = far_request(far);
	request.lifetime = 0xffff;
	assert_int_equal(far_ask(far, &request), REPLY_ACCEPTED);
	assert_int_equal(far->reply.lifetime, 420);
	scene_run(scene, NS_PER_S);
	request = far_request(far);
	request.lifetime = 0xffff;
	assert_int_equal(far_ask(far, &request), REPLY_NONCES_EXPIRED);
	scene_run(scene, 418 * NS_PER_S);
	assert_true(peer_is_accepted(scene_peer(scene, far)));
	scene_run(scene, NS_PER_S);
	assert_false(peer_is_accepted(scene_peer(scene, far)));
}

/* For its home address alone: it may be a router without a network. */
/* Proves: H7-150 */
static void test_no_network(void **state)
{
	struct registration_request request;

	(void)state;
	far->n_networks = 0;
	start_tested();
	request = far_request(far);
	assert_int_equal(far_ask(far, &request), REPLY_ACCEPTED);
	assert_int_equal(far->reply.n_acks, 0);
	assert_true(far_knock(far, 434));
	scene_run(scene, 2 * WORLD_RTT);
	assert_true(scene_is_direct(scene, far));
	assert_int_equal(scene_way(scene, "192.0.2.1"), scene_session(scene, far).tunnel.index);
}

/* --- who asks: rows 1 to 8 ---------------------------------------------------------------------------------- */

static void assert_discarded(const struct datagram *datagram)
{
	uint64_t before = ro_counters(scene->ro)->requests_dropped;
	size_t sent = scene->n_sent;

	world_deliver(scene->world, datagram);
	assert_int_equal(ro_counters(scene->ro)->requests_dropped, before + 1);
	assert_int_equal(scene->n_sent, sent);
	assert_no_state();
}

/* As if it had been tested there: the key is right, and the address alone is judged. */
static void test_from(enum rr_test test, const char *address)
{
	const struct nonce *nonce = nonces_current(&scene->ro->nonces, scene->world->core.now.mono);

	far->indexes[test] = nonce->index;
	assert_int_equal(keygen_token(scene->ro->engine, nonce, test, world_addr(address).v4,
				      far->tokens[test]),
			 0);
}

/* Rows 1 and 5. */
static void test_addresses(void **state)
{
	static const char *const home_addresses[] = {"192.0.2.3", "10.3.0.9", "224.0.0.9",
						     "0.0.0.0", "203.0.113.30"};
	static const char *const sources[] = {"192.0.2.3", "203.0.113.30", "224.0.0.9",
					      "255.255.255.255"};
	struct registration_request request;
	uint8_t bytes[MESSAGE_SIZE];
	struct datagram datagram;

	(void)state;
	start_tested();
	for (size_t i = 0; i < sizeof(home_addresses) / sizeof(home_addresses[0]); i++) {
		test_from(RR_HOME, home_addresses[i]);
		request = far_request(far);
		request.home_address = world_addr(home_addresses[i]).v4;
		datagram = far_request_datagram(far, &request, bytes);
		assert_discarded(&datagram);
	}
	assert_true(far_test(far, RR_HOME));
	for (size_t i = 0; i < sizeof(sources) / sizeof(sources[0]); i++) {
		test_from(RR_CARE_OF, sources[i]);
		request = far_request(far);
		datagram = far_request_datagram(far, &request, bytes);
		datagram.source = world_addr(sources[i]);
		assert_discarded(&datagram);
	}
	assert_true(far_test(far, RR_CARE_OF));
	/* natively, by another tunnel, to the care-of address */
	request = far_request(far);
	datagram = far_request_datagram(far, &request, bytes);
	datagram.tunnel.index = FWD_NONE;
	assert_discarded(&datagram);
	datagram.destination = scene->world->link.addresses[0];
	assert_discarded(&datagram);
	datagram = far_request_datagram(far, &request, bytes);
	datagram.tunnel.index++;
	assert_discarded(&datagram);
	datagram = far_request_datagram(far, &request, bytes);
	datagram.len = 30;
	assert_discarded(&datagram);
}

/* Row 2, and haaro.md, section 21, row 14: what follows the authenticator is nobody's word. */
static void test_behind_the_authenticator(void **state)
{
	static const uint8_t network[] = {148, 6, 0, 24, 10, 66, 0, 0};
	struct registration_request request;
	uint8_t bytes[MESSAGE_SIZE];
	struct datagram datagram;

	(void)state;
	start_tested();
	request = far_request(far);
	datagram = far_request_datagram(far, &request, bytes);
	memcpy(bytes + datagram.len, network, sizeof(network));
	datagram.len += sizeof(network);
	assert_discarded(&datagram);
	/* two of them */
	datagram = far_request_datagram(far, &request, bytes);
	memcpy(bytes + datagram.len, bytes + datagram.len - 24, 24);
	datagram.len += 24;
	assert_discarded(&datagram);
	/* none */
	datagram = far_request_datagram(far, &request, bytes);
	datagram.len -= 24;
	assert_discarded(&datagram);
	/* one that is cut short, its length too */
	datagram = far_request_datagram(far, &request, bytes);
	bytes[datagram.len - 23] -= 4;
	datagram.len -= 4;
	assert_discarded(&datagram);
}

/* Row 4: whose authenticator is wrong is not looked at for ever; who asked 20 times waits. */
static void test_rate(void **state)
{
	struct registration_request request;
	uint8_t bytes[MESSAGE_SIZE];
	struct datagram datagram;

	(void)state;
	start_tested();
	scene_run(scene, 2 * NS_PER_S);
	request = far_request(far);
	datagram = far_request_datagram(far, &request, bytes);
	bytes[datagram.len - 1] ^= 1;
	for (size_t i = 0; i < 30; i++)
		world_deliver(scene->world, &datagram);
	assert_int_equal(ro_counters(scene->ro)->auth_failed, 20);
	assert_int_equal(ro_counters(scene->ro)->limited, 10);
	bytes[datagram.len - 1] ^= 1;
	assert_discarded(&datagram);
	scene_run(scene, 50 * NS_PER_MS);
	assert_int_equal(far_send(far, &datagram), REPLY_ACCEPTED);
}

/* Row 7: unknown, not yet used, over; answered without a signature, for there is no key. */
/* Proves: H7-043, H7-153 */
static void test_nonces(void **state)
{
	static const struct {
		int home, care_of; /* added to the right index */
		uint8_t code;
	} rows[] = {
		{1, 0, REPLY_HOME_NONCE_EXPIRED},
		{0, 1, REPLY_CARE_OF_NONCE_EXPIRED},
		{1, 1, REPLY_NONCES_EXPIRED},
		{-1, 0, REPLY_HOME_NONCE_EXPIRED},
		{0, -5000, REPLY_CARE_OF_NONCE_EXPIRED},
	};
	struct registration_request request;
	uint16_t home, care_of;

	(void)state;
	start_tested();
	home = far->indexes[RR_HOME];
	care_of = far->indexes[RR_CARE_OF];
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		request = far_request(far);
		far->indexes[RR_HOME] = (uint16_t)(home + rows[i].home);
		far->indexes[RR_CARE_OF] = (uint16_t)(care_of + rows[i].care_of);
		assert_int_equal(far_ask(far, &request), rows[i].code);
		assert_int_equal(far->reply.correspondent.count, 0);
		assert_true(far->reply.identification == request.identification);
		assert_int_equal(far->reply.n_acks, 0);
		assert_int_equal(far->reply.care_ofs.n, 0);
		assert_no_state();
	}
	/* its time: 240 s from its first use, not one nanosecond more */
	far->indexes[RR_HOME] = home;
	far->indexes[RR_CARE_OF] = care_of;
	scene_run(scene, 240 * NS_PER_S - 1);
	request = far_request(far);
	assert_int_equal(far_ask(far, &request), REPLY_ACCEPTED);
	scene_run(scene, 1);
	request = far_request(far);
	assert_int_equal(far_ask(far, &request), REPLY_NONCES_EXPIRED);
}

/* Row 8: a wrong key is met with silence, every octet counts. */
/* Proves: H7-068, H7-131 */
static void test_authenticator(void **state)
{
	struct registration_request request;
	uint8_t bytes[MESSAGE_SIZE];
	struct datagram datagram;

	(void)state;
	start_tested();
	far->tokens[RR_HOME][7] ^= 1;
	request = far_request(far);
	assert_int_equal(far_ask(far, &request), SILENCE);
	far->tokens[RR_HOME][7] ^= 1;
	far->tokens[RR_CARE_OF][0] ^= 1;
	assert_int_equal(far_ask(far, &request), SILENCE);
	far->tokens[RR_CARE_OF][0] ^= 1;
	assert_int_equal(ro_counters(scene->ro)->auth_failed, 2);
	/* from another address than the care-of test went to (A2) */
	datagram = far_request_datagram(far, &request, bytes);
	datagram.source = world_addr("203.0.113.66");
	assert_discarded(&datagram);
	assert_int_equal(ro_counters(scene->ro)->auth_failed, 3);
	for (size_t i = 4; i < datagram.len; i++) {
		datagram = far_request_datagram(far, &request, bytes);
		scene_run(scene, 200 * NS_PER_MS);
		bytes[i] ^= 0x40;
		(void)far_send(far, &datagram);
		assert_no_state();
	}
	assert_int_equal(ro_counters(scene->ro)->accepted, 0);
	request = far_request(far);
	assert_int_equal(far_ask(far, &request), REPLY_ACCEPTED);
}

/* With the switch for debugging it says so, signed by what we hold to be the key (A5). */
static void test_reply_131(void **state)
{
	struct registration_request request;

	(void)state;
	scene->world->conf.mobile.optimization.reply_131 = true;
	start_tested();
	far->tokens[RR_HOME][7] ^= 1;
	request = far_request(far);
	assert_int_equal(far_ask(far, &request), REPLY_MOBILE_AUTH);
	assert_false(far->reply_is_signed);
	assert_int_equal(far->reply.correspondent.count, 1);
	assert_no_state();
}

static void assert_no_longer(const struct registration_request *request, int code)
{
	uint8_t bytes[MESSAGE_SIZE];
	struct datagram datagram = far_request_datagram(far, request, bytes);

	assert_int_equal(far_send(far, &datagram), code);
	assert_in_range(scene_last(scene, MESSAGE_REPLY)->datagram.len, 1, datagram.len);
}

/*
 * haaro.md, section 21, row 2: whoever asks in another's name has us send him no more than he sends
 * himself, with every answer that takes no key switched on. Tests are the exception: 20 octets for 10.
 */
static void test_nobody_is_flooded_through_us(void **state)
{
	struct registration_request request;
	uint8_t bytes[64];

	(void)state;
	scene->world->conf.mobile.optimization.reply_131 = true;
	start_tested();
	assert_int_equal(far_init_datagram(far, RR_HOME, bytes).len, 10);
	assert_int_equal(scene_last(scene, MESSAGE_HOME_TEST)->datagram.len, 20);
	assert_int_equal(scene_last(scene, MESSAGE_CARE_OF_TEST)->datagram.len, 20);
	for (int bare = 0; bare < 2; bare++) {
		request = far_request(far);
		if (bare) {
			request.n_networks = 0;
			request.udp.is_present = false;
		}
		far->tokens[RR_HOME][7] ^= 1;
		assert_no_longer(&request, REPLY_MOBILE_AUTH);
		far->tokens[RR_HOME][7] ^= 1;
		far->indexes[RR_HOME]++;
		assert_no_longer(&request, REPLY_HOME_NONCE_EXPIRED);
		far->indexes[RR_HOME]--;
	}
}

/* --- what is asked: rows 11 to 17 ---------------------------------------------------------------------------- */

static void assert_refused(const struct registration_request *request, uint8_t code)
{
	uint64_t before = ro_counters(scene->ro)->refused_by_code[code];

	assert_int_equal(far_ask(far, request), code);
	assert_true(far->reply_is_signed);
	assert_int_equal(far->reply.lifetime, 0);
	assert_int_equal(far->reply.care_ofs.n, 0);
	assert_int_equal(ro_counters(scene->ro)->refused_by_code[code], before + 1);
	assert_no_state();
	scene_run(scene, NS_PER_S);
}

static void test_policy(void **state)
{
	struct registration_request request;

	(void)state;
	start_tested();
	request = far_request(far);
	request.flags = REQUEST_T;
	assert_refused(&request, REPLY_POORLY_FORMED);
	request = far_request(far);
	request.home_agent = world_addr("198.51.100.2").v4; /* A39 */
	assert_refused(&request, REPLY_PROHIBITED);
	/* 13: a NAT and no UDP; the token is made over what the NAT made of the address */
	request = far_request(far);
	request.care_of = world_addr("192.168.1.10").v4;
	request.udp.is_present = false;
	assert_refused(&request, REPLY_PROHIBITED);
	/* 14 */
	request = far_request(far);
	request.udp.encapsulation = 47;
	assert_refused(&request, REPLY_NO_UDP_ENCAPSULATION);
	/* 15 */
	request = far_request(far);
	request.udp.is_present = false;
	request.flags |= REQUEST_G;
	assert_refused(&request, REPLY_NO_ENCAPSULATION);
	request = far_request(far);
	assert_int_equal(far_ask(far, &request), REPLY_ACCEPTED);
}

/* Row 12: without A we are nobody's correspondent; nor when the hub refuses, nor on the way out. */
/* Proves: H7-122 */
static void test_role(void **state)
{
	struct registration_request request;

	(void)state;
	scene->world->conf.mobile.optimization.advertise = false;
	start_tested();
	request = far_request(far);
	assert_refused(&request, REPLY_PROHIBITED);
	assert_string_equal(world_event(scene->world, EVENT_RO_REFUSED)->text,
			    "advertise is false here");
	scene->world->next.mobile.optimization.advertise = true;
	world_reload(scene->world);
	scene_run(scene, NS_PER_S);
	scene->grants = false;
	scene_refresh(scene);
	request = far_request(far);
	assert_refused(&request, REPLY_PROHIBITED);
	assert_string_equal(world_event(scene->world, EVENT_RO_REFUSED)->text,
			    "the hub does not let us");
	scene->grants = true;
	scene_refresh(scene);
	assert_int_equal(far_register(far), REPLY_ACCEPTED);
}

/* Proves: H7-019 */
static void test_nat(void **state)
{
	struct registration_request request;

	(void)state;
	start_tested();
	request = far_request(far);
	request.care_of = world_addr("192.168.1.10").v4;
	request.udp.force = false; /* it did not know; we see it */
	assert_int_equal(far_ask(far, &request), REPLY_ACCEPTED);
	assert_int_equal(far->reply.udp.code, UDP_REPLY_WILL_TUNNEL);
	assert_int_equal(known()->encap, ENCAP_UDP);
	assert_true(addr_is_equal(&known()->seen, &far->care_of));
	/* without a NAT and without F there is no need */
	far = &scene->far[FAR_B];
	assert_true(far_test(far, RR_HOME) && far_test(far, RR_CARE_OF));
	request = far_request(far);
	request.udp.force = false;
	assert_int_equal(far_ask(far, &request), REPLY_ACCEPTED);
	assert_int_equal(far->reply.udp.code, UDP_REPLY_DECLINED);
	assert_int_equal(known()->encap, ENCAP_IPIP);
}

/* Row 17. */
/* Proves: H7-151 */
static void test_room(void **state)
{
	struct registration_request request;
	size_t refused;

	(void)state;
	scene->world->conf.mobile.optimization.max_peers = 1;
	start_tested();
	assert_int_equal(far_register(far), REPLY_ACCEPTED);
	far = &scene->far[FAR_B];
	assert_true(far_test(far, RR_HOME) && far_test(far, RR_CARE_OF));
	request = far_request(far);
	assert_refused(&request, REPLY_RESOURCES);
	/* it is still reached: by the hub */
	assert_int_equal(scene_way(scene, "10.9.0.1"),
			 mobile_hub_tunnel(scene->world->mobile).index);
	/* who is here already has his place */
	assert_int_equal(far_register(&scene->far[FAR_A]), REPLY_ACCEPTED);
	/* tunnels that cannot be opened: the same code */
	scene->world->next.mobile.optimization.max_peers = 10;
	world_reload(scene->world);
	scene_run(scene, NS_PER_S);
	scene->world->link.fail_tunnel = -28; /* ENOSPC */
	request = far_request(far);
	refused = world_count(scene->world, EVENT_RO_REFUSED);
	assert_int_equal(far_ask(far, &request), REPLY_RESOURCES);
	assert_int_equal(world_count(scene->world, EVENT_RO_REFUSED), refused + 1);
	scene->world->link.fail_tunnel = 0;
	scene_run(scene, NS_PER_MS);
	assert_no_state();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_accepts, setup, teardown),
		cmocka_unit_test_setup_teardown(test_binding, setup, teardown),
		cmocka_unit_test_setup_teardown(test_lifetime, setup, teardown),
		cmocka_unit_test_setup_teardown(test_read_tokens_end, setup, teardown),
		cmocka_unit_test_setup_teardown(test_no_network, setup, teardown),
		cmocka_unit_test_setup_teardown(test_addresses, setup, teardown),
		cmocka_unit_test_setup_teardown(test_behind_the_authenticator, setup, teardown),
		cmocka_unit_test_setup_teardown(test_rate, setup, teardown),
		cmocka_unit_test_setup_teardown(test_nonces, setup, teardown),
		cmocka_unit_test_setup_teardown(test_authenticator, setup, teardown),
		cmocka_unit_test_setup_teardown(test_reply_131, setup, teardown),
		cmocka_unit_test_setup_teardown(test_nobody_is_flooded_through_us, setup, teardown),
		cmocka_unit_test_setup_teardown(test_policy, setup, teardown),
		cmocka_unit_test_setup_teardown(test_role, setup, teardown),
		cmocka_unit_test_setup_teardown(test_nat, setup, teardown),
		cmocka_unit_test_setup_teardown(test_room, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
