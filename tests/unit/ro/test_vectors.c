/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The messages of haaro.md, section 22, through the real roles: as router A, which is asked, and as
 * router C, which asks. And keys that are shared beforehand (section 7.5).
 */
#include "auth/ntp_clock.h"
#include "case.h"
#include "hex.h"
#include "vectors.h"

#define EXPIRED "03 cb 00 00 c0 00 02 03 c6 33 64 01 d2 f1 a3 ca 51 c0 ff ee"

#define UNIX_OF_NTP(seconds) ((UINT64_C(seconds) - UINT64_C(2208988800)) * NS_PER_S)

static void assert_sent(enum message_type type, const char *hex)
{
	const struct scene_sent *sent = scene_last(scene, type);
	uint8_t bytes[128];
	size_t len = hex_read(hex, bytes, sizeof(bytes));

	assert_int_equal(sent->datagram.len, len);
	assert_memory_equal(sent->bytes, bytes, len);
}

/* --- router A --------------------------------------------------------------------------------------------------- */

static void add_nonce(uint16_t index, uint8_t first)
{
	struct nonces *nonces = &scene->ro->nonces;
	struct nonce *nonce = &nonces->held[nonces->n++];

	*nonce = (struct nonce){
		.index = index, .used = true, .first_use = scene->world->core.now.mono};
	for (size_t i = 0; i < NONCE_SIZE; i++)
		nonce->bytes[i] = (uint8_t)(first + i);
	for (size_t i = 0; i < NONCE_KEY_SIZE; i++)
		nonce->key[i] = (uint8_t)(0x10 + i);
}

/* Router A at the time of the messages; the other one is C. */
static void be_router_a(void)
{
	struct world *world = scene->world;

	world->conf.mobile.home_address = world_addr("192.0.2.1");
	world->networks[0] = prefix_v4(world_addr("10.1.0.0").v4, 24);
	world->link.addresses[0] = world_addr("203.0.113.10");
	world->core.now.wall = UNIX_OF_NTP(0xd2f1a3c8);
	far->home_address = world_addr("192.0.2.3");
	far->care_of = world_addr("203.0.113.30");
	far->networks[0] = prefix_v4(world_addr("10.3.0.0").v4, 24);
	scene_start(scene);
	scene_run(scene, 2 * NS_PER_S);
}

static void hand_in(const char *hex, const char *source)
{
	static uint8_t bytes[128];
	struct datagram datagram = {
		.source = world_addr(source),
		.destination = world_addr("192.0.2.1"),
		.source_port = 434,
		.destination_port = 434,
		.port = PORT_NONE,
		.tunnel = mobile_hub_tunnel(scene->world->mobile),
		.payload = bytes,
		.len = hex_read(hex, bytes, sizeof(bytes)),
	};

	world_deliver(scene->world, &datagram);
}

/* Proves: H7-027, H7-028, H7-131, H7-033, H7-065, H7-079 */
static void test_asked(void **state)
{
	(void)state;
	be_router_a();
	add_nonce(0x1234, 0xa0);
	hand_in(VECTOR_HOME_TEST_INIT, "192.0.2.3");
	assert_sent(MESSAGE_HOME_TEST, VECTOR_HOME_TEST);
	add_nonce(0x1235, 0xb0);
	hand_in(VECTOR_CARE_OF_TEST_INIT, "203.0.113.30");
	assert_sent(MESSAGE_CARE_OF_TEST, VECTOR_CARE_OF_TEST);
	hand_in(VECTOR_PEER_REQUEST, "203.0.113.30");
	assert_sent(MESSAGE_REPLY, VECTOR_PEER_REPLY);
	assert_true(peer_is_accepted(scene_peer(scene, far)));
	/* the time of the deregistration has come */
	scene_run(scene, UINT64_C(0x116) * NS_PER_S);
	scene->ro->nonces.n = 0;
	add_nonce(0x1234, 0xa0);
	far->n_heard = scene_count(scene, MESSAGE_REPLY);
	hand_in(VECTOR_PEER_DEREGISTRATION, "203.0.113.30");
	assert_int_equal(far_heard(far), REPLY_ACCEPTED);
	assert_false(peer_is_accepted(scene_peer(scene, far)));
}

/* The same request when neither nonce is there any more. */
/* Proves: H7-153 */
static void test_expired(void **state)
{
	(void)state;
	be_router_a();
	hand_in(VECTOR_PEER_REQUEST, "203.0.113.30");
	assert_sent(MESSAGE_REPLY, EXPIRED);
	assert_false(peer_is_accepted(scene_peer(scene, far)));
}

/* --- router C --------------------------------------------------------------------------------------------------- */

/* The low bits of the Identification and the cookies are those of the messages. */
static void fill(void *seeded, enum random_purpose purpose, uint8_t *bytes, size_t len)
{
	static const uint8_t cookies[2][RR_COOKIE_SIZE] = {
		{0x11, 0x22, 0x33, 0x44, 0x55, 0x66, 0x77, 0x88},
		{0x99, 0xaa, 0xbb, 0xcc, 0xdd, 0xee, 0xff, 0x00},
	};
	static size_t cookie;
	const uint64_t low = UINT64_C(0x51c0ffee);

	random_seeded_fill(seeded, purpose, bytes, len);
	if (purpose == RANDOM_COOKIE)
		memcpy(bytes, cookies[cookie++ % 2], len);
	else if (purpose == RANDOM_IDENTIFICATION && len == sizeof(low))
		memcpy(bytes, &low, len);
}

static void take_test(enum rr_test test, const char *hex)
{
	uint8_t bytes[64];
	struct datagram datagram = {
		.source = far->home_address,
		.destination =
			test == RR_HOME ? world_addr("192.0.2.3") : world_addr("203.0.113.30"),
		.source_port = 434,
		.destination_port = 434,
		.port = test == RR_HOME ? PORT_NONE : 0,
		.tunnel = test == RR_HOME ? mobile_hub_tunnel(scene->world->mobile)
					  : (struct tunnel_ref){.index = FWD_NONE},
		.payload = bytes,
		.len = hex_read(hex, bytes, sizeof(bytes)),
	};

	world_deliver(scene->world, &datagram);
}

/* Proves: H7-024, H7-057, H7-060, H7-062, H7-131 */
static void test_asks(void **state)
{
	struct world *world = scene->world;

	(void)state;
	/* 0x51c of the fraction is time; 0x0ffee of it is drawn */
	world->core.now.wall = UNIX_OF_NTP(0xd2f1a3c8) + UINT64_C(0x51c) * NS_PER_S / 4096 + 1;
	world->core.random.fill = fill;
	far->deaf[RR_HOME] = far->deaf[RR_CARE_OF] = true;
	far->mute = true;
	scene_start(scene);
	scene_run(scene, WORLD_START + 2 * NS_PER_S - world->core.now.mono);
	scene_traffic(scene, far, true);
	assert_sent(MESSAGE_HOME_TEST_INIT, VECTOR_HOME_TEST_INIT);
	assert_sent(MESSAGE_CARE_OF_TEST_INIT, VECTOR_CARE_OF_TEST_INIT);
	take_test(RR_HOME, VECTOR_HOME_TEST);
	take_test(RR_CARE_OF, VECTOR_CARE_OF_TEST);
	assert_sent(MESSAGE_REQUEST, VECTOR_PEER_REQUEST);
}

/* --- shared beforehand --------------------------------------------------------------------------------------------- */

static void share(struct conf_static_key *key)
{
	*key = (struct conf_static_key){
		.peer = far->home_address,
		.secret = {.len = 17, .bytes = "shared beforehand"},
	};
	scene->world->conf.mobile.optimization.static_keys = key;
	scene->world->conf.mobile.optimization.n_static_keys = 1;
}

/* No tests at all: active from the start, for the deregistration too, with indexes of 0. */
/* Proves: H7-018, R-08, H7-056 */
static void test_shared_key_asks(void **state)
{
	struct conf_static_key key;

	(void)state;
	share(&key);
	scene_start(scene);
	scene_traffic(scene, far, true);
	scene_run(scene, 2 * WORLD_RTT);
	assert_int_equal(scene_count(scene, MESSAGE_HOME_TEST_INIT), 0);
	assert_int_equal(scene_count(scene, MESSAGE_CARE_OF_TEST_INIT), 0);
	assert_int_equal(far->n_requests, 1);
	assert_int_equal(far->request.correspondent.home_index, 0);
	assert_int_equal(far->request.correspondent.care_of_index, 0);
	assert_true(peer_is_registered(scene_peer(scene, far)));
	ro_shutdown(scene->ro);
	assert_int_equal(far->n_requests, 2);
	assert_int_equal(far->request.lifetime, 0);
	assert_int_equal(scene_count(scene, MESSAGE_HOME_TEST_INIT), 0);
}

/* Indexes are ignored on receipt, and what return routability would give it is refused. */
/* Proves: R-08, H7-018 */
static void test_shared_key_asked(void **state)
{
	struct conf_static_key key;
	struct registration_request request;
	uint8_t bytes[MESSAGE_SIZE];
	struct writer writer = writer_of(bytes, sizeof(bytes));
	struct datagram datagram;

	(void)state;
	share(&key);
	scene_start(scene);
	assert_int_equal(far_register(far), SILENCE);
	request = far_request(far);
	datagram = far_request_datagram(far, &request, bytes);
	far->key = (struct correspondent_key){
		.len = 17, .bytes = "shared beforehand", .home_index = 77, .care_of_index = 78};
	assert_int_equal(registration_request_build(&request, &writer), WIRE_OK);
	assert_int_equal(correspondent_sign(scene->world->engine, &far->key, &writer), 0);
	datagram.len = writer.len;
	assert_int_equal(far_send(far, &datagram), REPLY_ACCEPTED);
	assert_true(far->reply_is_signed);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_asked, setup, teardown),
		cmocka_unit_test_setup_teardown(test_expired, setup, teardown),
		cmocka_unit_test_setup_teardown(test_asks, setup, teardown),
		cmocka_unit_test_setup_teardown(test_shared_key_asks, setup, teardown),
		cmocka_unit_test_setup_teardown(test_shared_key_asked, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
