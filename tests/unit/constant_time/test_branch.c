/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A branch whose secrets are hidden from the moment that they are drawn or configured: it registers at
 * its hub, proves itself to another branch, and is proven to. In none of that control/mobile and
 * control/ro branch or index on a key, a cookie, a token or an authenticator, right or forged.
 */
#include "case.h"
#include "secret.h"

/* Nonces come with their keys; where their indexes start is drawn there too, and is no secret. */
static void fill(void *state, enum random_purpose purpose, uint8_t *bytes, size_t len)
{
	random_seeded_fill(state, purpose, bytes, len);
	if (purpose == RANDOM_COOKIE || (purpose == RANDOM_NONCE && len == NONCE_KEY_SIZE))
		secret_hide(bytes, len);
}

static void hide_keys(void)
{
	struct conf_secret *ours = &scene->world->conf.mobile.keys[0].secret;
	struct mac_key *hub = &scene->world->sa.entries[0].key;

	secret_hide(ours->bytes, ours->len);
	secret_hide(hub->secret, hub->len);
	scene->world->random.fill = fill;
	scene->world->core.random.fill = fill;
}

static int setup_hidden(void **state)
{
	setup(state);
	hide_keys();
	return 0;
}

static int setup_registered(void **state)
{
	setup_hidden(state);
	scene_start(scene);
	secret_assert_compared(2); /* the hub's replies */
	return 0;
}

/* --- as the one that asks ---------------------------------------------------------------------------- */

/* Two cookies; the request, at the other branch; its reply. */
static void test_asking(void **state)
{
	(void)state;
	scene_traffic(scene, far, true);
	scene_run(scene, 2 * WORLD_RTT + 1);
	assert_true(peer_is_registered(scene_peer(scene, far)));
	secret_assert_compared(4);
}

static void test_forged_cookies(void **state)
{
	(void)state;
	scene_traffic(scene, far, true);
	for (size_t i = 0; i < scene->world->n_queue; i++)
		scene->world->queue[i].bytes[4 + RR_COOKIE_SIZE - 1] ^= 1;
	scene_run(scene, WORLD_RTT + 1);
	assert_int_equal(ro_counters(scene->ro)->tests_dropped, 2);
	secret_assert_compared(2);
}

static void test_forged_reply(void **state)
{
	struct registration_reply reply;
	struct correspondent_key key;
	struct datagram datagram;
	uint8_t bytes[MESSAGE_SIZE];

	(void)state;
	far->mute = true;
	scene_traffic(scene, far, true);
	scene_run(scene, WORLD_RTT + 1);
	secret_assert_compared(3);
	reply = far_answer(far);
	key = far->request_key;
	key.bytes[0] ^= 1;
	datagram = far_signed(far, &reply, &key, bytes);
	world_deliver(scene->world, &datagram);
	assert_int_equal(asking(), ASKING_REGISTRATION);
	secret_assert_compared(1);
}

/* --- as the one that is asked ------------------------------------------------------------------------ */

/* The request; our reply, at the other branch; and the same as it leaves. */
static void test_asked(void **state)
{
	(void)state;
	assert_int_equal(far_register(far), REPLY_ACCEPTED);
	assert_true(far->reply_is_signed);
	assert_int_equal(far_leave(far), REPLY_ACCEPTED);
	assert_true(far->reply_is_signed);
	secret_assert_compared(4);
}

static void test_forged_request(void **state)
{
	struct registration_request request = far_request(far);

	(void)state;
	assert_true(far_test(far, RR_HOME));
	assert_true(far_test(far, RR_CARE_OF));
	far->tokens[RR_CARE_OF][0] ^= 1;
	assert_int_equal(far_ask(far, &request), SILENCE);
	assert_int_equal(ro_counters(scene->ro)->auth_failed, 1);
	secret_assert_compared(1);
}

/* --- with a key that is shared beforehand ------------------------------------------------------------ */

/* No cookies: the request and its reply. */
static void test_shared_key(void **state)
{
	static struct conf_static_key key;

	(void)state;
	key = (struct conf_static_key){.peer = far->home_address, .secret.len = 16};
	secret_hide(key.secret.bytes, key.secret.len);
	scene->world->conf.mobile.optimization.static_keys = &key;
	scene->world->conf.mobile.optimization.n_static_keys = 1;
	scene_start(scene);
	secret_assert_compared(2);
	scene_traffic(scene, far, true);
	scene_run(scene, 2 * WORLD_RTT + 1);
	assert_true(peer_is_registered(scene_peer(scene, far)));
	secret_assert_compared(2);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_asking, setup_registered, teardown),
		cmocka_unit_test_setup_teardown(test_forged_cookies, setup_registered, teardown),
		cmocka_unit_test_setup_teardown(test_forged_reply, setup_registered, teardown),
		cmocka_unit_test_setup_teardown(test_asked, setup_registered, teardown),
		cmocka_unit_test_setup_teardown(test_forged_request, setup_registered, teardown),
		cmocka_unit_test_setup_teardown(test_shared_key, setup_hidden, teardown),
	};

	(void)argc;
	return SECRET_RUN(argv[0], tests);
}
