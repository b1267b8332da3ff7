/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * control/ro/verify.c, what.c: whose networks a peer asks for, by the hub's word and nobody else's
 * (RFC 6521, sections 3.3.3 and 11.2; haaro.md, section 14.2).
 */
#include "case.h"
#include "core/hash.h"
#include "ro/cache.h"

/* It asks and the hub is asked about it; our answer comes when the hub's has. */
static int register_and_wait(struct far *asking)
{
	int code = far_register(asking);

	if (code != SILENCE)
		return code;
	scene_run(scene, 2 * NS_PER_S);
	return far_heard(asking);
}

static const struct registration_network *asked_of_hub(void)
{
	return world_last(scene->world)->request.networks;
}

/* --- asking the hub --------------------------------------------------------------------------------------- */

/* Known from a list: the hub need not be asked. */
/* Proves: H7-071 */
static void test_known(void **state)
{
	(void)state;
	scene_start(scene);
	assert_int_equal(far_register(far), REPLY_ACCEPTED);
	assert_int_equal(scene->n_solicitations, 0);
}

/* Proves: H7-006, H7-046, H7-072, H7-155, H7-124 */
static void test_solicits(void **state)
{
	(void)state;
	far->told = TOLD_WHEN_ASKED;
	scene_start(scene);
	scene_run(scene, 2 * NS_PER_S);
	assert_null(peer_find(scene->ro, &far->home_address));
	assert_int_equal(far_register(far), SILENCE);
	assert_int_equal(scene->ro->n_held, 1);
	scene_run(scene, NS_PER_MS);
	/* our whole registration once more, with the router's name */
	assert_int_equal(scene->n_solicitations, 1);
	assert_int_equal(scene->capability.flags,
			 CAPABILITY_ADVERTISE | CAPABILITY_REQUEST | CAPABILITY_SOLICIT);
	assert_int_equal(scene->capability.solicited, far->home_address.v4);
	assert_int_equal(world_last(scene->world)->request.lifetime, 600);
	assert_int_equal(world_last(scene->world)->request.n_networks, 1);
	assert_int_equal(asked_of_hub()[0].prefix, world_addr("10.3.0.0").v4);
	scene_run(scene, WORLD_RTT);
	assert_int_equal(far_heard(far), REPLY_ACCEPTED);
	assert_int_equal(far->reply.n_acks, 1);
	assert_int_equal(scene->ro->n_held, 0);
	/* the next refresh does not ask again */
	scene_refresh(scene);
	assert_int_equal(scene->capability.flags, CAPABILITY_ADVERTISE | CAPABILITY_REQUEST);
}

/* A network more than is known of it: asked about, for it may be new. */
/* Proves: H7-046, H7-071 */
static void test_new_network(void **state)
{
	(void)state;
	scene_start(scene);
	scene_run(scene, 10 * NS_PER_S);
	far->networks[1] = prefix_v4(world_addr("10.1.64.0").v4, 24);
	far->n_networks = 2;
	assert_int_equal(register_and_wait(far), REPLY_ACCEPTED);
	assert_int_equal(scene->n_solicitations, 1);
	assert_int_equal(far->reply.acks[1].code, NETWORK_SUCCESS);
	assert_true(scene_is_routed(scene, &far->networks[1]));
}

/* The answer is the whole truth about that router: what it leaves out is not its any more. */
static void test_withdrawn(void **state)
{
	struct ip_prefix lost;

	(void)state;
	far->networks[1] = prefix_v4(world_addr("10.1.64.0").v4, 24);
	far->n_networks = 2;
	scene_start(scene);
	scene_run(scene, 10 * NS_PER_S);
	lost = far->networks[0];
	assert_true(scene_is_routed(scene, &lost));
	far->networks[0] = prefix_v4(world_addr("10.1.99.0").v4, 24);
	assert_int_equal(register_and_wait(far), REPLY_ACCEPTED);
	assert_false(scene_is_routed(scene, &lost));
	assert_true(scene_is_routed(scene, &far->networks[0]));
}

/* Nothing at all is left of it: our registration there ends too, for nothing it sends is taken. */
static void test_withdrawn_router(void **state)
{
	struct registration_request request;

	(void)state;
	start_direct();
	scene_run(scene, 10 * NS_PER_S);
	request = far_request(far);
	request.networks[request.n_networks++] =
		(struct registration_network){world_addr("10.1.65.0").v4, 24};
	assert_int_equal(far_ask(far, &request), SILENCE);
	scene_run(scene, 8 * NS_PER_S);
	assert_int_equal(far_heard(far), REPLY_ACCEPTED);
	assert_true(scene_is_direct(scene, far)); /* it is told of */
	far->told = TOLD_NEVER;
	request = far_request(far);
	request.networks[request.n_networks++] =
		(struct registration_network){world_addr("10.1.64.0").v4, 24};
	assert_int_equal(far_ask(far, &request), SILENCE);
	scene_run(scene, 2 * NS_PER_S);
	assert_int_equal(far_heard(far), REPLY_MOBNET_ERROR);
	assert_false(scene_is_direct(scene, far));
	assert_int_equal(far->request.lifetime, 0);
	assert_false(peer_is_accepted(scene_peer(scene, far)));
	assert_string_equal(scene_session(scene, far).reason,
			    "the hub does not tell of it any more");
	assert_false(scene_is_routed(scene, &far->networks[0]));
	request = far_request(far);
	request.n_networks = 0;
	assert_int_equal(far_ask(far, &request), REPLY_PROHIBITED);
}

/* The hub's word about it is fresh for five seconds: it is not asked for it again. */
static void test_asked_just_now(void **state)
{
	struct registration_request request;

	(void)state;
	scene_start(scene);
	scene_run(scene, 2 * NS_PER_S);
	assert_true(far_test(far, RR_HOME) && far_test(far, RR_CARE_OF));
	for (size_t i = 0; i < 3; i++) {
		request = far_request(far);
		request.networks[0].prefix = world_addr("10.66.0.0").v4;
		if (i != 1) {
			assert_int_equal(far_ask(far, &request), SILENCE);
			scene_run(scene, WORLD_RTT + NS_PER_MS);
			assert_int_equal(far_heard(far), REPLY_MOBNET_ERROR);
			scene_run(scene, 4900 * NS_PER_MS);
		} else {
			assert_int_equal(far_ask(far, &request), REPLY_MOBNET_ERROR);
			scene_run(scene, 100 * NS_PER_MS);
		}
	}
	assert_int_equal(scene->n_solicitations, 2);
}

/* --- claims: haaro.md, section 21, rows 9 and 10 ------------------------------------------------------------- */

/* Some are its own and some are not: each has its code, and only the former are routed. */
/* Proves: H7-073, H7-071, H7-020 */
static void test_partly(void **state)
{
	struct registration_request request;
	const struct ip_prefix stolen = prefix_v4(world_addr("10.9.0.0").v4, 24);
	const struct ip_prefix invented = prefix_v4(world_addr("10.66.0.0").v4, 24);

	(void)state;
	scene_start(scene);
	assert_true(far_test(far, RR_HOME) && far_test(far, RR_CARE_OF));
	request = far_request(far);
	request.networks[1] = (struct registration_network){stolen.addr.v4, 24};
	request.networks[2] = (struct registration_network){invented.addr.v4, 24};
	request.networks[3] = (struct registration_network){world_addr("10.1.0.0").v4, 25};
	request.networks[4] = (struct registration_network){world_addr("10.0.0.0").v4, 8};
	request.n_networks = 5;
	assert_int_equal(far_ask(far, &request), SILENCE);
	scene_run(scene, 2 * NS_PER_S);
	assert_int_equal(far_heard(far), REPLY_ACCEPTED);
	assert_int_equal(far->reply.n_acks, 5);
	assert_int_equal(far->reply.acks[0].code, NETWORK_SUCCESS);
	for (size_t i = 1; i < 5; i++)
		assert_int_equal(far->reply.acks[i].code, NETWORK_UNAUTHORIZED);
	assert_true(far_knock(far, 434));
	scene_run(scene, NS_PER_S);
	assert_true(scene_is_direct(scene, far));
	assert_int_equal(scene_way(scene, "10.1.0.1"), scene_session(scene, far).tunnel.index);
	/* what is another's, or nobody's, goes where it went */
	assert_int_equal(scene_way(scene, "10.9.0.1"),
			 mobile_hub_tunnel(scene->world->mobile).index);
	assert_int_equal(scene_way(scene, "10.66.0.1"),
			 mobile_hub_tunnel(scene->world->mobile).index);
	assert_int_equal(ro_counters(scene->ro)->unauthorized, 4);
}

/* Proves: H7-073, H7-074 */
static void test_not_at_all(void **state)
{
	struct registration_request request;

	(void)state;
	scene_start(scene);
	assert_true(far_test(far, RR_HOME) && far_test(far, RR_CARE_OF));
	request = far_request(far);
	request.networks[0].prefix = world_addr("10.9.0.0").v4; /* another router's */
	assert_int_equal(far_ask(far, &request), SILENCE);
	scene_run(scene, 2 * NS_PER_S);
	assert_int_equal(far_heard(far), REPLY_MOBNET_ERROR);
	assert_true(far->reply_is_signed);
	assert_int_equal(far->reply.n_acks, 1);
	assert_int_equal(far->reply.acks[0].code, NETWORK_UNAUTHORIZED);
	assert_false(peer_is_accepted(scene_peer(scene, far)));
	assert_int_equal(scene_tunnels(scene, far), 0);
}

/* Whom the hub does not know is refused, and for a minute the hub is not asked about it again. */
/* Proves: H7-073, H7-034 */
static void test_unknown(void **state)
{
	struct registration_request request;

	(void)state;
	far->told = TOLD_NEVER;
	scene_start(scene);
	assert_int_equal(register_and_wait(far), REPLY_MOBNET_ERROR);
	assert_int_equal(far->reply.acks[0].code, NETWORK_UNAUTHORIZED);
	assert_int_equal(scene->n_solicitations, 1);
	assert_null(peer_find(scene->ro, &far->home_address));
	for (size_t i = 0; i < 10; i++) {
		scene_run(scene, 5 * NS_PER_S);
		assert_int_equal(far_register(far), REPLY_MOBNET_ERROR);
	}
	assert_int_equal(scene->n_solicitations, 1);
	/* without a network: another code */
	request = far_request(far);
	request.n_networks = 0;
	assert_int_equal(far_ask(far, &request), REPLY_PROHIBITED);
	/* after it, the hub is asked again */
	scene_run(scene, 11 * NS_PER_S);
	far->told = TOLD_WHEN_ASKED;
	assert_int_equal(register_and_wait(far), REPLY_ACCEPTED);
	assert_int_equal(scene->n_solicitations, 2);
}

/* Who shares a slot with it by chance is asked about. */
static void test_slot_of_an_unknown(void **state)
{
	struct far *other = &scene->far[FAR_C];
	uint32_t slot = hash_slot(ntohl(far->home_address.v4), RO_UNKNOWNS);
	uint32_t address = UINT32_C(0xc6120000);

	(void)state;
	while (hash_slot(address, RO_UNKNOWNS) != slot)
		address++;
	other->home_address = addr_v4(htonl(address));
	other->told = TOLD_WHEN_ASKED;
	far->told = TOLD_NEVER;
	scene_start(scene);
	assert_int_equal(register_and_wait(far), REPLY_MOBNET_ERROR);
	assert_int_equal(register_and_wait(other), REPLY_ACCEPTED);
}

/* With the switch, who is unknown may come, but for itself alone. */
static void test_accept_unknown(void **state)
{
	struct registration_request request;

	(void)state;
	scene->world->conf.mobile.optimization.accept_unknown = true;
	far->told = TOLD_NEVER;
	scene_start(scene);
	assert_true(far_test(far, RR_HOME) && far_test(far, RR_CARE_OF));
	request = far_request(far);
	request.n_networks = 0;
	assert_int_equal(far_ask(far, &request), REPLY_ACCEPTED);
	assert_true(far_knock(far, 434));
	scene_run(scene, NS_PER_S);
	assert_true(scene_is_direct(scene, far));
	assert_int_equal(register_and_wait(far), REPLY_MOBNET_ERROR);
}

/* Registers with these networks only; the hub is asked if need be. */
static int claim_networks(const char *const *addresses, size_t n)
{
	struct registration_request request;
	int code;

	assert_true(far_test(far, RR_HOME) && far_test(far, RR_CARE_OF));
	request = far_request(far);
	request.n_networks = n;
	for (size_t i = 0; i < n; i++)
		request.networks[i] = (struct registration_network){
			world_addr(addresses[i]).v4, strcmp(addresses[i], "0.0.0.0") ? 24 : 0};
	code = far_ask(far, &request);
	if (code != SILENCE)
		return code;
	scene_run(scene, 2 * NS_PER_S);
	return far_heard(far);
}

/* What is said to be taken is routed: nothing of what another router or we ourselves have. */
/* Proves: H7-075 */
static void test_trust_claims(void **state)
{
	static const char *const claimed[] = {"10.66.0.0", "10.9.0.0", "10.3.0.0", "0.0.0.0"};

	(void)state;
	scene->world->conf.mobile.optimization.trust_claims = true;
	scene_start(scene);
	assert_int_equal(claim_networks(claimed, 4), REPLY_ACCEPTED);
	assert_int_equal(far->reply.acks[0].code, NETWORK_SUCCESS);
	assert_int_equal(far->reply.acks[1].code, NETWORK_UNAUTHORIZED);
	assert_int_equal(far->reply.acks[2].code, NETWORK_UNAUTHORIZED);
	assert_int_equal(far->reply.acks[3].code, NETWORK_INVALID_LENGTH);
	assert_true(far_knock(far, 434));
	scene_run(scene, NS_PER_S);
	assert_int_equal(scene_way(scene, "10.66.0.1"), scene_session(scene, far).tunnel.index);
	/* what the hub gives to another stays where it was */
	assert_int_equal(scene_way(scene, "10.9.0.1"),
			 mobile_hub_tunnel(scene->world->mobile).index);
	/* and nobody else can claim it now */
	far = &scene->far[FAR_C];
	assert_int_equal(claim_networks(claimed, 1), REPLY_MOBNET_ERROR);
}

static bool is_claimed(const char *address)
{
	const struct ip_prefix prefix = prefix_v4(world_addr(address).v4, 24);

	assert_int_equal(scene_is_routed(scene, &prefix), cache_find(scene->ro, &prefix) != NULL);
	return scene_is_routed(scene, &prefix);
}

/* A claim holds for as long as the registration that it came with says so. */
static void test_end_of_a_claim(void **state)
{
	static const char *const claimed[] = {"10.66.0.0", "10.67.0.0", "10.1.0.0"};

	(void)state;
	scene->world->conf.mobile.optimization.trust_claims = true;
	scene->world->conf.mobile.optimization.request = false;
	scene_start(scene);
	assert_int_equal(claim_networks(claimed, 3), REPLY_ACCEPTED);
	assert_true(is_claimed("10.66.0.0") && is_claimed("10.67.0.0"));
	assert_int_equal(claim_networks(claimed + 1, 2), REPLY_ACCEPTED);
	assert_false(is_claimed("10.66.0.0"));
	assert_true(is_claimed("10.67.0.0"));
	assert_int_equal(far_leave(far), REPLY_ACCEPTED);
	assert_false(is_claimed("10.67.0.0"));
	assert_true(is_claimed("10.1.0.0")); /* the hub's word stays */
}

/* A request that is refused changes nothing: what an earlier one claimed is routed on. */
static void test_claim_and_a_refusal(void **state)
{
	static const char *const claimed[] = {"10.66.0.0", "10.9.0.0"};

	(void)state;
	scene->world->conf.mobile.optimization.trust_claims = true;
	scene->world->conf.mobile.optimization.draft_00.strict_reject = true;
	scene_start(scene);
	assert_int_equal(claim_networks(claimed, 1), REPLY_ACCEPTED);
	assert_int_equal(claim_networks(claimed, 2), REPLY_MOBNET_ERROR);
	assert_int_equal(scene->n_solicitations, 1);
	assert_true(is_claimed("10.66.0.0"));
}

/* It holds at a refresh too, whatever realms are taken: the hub has said nothing about its realm. */
static void test_claim_has_no_realm(void **state)
{
	static const char *const claimed[] = {"10.66.0.0"};
	char realms[][CONF_REALM_SIZE] = {"blue"};

	(void)state;
	scene->world->conf.mobile.optimization.trust_claims = true;
	scene->world->conf.mobile.optimization.realms = realms;
	scene->world->conf.mobile.optimization.n_realms = 1;
	scene_start(scene);
	for (size_t i = 0; i < 2; i++)
		assert_int_equal(claim_networks(claimed, 1), REPLY_ACCEPTED);
	assert_int_equal(scene->n_solicitations, 0);
}

/* Switched off: what is routed by a claim alone is so no longer, and the hub is asked next time. */
static void test_trust_ends(void **state)
{
	static const char *const claimed[] = {"10.66.0.0", "10.67.0.0", "10.1.0.0"};

	(void)state;
	scene->world->conf.mobile.optimization.trust_claims = true;
	scene_start(scene);
	assert_int_equal(claim_networks(claimed, 3), REPLY_ACCEPTED);
	/* the hub tells of one of them by now */
	far->networks[far->n_networks++] = prefix_v4(world_addr("10.67.0.0").v4, 24);
	scene_refresh(scene);
	world_reload(scene->world); /* still on: nothing changes */
	assert_true(is_claimed("10.66.0.0"));
	scene->world->next.mobile.optimization.trust_claims = false;
	world_reload(scene->world);
	assert_false(is_claimed("10.66.0.0"));
	assert_true(is_claimed("10.67.0.0") && is_claimed("10.1.0.0"));
	assert_int_equal(claim_networks(claimed, 3), REPLY_ACCEPTED);
	assert_int_equal(scene->n_solicitations, 1);
	assert_int_equal(far->reply.acks[0].code, NETWORK_UNAUTHORIZED);
	assert_int_equal(far->reply.acks[1].code, NETWORK_SUCCESS);
	assert_int_equal(far->reply.acks[2].code, NETWORK_SUCCESS);
	assert_false(is_claimed("10.66.0.0"));
}

/* --- bounds: haaro.md, section 21, row 10 -------------------------------------------------------------------- */

/* The hub is asked once a second, by name; when more than four wait, for everything at once. */
static void test_storm(void **state)
{
	size_t before;

	(void)state;
	for (size_t i = 0; i < FARS; i++)
		scene->far[i].told = TOLD_WHEN_ASKED;
	scene_start(scene);
	scene_run(scene, 2 * NS_PER_S);
	before = scene->world->link.n_sent;
	for (size_t i = 0; i < FARS; i++)
		assert_int_equal(far_register(&scene->far[i]), SILENCE);
	assert_int_equal(scene->ro->n_held, FARS);
	scene_run(scene, 900 * NS_PER_MS);
	assert_int_equal(scene->world->link.n_sent - before, 1);
	scene_run(scene, 2500 * NS_PER_MS);
	assert_int_equal(scene->world->link.n_sent - before, 3);
	assert_int_equal(scene->n_solicitations, 3);
	assert_int_equal(ro_counters(scene->ro)->accepted, 3);
}

/* 200 strangers: 64 wait, the others hear at once that nobody knows them; nothing is left of it. */
static void test_strangers(void **state)
{
	struct far one;
	size_t peers, before, most = 0;

	(void)state;
	scene_start(scene);
	scene_run(scene, 2 * NS_PER_S);
	peers = HASH_COUNT(scene->ro->peers);
	before = scene->world->link.n_sent;
	for (uint32_t i = 0; i < 200; i++) {
		one = *far;
		one.home_address = addr_v4(htonl(UINT32_C(0xc6120000) + 257 * i));
		one.care_of = addr_v4(htonl(UINT32_C(0x2d000000) + 257 * i));
		one.identification = 0;
		(void)far_register(&one);
		scene_run(scene, 8 * NS_PER_MS);
		most = scene->ro->n_held > most ? scene->ro->n_held : most;
	}
	assert_int_equal(most, 64);
	assert_int_equal(scene->n_solicitations, 1); /* then for all at once */
	scene_run(scene, 6 * NS_PER_S);
	assert_int_equal(scene->ro->n_held, 0);
	assert_int_equal(HASH_COUNT(scene->ro->peers), peers);
	assert_int_equal(ro_counters(scene->ro)->accepted, 0);
	assert_in_range(scene->world->link.n_sent - before, 1, 10);
}

/* Such questions take the place of refreshes, but not for ever: then the list is asked for besides. */
static void test_list_between(void **state)
{
	struct far *other = &scene->far[FAR_B];
	struct registration_request request;

	(void)state;
	scene->world->hub.lifetime = 60;
	other->told = TOLD_WHEN_ASKED;
	scene_start(scene);
	scene_run(scene,
		  12 * NS_PER_S); /* what the first list told was news: there was a second one */
	other->told = TOLD_ALWAYS;
	for (size_t i = 0; i < 5; i++) {
		assert_null(peer_find(scene->ro, &other->home_address));
		assert_true(far_test(far, RR_HOME) && far_test(far, RR_CARE_OF));
		request = far_request(far);
		request.networks[0].prefix = world_addr("10.66.0.0").v4;
		assert_int_equal(far_ask(far, &request), SILENCE);
		scene_run(scene, 14 * NS_PER_S);
	}
	assert_int_equal(scene->n_solicitations, 5);
	assert_non_null(peer_find(scene->ro, &other->home_address));
}

/* A hub that does not answer: in five seconds the peer is told to come again later. */
static void test_hub_is_mute(void **state)
{
	struct registration_request request;

	(void)state;
	far->told = TOLD_WHEN_ASKED;
	scene_start(scene);
	scene_run(scene, 2 * NS_PER_S);
	scene->world->hub.mute = true;
	assert_int_equal(far_register(far), SILENCE);
	/* a newer transmission takes the place of the first */
	scene_run(scene, NS_PER_S);
	request = far_request(far);
	assert_int_equal(far_ask(far, &request), SILENCE);
	assert_int_equal(scene->ro->n_held, 1);
	scene_run(scene, 4 * NS_PER_S - 2);
	assert_int_equal(far_heard(far), SILENCE);
	scene_run(scene, 10);
	assert_int_equal(far_heard(far), REPLY_UNSPECIFIED);
	assert_true(far->reply.identification == request.identification);
	assert_true(far->reply_is_signed);
	assert_int_equal(scene->ro->n_held, 0);
	assert_null(peer_find(scene->ro, &far->home_address));
}

/* An answer to a request that did not name it proves nothing about it. */
static void test_other_answer(void **state)
{
	(void)state;
	far->told = TOLD_WHEN_ASKED;
	scene_start(scene);
	scene_run(scene, 2 * NS_PER_S);
	assert_int_equal(mobile_ask_hub(scene->world->mobile), 0); /* a refresh is out */
	assert_int_equal(far_register(far), SILENCE);
	scene_run(scene, WORLD_RTT + 1);
	assert_int_equal(far_heard(far), SILENCE);
	scene_run(scene, 2 * NS_PER_S);
	assert_int_equal(far_heard(far), REPLY_ACCEPTED);
}

/* --- what has changed meanwhile ------------------------------------------------------------------------------- */

/* One network more than it has, so that the hub is asked. */
static void ask_for_more(struct far *asking)
{
	struct registration_request request;

	assert_true(far_test(asking, RR_HOME) && far_test(asking, RR_CARE_OF));
	request = far_request(asking);
	request.networks[request.n_networks++] =
		(struct registration_network){world_addr("10.99.0.0").v4, 24};
	assert_int_equal(far_ask(asking, &request), SILENCE);
}

/* The operator has stopped it while the hub was asked about it. */
static void test_stopped_while_held(void **state)
{
	(void)state;
	scene_start(scene);
	scene_run(scene, 10 * NS_PER_S);
	ask_for_more(far);
	assert_int_equal(ro_stop(scene->ro, &far->home_address), 0);
	scene_run(scene, 2 * NS_PER_S);
	assert_int_equal(far_heard(far), REPLY_PROHIBITED);
	assert_false(peer_is_accepted(scene_peer(scene, far)));
	assert_int_equal(far->n_requests, 0); /* nor is it asked */
}

/* There was room for each of two, but not for both. */
static void test_room_is_gone(void **state)
{
	size_t accepted = 0;

	(void)state;
	scene->world->conf.mobile.optimization.max_peers = 1;
	scene_start(scene);
	scene_run(scene, 10 * NS_PER_S);
	ask_for_more(&scene->far[FAR_A]);
	ask_for_more(&scene->far[FAR_B]);
	scene_run(scene, 4 * NS_PER_S);
	for (size_t i = 0; i < FARS; i++)
		accepted += peer_is_accepted(scene_peer(scene, &scene->far[i]));
	assert_int_equal(accepted, 1);
	assert_int_equal(scene->ro->counters.refused_by_code[REPLY_RESOURCES], 1);
}

/* The hub has refused our refresh and wants to be left alone: whoever asks us changes nothing of that. */
static void test_hub_wants_patience(void **state)
{
	struct mobile_view hub;

	(void)state;
	far->told = TOLD_WHEN_ASKED;
	scene_start(scene);
	scene_run(scene, 2 * NS_PER_S);
	scene->world->hub.code = REPLY_RESOURCES;
	assert_int_equal(mobile_ask_hub(scene->world->mobile), 0);
	scene_run(scene, 2 * NS_PER_S);
	mobile_read(scene->world->mobile, &hub);
	assert_int_equal(hub.state, MOBILE_HELD);
	assert_int_equal(far_register(far), SILENCE);
	scene_run(scene, NS_PER_S);
	assert_int_equal(scene->n_solicitations, 0);
}

/* Nor are its requests sent more often, or counted anew, where it does not answer them. */
static void test_hub_is_not_hurried(void **state)
{
	uint64_t requests;

	(void)state;
	for (size_t i = 0; i < FARS; i++)
		scene->far[i].told = TOLD_WHEN_ASKED;
	scene_start(scene);
	scene_run(scene, 2 * NS_PER_S);
	scene->world->hub.mute = true;
	requests = mobile_counters(scene->world->mobile)->requests;
	assert_int_equal(mobile_ask_hub(scene->world->mobile), 0);
	for (size_t i = 0; i < FARS; i++) {
		scene_run(scene, 2 * NS_PER_S);
		assert_int_equal(far_register(&scene->far[i]), SILENCE);
	}
	scene_run(scene, 2 * NS_PER_S + 500 * NS_PER_MS);
	/* after 1, 2 and 4 seconds */
	assert_int_equal(mobile_counters(scene->world->mobile)->requests, requests + 4);
}

/* --- realms, and the whole world ------------------------------------------------------------------------------- */

/* Of a realm that the configuration does not name, nothing is taken. */
static void test_realms(void **state)
{
	static const uint8_t told[] = "\x40\xc0\x00\x02\x01\x18\x0a\x01\x00\x01"
				      "a\x07"
				      "example\x03"
				      "com";
	static char realms[2][CONF_REALM_SIZE] = {"b.example.com", "a.example.com"};

	(void)state;
	scene->advertisement = told;
	scene->advertisement_len = sizeof(told);
	scene->world->conf.mobile.optimization.realms = realms;
	scene->world->conf.mobile.optimization.n_realms = 1;
	scene_start(scene);
	assert_int_equal(register_and_wait(far), REPLY_MOBNET_ERROR);
	assert_int_equal(far->reply.acks[0].code, NETWORK_UNAUTHORIZED);
	scene->world->next.mobile.optimization.n_realms = 2;
	world_reload(scene->world);
	scene_run(scene, 6 * NS_PER_S);
	assert_int_equal(register_and_wait(far), REPLY_ACCEPTED);
	assert_int_equal(far->reply.acks[0].code, NETWORK_SUCCESS);
}

/* 0.0.0.0/0 is taken of whom the hub says it of, and of nobody else (haaro.md, A21). */
static void test_default_route(void **state)
{
	struct registration_request request;

	(void)state;
	far->networks[0] = prefix_v4(0, 0);
	scene_start(scene);
	assert_int_equal(far_register(far), REPLY_ACCEPTED);
	assert_int_equal(far->reply.acks[0].code, NETWORK_SUCCESS);
	far = &scene->far[FAR_B];
	assert_true(far_test(far, RR_HOME) && far_test(far, RR_CARE_OF));
	request = far_request(far);
	request.networks[1] = (struct registration_network){0, 0};
	request.n_networks = 2;
	if (far_ask(far, &request) == SILENCE) {
		scene_run(scene, 2 * NS_PER_S);
		assert_int_equal(far_heard(far), REPLY_ACCEPTED);
	}
	assert_int_equal(far->reply.acks[0].code, NETWORK_SUCCESS);
	assert_int_not_equal(far->reply.acks[1].code, NETWORK_SUCCESS);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_known, setup, teardown),
		cmocka_unit_test_setup_teardown(test_solicits, setup, teardown),
		cmocka_unit_test_setup_teardown(test_new_network, setup, teardown),
		cmocka_unit_test_setup_teardown(test_withdrawn, setup, teardown),
		cmocka_unit_test_setup_teardown(test_withdrawn_router, setup, teardown),
		cmocka_unit_test_setup_teardown(test_asked_just_now, setup, teardown),
		cmocka_unit_test_setup_teardown(test_partly, setup, teardown),
		cmocka_unit_test_setup_teardown(test_not_at_all, setup, teardown),
		cmocka_unit_test_setup_teardown(test_unknown, setup, teardown),
		cmocka_unit_test_setup_teardown(test_slot_of_an_unknown, setup, teardown),
		cmocka_unit_test_setup_teardown(test_accept_unknown, setup, teardown),
		cmocka_unit_test_setup_teardown(test_trust_claims, setup, teardown),
		cmocka_unit_test_setup_teardown(test_end_of_a_claim, setup, teardown),
		cmocka_unit_test_setup_teardown(test_claim_and_a_refusal, setup, teardown),
		cmocka_unit_test_setup_teardown(test_claim_has_no_realm, setup, teardown),
		cmocka_unit_test_setup_teardown(test_trust_ends, setup, teardown),
		cmocka_unit_test_setup_teardown(test_storm, setup, teardown),
		cmocka_unit_test_setup_teardown(test_strangers, setup, teardown),
		cmocka_unit_test_setup_teardown(test_list_between, setup, teardown),
		cmocka_unit_test_setup_teardown(test_hub_is_mute, setup, teardown),
		cmocka_unit_test_setup_teardown(test_other_answer, setup, teardown),
		cmocka_unit_test_setup_teardown(test_stopped_while_held, setup, teardown),
		cmocka_unit_test_setup_teardown(test_room_is_gone, setup, teardown),
		cmocka_unit_test_setup_teardown(test_hub_wants_patience, setup, teardown),
		cmocka_unit_test_setup_teardown(test_hub_is_not_hurried, setup, teardown),
		cmocka_unit_test_setup_teardown(test_realms, setup, teardown),
		cmocka_unit_test_setup_teardown(test_default_route, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
