/* SPDX-License-Identifier: BSD-3-Clause */
/* control/mobile: the reaction to every reply code (mip4-base.md, section 10). */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "mobile/schedule.h"
#include "wire/extension.h"
#include "world.h"

/* A branch that has asked once and waits; the test answers. */
static struct world *asking(uint64_t seed)
{
	struct world *world = world_create(seed);

	world->conf.mobile.n_uplinks = 1;
	world->hub.mute = true;
	world_start(world);
	return world;
}

static void deny(struct world *world, uint8_t code)
{
	struct registration_reply reply = world_answer(world);

	reply.code = code;
	reply.lifetime = 0;
	reply.n_acks = 0;
	world_reply(world, &reply);
	assert_int_equal(world_view(world).last_code, code);
}

/* Whether the next request leaves after exactly that long; the time goes there. */
static void expect_request_after(struct world *world, uint64_t wait)
{
	size_t n = world->link.n_sent;

	world_run(world, wait - 1);
	assert_int_equal(world->link.n_sent, n);
	world_run(world, 1);
	assert_int_equal(world->link.n_sent, n + 1);
}

static void patience(void **state)
{
	static const uint8_t codes[] = {128, 130};
	static const unsigned int waits[] = {30, 60, 120, 240, 480, 600, 600};

	(void)state;
	for (size_t c = 0; c < 2; c++) {
		struct world *world = asking(1);

		for (size_t i = 0; i < 7; i++) {
			deny(world, codes[c]);
			assert_int_equal(world_view(world).state, MOBILE_HELD);
			assert_int_equal(world_view(world).next_try, time_seconds(waits[i]));
			expect_request_after(world, time_seconds(waits[i]));
		}
		assert_int_equal(mobile_counters(world->mobile)->denied_by_code[codes[c]], 7);
		assert_int_equal(world_count(world, EVENT_DENIED), 7);
		/* An acceptance forgets. */
		world->hub.mute = false;
		world_run_until(world, MOBILE_REGISTERED, time_seconds(5));
		world->hub.mute = true;
		world->hub.filtered = true;
		world_run_until(world, MOBILE_REFRESHING, time_seconds(600));
		deny(world, codes[c]);
		assert_int_equal(world_view(world).next_try, time_seconds(30));
		world_destroy(world);
	}
}

static void the_long_wait(void **state)
{
	(void)state;
	for (unsigned int code = 2; code < 256; code++) {
		struct world *world;

		if (code == 128 || code == 130 || code == 131 || code == 133 || code == 136 ||
		    code == 139 || code == 142 || code == 147 || code == 148)
			continue;
		world = asking(code);
		deny(world, (uint8_t)code);
		assert_int_equal(world_view(world).state, MOBILE_HELD);
		assert_int_equal(world_event(world, EVENT_DENIED)->value, code);
		assert_int_equal(world_path(world).tunnel, FWD_NONE);
		expect_request_after(world, SCHEDULE_REFUSED);
		world_destroy(world);
	}
}

static void code_131_changes_nothing(void **state)
{
	static const unsigned int at[] = {0, 1, 3, 7, 15, 31, 63, 123};
	struct world *world = asking(1);

	(void)state;
	for (size_t i = 0; i < 7; i++) {
		assert_int_equal(world->link.sent[i].mono - WORLD_START, time_seconds(at[i]));
		deny(world, 131);
		assert_int_equal(world_view(world).state, MOBILE_REGISTERING);
		expect_request_after(world, time_seconds(at[i + 1] - at[i]));
	}
	/* The better answer to the same request still counts. */
	deny(world, 131);
	struct registration_reply reply = world_answer(world);
	world_reply(world, &reply);
	assert_int_equal(world_view(world).state, MOBILE_REGISTERED);
	assert_int_equal(mobile_counters(world->mobile)->denied_by_code[131], 8);
	world_destroy(world);
}

static void resync(struct world *world, int64_t ahead)
{
	struct registration_reply reply = world_answer(world);

	reply.code = 133;
	reply.identification = (reply.identification + ((uint64_t)ahead << 32));
	world_reply(world, &reply);
}

static void code_133_takes_the_hubs_time(void **state)
{
	struct world *world = asking(1);

	(void)state;
	resync(world, 100);
	expect_request_after(world, NS_PER_S);
	assert_int_equal(ntp_seconds(world->link.sent[1].request.identification),
			 ntp_seconds(world->link.sent[0].request.identification) + 101);
	/* Backwards too: the hub knows what it accepted last. */
	resync(world, -5000);
	expect_request_after(world, NS_PER_S);
	assert_int_equal(ntp_seconds(world->link.sent[2].request.identification),
			 ntp_seconds(world->link.sent[1].request.identification) - 4999);
	/* The third in a minute is one too many. */
	resync(world, 7);
	assert_int_equal(world_view(world).state, MOBILE_HELD);
	assert_int_equal(mobile_counters(world->mobile)->resyncs, 3);
	expect_request_after(world, time_seconds(30));
	resync(world, 7);
	expect_request_after(world, NS_PER_S);
	world_destroy(world);
}

static void codes_133_far_apart_do_not_add_up(void **state)
{
	struct world *world = asking(1);

	(void)state;
	for (int i = 0; i < 5; i++) {
		resync(world, 1);
		assert_int_equal(world_view(world).state, MOBILE_REGISTERING);
		world_run(world, time_seconds(64));
	}
	world_destroy(world);
}

static void code_136_names_the_hub(void **state)
{
	struct world *world = asking(1);
	struct registration_reply reply = world_answer(world);

	(void)state;
	reply.code = 136;
	reply.home_agent = world_addr("198.51.100.9").v4;
	world_reply(world, &reply);
	expect_request_after(world, NS_PER_S);
	assert_int_equal(world_last(world)->datagram.destination.v4, reply.home_agent);
	assert_int_equal(world_last(world)->request.home_agent, reply.home_agent);
	reply = world_answer(world);
	world_reply(world, &reply);
	assert_int_equal(world_view(world).state, MOBILE_REGISTERED);
	assert_int_equal(world_view(world).home_agent.v4, world_addr("198.51.100.9").v4);
	assert_int_equal(world->fwd.tunnels[world_view(world).tunnel.index].remote.v4,
			 world_addr("198.51.100.9").v4);
	world_destroy(world);
}

static void code_136_does_not_go_round(void **state)
{
	static const char *const agents[] = {"198.51.100.2", "198.51.100.3", "198.51.100.4",
					     "198.51.100.5"};
	struct world *world = asking(1);

	(void)state;
	for (size_t i = 0; i < 4; i++) {
		struct registration_reply reply = world_answer(world);

		assert_int_equal(world_view(world).state, MOBILE_REGISTERING);
		reply.code = 136;
		reply.home_agent = world_addr(agents[i]).v4;
		world_reply(world, &reply);
		world_run(world, NS_PER_S);
	}
	assert_int_equal(world_view(world).state, MOBILE_HELD);
	world_destroy(world);
}

static void code_136_with_no_use_is_a_refusal(void **state)
{
	static const char *const agents[] = {"198.51.100.1", "224.0.0.1", "0.0.0.0"};

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		struct world *world = asking(1);
		struct registration_reply reply = world_answer(world);

		reply.code = 136;
		reply.home_agent = world_addr(agents[i]).v4;
		world_reply(world, &reply);
		assert_int_equal(world_view(world).next_try, SCHEDULE_REFUSED);
		world_destroy(world);
	}
}

static void code_139_asks_for_udp(void **state)
{
	struct world *world = asking(1);

	(void)state;
	deny(world, 139);
	expect_request_after(world, NS_PER_S);
	assert_true(world_last(world)->request.udp.is_present);
	assert_true(world_last(world)->request.udp.force);
	/* Nothing is left. */
	deny(world, 139);
	assert_int_equal(world_view(world).next_try, SCHEDULE_REFUSED);
	/* After the long wait all is asked for as at first. */
	expect_request_after(world, SCHEDULE_REFUSED);
	assert_false(world_last(world)->request.udp.force);
	world_destroy(world);
}

static void code_142_asks_for_plain(void **state)
{
	struct world *world = asking(1);

	(void)state;
	deny(world, 142);
	expect_request_after(world, NS_PER_S);
	assert_false(world_last(world)->request.udp.is_present);
	deny(world, 139);
	assert_int_equal(world_view(world).next_try, SCHEDULE_REFUSED);
	world_destroy(world);
}

static void on_another_uplink_all_is_asked_for_again(void **state)
{
	struct world *world = world_create(1);

	(void)state;
	world->hub.mute = true;
	world_start(world);
	deny(world, 142);
	expect_request_after(world, NS_PER_S);
	assert_false(world_last(world)->request.udp.is_present);
	world_port(world, 0, LINK_PORT_DOWN);
	world_run(world, NS_PER_S);
	assert_int_equal(world_last(world)->datagram.port, 1);
	assert_true(world_last(world)->request.udp.is_present);
	world_destroy(world);
}

/* A NAT that the hub's policy forbids, say, is on one uplink only. */
static void what_one_uplink_is_refused_another_may_get(void **state)
{
	struct world *world = world_create(1);
	struct registration_reply reply;

	(void)state;
	world->hub.mute = true;
	world_start(world);
	deny(world, 129);
	expect_request_after(world, NS_PER_S);
	assert_int_equal(world_last(world)->datagram.port, 1);
	/* Refused everywhere: the long wait. */
	deny(world, 129);
	assert_int_equal(world_view(world).state, MOBILE_HELD);
	assert_int_equal(world_view(world).next_try, SCHEDULE_REFUSED);
	expect_request_after(world, SCHEDULE_REFUSED);
	deny(world, 129);
	expect_request_after(world, NS_PER_S);
	reply = world_answer(world);
	world_reply(world, &reply);
	assert_int_equal(world_view(world).state, MOBILE_REGISTERED);
	/* The refused one is better and answers echo, and yet not tried again soon. */
	world->hub.bound = addr_v4(world_last(world)->request.care_of);
	world_run(world, time_seconds(300));
	assert_int_equal(world_view(world).state, MOBILE_REGISTERED);
	assert_int_equal(mobile_counters(world->mobile)->denied, 3);
	/* But it is in the end. */
	world->hub.mute = false;
	world_run(world, time_seconds(900));
	assert_int_equal(world_view(world).port, 0);
	assert_int_equal(world_view(world).state, MOBILE_REGISTERED);
	world_destroy(world);
}

/* RFC 4917: the text goes into the event, but nothing that could move an operator's terminal. */
static void the_hubs_words_are_told(void **state)
{
	static const char words[] = "unpaid\n\033[31m";
	struct world *world = asking(1);
	struct registration_reply reply = world_answer(world);
	uint8_t bytes[MESSAGE_SIZE];
	struct writer writer = writer_of(bytes, sizeof(bytes));
	struct datagram datagram = world_signed(world, &reply, bytes);

	(void)state;
	reply.code = 129;
	reply.n_acks = 0;
	reply.udp.is_present = false;
	reply.revocation.is_present = false;
	assert_int_equal(registration_reply_build(&reply, &writer), WIRE_OK);
	write_short(&writer, EXTENSION_MESSAGE_STRING, 1, strlen(words));
	write_bytes(&writer, words, strlen(words));
	assert_int_equal(sa_sign(&world->sa.entries[0], &writer), 0);
	datagram.len = writer.len;
	world_deliver(world, &datagram);
	assert_string_equal(world_event(world, EVENT_DENIED)->text,
			    "refused: check the subscriber at the home agent; it says: "
			    "unpaid??[31m");
	world_destroy(world);
}

static void code_142_with_nothing_but_udp(void **state)
{
	struct world *world = world_create(1);

	(void)state;
	world->conf.mobile.n_uplinks = 1;
	world->conf.mobile.n_encapsulations = 1;
	world->hub.mute = true;
	world_start(world);
	assert_true(world_last(world)->request.udp.force);
	deny(world, 142);
	assert_int_equal(world_view(world).next_try, SCHEDULE_REFUSED);
	world_destroy(world);
}

static void code_147_leaves_out_what_was_refused(void **state)
{
	struct world *world = world_create(1);
	struct registration_reply reply;

	(void)state;
	world->conf.mobile.n_networks = 2;
	world->hub.mute = true;
	world_start(world);
	reply = world_answer(world);
	reply.code = 147;
	reply.n_acks = 1; /* of the first network alone */
	reply.acks[0].code = 2;
	world_reply(world, &reply);
	assert_int_equal(world_event(world, EVENT_NETWORK_REFUSED)->value, 2);
	expect_request_after(world, NS_PER_S);
	assert_int_equal(world_last(world)->request.n_networks, 1);
	assert_int_equal(world_last(world)->request.networks[0].prefix, world_addr("10.3.64.0").v4);
	reply = world_answer(world);
	reply.code = 147;
	reply.acks[0].code = 3;
	world_reply(world, &reply);
	/* Nothing is left; after the long wait both are asked for again. */
	assert_int_equal(world_path(world).tunnel, FWD_NONE);
	expect_request_after(world, SCHEDULE_REFUSED);
	assert_int_equal(world_last(world)->request.n_networks, 2);
	world_destroy(world);
}

static void code_148_stops_asking_for_networks(void **state)
{
	struct world *world = asking(1);

	(void)state;
	deny(world, 148);
	expect_request_after(world, NS_PER_S);
	assert_int_equal(world_last(world)->request.n_networks, 0);
	deny(world, 148);
	assert_int_equal(world_view(world).next_try, SCHEDULE_REFUSED);
	world_destroy(world);
}

static void a_denied_refresh_keeps_what_is_held(void **state)
{
	struct world *world = world_create(1);

	(void)state;
	world_start(world);
	world_run_until(world, MOBILE_REGISTERED, time_seconds(1));
	world->hub.code = 129;
	world_run_until(world, MOBILE_HELD, time_seconds(500));
	assert_int_equal(world_path(world).tunnel, world_view(world).tunnel.index);
	assert_true(world_view(world).tunnel.index != FWD_NONE);
	world_run(world, time_seconds(200)); /* past its expiry */
	assert_int_equal(world_view(world).state, MOBILE_HELD);
	assert_int_equal(world_path(world).tunnel, FWD_NONE);
	assert_int_equal(world_count(world, EVENT_LOST), 1);
	world_destroy(world);
}

static void code_1_is_success(void **state)
{
	struct world *world = world_create(1);

	(void)state;
	world->hub.code = 1;
	world_start(world);
	world_run_until(world, MOBILE_REGISTERED, time_seconds(1));
	assert_int_equal(world_view(world).last_code, 1);
	world_destroy(world);
}

static void a_tunnel_that_cannot_be_opened_is_tried_again(void **state)
{
	struct world *world = world_create(1);

	(void)state;
	world->link.fail_tunnel = -ENOSPC;
	world_start(world);
	world_run(world, time_seconds(2));
	assert_int_equal(world_view(world).state, MOBILE_HELD);
	assert_int_equal(world_path(world).tunnel, FWD_NONE);
	world->link.fail_tunnel = 0;
	world_run(world, time_seconds(30));
	assert_int_equal(world_view(world).state, MOBILE_REGISTERED);
	world_destroy(world);
}

static void an_encapsulation_that_we_do_not_want_is_refused(void **state)
{
	struct world *world = world_create(1);

	(void)state;
	world->conf.mobile.n_encapsulations = 1; /* UDP; the hub declines */
	world_start(world);
	world_run(world, time_seconds(2));
	assert_int_equal(world_view(world).state, MOBILE_HELD);
	assert_int_equal(world_path(world).tunnel, FWD_NONE);
	world_destroy(world);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(patience),
		cmocka_unit_test(the_long_wait),
		cmocka_unit_test(code_131_changes_nothing),
		cmocka_unit_test(code_133_takes_the_hubs_time),
		cmocka_unit_test(codes_133_far_apart_do_not_add_up),
		cmocka_unit_test(code_136_names_the_hub),
		cmocka_unit_test(code_136_does_not_go_round),
		cmocka_unit_test(code_136_with_no_use_is_a_refusal),
		cmocka_unit_test(code_139_asks_for_udp),
		cmocka_unit_test(code_142_asks_for_plain),
		cmocka_unit_test(on_another_uplink_all_is_asked_for_again),
		cmocka_unit_test(what_one_uplink_is_refused_another_may_get),
		cmocka_unit_test(the_hubs_words_are_told),
		cmocka_unit_test(code_142_with_nothing_but_udp),
		cmocka_unit_test(code_147_leaves_out_what_was_refused),
		cmocka_unit_test(code_148_stops_asking_for_networks),
		cmocka_unit_test(a_denied_refresh_keeps_what_is_held),
		cmocka_unit_test(code_1_is_success),
		cmocka_unit_test(a_tunnel_that_cannot_be_opened_is_tried_again),
		cmocka_unit_test(an_encapsulation_that_we_do_not_want_is_refused),
	};

	return cmocka_run_group_tests_name("mobile_denial", tests, NULL, NULL);
}
