/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * control/ro/cache.c, advertised.c: what the hub tells of others, taken in, kept and forgotten (RFC
 * 6521, sections 3.1.1 and 3.1.2; haaro.md, sections 6.5 and 8).
 */
#include <errno.h>

#include "case.h"
#include "hex.h"
#include "ro/cache.h"

static struct ip_prefix prefix(const char *address, unsigned int len)
{
	return prefix_v4(world_addr(address).v4, len);
}

static bool is_routed(const char *address, unsigned int len)
{
	const struct ip_prefix wanted = prefix(address, len);

	return scene_is_routed(scene, &wanted);
}

static void advertise(const char *hex)
{
	static uint8_t bytes[512];

	scene->advertisement = bytes;
	scene->advertisement_len = hex_read(hex, bytes, sizeof(bytes));
}

/* --- taking in ---------------------------------------------------------------------------------------------- */

/* The example of haaro.md, section 6.4: home addresses as host routes, prefixes, flag O. */
/* Proves: H7-011, H7-012, H7-014, H7-015, H7-117, H0-03, H0-04 */
static void test_example(void **state)
{
	const struct peer *first, *second;

	(void)state;
	advertise("40 c0 00 02 01 18 0a 01 00 01 61 07 65 78 61 6d 70 6c 65 03 63 6f 6d 00"
		  "41 c0 00 02 02 98 01 01 62 84 00");
	scene_start(scene);
	first = scene_peer(scene, far);
	far->home_address = world_addr("192.0.2.2");
	second = scene_peer(scene, far);
	assert_int_equal(HASH_COUNT(scene->ro->peers), 2);
	assert_true(is_routed("192.0.2.1", 32));
	assert_true(is_routed("10.1.0.0", 24));
	assert_true(is_routed("192.0.2.2", 32));
	assert_true(is_routed("10.1.1.0", 24));
	assert_false(first->outbound_only);
	assert_true(second->outbound_only);
	assert_string_equal(first->prefixes->realm, "a.example.com");
	assert_string_equal(second->prefixes->realm, "b.example.com");
	/* all by the hub */
	assert_int_equal(scene_way(scene, "10.1.1.9"),
			 mobile_hub_tunnel(scene->world->mobile).index);
	assert_int_equal(scene->n_sent, 0);
}

/* Twice the same is once, and a list that leaves something out takes nothing back. */
static void test_again(void **state)
{
	(void)state;
	scene_start(scene);
	assert_int_equal(HASH_COUNT(scene->ro->prefixes), FARS);
	scene_refresh(scene);
	assert_int_equal(HASH_COUNT(scene->ro->prefixes), FARS);
	assert_int_equal(HASH_COUNT(scene->ro->peers), FARS);
	far->told = TOLD_NEVER;
	scene_refresh(scene);
	assert_int_equal(HASH_COUNT(scene->ro->peers), FARS);
	assert_true(is_routed("10.1.0.0", 24));
}

/* haaro.md, section 21, row 13: nothing of one that is malformed anywhere, and the registration stays. */
/* Proves: H7-137 */
static void test_malformed(void **state)
{
	static const char *const bad[] = {
		"18 0a 02 00 00",                   /* first a prefix */
		"40 c0 00 02 05 98 01 00",          /* first a delta */
		"40 c0 00 02 05 21 0a 02 00 00 00", /* 33 bits */
		"40 c0 00 02 05 3f 0a 02 00 00 00", /* 63 */
		"40 c0 00 02 05 18 0a 02",          /* cut */
		"40 c0 00 02 05 18 0a 02 00",       /* no realm */
		"40 c0 00 02 05 18 0a 02 00 80 00", /* undefined index */
		"40 c0 00 02 05 18 0a 02 00 00 40", /* cut after a good one */
	};

	(void)state;
	scene_start(scene);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		advertise(bad[i]);
		scene_refresh(scene);
		assert_int_equal(ro_counters(scene->ro)->advertisements_bad, i + 1);
		assert_int_equal(HASH_COUNT(scene->ro->peers), FARS);
		assert_int_equal(HASH_COUNT(scene->ro->prefixes), FARS);
		assert_false(is_routed("10.2.0.0", 24));
		assert_true(mobile_is_registered(scene->world->mobile));
	}
	assert_int_equal(world_count(scene->world, EVENT_RO_MALFORMED),
			 sizeof(bad) / sizeof(bad[0]));
}

/* Ourselves, the hub, and what cannot be a router are passed over, with all that is said of them. */
static void test_not_peers(void **state)
{
	(void)state;
	advertise("40 c0 00 02 03 18 0a 02 00 00" /* us */
		  "40 c6 33 64 01 18 0a 02 01 00" /* the hub */
		  "40 e0 00 00 05 18 0a 02 02 00" /* a group */
		  "40 c0 00 02 05 18 0a 02 03 00");
	scene_start(scene);
	assert_int_equal(HASH_COUNT(scene->ro->peers), 1);
	assert_int_equal(HASH_COUNT(scene->ro->prefixes), 1);
	assert_true(is_routed("10.2.3.0", 24));
}

/* No room: what fits is used, the rest goes by the hub as before. */
/* Proves: H7-013, H0-05 */
static void test_no_room(void **state)
{
	(void)state;
	for (size_t i = 0; i < FARS; i++)
		scene->far[i].told = TOLD_NEVER;
	scene_start(scene);
	scene->world->fwd.fail_insert = -ENOSPC;
	for (size_t i = 0; i < FARS; i++)
		scene->far[i].told = TOLD_ALWAYS;
	scene_refresh(scene);
	assert_int_equal(ro_counters(scene->ro)->cache_full, FARS);
	assert_int_equal(HASH_COUNT(scene->ro->peers), 0);
	assert_true(mobile_is_registered(scene->world->mobile));
	assert_int_equal(scene_way(scene, "10.9.0.1"),
			 mobile_hub_tunnel(scene->world->mobile).index);
	/* as soon as there is room */
	scene->world->fwd.fail_insert = 0;
	scene_refresh(scene);
	assert_int_equal(HASH_COUNT(scene->ro->peers), FARS);
	assert_true(is_routed("10.9.0.0", 24));
}

/* Each reply tells of others than the last one, until all are known: then nothing more is asked. */
static void test_asks_while_there_is_news(void **state)
{
	size_t asked;

	(void)state;
	for (size_t i = 1; i < FARS; i++)
		scene->far[i].told = TOLD_NEVER;
	scene_start(scene);
	asked = scene->world->link.n_sent;
	for (size_t i = 1; i < FARS; i++) {
		scene_run(scene, 9 * NS_PER_S);
		scene->far[i].told = TOLD_ALWAYS;
		scene_run(scene, 2 * NS_PER_S);
		assert_int_equal(scene->world->link.n_sent, ++asked);
		assert_int_equal(HASH_COUNT(scene->ro->peers), i + 1);
	}
	scene_run(scene, 11 * NS_PER_S);
	assert_int_equal(scene->world->link.n_sent, ++asked); /* which brings no news */
	scene_run(scene, 40 * NS_PER_S);
	assert_int_equal(scene->world->link.n_sent, asked);
}

/* Nor does it wait for longer because somebody has the hub asked about routers by name. */
static void test_asks_between_solicitations(void **state)
{
	struct registration_request request;

	(void)state;
	scene->far[FAR_B].told = TOLD_NEVER;
	far = &scene->far[FAR_C];
	scene_start(scene);
	for (size_t i = 0; i < 4; i++) {
		scene_run(scene, 3 * NS_PER_S);
		scene->far[FAR_B].told = TOLD_ALWAYS;
		assert_true(far_test(far, RR_HOME) && far_test(far, RR_CARE_OF));
		request = far_request(far);
		request.networks[request.n_networks++] = (struct registration_network){
			world_addr("10.99.0.0").v4, (uint8_t)(24 + i)};
		(void)far_ask(far, &request);
		scene_run(scene, 3 * NS_PER_S);
	}
	assert_true(scene->n_solicitations >= 3);
	assert_non_null(peer_find(scene->ro, &scene->far[FAR_B].home_address));
}

/* Home addresses 192.0.2.first and so on, without prefixes. */
static void advertise_routers(uint8_t first, uint8_t n)
{
	static uint8_t bytes[512];

	for (uint8_t i = 0; i < n; i++)
		memcpy(bytes + 5 * i, (uint8_t[]){0x40, 192, 0, 2, (uint8_t)(first + i)}, 5);
	scene->advertisement = bytes;
	scene->advertisement_len = (size_t)5 * n;
}

static bool is_known(const char *address)
{
	const struct ip_addr home_address = world_addr(address);

	return peer_find(scene->ro, &home_address) != NULL;
}

/*
 * More routers than fit: those that the hub told of last are known, and nobody is forgotten that
 * something goes on with; and the hub is not asked for more.
 */
static void test_the_last_ones_told_have_room(void **state)
{
	size_t asked;

	(void)state;
	scene_start(scene);
	assert_int_equal(far_register(far), REPLY_ACCEPTED);
	scene->world->fwd.capacity = 48;
	advertise_routers(100, 24);
	scene_refresh(scene);
	assert_true(is_known("192.0.2.100"));
	advertise_routers(150, 24);
	for (int i = 0; i < 2; i++) { /* the first time there is room for some */
		scene_refresh(scene);
		scene->ro->core->ops->reclaim(scene->ro->core->fwd);
	}
	scene_run(scene, 2 * NS_PER_S);
	asked = scene->world->link.n_sent;
	scene_refresh(scene);
	assert_true(is_known("192.0.2.150"));
	assert_true(is_known("192.0.2.173"));
	assert_false(is_known("192.0.2.100"));
	assert_non_null(scene_peer(scene, far));
	assert_in_range(HASH_COUNT(scene->ro->peers), 25, 36);
	scene_run(scene, 40 * NS_PER_S);
	assert_in_range(scene->world->link.n_sent, asked, asked + 1);
}

/* --- overlaps -------------------------------------------------------------------------------------------------- */

/* In one of our own: an error that is told, and our own stays ours. */
/* Proves: H7-054, H7-053, H0-32 */
static void test_overlaps_ours(void **state)
{
	(void)state;
	far->networks[0] = prefix("10.3.0.128", 25);
	far->networks[1] = prefix("10.0.0.0", 8); /* around: no matter, the longest decides */
	far->n_networks = 2;
	scene_start(scene);
	assert_int_equal(world_count(scene->world, EVENT_RO_OVERLAP), 1);
	assert_int_equal(ro_counters(scene->ro)->overlaps, 1);
	assert_false(is_routed("10.3.0.128", 25));
	assert_true(is_routed("10.0.0.0", 8));
	/* nor is it given to who registers with it */
	assert_int_equal(far_register(far), SILENCE);
	scene_run(scene, 2 * NS_PER_S);
	assert_int_equal(far_heard(far), REPLY_ACCEPTED);
	assert_int_equal(far->reply.acks[0].code, NETWORK_UNAUTHORIZED);
	assert_int_equal(far->reply.acks[1].code, NETWORK_SUCCESS);
}

/* Of two routers: the hub's latest word. */
/* Proves: H7-054 */
static void test_changes_hands(void **state)
{
	const struct ip_prefix moved = prefix("10.1.0.0", 24);
	const struct ro_prefix *found;

	(void)state;
	scene_start(scene);
	far->n_networks = 0;
	scene->far[FAR_B].networks[0] = moved;
	scene_refresh(scene);
	found = cache_find(scene->ro, &moved);
	assert_ptr_equal(found->peer, scene_peer(scene, &scene->far[FAR_B]));
	assert_true(is_routed("10.1.0.0", 24));
	assert_int_equal(world_count(scene->world, EVENT_RO_OVERLAP), 1);
}

/* Not listed in the registration of the one that has it now: to neither. */
static void test_changes_hands_unlisted(void **state)
{
	const struct ip_prefix moved = prefix("10.1.0.0", 24);
	struct far *other = &scene->far[FAR_B];

	(void)state;
	scene_start(scene);
	assert_int_equal(far_register(other), REPLY_ACCEPTED);
	scene->world->next.mobile.optimization.request = false;
	world_reload(scene->world);
	assert_int_equal(ro_stop(scene->ro, &other->home_address), 0);
	assert_int_equal(ro_start(scene->ro, &other->home_address), 0);
	other->mute = true;
	scene_run(scene, 60 * NS_PER_S);
	assert_false(peer_is_registered(scene_peer(scene, other)));
	assert_int_equal(far_register(other), REPLY_ACCEPTED);
	assert_true(is_routed("10.1.0.0", 24));
	assert_int_equal(cache_put((struct peer *)(uintptr_t)scene_peer(scene, other), &moved, ""),
			 0);
	assert_false(is_routed("10.1.0.0", 24));
	assert_ptr_equal(cache_find(scene->ro, &moved)->peer, scene_peer(scene, other));
}

/* A network more of ours: what was told of it is left to the hub from then on. */
static void test_becomes_ours(void **state)
{
	(void)state;
	far->networks[0] = prefix("10.3.64.128", 25);
	scene_start(scene);
	assert_true(is_routed("10.3.64.128", 25));
	scene->world->next.mobile.n_networks = 2;
	world_reload(scene->world);
	scene_run(scene, 3 * NS_PER_S);
	assert_false(is_routed("10.3.64.128", 25));
	assert_int_equal(world_count(scene->world, EVENT_RO_OVERLAP), 1);
	scene->world->next.mobile.n_networks = 1;
	world_reload(scene->world);
	scene_run(scene, 3 * NS_PER_S);
	assert_true(is_routed("10.3.64.128", 25));
}

/* A NAT at its side that is gone: what failed for it may work now. */
static void test_opens(void **state)
{
	(void)state;
	far->outbound_only = true;
	scene->nat = true;
	scene_start(scene);
	scene_run(scene, 3 * NS_PER_S);
	scene_traffic(scene, far, true);
	assert_int_equal(scene_state(scene, far), RO_STATE_HELD);
	scene_refresh(scene);
	assert_int_equal(scene_state(scene, far), RO_STATE_HELD);
	far->outbound_only = false;
	scene_refresh(scene);
	assert_int_equal(scene_state(scene, far), RO_STATE_IDLE);
	assert_null(scene_peer(scene, far)->reason);
}

/* --- forgetting ------------------------------------------------------------------------------------------------- */

/* Unseen for three registration lifetimes. */
/* Proves: H7-021 */
static void test_ages(void **state)
{
	(void)state;
	scene->world->hub.lifetime = 60;
	scene_start(scene);
	scene_run(scene, 400 * NS_PER_S);
	far->told = TOLD_NEVER;
	scene_run(scene, 130 * NS_PER_S);
	assert_non_null(peer_find(scene->ro, &far->home_address));
	assert_true(is_routed("10.1.0.0", 24));
	scene_run(scene, 100 * NS_PER_S);
	assert_null(peer_find(scene->ro, &far->home_address));
	assert_false(is_routed("10.1.0.0", 24));
	assert_false(is_routed("192.0.2.1", 32));
	assert_int_equal(HASH_COUNT(scene->ro->peers), FARS - 1);
}

/* A lifetime of an hour makes no memory of three: half an hour at most. */
static void test_ages_at_most(void **state)
{
	(void)state;
	scene->world->hub.lifetime = 3600;
	scene->world->conf.mobile.lifetime = time_seconds(3600);
	scene_start(scene);
	far->told = TOLD_NEVER;
	scene_run(scene, 1790 * NS_PER_S);
	assert_non_null(peer_find(scene->ro, &far->home_address));
	scene_run(scene, 320 * NS_PER_S);
	assert_null(peer_find(scene->ro, &far->home_address));
}

/* Its last Identification outlives it by four minutes: nothing of it can be played again. */
static void test_replay_is_kept(void **state)
{
	uint8_t bytes[MESSAGE_SIZE];
	struct registration_request request;
	struct datagram datagram;

	(void)state;
	scene->world->conf.mobile.optimization.accept_unknown = true;
	far->told = TOLD_NEVER;
	scene->world->hub.lifetime = 30;
	scene_start(scene);
	scene_run(scene,
		  310 * NS_PER_S); /* the first look at what is old, before a lifetime is known */
	assert_true(far_test(far, RR_HOME) && far_test(far, RR_CARE_OF));
	request = far_request(far);
	request.n_networks = 0;
	datagram = far_request_datagram(far, &request, bytes);
	assert_int_equal(far_send(far, &datagram), REPLY_ACCEPTED);
	assert_int_equal(far_leave(far), REPLY_ACCEPTED);
	scene_run(scene, 5 * NS_PER_S);
	assert_int_equal(far_send(far, &datagram), REPLY_IDENTIFICATION);
	scene_run(scene, 230 * NS_PER_S);
	assert_non_null(peer_find(scene->ro, &far->home_address));
	scene_run(scene, 30 * NS_PER_S);
	assert_null(peer_find(scene->ro, &far->home_address));
}

/* What the operator has said of it is not forgotten. */
static void test_stopped_is_kept(void **state)
{
	(void)state;
	scene->world->hub.lifetime = 60;
	scene_start(scene);
	assert_int_equal(ro_stop(scene->ro, &far->home_address), 0);
	far->told = TOLD_NEVER;
	scene_run(scene, 900 * NS_PER_S);
	assert_int_equal(scene_state(scene, far), RO_STATE_STOPPED);
}

/* Never while something is under way or open. */
/* Proves: H7-017, H0-07 */
static void test_never_with_a_tunnel(void **state)
{
	struct peer *peer;

	(void)state;
	scene->world->hub.lifetime = 60;
	scene_start(scene);
	assert_int_equal(far_register(far), REPLY_ACCEPTED);
	scene_run(scene, 3 * NS_PER_S);
	assert_true(scene_is_direct(scene, far));
	far->told = TOLD_NEVER;
	for (size_t i = 0; i < 6; i++) {
		scene_run(scene, 150 * NS_PER_S);
		assert_true(scene_is_direct(scene, far));
		if (far_register(far) == SILENCE)
			scene_run(scene, 2 * NS_PER_S);
	}
	/* nor by itself, in the middle of the tests */
	far = &scene->far[FAR_B];
	far->deaf[RR_CARE_OF] = true;
	scene_traffic(scene, far, true);
	assert_int_equal(scene_state(scene, far), RO_STATE_ROUTABILITY);
	peer = peer_find(scene->ro, &far->home_address);
	peer->seen = 0;
	cache_age(scene->ro);
	assert_ptr_equal(peer_find(scene->ro, &far->home_address), peer);
}

/* A hub that does not know RFC 6521, and one that refuses. */
/* Proves: H7-120, H7-127 */
static void test_hub_without(void **state)
{
	(void)state;
	scene->knows_nothing = true;
	scene_start(scene);
	assert_true(mobile_is_registered(scene->world->mobile));
	assert_int_equal(HASH_COUNT(scene->ro->peers), 0);
	scene->knows_nothing = false;
	scene->grant_code = 15; /* the last that grants */
	scene_refresh(scene);
	assert_true(scene->ro->granted);
	assert_int_equal(HASH_COUNT(scene->ro->peers), FARS);
	scene->grant_code = 16;
	scene_refresh(scene);
	assert_false(scene->ro->granted);
	scene_traffic(scene, far, true);
	assert_int_equal(scene->n_sent, 0);
}

/* What the first request says already, and what each key of the configuration makes of it. */
/* Proves: H7-003, H7-004, H7-119, H0-01 */
static void test_capability(void **state)
{
	static const struct {
		bool advertise, request;
		enum conf_outbound outbound;
		uint8_t flags;
	} rows[] = {
		{true, true, CONF_OUTBOUND_AUTO, CAPABILITY_ADVERTISE | CAPABILITY_REQUEST},
		{false, true, CONF_OUTBOUND_NO, CAPABILITY_REQUEST},
		{true, false, CONF_OUTBOUND_AUTO, CAPABILITY_ADVERTISE},
		{true, true, CONF_OUTBOUND_YES,
		 CAPABILITY_ADVERTISE | CAPABILITY_REQUEST | CAPABILITY_OUTBOUND},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct conf_optimization *conf;

		if (i > 0) {
			scene_destroy(scene);
			scene = scene_create();
		}
		conf = &scene->world->conf.mobile.optimization;
		conf->advertise = rows[i].advertise;
		conf->request = rows[i].request;
		conf->outbound_only = rows[i].outbound;
		scene_start(scene);
		assert_true(scene->world->link.sent[0].request.capability.is_present);
		assert_int_equal(scene->world->link.sent[0].request.capability.flags,
				 rows[i].flags);
	}
}

/* A NAT on our way: said by itself. */
/* Proves: H7-125 */
static void test_outbound_by_itself(void **state)
{
	(void)state;
	scene->nat = true;
	scene_start(scene);
	scene_run(scene, 3 * NS_PER_S);
	assert_int_equal(scene->capability.flags,
			 CAPABILITY_ADVERTISE | CAPABILITY_REQUEST | CAPABILITY_OUTBOUND);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_example, setup, teardown),
		cmocka_unit_test_setup_teardown(test_again, setup, teardown),
		cmocka_unit_test_setup_teardown(test_malformed, setup, teardown),
		cmocka_unit_test_setup_teardown(test_not_peers, setup, teardown),
		cmocka_unit_test_setup_teardown(test_no_room, setup, teardown),
		cmocka_unit_test_setup_teardown(test_asks_while_there_is_news, setup, teardown),
		cmocka_unit_test_setup_teardown(test_asks_between_solicitations, setup, teardown),
		cmocka_unit_test_setup_teardown(test_the_last_ones_told_have_room, setup, teardown),
		cmocka_unit_test_setup_teardown(test_overlaps_ours, setup, teardown),
		cmocka_unit_test_setup_teardown(test_changes_hands, setup, teardown),
		cmocka_unit_test_setup_teardown(test_changes_hands_unlisted, setup, teardown),
		cmocka_unit_test_setup_teardown(test_becomes_ours, setup, teardown),
		cmocka_unit_test_setup_teardown(test_opens, setup, teardown),
		cmocka_unit_test_setup_teardown(test_ages, setup, teardown),
		cmocka_unit_test_setup_teardown(test_ages_at_most, setup, teardown),
		cmocka_unit_test_setup_teardown(test_replay_is_kept, setup, teardown),
		cmocka_unit_test_setup_teardown(test_stopped_is_kept, setup, teardown),
		cmocka_unit_test_setup_teardown(test_never_with_a_tunnel, setup, teardown),
		cmocka_unit_test_setup_teardown(test_hub_without, setup, teardown),
		cmocka_unit_test_setup_teardown(test_capability, setup, teardown),
		cmocka_unit_test_setup_teardown(test_outbound_by_itself, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
