/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * control/ro/direct.c, keepalive.c, health.c, path.c: what goes directly, and when (RFC 6521, sections
 * 3.3.4 and 6.1; haaro.md, sections 11.1, 11.2 and 12).
 */
#include "case.h"
#include "ro/direct.h"
#include "ro/listener.h"

static const struct scene_echo *last_echo(void)
{
	assert_true(scene->n_echoes > 0);
	return &scene->echoes[(scene->n_echoes - 1) % SCENE_ECHO];
}

/* It is registered here, and we ask nothing of it, for the hub tells us nothing by itself. */
static void only_asked(void)
{
	scene->world->conf.mobile.optimization.request = false;
	scene_start(scene);
	assert_int_equal(far_register(far), SILENCE);
	scene_run(scene, 2 * NS_PER_S);
	assert_int_equal(far_heard(far), REPLY_ACCEPTED);
}

static bool knock_from(const char *remote, uint16_t port, const char *source)
{
	const struct tunnel_knock knock = {
		.remote = world_addr(remote),
		.remote_port = port,
		.source = world_addr(source),
		.destination = scene->world->conf.mobile.home_address,
	};

	return world_knock(scene->world, &knock, &scene->world->link.addresses[0]).index !=
	       FWD_NONE;
}

/* --- coming up -------------------------------------------------------------------------------------------- */

/* The one that asks sends the first keepalive: at once, of both sizes, to the peer's home address. */
/* Proves: H7-091, H7-092, H7-143, H7-088 */
static void test_asking_side_opens(void **state)
{
	const struct scene_echo *small, *full;

	(void)state;
	far->dead = true;
	scene->world->conf.mobile.optimization.mutual = CONF_MUTUAL_IMMEDIATE;
	scene_start(scene);
	scene_traffic(scene, far, true);
	scene_run(scene, 2 * WORLD_RTT);
	assert_int_equal(scene->n_echoes, 2);
	small = &scene->echoes[0];
	full = &scene->echoes[1];
	assert_int_equal(small->mono, scene->world->core.now.mono);
	assert_true(addr_is_equal(&small->echo.source, &scene->world->conf.mobile.home_address));
	assert_true(addr_is_equal(&small->echo.destination, &far->home_address));
	assert_true(addr_is_equal(&small->local, &scene->world->link.addresses[0]));
	assert_true(addr_is_equal(&small->remote, &far->care_of));
	assert_int_equal(small->remote_port, 434);
	assert_int_equal(small->echo.size, 0);
	assert_int_equal(full->echo.size, 1400); /* the tunnel's MTU */
	/* not answered: nothing goes by it */
	scene_run(scene, 1500 * NS_PER_MS);
	assert_false(scene_is_direct(scene, far));
	assert_int_equal(scene_way(scene, "10.1.0.1"), hub_tunnel());
	assert_int_equal(scene->n_echoes, 4);
	far->dead = false;
	scene_run(scene, 100 * NS_PER_MS);
	assert_false(scene_is_direct(scene, far));
	scene_run(scene, NS_PER_S);
	assert_true(scene_is_direct(scene, far));
}

/* The one that was asked waits, then answers, then asks itself. */
/* Proves: H7-090, H7-092, H7-094 */
static void test_asked_side_waits(void **state)
{
	(void)state;
	only_asked();
	scene_run(scene, 29 * NS_PER_S);
	assert_int_equal(scene->n_echoes, 0);
	assert_false(scene_is_direct(scene, far));
	assert_true(far_knock(far, 434));
	assert_int_equal(scene->n_echoes, 2);
	assert_false(scene_is_direct(scene, far));
	scene_run(scene, WORLD_RTT);
	assert_true(scene_is_direct(scene, far));
	assert_int_equal(scene_way(scene, "10.1.0.1"), scene_session(scene, far).tunnel.index);
}

/* Large packets that get lost are worse than a detour. */
static void test_small_alone_is_no_proof(void **state)
{
	(void)state;
	far->mtu = 1399;
	scene_start(scene);
	scene_traffic(scene, far, true);
	assert_int_equal(far_register(far), REPLY_ACCEPTED);
	scene_run(scene, 10 * NS_PER_S);
	assert_false(scene_is_direct(scene, far));
}

/* --- the far end: haaro.md, section 21, row 12 ----------------------------------------------------------------- */

/* Its port is another than that of its request: a NAT's own choice. */
/* Proves: H7-144 */
static void test_other_port(void **state)
{
	(void)state;
	far->echo_port = 50123;
	only_asked();
	assert_true(far_knock(far, 50123));
	scene_run(scene, WORLD_RTT);
	assert_true(scene_is_direct(scene, far));
	assert_int_equal(scene_session(scene, far).remote_port, 50123);
	assert_int_equal(last_echo()->remote_port, 50123);
}

/* A half-bound tunnel is nobody else's: only its address and home address open it. */
/* Proves: H7-144, H7-092 */
static void test_hijack(void **state)
{
	(void)state;
	only_asked();
	far = &scene->far[FAR_B];
	assert_int_equal(far_register(far), SILENCE);
	scene_run(scene, 2 * NS_PER_S);
	assert_int_equal(far_heard(far), REPLY_ACCEPTED);
	far = &scene->far[FAR_A];
	assert_false(knock_from("203.0.113.66", 434, "192.0.2.1"));
	assert_false(knock_from("203.0.113.90", 434, "192.0.2.1")); /* the other one does */
	assert_false(knock_from("203.0.113.10", 434, "192.0.2.9"));
	assert_false(knock_from("203.0.113.10", 434, "192.0.2.66"));
	assert_int_equal(scene->n_echoes, 0);
	assert_int_equal(scene_session(scene, far).tunnel.index, FWD_NONE);
	assert_true(knock_from("203.0.113.10", 434, "192.0.2.1"));
}

/* From the peer's networks to ours; by what waits for its port, echoes alone. */
static void test_what_may_come(void **state)
{
	const struct peer *peer;
	const struct tunnel_spec *spec;

	(void)state;
	start_direct();
	peer = scene_peer(scene, far);
	spec = tunnel_spec(peer->directs->tunnel);
	assert_int_equal(spec->source, FWD_SOURCE_PATH);
	assert_int_equal(spec->source_path, peer->path.index);
	assert_int_equal(spec->destination, FWD_DESTINATION_LOCAL);
	assert_int_equal(spec->accept, FWD_ACCEPT_DIRECT);
	assert_int_equal(spec->local_port, MESSAGE_UDP_PORT);
	assert_int_equal(spec->port, 0);
	assert_true(addr_is_equal(&spec->peer, &far->home_address));
	spec = tunnel_spec(peer->directs->listener->tunnel);
	assert_int_equal(spec->source, FWD_SOURCE_ANY);
	assert_int_equal(spec->source_path, FWD_NONE);
	assert_int_equal(spec->destination, FWD_DESTINATION_LOCAL);
	assert_int_equal(spec->accept, FWD_ACCEPT_ECHO);
	assert_int_equal(spec->local_port, MESSAGE_UDP_PORT);
	assert_int_equal(spec->remote_port, 0);
}

/* A NAT that forgets gives it another port: followed, and not more than once a second. */
static void test_port_moves(void **state)
{
	(void)state;
	scene_start(scene);
	make_direct();
	assert_int_equal(scene_session(scene, far).remote_port, 434);
	assert_true(far_knock(far, 40000));
	assert_int_equal(scene_session(scene, far).remote_port, 40000);
	assert_true(scene_is_direct(scene, far));
	assert_int_equal(scene_way(scene, "10.1.0.1"), scene_session(scene, far).tunnel.index);
	/* that one came late: it is answered by the tunnel that is there */
	assert_true(far_knock(far, 40000));
	assert_int_equal(scene_session(scene, far).remote_port, 40000);
	assert_false(far_knock(far, 40001));
	assert_int_equal(world_count(scene->world, EVENT_RO_PORT_MOVED), 1);
	scene_run(scene, NS_PER_S - 1);
	assert_false(far_knock(far, 40001));
	scene_run(scene, 1);
	assert_true(far_knock(far, 40001));
	assert_int_equal(scene_tunnels(scene, far), 1);
}

/* --- routes ---------------------------------------------------------------------------------------------------- */

/* Data for its home address goes directly, signalling never does (haaro.md, A27 and section 21, row 1). */
/* Proves: H7-049, H7-050, H7-051, H7-052, H7-053, H7-099, H7-011, H7-012 */
static void test_routes(void **state)
{
	const struct ip_addr host = world_addr("10.3.0.5");
	struct fwd_nexthop nexthop;
	uint32_t direct;

	(void)state;
	far->networks[1] = prefix_v4(world_addr("10.1.0.128").v4, 25);
	far->n_networks = 2;
	scene->far[FAR_B].networks[0] = prefix_v4(world_addr("10.1.0.192").v4, 26);
	scene_start(scene);
	make_direct();
	direct = scene_session(scene, far).tunnel.index;
	assert_int_not_equal(direct, hub_tunnel());
	assert_int_equal(scene_way(scene, "192.0.2.1"), direct);
	assert_int_equal(scene_way(scene, "10.1.0.1"), direct);
	assert_int_equal(scene_way(scene, "10.1.0.129"), direct);
	/* longest match: the other router's, which is not direct */
	assert_int_equal(scene_way(scene, "10.1.0.193"), hub_tunnel());
	assert_int_equal(scene_way(scene, "8.8.8.8"), hub_tunnel());
	/* what is on our own wire stays there */
	assert_int_equal(fake_fwd_ops.route_lookup(&scene->world->fwd, REALM_MAIN, &host, &nexthop),
			 0);
	assert_int_equal(nexthop.kind, NEXTHOP_ADJACENCY);
	/* our own next test and request leave as before */
	scene_run(scene, 230 * NS_PER_S);
	assert_int_equal(scene_last(scene, MESSAGE_HOME_TEST_INIT)->datagram.tunnel.index,
			 hub_tunnel());
	assert_int_equal(scene_last(scene, MESSAGE_CARE_OF_TEST_INIT)->datagram.tunnel.index,
			 FWD_NONE);
	assert_int_equal(scene_last(scene, MESSAGE_REQUEST)->datagram.tunnel.index, FWD_NONE);
}

/* What it did not list in its registration is not taken from it, nor sent to it. */
/* Proves: H7-020, H7-083 */
static void test_listed_only(void **state)
{
	struct registration_request request;

	(void)state;
	far->networks[1] = prefix_v4(world_addr("10.1.64.0").v4, 24);
	far->n_networks = 2;
	only_asked();
	request = far_request(far);
	request.n_networks = 1;
	assert_int_equal(far_ask(far, &request), REPLY_ACCEPTED);
	assert_true(far_knock(far, 434));
	scene_run(scene, WORLD_RTT);
	assert_int_equal(scene_way(scene, "10.1.0.1"), scene_session(scene, far).tunnel.index);
	assert_int_equal(scene_way(scene, "10.1.64.1"), hub_tunnel());
}

/* Unless we are registered there: then the hub's word about it is enough. */
static void test_unlisted(void **state)
{
	struct registration_request request;

	(void)state;
	far->networks[1] = prefix_v4(world_addr("10.1.64.0").v4, 24);
	far->n_networks = 2;
	start_direct();
	request = far_request(far);
	request.n_networks = 1;
	assert_int_equal(far_ask(far, &request), REPLY_ACCEPTED);
	assert_int_equal(scene_way(scene, "10.1.64.1"), scene_session(scene, far).tunnel.index);
}

/* Each direction stands for itself, and both sides may differ for a while. */
/* Proves: H7-085, H7-149 */
static void test_one_way(void **state)
{
	(void)state;
	scene_start(scene);
	scene_traffic(scene, far, true);
	scene_run(scene, 5 * NS_PER_S);
	/* we are registered there, so it may send directly; what we send waits for it */
	assert_true(peer_is_registered(scene_peer(scene, far)));
	assert_false(scene_is_direct(scene, far));
	assert_int_equal(scene_state(scene, far), RO_STATE_WAITING);
	assert_true(scene_session(scene, far).direct_in && !scene_session(scene, far).direct_out);
}

static uint64_t time_until(bool direct)
{
	uint64_t begin = scene->world->core.now.mono;

	while (scene_is_direct(scene, far) != direct) {
		scene_run(scene, 100 * NS_PER_MS);
		assert_true(scene->world->core.now.mono - begin < 100 * NS_PER_S);
	}
	return scene->world->core.now.mono - begin;
}

/* --- keepalives ------------------------------------------------------------------------------------------------- */

static uint64_t shortest_gap(size_t from)
{
	uint64_t gap = TIME_NEVER;

	/* both sizes leave together: five moments a second is what the constant is about */
	for (size_t i = from + 1; i < scene->n_echoes; i++) {
		uint64_t between = scene->echoes[i % SCENE_ECHO].mono -
				   scene->echoes[(i - 1) % SCENE_ECHO].mono;

		if (between > 0 && between < gap)
			gap = between;
	}
	return gap;
}

/* Traffic makes them quicker, silence slower; never more than the constant, whatever is configured. */
/* Proves: H7-095, H7-096, R-07, H7-152 */
static void test_rate(void **state)
{
	struct conf_watch *keepalive = &scene->world->conf.mobile.optimization.keepalive;
	size_t before, in_window;

	(void)state;
	keepalive->interval = 200 * NS_PER_MS;
	scene_start(scene);
	make_direct();
	before = scene->n_echoes;
	scene_run(scene, 2 * NS_PER_S);
	assert_true(scene->n_echoes - before >= 5);
	assert_true(shortest_gap(before) >= 200 * NS_PER_MS);
	/* nor while it is lost, hurried or probed */
	far->dead = true;
	scene_run(scene, 20 * NS_PER_S);
	assert_true(shortest_gap(0) >= 200 * NS_PER_MS);
	/* no window of a second has more than five of them */
	in_window = 0;
	for (size_t i = 0, first = 0; i < scene->n_echoes; i++) {
		while (scene->echoes[i].mono - scene->echoes[first].mono >= NS_PER_S)
			first++;
		if (i - first + 1 > in_window)
			in_window = i - first + 1;
	}
	assert_true(in_window <= 5);
}

/* No traffic: the idle interval, much shorter than 110 s. */
/* Proves: H7-095 */
static void test_idle(void **state)
{
	size_t before;

	(void)state;
	scene_start(scene);
	make_direct();
	scene_run(scene, 20 * NS_PER_S);
	before = scene->n_echoes;
	scene_run(scene, 50 * NS_PER_S);
	assert_in_range(scene->n_echoes - before, 9, 11);
	assert_true(scene_is_direct(scene, far));
}

/* A packet on an idle path: looked at once, with both sizes, and quickly for as long as there are more. */
static void test_wakes(void **state)
{
	struct path_counters *traffic;
	size_t before;

	(void)state;
	start_direct();
	traffic = &scene->world->fwd.path_counters[scene_peer(scene, far)->path.index];
	scene_run(scene, 20 * NS_PER_S);
	before = scene->n_echoes;
	scene_traffic(scene, far, true);
	assert_int_equal(scene->n_echoes - before, 2);
	assert_int_equal(last_echo()->echo.size, 1400);
	for (size_t i = 0; i < 10; i++) {
		if (i < 5)
			traffic->sent_direct.packets++;
		else
			traffic->received_direct.packets++;
		scene_run(scene, 2 * NS_PER_S);
	}
	assert_in_range(scene->n_echoes - before, 80, 84);
	scene_run(scene, 10 * NS_PER_S);
	before = scene->n_echoes;
	scene_run(scene, 20 * NS_PER_S);
	assert_in_range(scene->n_echoes - before, 3, 5);
	assert_true(scene_is_direct(scene, far));
}

/* Only small ones pass any more: as good as nothing, and it is said so. */
static void test_full_size_is_lost(void **state)
{
	(void)state;
	start_direct();
	scene->world->fwd.path_counters[scene_peer(scene, far)->path.index].sent_direct.packets++;
	far->mtu = 1399;
	scene_run(scene, 4 * NS_PER_S);
	assert_false(scene_is_direct(scene, far));
	assert_string_equal(scene_session(scene, far).reason,
			    "full-size packets do not pass directly");
}

/* Unless the configuration asks for no proof of that. */
static void test_small_are_enough(void **state)
{
	(void)state;
	scene->world->conf.mobile.optimization.keepalive_full_size = false;
	far->mtu = 1399;
	start_direct();
	for (size_t i = 0; i < scene->n_echoes; i++)
		assert_int_equal(scene->echoes[i].echo.size, 0);
	far->dead = true;
	(void)time_until(false);
	far->dead = false;
	assert_in_range(time_until(true), 3 * NS_PER_S, 6 * NS_PER_S);
}

/* Silence: by the hub at once; when it answers again, direct after a time that grows. */
/* Proves: H7-093, H7-098 */
static void test_falls_and_returns(void **state)
{
	(void)state;
	scene_start(scene);
	make_direct();
	far->dead = true;
	scene_run(scene, 3 * NS_PER_S);
	assert_false(scene_is_direct(scene, far));
	assert_int_equal(scene_way(scene, "10.1.0.1"), hub_tunnel());
	assert_int_equal(scene_session(scene, far).falls, 1);
	assert_true(peer_is_registered(scene_peer(scene, far)));
	far->dead = false;
	scene_run(scene, 15 * NS_PER_S);
	assert_true(scene_is_direct(scene, far));
	assert_int_equal(scene_session(scene, far).falls, 1);
}

/*
 * Our registration failed, and the peer's own came during the hold-down: our packets go directly, and
 * when it is over we register there too, traffic or not. Else only one direction would be direct.
 */
static void held_but_accepted(bool traffic)
{
	far->mute = true;
	scene_start(scene);
	scene_traffic(scene, far, true);
	scene_run(scene, 20 * NS_PER_S);
	assert_int_equal(scene_state(scene, far), RO_STATE_HELD);
	far->mute = false;
	assert_int_equal(far_register(far), REPLY_ACCEPTED);
	assert_true(far_knock(far, 434));
	scene_run(scene, 2 * NS_PER_S);
	assert_true(scene_is_direct(scene, far));
	assert_false(peer_is_registered(scene_peer(scene, far)));
	assert_true(scene_session(scene, far).direct_out && !scene_session(scene, far).direct_in);
	for (int i = 0; i < 40; i++) {
		if (traffic)
			scene->world->fwd.path_counters[scene_peer(scene, far)->path.index]
				.sent_direct.packets++;
		scene_run(scene, NS_PER_S);
	}
	assert_true(peer_is_registered(scene_peer(scene, far)));
}

static void test_held_but_accepted(void **state)
{
	(void)state;
	held_but_accepted(false);
}

static void test_held_but_accepted_with_traffic(void **state)
{
	(void)state;
	held_but_accepted(true);
}

/* What the falls cost is added up, for a rate over any time; last and worst are of one. */
static void test_outages_add_up(void **state)
{
	struct ro_session_view first, both;

	(void)state;
	scene_start(scene);
	make_direct();
	far->dead = true;
	scene_run(scene, 3 * NS_PER_S);
	first = scene_session(scene, far);
	assert_true(first.last_outage > 0);
	assert_int_equal(first.outage, first.last_outage);
	far->dead = false;
	scene_run(scene, 15 * NS_PER_S);
	assert_true(scene_is_direct(scene, far));
	assert_int_equal(scene_session(scene, far).outage, first.outage);
	far->dead = true;
	scene_run(scene, 10 * NS_PER_S); /* without traffic it is watched at leisure by now */
	both = scene_session(scene, far);
	assert_int_equal(both.falls, 2);
	assert_in_range(both.last_outage, NS_PER_S, 2 * NS_PER_S + WORLD_RTT);
	assert_int_equal(both.outage, first.outage + both.last_outage);
}

/* How long it must answer is doubled by each fall, to half a minute; ten minutes without one end that. */
static void test_trust_is_lost(void **state)
{
	static const unsigned int seconds[] = {3, 6, 12, 24, 30, 30};
	uint64_t took;

	(void)state;
	start_direct();
	for (size_t i = 0; i < sizeof(seconds) / sizeof(seconds[0]); i++) {
		far->dead = true;
		(void)time_until(false);
		far->dead = false;
		took = time_until(true);
		assert_in_range(took, seconds[i] * NS_PER_S, (seconds[i] + 3) * NS_PER_S);
	}
	for (size_t i = 0; i < 2; i++) {
		for (size_t n = 0; n < 3 + i; n++) {
			assert_int_equal(far_register(far), REPLY_ACCEPTED);
			scene_run(scene, 151 * NS_PER_S);
		}
		far->dead = true;
		(void)time_until(false);
		far->dead = false;
		took = time_until(true);
		assert_in_range(took, (i ? 3 : 30) * NS_PER_S, (i ? 6 : 33) * NS_PER_S);
	}
}

/* What failed is tried less and less often; the operator may ask at any time. */
static void test_hold_down(void **state)
{
	static const unsigned int seconds[] = {30, 60, 120, 240, 480, 600, 600};

	(void)state;
	far->code = REPLY_PROHIBITED;
	scene_start(scene);
	for (size_t i = 0; i < sizeof(seconds) / sizeof(seconds[0]); i++) {
		scene_traffic(scene, far, true);
		scene_run(scene, NS_PER_S);
		assert_int_equal(far->n_requests, i + 1);
		assert_in_range(scene_session(scene, far).held, (seconds[i] - 1) * NS_PER_S,
				seconds[i] * NS_PER_S);
		scene_traffic(scene, far, true);
		scene_run(scene, seconds[i] * NS_PER_S);
		assert_int_equal(far->n_requests, i + 1);
	}
	assert_int_equal(ro_start(scene->ro, &far->home_address), 0);
	scene_run(scene, NS_PER_S);
	assert_in_range(scene_session(scene, far).held, 29 * NS_PER_S, 30 * NS_PER_S);
}

/* When nobody answered, and it is registered here, we ask again by ourselves. */
static void test_hold_down_is_over(void **state)
{
	(void)state;
	far->mute = true;
	scene_start(scene);
	assert_int_equal(far_register(far), REPLY_ACCEPTED);
	scene_run(scene, 20 * NS_PER_S);
	assert_false(peer_is_registered(scene_peer(scene, far)));
	far->mute = false;
	scene_run(scene, 31 * NS_PER_S);
	assert_true(peer_is_registered(scene_peer(scene, far)));
}

/* For good: deregistered, held down, and never a hole. */
/* Proves: H7-093 */
static void test_given_up(void **state)
{
	(void)state;
	scene_start(scene);
	scene_traffic(scene, far, true);
	far->dead = true;
	scene_run(scene, 2 * NS_PER_S);
	assert_true(peer_is_registered(scene_peer(scene, far)));
	scene_run(scene, 20 * NS_PER_S);
	assert_false(peer_is_registered(scene_peer(scene, far)));
	assert_int_equal(far->request.lifetime, 0);
	assert_int_equal(scene_state(scene, far), RO_STATE_HELD);
	assert_int_equal(scene_way(scene, "10.1.0.1"), hub_tunnel());
}

/* Every address of the list is tried, in its order, until one answers. */
/* Proves: H7-145, H7-146, H7-093, H7-132, H7-081 */
static void test_care_of_addresses(void **state)
{
	struct ro_session_view view;

	(void)state;
	scene->world->conf.mobile.optimization.mutual = CONF_MUTUAL_IMMEDIATE;
	far->care_ofs[0] = world_addr("203.0.113.11").v4;
	far->care_ofs[1] = world_addr("203.0.113.12").v4;
	far->care_ofs[2] = far->care_of.v4;
	far->n_care_ofs = 3;
	scene_start(scene);
	scene_traffic(scene, far, true);
	scene_run(scene, NS_PER_S);
	view = scene_session(scene, far);
	assert_int_equal(view.remote.v4, far->care_ofs[0]);
	scene_run(scene, 4 * NS_PER_S);
	view = scene_session(scene, far);
	assert_int_equal(view.remote.v4, far->care_ofs[1]);
	scene_run(scene, 10 * NS_PER_S);
	assert_true(scene_is_direct(scene, far));
	view = scene_session(scene, far);
	assert_int_equal(view.remote.v4, far->care_ofs[2]);
	assert_int_equal(scene_tunnels(scene, far), 1);
	/* at a refresh, the list is not tried again: the tunnel that works is there */
	while (far->n_requests < 2)
		scene_run(scene, 100 * NS_PER_MS);
	scene_run(scene, 2 * WORLD_RTT);
	assert_int_equal(scene_tunnels(scene, far), 1);
	assert_int_equal(scene_session(scene, far).tunnel.index, view.tunnel.index);
}

/* haaro.md, section 21, row 17: an ICMP error makes us look, no more. */
static void test_icmp(void **state)
{
	struct event event;
	size_t before;

	(void)state;
	scene_start(scene);
	make_direct();
	scene_run(scene, 20 * NS_PER_S);
	event = core_event(&scene->world->core, EVENT_TUNNEL_ERROR);
	event.home_address = far->home_address;
	event.tunnel = scene_session(scene, far).tunnel;
	event.value = 3 << 8 | 1;
	before = scene->n_echoes;
	for (size_t i = 0; i < 100; i++) {
		core_post(&scene->world->core, &event);
		world_settle(scene->world);
	}
	assert_in_range(scene->n_echoes - before, 1, 2);
	assert_true(scene_is_direct(scene, far));
	scene_run(scene, 5 * NS_PER_S);
	assert_true(scene_is_direct(scene, far));
}

/* Answers that came by another tunnel, or of nobody's asking, keep nothing alive. */
static void test_foreign_answers(void **state)
{
	struct event event;

	(void)state;
	far->dead = true;
	scene_start(scene);
	assert_int_equal(far_register(far), REPLY_ACCEPTED);
	scene_run(scene, NS_PER_S);
	for (size_t i = 0; i < scene->n_echoes; i++) {
		event = core_event(&scene->world->core, EVENT_ECHO_REPLY);
		event.peer = far->home_address;
		event.tunnel = mobile_hub_tunnel(scene->world->mobile);
		event.value = scene->echoes[i].echo.sequence;
		event.value2 = LINK_ECHO_ID;
		core_post(&scene->world->core, &event);
		event.tunnel = scene->echoes[i].echo.tunnel;
		event.value = (uint16_t)(event.value + 40);
		core_post(&scene->world->core, &event);
		event.value = scene->echoes[i].echo.sequence;
		event.value2++;
		core_post(&scene->world->core, &event);
		world_settle(scene->world);
	}
	assert_int_equal(ro_counters(scene->ro)->keepalives_in, 0);
	assert_false(scene_is_direct(scene, far));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_asking_side_opens, setup, teardown),
		cmocka_unit_test_setup_teardown(test_asked_side_waits, setup, teardown),
		cmocka_unit_test_setup_teardown(test_small_alone_is_no_proof, setup, teardown),
		cmocka_unit_test_setup_teardown(test_other_port, setup, teardown),
		cmocka_unit_test_setup_teardown(test_hijack, setup, teardown),
		cmocka_unit_test_setup_teardown(test_what_may_come, setup, teardown),
		cmocka_unit_test_setup_teardown(test_port_moves, setup, teardown),
		cmocka_unit_test_setup_teardown(test_routes, setup, teardown),
		cmocka_unit_test_setup_teardown(test_listed_only, setup, teardown),
		cmocka_unit_test_setup_teardown(test_unlisted, setup, teardown),
		cmocka_unit_test_setup_teardown(test_one_way, setup, teardown),
		cmocka_unit_test_setup_teardown(test_rate, setup, teardown),
		cmocka_unit_test_setup_teardown(test_idle, setup, teardown),
		cmocka_unit_test_setup_teardown(test_wakes, setup, teardown),
		cmocka_unit_test_setup_teardown(test_full_size_is_lost, setup, teardown),
		cmocka_unit_test_setup_teardown(test_small_are_enough, setup, teardown),
		cmocka_unit_test_setup_teardown(test_falls_and_returns, setup, teardown),
		cmocka_unit_test_setup_teardown(test_held_but_accepted, setup, teardown),
		cmocka_unit_test_setup_teardown(test_held_but_accepted_with_traffic, setup,
						teardown),
		cmocka_unit_test_setup_teardown(test_outages_add_up, setup, teardown),
		cmocka_unit_test_setup_teardown(test_trust_is_lost, setup, teardown),
		cmocka_unit_test_setup_teardown(test_hold_down, setup, teardown),
		cmocka_unit_test_setup_teardown(test_hold_down_is_over, setup, teardown),
		cmocka_unit_test_setup_teardown(test_given_up, setup, teardown),
		cmocka_unit_test_setup_teardown(test_care_of_addresses, setup, teardown),
		cmocka_unit_test_setup_teardown(test_icmp, setup, teardown),
		cmocka_unit_test_setup_teardown(test_foreign_answers, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
