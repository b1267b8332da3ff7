/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * control/ro/show.c, explain.c: what an operator is told (operations.md, section 2, complaint 5).
 */
#include "case.h"
#include "ro/direct.h"

/* --- cache ------------------------------------------------------------------------------------------------ */

#define SEEN_MOST 8

struct seen {
	size_t n;
	size_t most; /* the walk is ended there */
	struct ro_peer_view peers[SEEN_MOST];
	struct ro_prefix_view prefixes[SEEN_MOST][2];
	struct ro_nonce_view nonces[SEEN_MOST];
};

static bool see_peer(void *arg, const struct ro_peer_view *view)
{
	struct seen *seen = arg;

	assert_true(seen->n < SEEN_MOST && view->n_prefixes <= 2);
	seen->peers[seen->n] = *view;
	for (size_t i = 0; i < view->n_prefixes; i++)
		seen->prefixes[seen->n][i] = view->prefixes[i];
	return ++seen->n < seen->most;
}

/* Every router with its prefixes, and for each of these why it is not routed. */
static void test_cache(void **state)
{
	struct seen seen = {.most = SEEN_MOST};

	(void)state;
	far->outbound_only = true;
	far->networks[1] = prefix_v4(world_addr("10.3.0.128").v4, 25); /* in ours */
	far->n_networks = 2;
	scene_start(scene);
	scene_run(scene, NS_PER_S);
	ro_walk_cache(scene->ro, see_peer, &seen);
	assert_int_equal(seen.n, FARS);
	assert_true(addr_is_equal(&seen.peers[0].home_address, &far->home_address));
	assert_true(seen.peers[0].advertised && seen.peers[0].outbound_only);
	assert_false(seen.peers[0].stale || seen.peers[1].outbound_only);
	assert_in_range(seen.peers[0].age, NS_PER_S - WORLD_RTT, NS_PER_S + WORLD_RTT);
	assert_int_equal(seen.peers[0].n_prefixes, 2);
	assert_true(prefix_is_equal(&seen.prefixes[0][0].prefix, &far->networks[1]));
	assert_string_equal(seen.prefixes[0][0].realm, "");
	assert_false(seen.prefixes[0][0].routed);
	assert_string_equal(seen.prefixes[0][0].problem, "inside one of our own networks");
	assert_true(seen.prefixes[0][1].routed && seen.prefixes[0][1].valid);
	assert_null(seen.prefixes[0][1].problem);
	seen = (struct seen){.most = 1};
	ro_walk_cache(scene->ro, see_peer, &seen);
	assert_int_equal(seen.n, 1);
}

static bool see_session(void *arg, const struct ro_session_view *view)
{
	size_t *n = arg;

	(void)view;
	return --*n > 0;
}

/* --- sessions ----------------------------------------------------------------------------------------------- */

/* Who was never spoken to is not listed. */
static void test_sessions(void **state)
{
	struct ro_session_view view;
	struct path_counters *traffic;
	struct ro_view whole;
	size_t n = 5;

	(void)state;
	start_direct();
	traffic = &scene->world->fwd.path_counters[scene_peer(scene, far)->path.index];
	traffic->sent_direct.packets = 7;
	view = scene_session(scene, far);
	assert_int_equal(view.state, RO_STATE_DIRECT);
	assert_true(view.direct_out && view.direct_in);
	assert_true(view.rtt == WORLD_RTT);
	assert_true(view.heard < NS_PER_S);
	assert_int_equal(view.lost, 0);
	assert_in_range(view.registered, 296 * NS_PER_S, 298 * NS_PER_S);
	assert_in_range(view.accepted, 296 * NS_PER_S, 298 * NS_PER_S);
	assert_in_range(view.direct_since, NS_PER_S, 3 * NS_PER_S);
	assert_string_equal(view.reason, "");
	assert_int_equal(view.traffic.sent_direct.packets, 7);
	ro_walk_sessions(scene->ro, see_session, &n);
	assert_int_equal(n, 4);
	/* it falls silent */
	far->dead = true;
	scene_run(scene, 5 * NS_PER_S);
	ro_read(scene->ro, &whole);
	assert_int_equal(whole.direct, 0);
	assert_int_equal(ro_counters(scene->ro)->falls, 1);
	view = scene_session(scene, far);
	assert_int_equal(view.state, RO_STATE_PROBING);
	assert_false(view.direct_out || view.direct_in);
	assert_string_equal(view.reason, "keepalives are not answered");
	assert_in_range(view.lost, 2, 6);
	assert_in_range(view.last_outage, 1500 * NS_PER_MS, 3 * NS_PER_S);
	assert_true(view.worst_outage == view.last_outage);
	assert_true(view.direct_since == 0);
	assert_in_range(view.heard, 4 * NS_PER_S, 6 * NS_PER_S);
}

/* While it is being asked, and while we take leave. */
static void test_states(void **state)
{
	(void)state;
	far->mute = true;
	scene_start(scene);
	scene_traffic(scene, far, true);
	assert_int_equal(scene_state(scene, far), RO_STATE_ROUTABILITY);
	scene_run(scene, WORLD_RTT + 1);
	assert_int_equal(scene_state(scene, far), RO_STATE_REGISTERING);
	far->mute = false;
	scene_run(scene, 2 * NS_PER_S);
	assert_int_equal(scene_state(scene, far), RO_STATE_WAITING);
	ro_shutdown(scene->ro);
	assert_int_equal(scene_state(scene, far), RO_STATE_LEAVING);
	for (int i = 0; i < RO_STATE_MAX; i++)
		assert_non_null(ro_state_name((enum ro_state)i));
	assert_string_equal(ro_state_name(RO_STATE_DIRECT), "direct");
	assert_string_equal(ro_state_name(RO_STATE_MAX), "?");
}

/* --- nonces and the whole ------------------------------------------------------------------------------------ */

static bool see_nonce(void *arg, const struct ro_nonce_view *view)
{
	struct seen *seen = arg;

	assert_true(seen->n < SEEN_MOST);
	seen->nonces[seen->n] = *view;
	return ++seen->n < seen->most;
}

static void test_nonces(void **state)
{
	struct seen seen = {.most = SEEN_MOST};

	(void)state;
	scene_start(scene);
	assert_true(far_test(far, RR_HOME));
	scene_run(scene, 31 * NS_PER_S);
	ro_walk_nonces(scene->ro, see_nonce, &seen);
	assert_int_equal(seen.n, 1);
	assert_false(seen.nonces[0].current); /* too old for another token */
	assert_true(far_test(far, RR_HOME));
	seen = (struct seen){.most = SEEN_MOST};
	ro_walk_nonces(scene->ro, see_nonce, &seen);
	assert_int_equal(seen.n, 2);
	assert_true(seen.nonces[0].used && seen.nonces[1].used);
	assert_true(seen.nonces[0].age == 31 * NS_PER_S && seen.nonces[1].age == 0);
	assert_true(seen.nonces[0].left == NONCE_LIFETIME - 31 * NS_PER_S);
	assert_false(seen.nonces[0].current);
	assert_true(seen.nonces[1].current);
	assert_int_equal(seen.nonces[1].index, far->indexes[RR_HOME]);
	seen = (struct seen){.most = 1};
	ro_walk_nonces(scene->ro, see_nonce, &seen);
	assert_int_equal(seen.n, 1);
}

static void test_whole(void **state)
{
	struct ro_view view;

	(void)state;
	scene->nat = true;
	scene->grant_code = 3;
	scene->far[FAR_C].told = TOLD_WHEN_ASKED;
	scene_start(scene);
	scene_run(scene, 3 * NS_PER_S);
	ro_read(scene->ro, &view);
	assert_true(view.enabled && view.granted && view.nat && view.outbound_only);
	assert_int_equal(view.code, 3);
	assert_true(view.answered < 4 * NS_PER_S);
	assert_int_equal(view.peers, FARS - 1);
	assert_int_equal(view.prefixes, FARS - 1);
	assert_int_equal(view.sessions + view.direct + view.held_requests, 0);
	make_direct();
	assert_int_equal(far_register(&scene->far[FAR_C]), SILENCE);
	ro_read(scene->ro, &view);
	assert_int_equal(view.sessions, 1);
	assert_int_equal(view.direct, 1);
	assert_int_equal(view.held_requests, 1);
	assert_int_equal(ro_counters(scene->ro)->ups, 1);
	/* it is forgotten while it is direct */
	scene->world->next.mobile.home_address = world_addr("192.0.2.33");
	world_reload(scene->world);
	ro_read(scene->ro, &view);
	assert_int_equal(view.direct + view.peers, 0);
}

static void test_whole_without_the_hub(void **state)
{
	struct ro_view view;

	(void)state;
	scene->knows_nothing = true;
	scene_start(scene);
	ro_read(scene->ro, &view);
	assert_true(view.enabled && !view.granted && !view.nat && !view.outbound_only);
	assert_true(view.answered == TIME_NEVER);
}

/* --- explain ------------------------------------------------------------------------------------------------- */

#define GATES_MOST 20

static struct ro_gate gates[GATES_MOST];
static size_t n_gates;

static void take_gate(void *arg, const struct ro_gate *gate)
{
	(void)arg;
	assert_true(n_gates < GATES_MOST);
	gates[n_gates++] = *gate;
}

static void explain(const char *source, const char *destination)
{
	const struct ip_addr from = world_addr(source), to = world_addr(destination);

	n_gates = 0;
	ro_explain(scene->ro, &from, &to, take_gate, NULL);
}

static void assert_gate(const char *name, enum ro_verdict verdict, const char *value)
{
	for (size_t i = 0; i < n_gates; i++)
		if (strcmp(gates[i].name, name) == 0) {
			assert_string_equal(gates[i].value, value);
			assert_int_equal(gates[i].verdict, verdict);
			return;
		}
	fail_msg("no gate \"%s\"", name);
}

/* Every gate is open, in the order in which they open. */
static void test_explain_direct(void **state)
{
	static const char *const names[] = {
		"they are two routers'",
		"registered at the hub",
		"source is ours",
		"enabled here",
		"granted by the hub",
		"destination is a peer's",
		"not stopped",
		"may ask",
		"not held down",
		"one side can be reached",
		"asked for",
		"home test",
		"care-of test",
		"we are registered there",
		"the peer is registered here",
		"direct tunnel proven",
		"path",
	};

	(void)state;
	start_direct();
	explain("10.3.0.5", "10.1.0.9");
	assert_int_equal(n_gates, sizeof(names) / sizeof(names[0]));
	for (size_t i = 0; i < n_gates; i++) {
		assert_string_equal(gates[i].name, names[i]);
		assert_int_equal(gates[i].verdict, RO_PASS);
	}
	assert_gate("source is ours", RO_PASS, "in a network that the hub accepted");
	assert_gate("destination is a peer's", RO_PASS, "10.1.0.0/24 of 192.0.2.1");
	assert_gate("not held down", RO_PASS, "yes");
	assert_gate("one side can be reached", RO_PASS, "we are open, the peer is open");
	assert_gate("asked for", RO_PASS, "trigger: send, asked 1 time");
	assert_gate("home test", RO_PASS, "answered through the hub");
	assert_gate("care-of test", RO_PASS, "answered natively");
	assert_gate("we are registered there", RO_PASS, "yes, last code 0");
	assert_gate("the peer is registered here", RO_PASS, "yes");
	assert_gate("direct tunnel proven", RO_PASS, "answers");
	assert_gate("path", RO_PASS, "direct");
	assert_true(gates[0].age == TIME_NEVER);
	for (size_t i = 11; i < 14; i++) /* the tests and our registration */
		assert_in_range(gates[i].age, 2900 * NS_PER_MS, 3100 * NS_PER_MS);
	explain("192.0.2.3", "192.0.2.1");
	assert_gate("source is ours", RO_PASS, "in a network that the hub accepted");
	assert_gate("destination is a peer's", RO_PASS, "home address of 192.0.2.1");
}

/* What would be behind a shut gate is not judged: nobody has asked yet. */
static void test_explain_shut(void **state)
{
	(void)state;
	scene->world->conf.mobile.optimization.trigger = CONF_TRIGGER_MANUAL;
	scene_start(scene);
	explain("10.99.0.5", "10.1.0.9");
	assert_gate("source is ours", RO_FAIL, "in none of our accepted networks");
	assert_gate("not stopped", RO_PASS, "yes");
	assert_gate("may ask", RO_PASS, "request is true");
	assert_gate("asked for", RO_OPEN, "trigger: manual, asked 0 times");
	assert_gate("home test", RO_OPEN, "not answered");
	assert_gate("direct tunnel proven", RO_OPEN, "there is none");
	assert_gate("path", RO_FAIL, "by the hub");
	explain("10.3.0.5", "10.1.0.9");
	assert_gate("asked for", RO_FAIL, "trigger: manual, asked 0 times");
	assert_gate("care-of test", RO_OPEN, "not answered");
	explain("10.3.0.5", "10.77.0.9");
	assert_gate("destination is a peer's", RO_FAIL, "the hub told of no router that has it");
	assert_int_equal(n_gates, 6);
	assert_gate("they are two routers'", RO_PASS, "yes");
	explain("10.3.0.5", "10.3.0.9");
	assert_gate("they are two routers'", RO_FAIL, "both are ours");
	assert_int_equal(n_gates, 5);
	explain("10.3.0.5", "192.0.2.3");
	assert_gate("they are two routers'", RO_FAIL, "both are ours");
	explain("10.99.0.5", "10.3.0.9");
	assert_gate("they are two routers'", RO_PASS, "yes");
}

/* What is ours is known by a registration alone: without one the source is no reason. */
static void test_explain_unregistered(void **state)
{
	struct world *world = scene->world;
	struct error err;

	(void)state;
	world_start(world);
	assert_int_equal(ro_create(&scene->ro, &world->core, &world->link, world->mobile,
				   &world->conf, &err),
			 0);
	explain("10.3.0.5", "10.1.0.9");
	assert_string_equal(gates[1].name, "registered at the hub");
	assert_gate("registered at the hub", RO_FAIL, "no");
	assert_gate("source is ours", RO_OPEN, "in none of our accepted networks");
	assert_gate("granted by the hub", RO_FAIL, "it said nothing: not enabled there");
}

/* Each reason that an operator or a configuration gives. */
static void test_explain_policy(void **state)
{
	(void)state;
	far->outbound_only = true;
	far->networks[1] = prefix_v4(world_addr("10.3.0.128").v4, 25);
	far->n_networks = 2;
	scene->nat = true;
	scene_start(scene);
	scene->world->next.mobile.optimization.request = false;
	scene->world->next.mobile.optimization.mutual = CONF_MUTUAL_IMMEDIATE;
	world_reload(scene->world);
	scene_run(scene, 3 * NS_PER_S);
	assert_int_equal(ro_stop(scene->ro, &far->home_address), 0);
	explain("10.3.0.5", "10.1.0.9");
	assert_gate("not stopped", RO_FAIL, "ro stop was said; ro start takes it back");
	assert_gate("may ask", RO_FAIL, "request is false: only the peer may ask");
	assert_gate("one side can be reached", RO_FAIL,
		    "we are behind a NAT, the peer is behind a NAT");
	assert_gate("the peer is registered here", RO_PASS,
		    "no, and not waited for (mutual: immediate)");
	assert_gate("path", RO_FAIL, "by the hub: stopped by the operator");
	explain("10.3.0.5", "10.3.0.129");
	assert_gate("destination is a peer's", RO_FAIL,
		    "10.3.0.128/25 of 192.0.2.1: but it is in our own networks");
}

/* Denied: held down for a while, with the reason; then a tunnel that waits, and one that is silent. */
static void test_explain_on_the_way(void **state)
{
	(void)state;
	far->code = REPLY_PROHIBITED;
	scene_start(scene);
	scene_traffic(scene, far, true);
	scene_run(scene, NS_PER_S);
	explain("10.3.0.5", "10.1.0.9");
	assert_gate("not held down", RO_FAIL, "for another 29 s: its policy refuses");
	assert_gate("we are registered there", RO_OPEN, "no, last code 129");
	assert_gate("the peer is registered here", RO_OPEN,
		    "no: its packets to us may come directly, ours wait (mutual: wait)");
	far->code = 0;
	far->dead = true;
	assert_int_equal(ro_start(scene->ro, &far->home_address), 0);
	scene_run(scene, NS_PER_S);
	explain("10.3.0.5", "10.1.0.9");
	assert_gate("direct tunnel proven", RO_OPEN, "keepalives are out, none is answered yet");
	far->dead = false;
	assert_int_equal(far_register(far), REPLY_ACCEPTED);
	scene_run(scene, 3 * NS_PER_S);
	far->dead = true;
	scene_run(scene, 3 * NS_PER_S);
	explain("10.3.0.5", "10.1.0.9");
	assert_gate("direct tunnel proven", RO_FAIL, "has fallen silent");
	assert_gate("path", RO_FAIL, "by the hub: keepalives are not answered");
}

/* What we wait for at our other address came later: the tunnel that is being tried is what is shown. */
static void test_the_tunnel_that_is_tried(void **state)
{
	struct direct_ends ends = {.encap = ENCAP_UDP};
	struct ro_session_view view;
	struct peer *peer;
	struct direct *half;

	(void)state;
	start_direct();
	peer = (struct peer *)(uintptr_t)scene_peer(scene, far);
	ends.port = peer->directs->port;
	ends.local = peer->directs->local;
	ends.remote = world_addr("203.0.113.99");
	assert_int_equal(direct_open(peer, &ends, &half), 0);
	assert_ptr_equal(peer->directs, half);
	assert_int_equal(half->state, DIRECT_HALF);
	far->dead = true;
	scene_run(scene, 5 * NS_PER_S);
	explain("10.3.0.5", "10.1.0.9");
	assert_gate("direct tunnel proven", RO_FAIL, "has fallen silent");
	view = scene_session(scene, far);
	assert_true(addr_is_equal(&view.remote, &far->care_of));
	assert_int_equal(view.remote_port, 434);
}

static void test_explain_hub(void **state)
{
	(void)state;
	scene_start(scene);
	scene->grants = false;
	scene_refresh(scene);
	explain("10.3.0.5", "10.1.0.9");
	assert_gate("granted by the hub", RO_FAIL, "refused: see the hub's subscribers");
	scene->knows_nothing = true;
	scene_refresh(scene);
	explain("10.3.0.5", "10.1.0.9");
	assert_gate("registered at the hub", RO_PASS, "yes");
	assert_gate("granted by the hub", RO_FAIL, "it said nothing: not enabled there");
	scene->world->next.mobile.route_optimization = false;
	world_reload(scene->world);
	explain("10.3.0.5", "10.1.0.9");
	assert_gate("enabled here", RO_FAIL, "route-optimization.enabled is false");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_cache, setup, teardown),
		cmocka_unit_test_setup_teardown(test_sessions, setup, teardown),
		cmocka_unit_test_setup_teardown(test_states, setup, teardown),
		cmocka_unit_test_setup_teardown(test_nonces, setup, teardown),
		cmocka_unit_test_setup_teardown(test_whole, setup, teardown),
		cmocka_unit_test_setup_teardown(test_whole_without_the_hub, setup, teardown),
		cmocka_unit_test_setup_teardown(test_explain_direct, setup, teardown),
		cmocka_unit_test_setup_teardown(test_explain_shut, setup, teardown),
		cmocka_unit_test_setup_teardown(test_explain_unregistered, setup, teardown),
		cmocka_unit_test_setup_teardown(test_explain_policy, setup, teardown),
		cmocka_unit_test_setup_teardown(test_explain_on_the_way, setup, teardown),
		cmocka_unit_test_setup_teardown(test_the_tunnel_that_is_tried, setup, teardown),
		cmocka_unit_test_setup_teardown(test_explain_hub, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
