/* SPDX-License-Identifier: BSD-3-Clause */
/* control/mobile: shutdown, revocation (RFC 3543), reload. */
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

/* --- shutdown ------------------------------------------------------------------------------------ */

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

/* --- revocation ------------------------------------------------------------------------------------- */

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

/* --- reload ------------------------------------------------------------------------------------------- */

static void a_reload_without_a_change_does_nothing(void **state)
{
	struct world *world = registered();
	uint32_t tunnel = world_path(world).tunnel;
	unsigned int changes = world->fwd.changes;
	size_t echoes = world->link.n_echoes;

	(void)state;
	world_reload(world);
	assert_int_equal(world->link.n_sent, 1);
	assert_int_equal(world_path(world).tunnel, tunnel);
	assert_int_equal(world->fwd.changes, changes);
	world_run(world, time_seconds(50));
	assert_int_equal(world->link.n_echoes, echoes + 30);
	world_destroy(world);
}

static void changed_networks_are_registered_at_once(void **state)
{
	struct world *world = registered();
	uint32_t tunnel = world_path(world).tunnel;

	(void)state;
	world->next.mobile.n_networks = 2;
	world_reload(world);
	assert_int_equal(world->link.n_sent, 2);
	assert_int_equal(world_last(world)->request.n_networks, 2);
	/* Not a packet is lost meanwhile. */
	assert_int_equal(world_path(world).tunnel, tunnel);
	world_run(world, time_millis(30));
	assert_int_equal(world_path(world).tunnel, tunnel);
	assert_true(world_is_own(world, "10.3.64.5"));
	world->next.mobile.n_networks = 1;
	world_run(world, time_seconds(2));
	world_reload(world);
	world_run(world, time_seconds(1));
	assert_false(world_is_own(world, "10.3.64.5"));
	world_destroy(world);
}

static void another_hub_is_made_before_the_old_is_left(void **state)
{
	struct world *world = registered();
	uint32_t old = world_path(world).tunnel;

	(void)state;
	world->next.mobile.home_agent = world_addr("198.51.100.77");
	world_reload(world);
	assert_int_equal(world_path(world).tunnel, old);
	assert_int_equal(world_last(world)->datagram.destination.v4,
			 world_addr("198.51.100.77").v4);
	world_run(world, time_seconds(1));
	assert_true(world_path(world).tunnel != old);
	assert_int_equal(world->fwd.tunnels[world_path(world).tunnel].remote.v4,
			 world_addr("198.51.100.77").v4);
	assert_int_equal(world_view(world).home_agent.v4, world_addr("198.51.100.77").v4);
	world_run(world, time_seconds(100));
	assert_int_equal(world_view(world).state, MOBILE_REGISTERED);
	assert_int_equal(world_count(world, EVENT_HUB_SILENT), 0);
	assert_int_equal(world_count(world, EVENT_UPLINK_SILENT), 0);
	world_destroy(world);
}

static void another_hub_has_another_clock(void **state)
{
	struct world *world = world_create(1);

	(void)state;
	world->hub.strict = true;
	world->hub.ahead = 5000;
	world_start(world);
	world_run(world, time_seconds(10));
	assert_int_equal(world_view(world).state, MOBILE_REGISTERED);
	assert_int_equal(world_view(world).clock_offset, 5000);
	world->hub.ahead = 0;
	world->next.mobile.home_agent = world_addr("198.51.100.77");
	world_reload(world);
	assert_int_equal(ntp_seconds(world_last(world)->request.identification),
			 ntp_seconds(ntp_from_unix(world->core.now.wall)));
	world_run(world, NS_PER_S);
	assert_int_equal(world_view(world).state, MOBILE_REGISTERED);
	assert_int_equal(world_view(world).clock_offset, 0);
	world_destroy(world);
}

static void a_reload_asks_for_networks_again(void **state)
{
	struct world *world = registered();
	struct registration_reply reply;

	(void)state;
	world->hub.mute = true;
	world_run_until(world, MOBILE_REFRESHING, time_seconds(500));
	reply = world_answer(world);
	reply.code = 148;
	world_reply(world, &reply);
	world_run(world, time_seconds(2));
	assert_int_equal(world_last(world)->request.n_networks, 0);
	world->next.mobile.n_networks = 2;
	world_reload(world);
	world_run(world, time_seconds(2));
	assert_int_equal(world_last(world)->request.n_networks, 2);
	world_destroy(world);
}

static void another_home_address_is_another_router(void **state)
{
	struct world *world = registered();

	(void)state;
	world->next.mobile.home_address = world_addr("192.0.2.9");
	world_reload(world);
	assert_int_equal(world->link.inner.v4, world_addr("192.0.2.9").v4);
	assert_int_equal(world_path(world).tunnel, FWD_NONE);
	world_run(world, time_seconds(1));
	assert_int_equal(world_view(world).state, MOBILE_REGISTERED);
	assert_int_equal(world_last(world)->request.home_address, world_addr("192.0.2.9").v4);
	world_destroy(world);
}

static void uplinks_may_change_places(void **state)
{
	static struct conf_uplink swapped[2] = {{1}, {0}}, other[2] = {{3}, {1}};
	struct world *world = registered();

	(void)state;
	world->next.mobile.uplinks = swapped;
	world_reload(world);
	world_run(world, time_seconds(31));
	assert_int_equal(world_view(world).port, 1);
	assert_int_equal(world_view(world).state, MOBILE_REGISTERED);
	/* The active one goes away altogether. */
	other[1].port = 3;
	world->next.mobile.uplinks = other;
	world->next.mobile.n_uplinks = 1;
	world_reload(world);
	world_run(world, time_seconds(1));
	assert_int_equal(world_view(world).port, 3);
	assert_int_equal(world_view(world).state, MOBILE_REGISTERED);
	world_destroy(world);
}

static void a_new_key_signs_at_once(void **state)
{
	struct world *world = registered();
	struct sa sa;

	(void)state;
	world->next.mobile.keys[0].spi = 2000;
	memset(world->next.mobile.keys[0].secret.bytes, 'x', 32);
	sa = world->sa;
	assert_int_equal(sa_init(&world->sa, world->engine, world->next.mobile.keys, 1), 0);
	sa_fini(&sa);
	world_reload(world);
	world_run(world, time_seconds(1));
	assert_int_equal(world_last(world)->request.auth.spi, 2000);
	assert_int_equal(world_view(world).state, MOBILE_REGISTERED);
	assert_int_equal(world_view(world).spi, 2000);
	world_destroy(world);
}

static void a_bad_reload_changes_nothing(void **state)
{
	struct world *world = registered();
	struct error err;

	(void)state;
	world->next.mobile.n_networks = 100;
	assert_int_equal(mobile_reload(world->mobile, &world->next, &err), -E2BIG);
	world->next = world->conf;
	world->next.mobile.keys[0].spi = 7;
	assert_true(mobile_reload(world->mobile, &world->next, &err) < 0);
	assert_int_equal(world_view(world).state, MOBILE_REGISTERED);
	assert_int_equal(world_view(world).spi, 1000);
	world_run(world, time_seconds(500));
	assert_int_equal(world_last(world)->request.auth.spi, 1000);
	assert_int_equal(world_view(world).state, MOBILE_REGISTERED);
	world_destroy(world);
}

static void a_watch_may_change_its_pace(void **state)
{
	struct world *world = registered();
	uint64_t n;

	(void)state;
	world->next.mobile.watch_hub.interval = time_seconds(1);
	world_reload(world);
	n = mobile_counters(world->mobile)->echoes;
	world_run(world, time_millis(10100));
	assert_int_equal(mobile_counters(world->mobile)->echoes, n + 10);
	world->next.mobile.watch_hub.interval = 0;
	world_reload(world);
	n = mobile_counters(world->mobile)->echoes;
	world_run(world, time_seconds(60));
	assert_int_equal(mobile_counters(world->mobile)->echoes, n);
	assert_int_equal(world->link.n_sent, 1);
	world_destroy(world);
}

static void states_have_names(void **state)
{
	(void)state;
	for (enum mobile_state s = 0; s < MOBILE_STATE_MAX; s++)
		assert_string_not_equal(mobile_state_name(s), "?");
	assert_string_equal(mobile_state_name(MOBILE_STATE_MAX), "?");
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
		cmocka_unit_test(a_reload_without_a_change_does_nothing),
		cmocka_unit_test(changed_networks_are_registered_at_once),
		cmocka_unit_test(another_hub_is_made_before_the_old_is_left),
		cmocka_unit_test(another_hub_has_another_clock),
		cmocka_unit_test(a_reload_asks_for_networks_again),
		cmocka_unit_test(another_home_address_is_another_router),
		cmocka_unit_test(uplinks_may_change_places),
		cmocka_unit_test(a_new_key_signs_at_once),
		cmocka_unit_test(a_bad_reload_changes_nothing),
		cmocka_unit_test(a_watch_may_change_its_pace),
		cmocka_unit_test(states_have_names),
	};

	return cmocka_run_group_tests_name("mobile_leaving", tests, NULL, NULL);
}
