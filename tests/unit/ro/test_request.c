/* SPDX-License-Identifier: BSD-3-Clause */
/* control/ro/request.c, reply.c, outcome.c: our registration at a peer, and what its answer does. */
#include "case.h"

/* A request of ours is out and the peer says nothing by itself. */
static void ask(void)
{
	far->mute = true;
	scene_start(scene);
	scene_traffic(scene, far, true);
	scene_run(scene, WORLD_RTT + 1);
	assert_int_equal(asking(), ASKING_REGISTRATION);
}

/* --- what we send --------------------------------------------------------------------------------------- */

/* Proves: H7-056, H7-057, H7-058, H7-059, H7-060, H7-061, H7-062, H7-067, H0-16, H0-18 */
static void test_request(void **state)
{
	const struct registration_request *request;
	const struct scene_sent *sent;
	uint32_t now;

	(void)state;
	scene->world->conf.mobile.n_networks = 2;
	ask();
	sent = scene_last(scene, MESSAGE_REQUEST);
	assert_true(addr_is_equal(&sent->datagram.source, &scene->world->link.addresses[0]));
	assert_true(addr_is_equal(&sent->datagram.destination, &far->home_address));
	assert_int_equal(sent->datagram.source_port, 434);
	assert_int_equal(sent->datagram.destination_port, 434);
	assert_int_equal(sent->datagram.tunnel.index, FWD_NONE);
	assert_int_equal(sent->datagram.port, 0);
	assert_int_equal(sent->ttl, 255);

	request = &far->request;
	assert_int_equal(request->flags, REQUEST_D | REQUEST_T);
	assert_int_equal(request->lifetime, 300);
	assert_int_equal(request->home_address, world_addr("192.0.2.3").v4);
	assert_int_equal(request->home_agent, world_addr("198.51.100.1").v4);
	assert_int_equal(request->care_of, world_addr("203.0.113.30").v4);
	now = ntp_seconds(ntp_from_unix(scene->world->core.now.wall));
	assert_int_equal(ntp_seconds(request->identification), now);
	assert_int_equal(request->n_networks, 2);
	assert_int_equal(request->networks[0].prefix, world_addr("10.3.0.0").v4);
	assert_int_equal(request->networks[0].len, 24);
	assert_int_equal(request->networks[1].prefix, world_addr("10.3.64.0").v4);
	assert_true(request->udp.is_present && request->udp.force);
	assert_int_equal(request->udp.encapsulation, 4);
	/* one authenticator, the last of all, and none of the hub's */
	assert_int_equal(request->correspondent.count, 1);
	assert_int_equal(request->correspondent.behind, 0);
	assert_int_equal(request->auth.count, 0);
	assert_false(request->capability.is_present);
	assert_int_equal(request->correspondent.authenticator_len, CORRESPONDENT_LEN);
	assert_ptr_equal(request->correspondent.authenticator + CORRESPONDENT_LEN,
			 sent->bytes + sent->datagram.len);
}

/* What the hub did not accept from us, we do not claim at peers (haaro.md, A49). */
static void test_accepted_networks_only(void **state)
{
	(void)state;
	scene->world->hub.ack_code = NETWORK_UNAUTHORIZED;
	ask();
	assert_int_equal(far->request.n_networks, 0);
}

/* A NAT anywhere makes UDP a must, whatever the configuration prefers. */
/* Proves: H7-066, H7-019 */
static void test_udp(void **state)
{
	struct conf_optimization *conf = &scene->world->conf.mobile.optimization;

	(void)state;
	conf->encapsulations[0] = ENCAP_IPIP;
	ask();
	assert_false(far->request.udp.is_present);
	/* the peer is behind one */
	far = &scene->far[FAR_B];
	far->outbound_only = true;
	scene_refresh(scene);
	scene_traffic(scene, far, true);
	scene_run(scene, 2 * WORLD_RTT);
	assert_int_equal(far->n_requests, 1);
	assert_true(far->request.udp.is_present && far->request.udp.force);
	/* we are */
	far = &scene->far[FAR_C];
	scene->nat = true;
	scene_refresh(scene);
	scene_traffic(scene, far, true);
	scene_run(scene, 2 * WORLD_RTT);
	assert_true(far->request.udp.is_present && far->request.udp.force);
}

/* Each try is another request, the gaps double; when none is answered all routes go back. */
/* Proves: H7-111, H7-098 */
static void test_no_answer(void **state)
{
	static const unsigned int at_ms[] = {0, 1000, 3000, 7000};
	uint64_t begin, identification = 0;

	(void)state;
	ask();
	begin = scene_last(scene, MESSAGE_REQUEST)->mono;
	for (size_t i = 0; i < 4; i++) {
		scene_run(scene, begin + at_ms[i] * NS_PER_MS - scene->world->core.now.mono);
		assert_int_equal(far->n_requests, i + 1);
		assert_true(far->request.identification > identification);
		identification = far->request.identification;
	}
	scene_run(scene, 8 * NS_PER_S);
	assert_int_equal(far->n_requests, 4);
	assert_int_equal(scene_state(scene, far), RO_STATE_HELD);
	/* it may have started anew: its tokens are worth nothing (haaro.md, section 21, row 6) */
	assert_false(scene_peer(scene, far)->tokens[RR_HOME].held);
	assert_false(scene_peer(scene, far)->tokens[RR_CARE_OF].held);
}

/* The same when a direct path stood: at the end of the tries nothing leads to it any more. */
/* Proves: H7-111 */
static void test_no_answer_to_refresh(void **state)
{
	(void)state;
	scene_start(scene);
	assert_int_equal(far_register(far), REPLY_ACCEPTED); /* which makes us register too */
	scene_run(scene, 10 * NS_PER_S);
	assert_true(scene_is_direct(scene, far));
	far->mute = true;
	scene_run(scene, 216 * NS_PER_S + 15 * NS_PER_S);
	assert_int_equal(far->n_requests, 5);
	assert_false(scene_is_direct(scene, far));
	assert_int_equal(ro_counters(scene->ro)->unanswered, 1);
	/* until one side registers again */
	scene_run(scene, 10 * NS_PER_S);
	assert_false(scene_is_direct(scene, far));
	far->mute = false;
	assert_int_equal(far_register(far), REPLY_ACCEPTED);
	scene_run(scene, 10 * NS_PER_S);
	assert_true(scene_is_direct(scene, far));
}

/* --- success ---------------------------------------------------------------------------------------------- */

/* Proves: H7-081, H7-082, H7-085, H7-089 */
static void test_accepted(void **state)
{
	struct ro_session_view view;

	(void)state;
	far->lifetime = 200;
	scene_start(scene);
	scene_traffic(scene, far, true);
	scene_run(scene, 2 * WORLD_RTT);
	view = scene_session(scene, far);
	assert_in_range(view.registered, 199 * NS_PER_S, 200 * NS_PER_S - 1);
	assert_int_equal(view.encap, ENCAP_UDP);
	/* from the care-of address that was registered to the one of the reply, not a home address */
	assert_true(addr_is_equal(&view.local, &scene->world->link.addresses[0]));
	assert_true(addr_is_equal(&view.remote, &far->care_of));
	scene_run(scene, 10 * NS_PER_S);
	/* proven, but the peer's own registration is waited for */
	assert_int_equal(scene_state(scene, far), RO_STATE_WAITING);
	assert_false(scene_is_direct(scene, far));
	assert_int_equal(scene_tunnels(scene, far), 1);
	/* a refresh finds the tunnel there */
	scene_run(scene, 150 * NS_PER_S);
	assert_int_equal(far->n_requests, 2);
	assert_int_equal(scene_tunnels(scene, far), 1);
	assert_int_equal(scene_session(scene, far).tunnel.index, view.tunnel.index);
	/* its own comes: by the same tunnel, which nobody looked at for a while, once it answers again */
	assert_int_equal(far_register(far), REPLY_ACCEPTED);
	scene_run(scene, NS_PER_S);
	assert_true(scene_is_direct(scene, far));
	assert_int_equal(scene_session(scene, far).tunnel.index, view.tunnel.index);
}

/* Proves: H7-082, H7-084 */
static void test_immediate(void **state)
{
	struct ro_session_view view;

	(void)state;
	scene->world->conf.mobile.optimization.mutual = CONF_MUTUAL_IMMEDIATE;
	scene_start(scene);
	scene_traffic(scene, far, true);
	scene_run(scene, 2 * WORLD_RTT);
	assert_false(scene_is_direct(scene, far)); /* not before a keepalive was answered */
	scene_run(scene, 2 * WORLD_RTT);
	assert_true(scene_is_direct(scene, far));
	/* another care-of address of the peer at the next refresh: another tunnel */
	far->also_at = far->care_of;
	far->care_of = world_addr("203.0.113.11");
	far->care_ofs[0] = far->care_of.v4;
	scene_run(scene, 240 * NS_PER_S);
	view = scene_session(scene, far);
	assert_true(addr_is_equal(&view.remote, &far->care_of));
	assert_true(scene_is_direct(scene, far));
	assert_int_equal(scene_tunnels(scene, far), 1);
}

/* Without a tunnel endpoint there is nothing that could be built. */
/* Proves: H7-079 */
static void test_accepted_nowhere(void **state)
{
	struct registration_reply reply;

	(void)state;
	ask();
	reply = far_answer(far);
	reply.care_ofs.n = 0;
	far_reply(far, &reply);
	assert_int_equal(scene_state(scene, far), RO_STATE_HELD);
	assert_int_equal(scene_tunnels(scene, far), 0);
}

/* The lifetime counts from the request, so that ours ends before the peer's. */
static void test_lifetime_from_the_request(void **state)
{
	struct registration_reply reply;

	(void)state;
	ask();
	scene_run(scene, 500 * NS_PER_MS);
	reply = far_answer(far);
	reply.lifetime = 1000; /* more than was asked for */
	far_reply(far, &reply);
	assert_int_equal(scene_session(scene, far).registered,
			 300 * NS_PER_S - 500 * NS_PER_MS - 1);
}

/* --- code 2 ------------------------------------------------------------------------------------------------ */

/* Proves: H7-087 */
static void test_concurrent(void **state)
{
	(void)state;
	far->code = REPLY_CONCURRENT;
	scene_start(scene);
	scene_traffic(scene, far, true);
	scene_run(scene, 2 * WORLD_RTT);
	assert_int_equal(asking(), ASKING_PREACCEPTED);
	assert_int_equal(scene_state(scene, far), RO_STATE_PREACCEPTED);
	assert_int_equal(scene_tunnels(scene, far), 0);
	assert_int_equal(scene->n_echoes, 0);
	/* the peer's own: then one tunnel serves both */
	assert_int_equal(far_register(far), REPLY_ACCEPTED);
	assert_int_equal(asking(), ASKING_NOTHING);
	assert_true(peer_is_registered(scene_peer(scene, far)));
	scene_run(scene, 2 * WORLD_RTT);
	assert_true(scene_is_direct(scene, far));
	assert_int_equal(scene_tunnels(scene, far), 1);
}

/* Its own is here already: nothing is waited for. */
static void test_concurrent_late(void **state)
{
	(void)state;
	far->code = REPLY_CONCURRENT;
	scene_start(scene);
	assert_int_equal(far_register(far), REPLY_ACCEPTED);
	scene_run(scene, 4 * WORLD_RTT);
	assert_true(peer_is_registered(scene_peer(scene, far)));
	assert_int_equal(asking(), ASKING_NOTHING);
}

/* It does not come: once more after ten seconds, then it is left alone (haaro.md, A22). */
/* Proves: H7-087 */
static void test_concurrent_alone(void **state)
{
	(void)state;
	far->code = REPLY_CONCURRENT;
	scene_start(scene);
	scene_traffic(scene, far, true);
	scene_run(scene, 9 * NS_PER_S);
	assert_int_equal(far->n_requests, 1);
	scene_run(scene, 2 * NS_PER_S);
	assert_int_equal(far->n_requests, 2);
	scene_run(scene, 11 * NS_PER_S);
	assert_int_equal(far->n_requests, 2);
	assert_int_equal(scene_state(scene, far), RO_STATE_HELD);
}

/* The smaller home address answers 2 while its own request is out, the larger one 0. */
/* Proves: H7-086 */
static void test_smaller_says_concurrent(void **state)
{
	(void)state;
	far->mute = scene->far[FAR_B].mute = true;
	scene_start(scene);
	for (size_t i = 0; i < 2; i++) {
		scene_traffic(scene, &scene->far[i], true);
		scene_run(scene, 2 * WORLD_RTT);
		assert_int_equal(scene->far[i].n_requests, 1);
	}
	assert_int_equal(far_register(&scene->far[FAR_A]), REPLY_ACCEPTED);
	assert_int_equal(far_register(&scene->far[FAR_B]), REPLY_CONCURRENT);
	assert_true(scene->far[FAR_B].reply_is_signed);
	assert_int_equal(scene->far[FAR_B].reply.care_ofs.n, 1);
	assert_int_equal(scene->far[FAR_B].reply.n_acks, 1);
	/* nothing of ours is out: 0 whoever asks */
	assert_int_equal(far_register(&scene->far[FAR_C]), REPLY_ACCEPTED);
}

/* --- denials ------------------------------------------------------------------------------------------------ */

/* Proves: H7-063 */
static void test_clock_of_each_peer(void **state)
{
	uint64_t wall;

	(void)state;
	far->strict = true;
	far->ahead = 5000;
	scene_start(scene);
	wall = scene->world->core.now.wall - scene->world->core.now.mono;
	scene_traffic(scene, far, true);
	scene_run(scene, NS_PER_S);
	assert_int_equal(far->n_requests, 2); /* 133, then accepted */
	assert_true(peer_is_registered(scene_peer(scene, far)));
	assert_int_equal(ro_counters(scene->ro)->denied_by_code[REPLY_IDENTIFICATION], 1);
	/* other peers and our own clock have nothing to do with it */
	assert_int_equal(scene->world->core.now.wall - scene->world->core.now.mono, wall);
	scene->far[FAR_B].strict = true;
	scene_traffic(scene, &scene->far[FAR_B], true);
	scene_run(scene, NS_PER_S);
	assert_int_equal(scene->far[FAR_B].n_requests, 1);
	/* at the next refresh the offset is known */
	scene_run(scene, 230 * NS_PER_S);
	assert_int_equal(far->n_requests, 3);
}

static void test_clock_that_never_suits(void **state)
{
	(void)state;
	far->code = REPLY_IDENTIFICATION;
	scene_start(scene);
	scene_traffic(scene, far, true);
	scene_run(scene, 10 * NS_PER_S);
	assert_int_equal(far->n_requests, 3);
	assert_int_equal(scene_state(scene, far), RO_STATE_HELD);
}

static void test_denied(void **state)
{
	static const uint8_t codes[] = {REPLY_UNSPECIFIED,   REPLY_PROHIBITED,   REPLY_RESOURCES,
					REPLY_POORLY_FORMED, REPLY_MOBNET_ERROR, 99};

	(void)state;
	scene_start(scene);
	for (size_t i = 0; i < sizeof(codes); i++) {
		far->code = codes[i];
		far->n_requests = 0;
		assert_int_equal(ro_start(scene->ro, &far->home_address), 0);
		scene_run(scene, NS_PER_S);
		assert_int_equal(far->n_requests, 1);
		assert_int_equal(scene_state(scene, far), RO_STATE_HELD);
		assert_int_equal(scene_session(scene, far).last_code, codes[i]);
	}
}

/* Who denied us and then registers here may think otherwise: asked at once; who was silent is not. */
static void test_denied_then_comes(void **state)
{
	(void)state;
	far->code = REPLY_PROHIBITED;
	scene_start(scene);
	scene_traffic(scene, far, true);
	scene_run(scene, NS_PER_S);
	assert_int_equal(scene_state(scene, far), RO_STATE_HELD);
	far->code = 0;
	assert_int_equal(far_register(far), REPLY_ACCEPTED);
	scene_run(scene, NS_PER_S);
	assert_int_equal(far->n_requests, 2);
	assert_true(peer_is_registered(scene_peer(scene, far)));
	far = &scene->far[FAR_B];
	far->mute = true;
	scene_traffic(scene, far, true);
	scene_run(scene, 16 * NS_PER_S);
	assert_int_equal(scene_state(scene, far), RO_STATE_HELD);
	far->n_requests = 0;
	assert_int_equal(far_register(far), REPLY_ACCEPTED);
	scene_run(scene, NS_PER_S);
	assert_int_equal(far->n_requests, 0);
}

/* Some of our networks are not taken: registered all the same, and told. */
static void test_refused_networks(void **state)
{
	(void)state;
	far->ack_code = NETWORK_UNAUTHORIZED;
	scene_start(scene);
	scene_traffic(scene, far, true);
	scene_run(scene, NS_PER_S);
	assert_true(peer_is_registered(scene_peer(scene, far)));
	assert_int_equal(world_count(scene->world, EVENT_RO_NETWORK_REFUSED), 1);
	assert_int_equal(world_event(scene->world, EVENT_RO_NETWORK_REFUSED)->value,
			 NETWORK_UNAUTHORIZED);
	far = &scene->far[FAR_B];
	scene_traffic(scene, far, true);
	scene_run(scene, NS_PER_S);
	assert_int_equal(world_count(scene->world, EVENT_RO_NETWORK_REFUSED), 1);
}

/* Code 142: once more without UDP, unless a NAT leaves no choice. */
static void test_without_udp(void **state)
{
	(void)state;
	far->code = REPLY_NO_UDP_ENCAPSULATION;
	scene_start(scene);
	scene_traffic(scene, far, true);
	scene_run(scene, WORLD_RTT * 3 / 2);
	far->code = 0;
	scene_run(scene, NS_PER_S);
	assert_int_equal(far->n_requests, 2);
	assert_false(far->request.udp.is_present);
	assert_true(peer_is_registered(scene_peer(scene, far)));
	assert_int_equal(scene_session(scene, far).encap, ENCAP_IPIP);
	far = &scene->far[FAR_B];
	far->code = REPLY_NO_UDP_ENCAPSULATION;
	scene->nat = true;
	scene_refresh(scene);
	scene_traffic(scene, far, true);
	scene_run(scene, NS_PER_S);
	assert_int_equal(far->n_requests, 1);
	assert_int_equal(scene_state(scene, far), RO_STATE_HELD);
}

/* --- what is no answer ---------------------------------------------------------------------------------------- */

static void assert_ignored(const struct datagram *datagram)
{
	const struct ro_session_view before = scene_session(scene, far);
	uint64_t dropped = ro_counters(scene->ro)->replies_dropped;
	struct ro_session_view after;

	world_deliver(scene->world, datagram);
	after = scene_session(scene, far);
	assert_int_equal(before.state, after.state);
	assert_int_equal(before.registered, after.registered);
	assert_int_equal(before.last_code, after.last_code);
	assert_int_equal(ro_counters(scene->ro)->replies_dropped, dropped + 1);
}

static void assert_ways(const struct datagram *good)
{
	struct datagram bent = *good;

	bent.source_port++;
	assert_ignored(&bent);
	bent = *good;
	bent.destination_port++;
	assert_ignored(&bent);
	bent = *good;
	bent.tunnel = mobile_hub_tunnel(scene->world->mobile);
	assert_ignored(&bent);
	bent = *good;
	bent.destination = scene->world->conf.mobile.home_address;
	assert_ignored(&bent);
}

/* Proves: H7-064 */
static void test_forged_success(void **state)
{
	struct registration_reply reply;
	struct correspondent_key other;
	uint8_t bytes[MESSAGE_SIZE];
	struct datagram good;

	(void)state;
	ask();
	reply = far_answer(far);
	other = far->request_key;
	other.bytes[0] ^= 1;
	good = far_signed(far, &reply, &other, bytes); /* another key */
	assert_ignored(&good);
	good = far_signed(far, &reply, NULL, bytes); /* none */
	assert_ignored(&good);
	reply.identification++;
	good = far_signed(far, &reply, &far->request_key, bytes); /* another request's */
	assert_ignored(&good);
	reply.identification--;
	good = far_signed(far, &reply, &far->request_key, bytes);
	assert_ways(&good);
	for (size_t i = 0; i < good.len; i++) { /* every octet counts */
		bytes[i] ^= 0x01;
		if (message_type(bytes, good.len) == MESSAGE_REPLY && i != 21)
			world_deliver(scene->world, &good);
		bytes[i] ^= 0x01;
		assert_false(peer_is_registered(scene_peer(scene, far)));
	}
	world_deliver(scene->world, &good);
	assert_true(peer_is_registered(scene_peer(scene, far)));
}

/* Signed as it must be, but about another home address. */
static void test_answer_to_another(void **state)
{
	struct registration_reply reply;

	(void)state;
	ask();
	reply = far_answer(far);
	reply.home_address = world_addr("192.0.2.66").v4;
	far_reply(far, &reply);
	assert_int_equal(asking(), ASKING_REGISTRATION);
	reply.home_address = scene->world->conf.mobile.home_address.v4;
	far_reply(far, &reply);
	assert_int_equal(asking(), ASKING_NOTHING);
}

/* An extension behind the authenticator is nobody's word (haaro.md, section 21, row 14). */
static void test_behind_the_authenticator(void **state)
{
	static const uint8_t care_of[] = {49, 6, 3, 0, 203, 0, 113, 66};
	struct registration_reply reply;
	uint8_t bytes[MESSAGE_SIZE];
	struct datagram datagram;

	(void)state;
	ask();
	reply = far_answer(far);
	datagram = far_signed(far, &reply, &far->request_key, bytes);
	memcpy(bytes + datagram.len, care_of, sizeof(care_of));
	datagram.len += sizeof(care_of);
	assert_ignored(&datagram);
}

/* haaro.md, section 21, row 4: a forged 131 or 133 ends nothing and moves no clock. */
static void test_forged_denials(void **state)
{
	static const uint8_t codes[] = {REPLY_MOBILE_AUTH, REPLY_IDENTIFICATION, REPLY_PROHIBITED,
					REPLY_MOBNET_ERROR};
	struct correspondent_key other;
	uint8_t bytes[MESSAGE_SIZE];
	struct datagram datagram;
	int64_t offset;

	(void)state;
	ask();
	offset = replay_client_offset(&scene_peer(scene, far)->session->replay,
				      &scene->world->core.now);
	other = far->request_key;
	other.bytes[19] ^= 1;
	for (size_t i = 0; i < sizeof(codes); i++) {
		struct registration_reply reply = far_answer(far);

		reply = (struct registration_reply){
			.code = codes[i],
			.home_address = reply.home_address,
			.home_agent = reply.home_agent,
			.identification = reply.identification ^ UINT64_C(0x1000000000000000),
		};
		datagram = far_signed(far, &reply, &other, bytes);
		assert_ignored(&datagram);
		datagram = far_signed(far, &reply, NULL, bytes);
		assert_ignored(&datagram);
	}
	assert_int_equal(replay_client_offset(&scene_peer(scene, far)->session->replay,
					      &scene->world->core.now),
			 offset);
	/* a signed 131 is waited out too: it says nothing of what would help (A5) */
	far->code = REPLY_MOBILE_AUTH;
	{
		struct registration_reply reply = far_answer(far);

		far_reply(far, &reply);
	}
	assert_int_equal(asking(), ASKING_REGISTRATION);
}

/* --- hints ------------------------------------------------------------------------------------------------------ */

static void hint(uint8_t code)
{
	uint8_t bytes[MESSAGE_SIZE];
	struct registration_reply reply = {
		.code = code,
		.home_address = far->request.home_address,
		.home_agent = far->request.home_agent,
		.identification = far->request.identification,
	};
	struct datagram datagram = far_signed(far, &reply, NULL, bytes);

	world_deliver(scene->world, &datagram);
}

/* Proves: H7-032, H7-069, H7-070 */
static void test_expired_nonces(void **state)
{
	static const struct {
		uint8_t code;
		size_t inits[RR_TEST_MAX]; /* that follow */
	} rows[] = {
		{REPLY_HOME_NONCE_EXPIRED, {1, 0}},
		{REPLY_CARE_OF_NONCE_EXPIRED, {0, 1}},
		{REPLY_NONCES_EXPIRED, {1, 1}},
	};

	(void)state;
	ask();
	for (size_t i = 0; i < 3; i++) {
		size_t home = scene_count(scene, MESSAGE_HOME_TEST_INIT);
		size_t care_of = scene_count(scene, MESSAGE_CARE_OF_TEST_INIT);
		size_t requests = far->n_requests;

		hint(rows[i].code);
		assert_int_equal(asking(), ASKING_ROUTABILITY);
		assert_int_equal(scene_count(scene, MESSAGE_HOME_TEST_INIT),
				 home + rows[i].inits[RR_HOME]);
		assert_int_equal(scene_count(scene, MESSAGE_CARE_OF_TEST_INIT),
				 care_of + rows[i].inits[RR_CARE_OF]);
		scene_run(scene, 2 * WORLD_RTT);
		assert_int_equal(asking(), ASKING_REGISTRATION);
		assert_int_equal(far->n_requests, requests + 1);
		scene_run(scene, 5 * NS_PER_S);
		if (asking() != ASKING_REGISTRATION)
			return;
	}
}

/* haaro.md, section 21, row 4: forged by whoever sees our request, they cost a test, not a path. */
static void test_forged_hints(void **state)
{
	size_t inits;

	(void)state;
	scene_start(scene);
	assert_int_equal(far_register(far), REPLY_ACCEPTED);
	scene_run(scene, 10 * NS_PER_S);
	assert_true(scene_is_direct(scene, far));
	/* nothing is asked: no reply is waited for */
	inits = scene_count(scene, MESSAGE_HOME_TEST_INIT);
	hint(REPLY_NONCES_EXPIRED);
	assert_int_equal(scene_count(scene, MESSAGE_HOME_TEST_INIT), inits);
	assert_true(scene_is_direct(scene, far));
	/* at a refresh: one new test, and not another within five seconds; the path stays */
	far->mute = true;
	while (asking() == ASKING_NOTHING)
		scene_run(scene, NS_PER_S);
	scene_run(scene, 2 * WORLD_RTT);
	assert_int_equal(asking(), ASKING_REGISTRATION);
	inits = scene_count(scene, MESSAGE_HOME_TEST_INIT);
	hint(REPLY_NONCES_EXPIRED);
	assert_int_equal(scene_count(scene, MESSAGE_HOME_TEST_INIT), inits + 1);
	scene_run(scene, 2 * WORLD_RTT);
	assert_int_equal(asking(), ASKING_REGISTRATION);
	for (size_t i = 0; i < 10; i++)
		hint(REPLY_NONCES_EXPIRED);
	assert_int_equal(scene_count(scene, MESSAGE_HOME_TEST_INIT), inits + 1);
	assert_int_equal(ro_counters(scene->ro)->hints, 1);
	assert_true(scene_is_direct(scene, far));
	/* of another request, or by another way, it is none at all */
	scene_run(scene, 6 * NS_PER_S);
	far->request.identification++;
	hint(REPLY_NONCES_EXPIRED);
	assert_int_equal(ro_counters(scene->ro)->hints, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_request, setup, teardown),
		cmocka_unit_test_setup_teardown(test_accepted_networks_only, setup, teardown),
		cmocka_unit_test_setup_teardown(test_udp, setup, teardown),
		cmocka_unit_test_setup_teardown(test_no_answer, setup, teardown),
		cmocka_unit_test_setup_teardown(test_no_answer_to_refresh, setup, teardown),
		cmocka_unit_test_setup_teardown(test_accepted, setup, teardown),
		cmocka_unit_test_setup_teardown(test_immediate, setup, teardown),
		cmocka_unit_test_setup_teardown(test_accepted_nowhere, setup, teardown),
		cmocka_unit_test_setup_teardown(test_lifetime_from_the_request, setup, teardown),
		cmocka_unit_test_setup_teardown(test_concurrent, setup, teardown),
		cmocka_unit_test_setup_teardown(test_concurrent_late, setup, teardown),
		cmocka_unit_test_setup_teardown(test_concurrent_alone, setup, teardown),
		cmocka_unit_test_setup_teardown(test_smaller_says_concurrent, setup, teardown),
		cmocka_unit_test_setup_teardown(test_clock_of_each_peer, setup, teardown),
		cmocka_unit_test_setup_teardown(test_clock_that_never_suits, setup, teardown),
		cmocka_unit_test_setup_teardown(test_denied, setup, teardown),
		cmocka_unit_test_setup_teardown(test_denied_then_comes, setup, teardown),
		cmocka_unit_test_setup_teardown(test_refused_networks, setup, teardown),
		cmocka_unit_test_setup_teardown(test_without_udp, setup, teardown),
		cmocka_unit_test_setup_teardown(test_forged_success, setup, teardown),
		cmocka_unit_test_setup_teardown(test_answer_to_another, setup, teardown),
		cmocka_unit_test_setup_teardown(test_behind_the_authenticator, setup, teardown),
		cmocka_unit_test_setup_teardown(test_forged_denials, setup, teardown),
		cmocka_unit_test_setup_teardown(test_expired_nonces, setup, teardown),
		cmocka_unit_test_setup_teardown(test_forged_hints, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
