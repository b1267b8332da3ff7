/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * control/ro/handover.c, session.c, acceptance.c: care-of addresses that change, and ends (RFC 6521,
 * section 3.3.6; haaro.md, sections 14.3, 14.4 and 15).
 */
#include "case.h"
#include "ro/direct.h"

#define NEW_CARE_OF "198.18.2.20" /* of our second uplink */

static const struct direct *tunnel_from(const char *local)
{
	const struct ip_addr address = world_addr(local);

	for (const struct direct *direct = scene_peer(scene, far)->directs; direct;
	     direct = direct->next)
		if (addr_is_equal(&direct->local, &address))
			return direct;
	return NULL;
}

/* --- we move ------------------------------------------------------------------------------------------------ */

/* Only the care-of test is run, at once; the old tunnel goes on receiving for ten seconds. */
/* Proves: H7-031, H7-108, H7-109, H7-105, H7-106, H7-098 */
static void test_handover(void **state)
{
	size_t requests;
	uint32_t old;

	(void)state;
	scene->world->conf.mobile.n_uplinks = 2;
	start_direct();
	old = tunnel_ref(tunnel_from("203.0.113.30")->tunnel).index;
	requests = far->n_requests;
	world_port(scene->world, 0, LINK_PORT_DOWN);
	scene_run(scene, WORLD_RTT + NS_PER_MS); /* the hub has us at the new one */
	assert_int_equal(scene_count(scene, MESSAGE_HOME_TEST_INIT), 1);
	assert_int_equal(scene_count(scene, MESSAGE_CARE_OF_TEST_INIT), 2);
	assert_true(addr_is_equal(&scene_last(scene, MESSAGE_CARE_OF_TEST_INIT)->datagram.source,
				  &scene->world->link.addresses[1]));
	scene_run(scene, WORLD_RTT);
	assert_int_equal(far->n_requests, requests + 1);
	assert_int_equal(far->request.care_of, world_addr(NEW_CARE_OF).v4);
	assert_int_equal(far->request_datagram.source_port, 434);
	scene_run(scene, 2 * WORLD_RTT);
	assert_true(scene_is_direct(scene, far));
	assert_int_equal(scene_way(scene, "10.1.0.1"),
			 tunnel_ref(tunnel_from(NEW_CARE_OF)->tunnel).index);
	/* same ports as before */
	assert_int_equal(tunnel_from(NEW_CARE_OF)->remote_port, 434);
	/* the old one only receives, for a while */
	assert_non_null(tunnel_from("203.0.113.30"));
	assert_int_equal(tunnel_ref(tunnel_from("203.0.113.30")->tunnel).index, old);
	assert_int_equal(tunnel_from("203.0.113.30")->state, DIRECT_LINGER);
	scene_run(scene, 9 * NS_PER_S);
	assert_non_null(tunnel_from("203.0.113.30"));
	scene_run(scene, 2 * NS_PER_S);
	assert_null(tunnel_from("203.0.113.30"));
	assert_true(scene_is_direct(scene, far));
}

/* While the old one still works: not one packet by the hub, and the old one goes in time. */
/* Proves: H7-105, H7-031 */
static void test_make_before_break(void **state)
{
	uint32_t falls;

	(void)state;
	scene->world->conf.mobile.n_uplinks = 2;
	start_direct();
	world_port(scene->world, 0, LINK_PORT_DOWN);
	scene_run(scene, 20 * NS_PER_S);
	assert_int_equal(scene_way(scene, "10.1.0.1"),
			 tunnel_ref(tunnel_from(NEW_CARE_OF)->tunnel).index);
	falls = scene_session(scene, far).falls;
	world_port(scene->world, 0, LINK_PORT_UP); /* it is the better one */
	for (size_t i = 0; i < 600; i++) {
		scene_run(scene, 100 * NS_PER_MS);
		assert_true(scene_is_direct(scene, far));
	}
	assert_int_equal(far->request.care_of, world_addr("203.0.113.30").v4);
	assert_int_equal(scene_way(scene, "10.1.0.1"),
			 tunnel_ref(tunnel_from("203.0.113.30")->tunnel).index);
	assert_int_equal(scene_session(scene, far).falls, falls);
}

/* Direct by the second uplink, and registered by the first, whose packets the peer does not hear. */
static void move_back_unheard(void)
{
	scene->world->conf.mobile.n_uplinks = 2;
	start_direct();
	world_port(scene->world, 0, LINK_PORT_DOWN);
	scene_run(scene, 20 * NS_PER_S);
	assert_true(scene_is_direct(scene, far));
	far->unheard = world_addr("203.0.113.30");
	world_port(scene->world, 0, LINK_PORT_UP);
	while (far->request.care_of != world_addr("203.0.113.30").v4)
		scene_run(scene, 100 * NS_PER_MS);
	scene_run(scene, 2 * WORLD_RTT);
}

/* The new one is never proven: the old one is used while the peer takes from it, then the hub. */
/* Proves: H7-105, H7-107 */
static void test_move_that_is_not_proven(void **state)
{
	uint64_t begin;

	(void)state;
	move_back_unheard();
	assert_true(scene_is_direct(scene, far));
	begin = scene->world->core.now.mono;
	while (scene_is_direct(scene, far))
		scene_run(scene, 10 * NS_PER_MS);
	/* before the peer closes it, and in time for what is on its way */
	assert_in_range(scene->world->core.now.mono - begin, 7800 * NS_PER_MS, 8 * NS_PER_S);
	assert_string_equal(scene_session(scene, far).reason,
			    "we have moved: the new tunnel is not proven yet");
	scene_run(scene, 5 * NS_PER_S);
	assert_false(scene_is_direct(scene, far));
	assert_int_equal(scene_way(scene, "10.1.0.1"), hub_tunnel());
}

/* Back before the new one was proven: the old one was never left, and is not to be left any more. */
/* Proves: H7-105 */
static void test_move_and_back(void **state)
{
	(void)state;
	move_back_unheard();
	world_port(scene->world, 0, LINK_PORT_DOWN);
	for (size_t i = 0; i < 300; i++) {
		scene_run(scene, 100 * NS_PER_MS);
		assert_true(scene_is_direct(scene, far));
	}
	assert_int_equal(far->request.care_of, world_addr(NEW_CARE_OF).v4);
	assert_int_equal(tunnel_from(NEW_CARE_OF)->state, DIRECT_UP);
}

/* An uplink that nothing goes by gets other addresses: nobody is waited for at those that are gone. */
static void test_spare_uplink_changes(void **state)
{
	struct registration_request request;

	(void)state;
	scene->world->conf.mobile.n_uplinks = 2;
	start_direct();
	assert_int_equal(scene_tunnels(scene, far), 2);
	for (uint8_t i = 1; i < 5; i++) {
		world_port(scene->world, 1, LINK_PORT_DOWN);
		scene->world->link.addresses[1].v4 = htonl(0xc6120280 + i);
		world_port(scene->world, 1, LINK_PORT_UP);
		scene_run(scene, 30 * NS_PER_S);
		assert_true(far_test(far, RR_HOME) && far_test(far, RR_CARE_OF));
		request = far_request(far);
		assert_int_equal(far_ask(far, &request), REPLY_ACCEPTED);
		assert_int_equal(far->reply.care_ofs.n, 2);
		scene_run(scene, 11 * NS_PER_S);
		assert_true(scene_is_direct(scene, far));
		assert_int_equal(scene_tunnels(scene, far), 2);
	}
}

/* Elsewhere, what failed before may work. */
static void test_move_forgives(void **state)
{
	(void)state;
	scene->world->conf.mobile.n_uplinks = 2;
	far->code = REPLY_PROHIBITED;
	scene_start(scene);
	scene_traffic(scene, far, true);
	scene_run(scene, NS_PER_S);
	assert_int_equal(scene_state(scene, far), RO_STATE_HELD);
	world_port(scene->world, 0, LINK_PORT_DOWN);
	scene_run(scene, 2 * WORLD_RTT);
	assert_int_equal(scene_state(scene, far), RO_STATE_IDLE);
}

/* A token that is too old is asked for too. */
/* Proves: H7-110 */
static void test_old_token(void **state)
{
	(void)state;
	scene->world->conf.mobile.n_uplinks = 2;
	start_direct();
	scene_run(scene, 208 * NS_PER_S);
	assert_int_equal(scene_count(scene, MESSAGE_HOME_TEST_INIT), 1);
	world_port(scene->world, 0, LINK_PORT_DOWN);
	scene_run(scene, NS_PER_S);
	assert_int_equal(scene_count(scene, MESSAGE_HOME_TEST_INIT), 2);
	assert_true(peer_is_registered(scene_peer(scene, far)));
	assert_int_equal(far->request.care_of, world_addr(NEW_CARE_OF).v4);
}

/* The new tunnel is not answered: by the hub, which always works. */
/* Proves: H7-107, H7-093 */
static void test_handover_fails(void **state)
{
	(void)state;
	scene->world->conf.mobile.n_uplinks = 2;
	start_direct();
	far->dead = true;
	world_port(scene->world, 0, LINK_PORT_DOWN);
	assert_false(scene_is_direct(scene, far)); /* before anything else */
	scene_run(scene, 30 * NS_PER_S);
	assert_false(scene_is_direct(scene, far));
	assert_int_equal(scene_way(scene, "10.1.0.1"), hub_tunnel());
	/* tried again after a while */
	far->dead = false;
	scene_run(scene, 60 * NS_PER_S);
	assert_true(scene_is_direct(scene, far));
	assert_int_equal(scene_way(scene, "10.1.0.1"),
			 tunnel_ref(tunnel_from(NEW_CARE_OF)->tunnel).index);
}

/* Who was only asked so far must ask now: nothing else tells the peer where we are. */
/* Proves: H7-148 */
static void test_asked_side_moves(void **state)
{
	(void)state;
	scene->world->conf.mobile.n_uplinks = 2;
	scene->world->conf.mobile.optimization.trigger = CONF_TRIGGER_MANUAL;
	far->mute = true;
	far->deaf[RR_HOME] = true;
	scene_start(scene);
	world_port(scene->world, 1, LINK_PORT_DOWN); /* it hears of no other address */
	assert_int_equal(far_register(far), REPLY_ACCEPTED);
	assert_int_equal(far->reply.care_ofs.n, 1);
	scene_run(scene, 16 * NS_PER_S); /* our own attempt has failed */
	assert_int_equal(far->n_requests, 0);
	far->mute = false;
	far->deaf[RR_HOME] = false;
	world_port(scene->world, 1, LINK_PORT_UP);
	world_port(scene->world, 0, LINK_PORT_DOWN);
	scene_run(scene, 4 * WORLD_RTT);
	assert_int_equal(far->n_requests, 1);
	assert_int_equal(far->request.care_of, world_addr(NEW_CARE_OF).v4);
}

/* Refused for want of the first tunnel: then there is none at another address either, waiting for ever. */
static void test_no_tunnel_at_the_first(void **state)
{
	struct registration_request request;

	(void)state;
	scene->world->conf.mobile.n_uplinks = 2;
	start_tested();
	scene->world->link.fail_tunnel = -28; /* ENOSPC */
	scene->world->link.fail_times = 1;
	request = far_request(far);
	assert_int_equal(far_ask(far, &request), REPLY_RESOURCES);
	assert_int_equal(scene->world->link.fail_tunnel, 0);
	scene_run(scene, NS_PER_MS);
	assert_int_equal(scene_tunnels(scene, far), 0);
}

/* The configuration may give a peer another uplink than the hub. */
/* Proves: H7-047, H7-056 */
static void test_other_uplink(void **state)
{
	struct conf_peer others[] = {
		{.peer = far->home_address, .uplink = 1},
		{.peer = scene->far[FAR_C].home_address, .uplink = 0},
	};

	(void)state;
	scene->world->conf.mobile.n_uplinks = 2;
	scene->world->conf.mobile.optimization.peers = others;
	scene->world->conf.mobile.optimization.n_peers = 2;
	scene_start(scene);
	scene_run(scene, 10 * NS_PER_S); /* probes of the uplinks are answered */
	scene_traffic(scene, far, true);
	scene_traffic(scene, &scene->far[FAR_B], true);
	scene_traffic(scene, &scene->far[FAR_C], true);
	scene_run(scene, 2 * WORLD_RTT);
	assert_int_equal(far->request.care_of, world_addr(NEW_CARE_OF).v4);
	assert_true(addr_is_equal(&far->request_datagram.source, &scene->world->link.addresses[1]));
	assert_int_equal(scene->far[FAR_B].request.care_of, world_addr("203.0.113.30").v4);
	assert_int_equal(scene->far[FAR_C].request.care_of, world_addr("203.0.113.30").v4);
	assert_int_equal(scene->world->hub.bound.v4, world_addr("203.0.113.30").v4);
	/* it is told of both, of that one first */
	assert_int_equal(far_register(far), REPLY_ACCEPTED);
	assert_int_equal(far->reply.care_ofs.n, 2);
	assert_int_equal(far->reply.care_ofs.list[0], world_addr(NEW_CARE_OF).v4);
	assert_int_equal(far->reply.care_ofs.list[1], world_addr("203.0.113.30").v4);
}

/* Unless nothing has been heard by that one yet. */
static void test_other_uplink_is_not_good(void **state)
{
	struct conf_peer other = {.peer = far->home_address, .uplink = 1};

	(void)state;
	scene->world->conf.mobile.n_uplinks = 2;
	scene->world->hub.reaches[1] = false;
	scene->world->conf.mobile.optimization.peers = &other;
	scene->world->conf.mobile.optimization.n_peers = 1;
	scene_start(scene);
	scene_run(scene, 60 * NS_PER_S);
	scene_traffic(scene, far, true);
	scene_run(scene, 2 * WORLD_RTT);
	assert_int_equal(far->request.care_of, world_addr("203.0.113.30").v4);
}

/* --- the peer moves ------------------------------------------------------------------------------------------ */

/* Its endpoint is replaced on acceptance; packets wait for no proof: they go by the hub. */
/* Proves: H7-104, H7-078, H7-105 */
static void test_peer_moves(void **state)
{
	const struct direct *direct;

	(void)state;
	start_direct();
	far->also_at = far->care_of;
	far->care_of = world_addr("203.0.113.12");
	far->care_ofs[0] = far->care_of.v4;
	far->dead = true;
	assert_true(far_test(far, RR_CARE_OF));
	{
		struct registration_request request = far_request(far);

		assert_int_equal(far_ask(far, &request), REPLY_ACCEPTED);
	}
	assert_false(scene_is_direct(scene, far));
	assert_int_equal(scene_way(scene, "10.1.0.1"), hub_tunnel());
	scene_run(scene, NS_PER_S);
	far->dead = false;
	scene_run(scene, 3 * NS_PER_S);
	assert_true(scene_is_direct(scene, far));
	direct = scene_peer(scene, far)->directs;
	while (tunnel_ref(direct->tunnel).index != scene_way(scene, "10.1.0.1"))
		direct = direct->next;
	assert_true(addr_is_equal(&direct->remote, &far->care_of));
	/* the old one goes on receiving */
	assert_int_equal(scene_tunnels(scene, far), 2);
	scene_run(scene, 10 * NS_PER_S);
	assert_int_equal(scene_tunnels(scene, far), 1);
	assert_int_equal(scene_session(scene, far).handovers, 1);
}

/* We open the new tunnel as soon as it has registered, whatever it answers to our own. */
static void test_peer_moves_and_is_silent(void **state)
{
	struct registration_request request;

	(void)state;
	start_direct();
	far->care_of = world_addr("203.0.113.12");
	far->mute = true;
	assert_true(far_test(far, RR_CARE_OF));
	request = far_request(far);
	assert_int_equal(far_ask(far, &request), REPLY_ACCEPTED);
	assert_false(scene_is_direct(scene, far));
	scene_run(scene, 3 * NS_PER_S);
	assert_true(scene_is_direct(scene, far));
	assert_int_equal(scene_session(scene, far).remote.v4, far->care_of.v4);
}

/* It cannot be taken at the new place, for want of a tunnel: nothing changes at the old one. */
static void test_peer_moves_without_room(void **state)
{
	struct registration_request request;

	(void)state;
	start_direct();
	far->also_at = far->care_of;
	far->care_of = world_addr("203.0.113.12");
	assert_true(far_test(far, RR_CARE_OF));
	request = far_request(far);
	scene->world->link.fail_tunnel = -28; /* ENOSPC */
	assert_int_equal(far_ask(far, &request), REPLY_RESOURCES);
	assert_true(scene_is_direct(scene, far));
	scene_run(scene, 20 * NS_PER_S);
	assert_true(scene_is_direct(scene, far));
	assert_int_equal(scene_session(scene, far).handovers, 0);
	assert_int_equal(scene_tunnels(scene, far), 1);
}

/* It registers long before its time: it has started anew and forgotten us, so we ask again, but not twice. */
static void test_peer_starts_anew(void **state)
{
	size_t requests;

	(void)state;
	start_direct();
	scene_run(scene, 160 * NS_PER_S);
	requests = far->n_requests;
	assert_int_equal(far_register(far), REPLY_ACCEPTED); /* in its time */
	scene_run(scene, 10 * NS_PER_S);
	assert_int_equal(far->n_requests, requests);
	assert_int_equal(far_register(far), REPLY_ACCEPTED);
	scene_run(scene, 1500 * NS_PER_MS);
	assert_int_equal(far->n_requests, requests + 1);
	assert_int_equal(far_register(far), REPLY_ACCEPTED);
	scene_run(scene, NS_PER_S);
	assert_int_equal(far->n_requests, requests + 1);
	assert_int_equal(far_register(far), REPLY_ACCEPTED); /* 2.5 s after ours */
	scene_run(scene, NS_PER_S);
	assert_int_equal(far->n_requests, requests + 2);
	assert_true(scene_is_direct(scene, far));
}

/* --- the peer leaves ----------------------------------------------------------------------------------------- */

/* Proves: H7-101, H7-102, H7-103, H7-130, H7-033 */
static void test_peer_leaves(void **state)
{
	const struct scene_sent *sent;
	unsigned int of_hub;

	(void)state;
	scene_start(scene);
	of_hub = scene->world->link.n_tunnels;
	assert_int_equal(far_register(far), REPLY_ACCEPTED);
	scene_run(scene, 3 * NS_PER_S);
	assert_true(scene_is_direct(scene, far));
	/* the home token alone makes the key; the care-of index is not looked at */
	assert_int_equal(far_leave(far), REPLY_ACCEPTED);
	assert_true(far->reply_is_signed);
	assert_int_equal(far->reply.lifetime, 0);
	sent = scene_last(scene, MESSAGE_REPLY);
	assert_true(addr_is_equal(&sent->datagram.destination, &far->care_of));
	/* routes first */
	assert_false(scene_is_direct(scene, far));
	assert_int_equal(scene_way(scene, "10.1.0.1"), hub_tunnel());
	assert_int_equal(scene_way(scene, "192.0.2.1"), hub_tunnel());
	assert_false(peer_is_accepted(scene_peer(scene, far)));
	assert_false(peer_is_registered(scene_peer(scene, far)));
	/* then the tunnel, after what is on its way has come */
	assert_int_equal(scene_tunnels(scene, far), 1);
	scene_run(scene, 1900 * NS_PER_MS);
	assert_int_equal(scene_tunnels(scene, far), 1);
	scene_run(scene, 200 * NS_PER_MS);
	assert_int_equal(scene_tunnels(scene, far), 0);
	assert_int_equal(scene->world->link.n_tunnels, of_hub);
	/* and what has ended does not end once more */
	scene_run(scene, 300 * NS_PER_S);
	assert_int_equal(world_count(scene->world, EVENT_RO_EXPIRED), 0);
}

/* Proves: H7-130 */
static void test_care_of_index_at_the_end(void **state)
{
	uint8_t bytes[MESSAGE_SIZE];
	struct datagram datagram;
	struct registration_request request;

	(void)state;
	start_direct();
	request = far_request(far);
	request.lifetime = 0;
	request.n_networks = 0;
	request.udp.is_present = false;
	datagram = far_request_datagram(far, &request, bytes);
	far->key.care_of_index = far->indexes[RR_CARE_OF]; /* as if it took part */
	{
		struct writer writer = writer_of(bytes, sizeof(bytes));

		assert_int_equal(registration_request_build(&request, &writer), WIRE_OK);
		assert_int_equal(correspondent_sign(scene->world->engine, &far->key, &writer), 0);
	}
	assert_int_equal(far_send(far, &datagram), REPLY_ACCEPTED);
	assert_true(far->reply_is_signed);
	assert_int_equal(far->reply.correspondent.care_of_index, far->indexes[RR_CARE_OF]);
	assert_false(peer_is_accepted(scene_peer(scene, far)));
}

/* Its lifetime is over: the same without a word; but our own session still needs the tunnel. */
/* Proves: H0-31 */
static void test_peer_expires(void **state)
{
	struct registration_request request;

	(void)state;
	start_direct();
	request = far_request(far);
	request.lifetime = 20;
	assert_int_equal(far_ask(far, &request), REPLY_ACCEPTED);
	scene_run(scene, 19 * NS_PER_S);
	assert_true(scene_is_direct(scene, far));
	scene_run(scene, NS_PER_S);
	assert_false(scene_is_direct(scene, far));
	assert_int_equal(world_count(scene->world, EVENT_RO_EXPIRED), 1);
	scene_run(scene, 10 * NS_PER_S);
	assert_true(peer_is_registered(scene_peer(scene, far)));
	assert_int_equal(scene_tunnels(scene, far), 1);
	assert_int_equal(scene_state(scene, far), RO_STATE_WAITING);
	/* the last one takes it along */
	assert_int_equal(ro_stop(scene->ro, &far->home_address), 0);
	scene_run(scene, 3 * NS_PER_S);
	assert_int_equal(scene_tunnels(scene, far), 0);
}

/* It is gone without a word, and is back elsewhere an hour later: noticed, left, and made anew. */
/* Proves: H0-37 */
static void test_dead_session(void **state)
{
	(void)state;
	start_direct();
	far->dead = far->mute = true;
	far->deaf[RR_HOME] = far->deaf[RR_CARE_OF] = true;
	scene_run(scene, 5 * NS_PER_S);
	assert_false(scene_is_direct(scene, far));
	scene_run(scene, 3600 * NS_PER_S);
	assert_false(peer_is_registered(scene_peer(scene, far)));
	assert_int_equal(scene_tunnels(scene, far), 0);
	far->dead = far->mute = false;
	far->deaf[RR_HOME] = far->deaf[RR_CARE_OF] = false;
	far->care_of = world_addr("203.0.113.99");
	far->care_ofs[0] = far->care_of.v4;
	scene_traffic(scene, far, true);
	scene_run(scene, NS_PER_S);
	assert_true(peer_is_registered(scene_peer(scene, far)));
	assert_int_equal(far_register(far), REPLY_ACCEPTED);
	scene_run(scene, 3 * NS_PER_S);
	assert_true(scene_is_direct(scene, far));
}

/* --- we leave ------------------------------------------------------------------------------------------------- */

/* Proves: H7-100, H7-033 */
static void test_we_leave(void **state)
{
	struct far *other = &scene->far[FAR_B];

	(void)state;
	start_direct();
	scene_traffic(scene, other, true);
	scene_run(scene, NS_PER_S);
	assert_true(peer_is_registered(scene_peer(scene, other)));
	ro_shutdown(scene->ro);
	assert_false(ro_is_drained(scene->ro));
	assert_false(scene_is_direct(scene, far));
	for (size_t i = 0; i < 2; i++) {
		const struct registration_request *request = &scene->far[i].request;

		assert_int_equal(request->lifetime, 0);
		assert_int_equal(request->care_of, request->home_address);
		assert_int_equal(request->correspondent.care_of_index, 0);
		assert_int_equal(request->n_networks, 0);
		assert_true(addr_is_equal(&scene->far[i].request_datagram.destination,
					  &scene->far[i].home_address));
	}
	assert_true(far->n_requests >= 2); /* it has found the key: SHA1 of the home token */
	scene_run(scene, 2 * WORLD_RTT);
	assert_true(ro_is_drained(scene->ro));
	/* nobody is let in again */
	assert_int_equal(far_register(far), REPLY_PROHIBITED);
}

/* Nobody answers: three tries, and no more than three seconds. */
/* Proves: H7-100 */
static void test_we_leave_unheard(void **state)
{
	size_t before;

	(void)state;
	start_direct();
	far->mute = true;
	before = far->n_requests;
	ro_shutdown(scene->ro);
	scene_run(scene, 2 * NS_PER_S);
	ro_shutdown(scene->ro); /* once more makes it no longer */
	scene_run(scene, NS_PER_S - 1);
	assert_false(ro_is_drained(scene->ro));
	scene_run(scene, 1);
	assert_true(ro_is_drained(scene->ro));
	assert_int_equal(far->n_requests, before + 3);
}

/* In the middle of asking: who may have accepted us is told, who has heard nothing of us is not. */
static void test_leave_while_asking(void **state)
{
	(void)state;
	far->mute = true;
	scene_start(scene);
	scene_traffic(scene, far, true);
	assert_int_equal(asking(), ASKING_ROUTABILITY);
	assert_int_equal(ro_stop(scene->ro, &far->home_address), 0);
	scene_run(scene, NS_PER_S);
	assert_int_equal(far->n_requests, 0);
	assert_int_equal(asking(), ASKING_NOTHING);
	assert_int_equal(ro_start(scene->ro, &far->home_address), 0);
	scene_run(scene, WORLD_RTT + 1);
	assert_int_equal(asking(), ASKING_REGISTRATION);
	assert_int_equal(ro_stop(scene->ro, &far->home_address), 0);
	assert_int_equal(far->request.lifetime, 0);
}

/* Accepted beforehand is accepted: it has our registration, and is told that it ends. */
/* Proves: H7-100 */
static void test_leave_when_preaccepted(void **state)
{
	(void)state;
	far->code = REPLY_CONCURRENT;
	scene_start(scene);
	scene_traffic(scene, far, true);
	scene_run(scene, 3 * WORLD_RTT);
	assert_int_equal(asking(), ASKING_PREACCEPTED);
	assert_int_equal(ro_stop(scene->ro, &far->home_address), 0);
	assert_int_equal(far->request.lifetime, 0);
}

/* Its token is too old, and the test for another is not answered: left without a word. */
static void test_leave_without_a_key(void **state)
{
	(void)state;
	start_direct();
	scene_run(scene, 208 * NS_PER_S);
	far->deaf[RR_HOME] = true;
	assert_int_equal(ro_stop(scene->ro, &far->home_address), 0);
	assert_int_equal(asking(), ASKING_ROUTABILITY);
	scene_run(scene, 14 * NS_PER_S);
	assert_int_equal(asking(), ASKING_ROUTABILITY);
	scene_run(scene, 2 * NS_PER_S);
	assert_int_equal(asking(), ASKING_NOTHING);
	assert_int_equal(scene_state(scene, far), RO_STATE_STOPPED);
	assert_false(scene_peer(scene, far)->session->removing);
}

/* Nor is anybody waited for longer than three seconds, however much is still to be asked. */
static void test_leave_in_time(void **state)
{
	(void)state;
	start_direct();
	scene_run(scene, 208 * NS_PER_S);
	far->deaf[RR_HOME] = true;
	ro_shutdown(scene->ro);
	scene_run(scene, 3 * NS_PER_S - 1);
	assert_false(ro_is_drained(scene->ro));
	scene_run(scene, 1);
	assert_true(ro_is_drained(scene->ro));
}

/* The hub takes the permission back: every peer is left. */
static void test_hub_refuses(void **state)
{
	(void)state;
	start_direct();
	scene->grants = false;
	scene_refresh(scene);
	assert_false(scene_is_direct(scene, far));
	assert_int_equal(far->request.lifetime, 0);
	assert_int_equal(world_count(scene->world, EVENT_RO_OFF), 1);
	assert_int_equal(ro_start(scene->ro, &far->home_address), -107); /* ENOTCONN */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_handover, setup, teardown),
		cmocka_unit_test_setup_teardown(test_make_before_break, setup, teardown),
		cmocka_unit_test_setup_teardown(test_move_that_is_not_proven, setup, teardown),
		cmocka_unit_test_setup_teardown(test_move_and_back, setup, teardown),
		cmocka_unit_test_setup_teardown(test_spare_uplink_changes, setup, teardown),
		cmocka_unit_test_setup_teardown(test_move_forgives, setup, teardown),
		cmocka_unit_test_setup_teardown(test_old_token, setup, teardown),
		cmocka_unit_test_setup_teardown(test_handover_fails, setup, teardown),
		cmocka_unit_test_setup_teardown(test_asked_side_moves, setup, teardown),
		cmocka_unit_test_setup_teardown(test_no_tunnel_at_the_first, setup, teardown),
		cmocka_unit_test_setup_teardown(test_other_uplink, setup, teardown),
		cmocka_unit_test_setup_teardown(test_other_uplink_is_not_good, setup, teardown),
		cmocka_unit_test_setup_teardown(test_peer_moves, setup, teardown),
		cmocka_unit_test_setup_teardown(test_peer_moves_and_is_silent, setup, teardown),
		cmocka_unit_test_setup_teardown(test_peer_moves_without_room, setup, teardown),
		cmocka_unit_test_setup_teardown(test_peer_starts_anew, setup, teardown),
		cmocka_unit_test_setup_teardown(test_peer_leaves, setup, teardown),
		cmocka_unit_test_setup_teardown(test_care_of_index_at_the_end, setup, teardown),
		cmocka_unit_test_setup_teardown(test_peer_expires, setup, teardown),
		cmocka_unit_test_setup_teardown(test_dead_session, setup, teardown),
		cmocka_unit_test_setup_teardown(test_we_leave, setup, teardown),
		cmocka_unit_test_setup_teardown(test_we_leave_unheard, setup, teardown),
		cmocka_unit_test_setup_teardown(test_leave_while_asking, setup, teardown),
		cmocka_unit_test_setup_teardown(test_leave_when_preaccepted, setup, teardown),
		cmocka_unit_test_setup_teardown(test_leave_without_a_key, setup, teardown),
		cmocka_unit_test_setup_teardown(test_leave_in_time, setup, teardown),
		cmocka_unit_test_setup_teardown(test_hub_refuses, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
