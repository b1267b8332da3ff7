/* SPDX-License-Identifier: BSD-3-Clause */
/* control/mobile: shutdown, and revocation (RFC 3543). */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "mobile/schedule.h"
#include "world.h"

static struct world *registered(void)
{
	struct world *world = world_create(1);

	world_start(world);
	world_run_until(world, MOBILE_REGISTERED, time_seconds(1));
	world_run(world, time_seconds(60));
	return world;
}

static void shutdown_drops_all_bindings(void **state)
{
	struct world *world = registered();
	const struct registration_request *request;

	(void)state;
	mobile_shutdown(world->mobile);
	assert_int_equal(world_view(world).state, MOBILE_LEAVING);
	assert_int_equal(world->link.n_sent, 2);
	request = &world_last(world)->request;
	assert_int_equal(request->lifetime, 0);
	assert_int_equal(request->care_of, world_addr("192.0.2.3").v4);
	assert_int_equal(world_last(world)->datagram.source.v4, world_addr("203.0.113.30").v4);
	assert_int_equal(request->n_networks, 0);
	assert_false(request->udp.is_present);
	assert_int_equal(request->flags & REQUEST_D, REQUEST_D);
	assert_int_equal(world_last(world)->ttl, 255);
	assert_false(mobile_is_drained(world->mobile));
	world_run(world, time_millis(30));
	assert_true(mobile_is_drained(world->mobile));
	assert_int_equal(world_view(world).state, MOBILE_LEFT);
	assert_int_equal(world_count(world, EVENT_DEREGISTERED), 1);
	assert_int_equal(world_path(world).tunnel, FWD_NONE);
	assert_int_equal(world->link.n_tunnels, 0);
	/* Nothing happens any more. */
	world_port(world, 0, LINK_PORT_DOWN);
	world_run(world, time_seconds(1000));
	assert_int_equal(world->link.n_sent, 2);
	world_destroy(world);
}

static void shutdown_gives_up_after_three_tries(void **state)
{
	struct world *world = registered();
	uint64_t start = world->core.now.mono;

	(void)state;
	world->hub.mute = true;
	mobile_shutdown(world->mobile);
	world_run(world, time_millis(2999));
	assert_int_equal(world->link.n_sent, 4);
	assert_int_equal(world->link.sent[1].mono, start);
	assert_int_equal(world->link.sent[2].mono, start + NS_PER_S);
	assert_int_equal(world->link.sent[3].mono, start + 2 * NS_PER_S);
	assert_false(mobile_is_drained(world->mobile));
	world_run(world, time_millis(1));
	assert_true(mobile_is_drained(world->mobile));
	assert_int_equal(world_count(world, EVENT_DEREGISTERED), 0);
	world_destroy(world);
}

static void shutdown_takes_the_hubs_time(void **state)
{
	struct world *world = registered();

	(void)state;
	world->hub.strict = true;
	world->hub.ahead = -1000;
	mobile_shutdown(world->mobile);
	world_run(world, time_millis(1100));
	assert_int_equal(world->link.n_sent, 3);
	assert_true(mobile_is_drained(world->mobile));
	assert_int_equal(world_count(world, EVENT_DEREGISTERED), 1);
	world_destroy(world);
}

static void shutdown_keeps_the_one_second_rule(void **state)
{
	struct world *world = world_create(1);

	(void)state;
	world_start(world);
	world_run(world, time_millis(300));
	mobile_shutdown(world->mobile);
	assert_int_equal(world->link.n_sent, 1);
	world_run(world, time_millis(700));
	assert_int_equal(world->link.n_sent, 2);
	assert_int_equal(world_last(world)->request.lifetime, 0);
	world_run(world, time_millis(20));
	assert_true(mobile_is_drained(world->mobile));
	world_destroy(world);
}

static void who_may_hold_a_binding_is_asked_to_drop_it(void **state)
{
	struct world *world = world_create(1);

	(void)state;
	world->hub.mute = true; /* the reply was lost, the binding perhaps not */
	world_start(world);
	world_run(world, time_seconds(2));
	world->hub.mute = false;
	mobile_shutdown(world->mobile);
	world_run(world, time_seconds(1));
	assert_true(mobile_is_drained(world->mobile));
	assert_int_equal(world_count(world, EVENT_DEREGISTERED), 1);
	world_destroy(world);
}

static void without_an_uplink_there_is_nobody_to_tell(void **state)
{
	struct world *world = world_create(1);

	(void)state;
	world->link.up[0] = false;
	world->link.up[1] = false;
	world_start(world);
	assert_int_equal(world_view(world).state, MOBILE_DOWN);
	mobile_shutdown(world->mobile);
	assert_true(mobile_is_drained(world->mobile));
	assert_int_equal(world->link.n_sent, 0);
	world_destroy(world);
}

static void a_late_reply_does_not_bring_it_back(void **state)
{
	struct world *world = registered();
	struct registration_reply reply;

	(void)state;
	world->hub.mute = true;
	mobile_shutdown(world->mobile);
	reply = world_answer(world);
	world_run(world, time_seconds(4));
	world_reply(world, &reply);
	assert_int_equal(world_view(world).state, MOBILE_LEFT);
	assert_int_equal(world_path(world).tunnel, FWD_NONE);
	world_destroy(world);
}

/* --- revocation ----------------------------------------------------------------------------- */

static struct revocation revocation_of(const struct world *world)
{
	return (struct revocation){
		.from_home = true,
		.inform = true,
		.home_address = world_addr("192.0.2.3").v4,
		.home_domain = world_addr("198.51.100.1").v4,
		.foreign_domain = world_addr("203.0.113.30").v4,
		.identifier = ntp_seconds(ntp_from_unix(world->core.now.wall)),
	};
}

static struct datagram sign_revocation(struct world *world, const struct revocation *message,
				       uint8_t *bytes)
{
	struct writer writer = writer_of(bytes, MESSAGE_SIZE);

	assert_int_equal(revocation_build(message, &writer), WIRE_OK);
	assert_int_equal(sa_sign(&world->sa.entries[0], &writer), 0);
	return (struct datagram){
		.source = world_addr("198.51.100.1"),
		.destination = world_addr("203.0.113.30"),
		.source_port = 4000,
		.destination_port = 434,
		.port = 0,
		.tunnel = {.index = FWD_NONE},
		.payload = bytes,
		.len = writer.len,
	};
}

static void revoke(struct world *world, const struct revocation *message)
{
	uint8_t bytes[MESSAGE_SIZE];
	struct datagram datagram = sign_revocation(world, message, bytes);

	world_deliver(world, &datagram);
}

static void a_revocation_is_acknowledged_and_obeyed(void **state)
{
	struct world *world = registered();
	struct revocation message = revocation_of(world);
	struct revocation_ack ack;
	const struct sa_entry *entry;

	(void)state;
	world->hub.bound = (struct ip_addr){0};
	revoke(world, &message);
	assert_int_equal(world->link.n_sent, 2);
	assert_int_equal(world_last(world)->datagram.source_port, 434);
	assert_int_equal(world_last(world)->datagram.destination_port, 4000);
	assert_int_equal(world_last(world)->datagram.destination.v4, world_addr("198.51.100.1").v4);
	assert_int_equal(revocation_ack_parse(world_last(world)->bytes,
					      world_last(world)->datagram.len, &ack),
			 WIRE_OK);
	assert_int_equal(sa_verify(&world->sa, world_last(world)->bytes, &ack.auth, &entry), SA_OK);
	assert_int_equal(ack.identifier, message.identifier);
	assert_int_equal(ack.home_address, message.home_address);
	assert_true(ack.inform);
	/* The tunnel is gone at once. */
	assert_int_equal(world_path(world).tunnel, FWD_NONE);
	assert_int_equal(world->link.n_tunnels, 0);
	assert_int_equal(world_count(world, EVENT_LOST), 1);
	assert_int_equal(mobile_counters(world->mobile)->revoked, 1);
	assert_int_equal(world_view(world).state, MOBILE_HELD);
	/* A repetition, with a newer identifier, is answered again; the same one is not. */
	revoke(world, &message);
	assert_int_equal(world->link.n_sent, 2);
	message.identifier++;
	revoke(world, &message);
	assert_int_equal(world->link.n_sent, 3);
	assert_int_equal(mobile_counters(world->mobile)->revoked, 1);
	/* After 30 s it asks again. */
	world_run(world, time_millis(29999));
	assert_int_equal(world->link.n_sent, 3);
	world_run(world, time_millis(30));
	assert_int_equal(world_view(world).state, MOBILE_REGISTERED);
	world_destroy(world);
}

enum {
	BAD_DOMAIN,
	BAD_CARE_OF,
	BAD_HOME,
	NOT_FROM_HOME,
	OLD,
	BAD_SOURCE,
	BAD_KEY,
	SHORT,
	BY_TUNNEL,
	BAD_MAX
};

static void bend_revocation(struct world *world, int how)
{
	struct revocation message = revocation_of(world);
	uint8_t bytes[MESSAGE_SIZE];
	struct datagram datagram;

	if (how == BAD_DOMAIN)
		message.home_domain = world_addr("198.51.100.2").v4;
	if (how == BAD_CARE_OF)
		message.foreign_domain = world_addr("203.0.113.31").v4;
	if (how == BAD_HOME)
		message.home_address = world_addr("192.0.2.4").v4;
	if (how == NOT_FROM_HOME)
		message.from_home = false;
	if (how == OLD) /* not newer than the registration's own timestamp */
		message.identifier -= 60;
	datagram = sign_revocation(world, &message, bytes);
	if (how == BAD_SOURCE)
		datagram.source = world_addr("198.51.100.2");
	if (how == BAD_KEY)
		bytes[datagram.len - 1] ^= 1;
	if (how == SHORT)
		datagram.len = 19;
	if (how == BY_TUNNEL)
		datagram.tunnel = world_view(world).tunnel;
	world_deliver(world, &datagram);
}

static void a_wrong_revocation_is_dropped(void **state)
{
	(void)state;
	for (int how = 0; how < BAD_MAX; how++) {
		struct world *world = registered();
		const struct mobile_counters *counters = mobile_counters(world->mobile);

		bend_revocation(world, how);
		assert_int_equal(world->link.n_sent, 1);
		assert_int_equal(world_view(world).state, MOBILE_REGISTERED);
		assert_int_equal(counters->auth_failed, how == BAD_KEY);
		assert_int_equal(counters->malformed, how == SHORT);
		assert_int_equal(counters->unexpected, how != BAD_KEY && how != SHORT);
		world_destroy(world);
	}
}

static void a_revocation_that_was_not_agreed_is_dropped(void **state)
{
	struct world *world = world_create(1);
	struct revocation message;

	(void)state;
	world->hub.revokes = false;
	world_start(world);
	world_run(world, time_seconds(10));
	message = revocation_of(world);
	revoke(world, &message);
	assert_int_equal(world->link.n_sent, 1);
	assert_int_equal(world_view(world).state, MOBILE_REGISTERED);
	world_destroy(world);
}

static void a_revocation_of_what_ran_out_is_dropped(void **state)
{
	struct world *world = registered();
	struct revocation message;
	size_t n;

	(void)state;
	world->hub.mute = true;
	world_run(world, time_seconds(600));
	assert_int_equal(world_view(world).state, MOBILE_REGISTERING);
	message = revocation_of(world);
	n = world->link.n_sent;
	revoke(world, &message);
	assert_int_equal(world->link.n_sent, n);
	assert_int_equal(mobile_counters(world->mobile)->unexpected, 1);
	world_destroy(world);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(shutdown_drops_all_bindings),
		cmocka_unit_test(shutdown_gives_up_after_three_tries),
		cmocka_unit_test(shutdown_takes_the_hubs_time),
		cmocka_unit_test(shutdown_keeps_the_one_second_rule),
		cmocka_unit_test(who_may_hold_a_binding_is_asked_to_drop_it),
		cmocka_unit_test(without_an_uplink_there_is_nobody_to_tell),
		cmocka_unit_test(a_late_reply_does_not_bring_it_back),
		cmocka_unit_test(a_revocation_is_acknowledged_and_obeyed),
		cmocka_unit_test(a_wrong_revocation_is_dropped),
		cmocka_unit_test(a_revocation_that_was_not_agreed_is_dropped),
		cmocka_unit_test(a_revocation_of_what_ran_out_is_dropped),
	};

	return cmocka_run_group_tests_name("mobile_leaving", tests, NULL, NULL);
}
