/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Advertisements of many routers (haaro.md, section 9): chunks that are encoded once, and a window
 * that goes round. test_room.c has what fits and what comes first.
 */
#include <errno.h>
#include <stdlib.h>

#include "crowd.h"
#include "home/listing.h"

#define CHUNKS 4 /* 32, 32, 32, 4 */

static uint64_t chunks_encoded(const struct fixture *f)
{
	return home_counters(f->home)->chunks_encoded;
}

/* --- all of them --------------------------------------------------------------------------------- */

/* Proves: H7-113 */
static void everybody_fits(void **state)
{
	struct fixture *f = *state;
	bool seen[CROWD] = {false};
	const struct told *told = crowd_ask(f, 50, A | R);

	assert_int_equal(told->n, CROWD - 1);
	crowd_mark(told, seen);
	assert_false(seen[50]);
	/* In order, whoever asks: neighbours compress best. */
	for (size_t i = 1; i < told->n; i++)
		assert_true(ntohl(told->routers[i].home_address) >
			    ntohl(told->routers[i - 1].home_address));
}

/* Octet by octet: from the caches, and after every one of them was made anew. */
static void a_cached_chunk_is_what_a_fresh_one_is(void **state)
{
	struct fixture *f = *state;
	struct registration_reply reply = crowd_reply(f, 99, A | R);
	uint8_t first[MESSAGE_SIZE];
	size_t len = reply.advertisement.len;

	memcpy(first, reply.advertisement.data, len);
	for (int renewed = 0; renewed < 2; renewed++) {
		for (uint32_t i = 0; renewed && i < CROWD; i++)
			crowd_ask(f, i, A | O);
		for (uint32_t i = 0; renewed && i < CROWD; i++)
			crowd_ask(f, i, A);
		reply = crowd_reply(f, 99, A | R);
		assert_int_equal(reply.advertisement.len, len);
		assert_memory_equal(reply.advertisement.data, first, len);
	}
}

/* One router more is one too many to tell of them one by one: the others are read alike. */
static void chunks_say_what_single_routers_say(void **state)
{
	struct fixture *f = *state;
	struct told told[2];

	fixture_start(f);
	for (uint32_t i = 0; i < LISTING_CHUNK + 1; i++)
		crowd_ask(f, i, i % 3 ? A : A | O);
	for (int i = 0; i < 2; i++) {
		crowd_ask(f, 99, R); /* fills the caches */
		told[i] = *crowd_ask(f, 99, R);
		crowd_ask(f, LISTING_CHUNK, 0);
	}
	assert_int_equal(chunks_encoded(f), 2);
	assert_int_equal(told[0].n, LISTING_CHUNK + 1);
	assert_int_equal(told[1].n, LISTING_CHUNK);
	for (size_t i = 0; i < LISTING_CHUNK; i++) {
		const struct told_router *router = &told[0].routers[i];

		assert_int_equal(router->home_address, told[1].routers[i].home_address);
		assert_int_equal(router->info, i % 3 == 0);
		assert_int_equal(router->info, told[1].routers[i].info);
		assert_string_equal(router->realm, told[1].routers[i].realm);
		assert_int_equal(router->n_networks, 1);
		assert_true(prefix_is_equal(&router->networks[0], &told[1].routers[i].networks[0]));
	}
}

/* --- cost ---------------------------------------------------------------------------------------- */

static void a_refresh_of_an_unchanged_roster_encodes_nothing(void **state)
{
	struct fixture *f = *state;
	uint64_t before = chunks_encoded(f);

	assert_int_equal(before, 0); /* nobody has asked */
	crowd_ask(f, 99, A | R);
	/* But for the chunk of 99 itself: without it that is no chunk to keep. */
	assert_int_equal(chunks_encoded(f), before + CHUNKS - 1);
	crowd_ask(f, 0, A | R);
	assert_int_equal(chunks_encoded(f), before + CHUNKS);
	for (uint32_t i = 0; i < CROWD; i++)
		assert_int_equal(crowd_ask(f, i, A | R)->n, CROWD - 1);
	fixture_advance(f, time_seconds(300));
	for (uint32_t i = 0; i < CROWD; i++)
		assert_int_equal(crowd_ask(f, i, A | R)->n, CROWD - 1);
	assert_int_equal(chunks_encoded(f), before + CHUNKS);
}

static void assert_one_encoded(struct fixture *f, size_t n)
{
	uint64_t before = chunks_encoded(f);

	assert_int_equal(crowd_ask(f, 99, A | R)->n, n);
	assert_int_equal(chunks_encoded(f), before + 1);
	assert_int_equal(crowd_ask(f, 99, A | R)->n, n);
	assert_int_equal(chunks_encoded(f), before + 1);
}

static int no_room_for_networks(struct fwd *fwd, const struct fwd_route *route)
{
	if (route->nexthop.kind == NEXTHOP_PATH && route->prefix.len == 24)
		return -ENOSPC;
	return fake_fwd_ops.route_set(fwd, route);
}

/* Each change that a reply shows makes the chunk of that router be encoded anew, and no other. */
static void a_change_costs_one_chunk(void **state)
{
	struct fixture *f = *state;
	struct event event;

	crowd_ask(f, 99, A | R);
	crowd_ask(f, 40, A | O);
	assert_one_encoded(f, CROWD - 1);
	crowd_ask(f, 40, A);
	assert_one_encoded(f, CROWD - 1);
	crowd_ask(f, 40, 0);
	assert_one_encoded(f, CROWD - 2);
	crowd_ask(f, 40, A);
	assert_one_encoded(f, CROWD - 1);
	assert_int_equal(home_clear_binding(f->home, &crowd_routers[63].home_address), 0);
	assert_one_encoded(f, CROWD - 2);
	crowd_ask(f, 63, A);
	assert_one_encoded(f, CROWD - 1);
	/* Its network can't be had: then it has none to tell of. */
	f->ops.route_set = no_room_for_networks;
	assert_int_equal(home_clear_binding(f->home, &crowd_routers[63].home_address), 0);
	crowd_ask(f, 63, A);
	assert_one_encoded(f, CROWD - 1);
	f->ops.route_set = fake_fwd_ops.route_set;
	crowd_ask(f, 63, A);
	assert_one_encoded(f, CROWD - 1);
	assert_int_equal(crowd_networks_of(crowd_ask(f, 99, A | R), 63), 1);
	while (event_take(&f->core.events, &event)) {
	}
}

/* --- the window ---------------------------------------------------------------------------------- */

/* Where not all fit, everybody is told in as few replies as their number takes. */
static void the_window_goes_round(void **state)
{
	struct fixture *f = *state;

	f->conf.home.advertisement_size = 500;
	for (uint32_t asks = 0; asks < CROWD; asks += 33) {
		bool seen[CROWD] = {false};
		size_t window = SIZE_MAX;
		size_t replies = 0;

		while (crowd_count(seen) < CROWD - 1) {
			const struct told *told = crowd_ask(f, asks, A | R);

			assert_in_range(told->len, 1, 500 - 4);
			crowd_mark(told, seen);
			if (told->n < window)
				window = told->n;
			assert_true(++replies <= CROWD);
		}
		assert_in_range(window, LISTING_CHUNK / 2, CROWD / 2);
		assert_in_range(replies, CROWD / 48, (CROWD - 1 + window - 1) / window);
		assert_false(seen[asks]);
	}
}

/* Each router has a window of its own, and it goes on where it ended, not from the beginning. */
static void the_window_goes_on(void **state)
{
	struct fixture *f = *state;
	uint32_t expected = 0;

	f->conf.home.advertisement_size = 500;
	for (size_t n = 0; n < 20; n++) {
		const struct told *told = crowd_ask(f, 99, A | R);

		for (size_t i = 0; i < told->n; i++, expected = (expected + 1) % (CROWD - 1))
			assert_int_equal(crowd_number(&told->routers[i]), expected);
		crowd_ask(f, 7, A | R);
	}
}

/* Nor does a reload begin it anew. */
static void the_window_goes_on_after_a_reload(void **state)
{
	struct fixture *f = *state;
	const struct told *told;
	struct conf next;
	struct error err;
	uint32_t last;

	f->conf.home.advertisement_size = 500;
	told = crowd_ask(f, 99, A | R);
	last = crowd_number(&told->routers[told->n - 1]);
	next = f->conf;
	assert_int_equal(home_reload(f->home, &next, &err), 0);
	assert_int_equal(crowd_number(&crowd_ask(f, 99, A | R)->routers[0]), last + 1);
	assert_int_equal(home_reload(f->home, &f->conf, &err), 0);
}

/* The reply was lost: the same part is told again, and the next reply goes on behind it. */
static void a_duplicate_is_told_the_same_part(void **state)
{
	struct fixture *f = *state;
	struct registration_request request;
	struct registration_reply reply;
	struct told told[3];
	struct message message;

	f->conf.home.advertisement_size = 500;
	crowd_ask(f, 99, A | R);
	request = fixture_request(f, BRANCH_A);
	request.home_address = crowd_routers[99].home_address.v4;
	request.care_of = ip(CROWD_PLACE);
	request.capability.is_present = true;
	request.capability.flags = A | R;
	message = fixture_sign(f, BRANCH_A, 0, &request);
	for (size_t i = 0; i < 2; i++) {
		fixture_deliver(f, &message, CROWD_PLACE, MESSAGE_UDP_PORT);
		assert_true(fixture_reply(f, BRANCH_A, &reply));
		told_read(&reply, &told[i]);
		fixture_advance(f, time_seconds(2));
	}
	assert_int_equal(home_counters(f->home)->duplicates, 1);
	assert_int_equal(told[0].len, told[1].len);
	assert_int_equal(told[0].routers[0].home_address, told[1].routers[0].home_address);
	told[2] = *crowd_ask(f, 99, A | R);
	assert_true(crowd_number(&told[2].routers[0]) >
		    crowd_number(&told[0].routers[told[0].n - 1]));
}

/* Chunks that are larger than the room are told router by router. */
static void less_room_than_a_chunk(void **state)
{
	struct fixture *f = *state;
	bool seen[CROWD] = {false};
	size_t replies = 0;

	f->conf.home.advertisement_size = 256;
	for (; crowd_count(seen) < CROWD - 1; replies++) {
		const struct told *told = crowd_ask(f, 99, A | R);

		assert_in_range(told->len, 256 - 4 - 16, 256 - 4);
		crowd_mark(told, seen);
	}
	assert_in_range(replies, 4, 5);
	/* With room for a chunk it goes on in the middle of one. */
	crowd_ask(f, 99, A | R);
	f->conf.home.advertisement_size = 1400;
	assert_int_equal(crowd_ask(f, 99, A | R)->n, CROWD - 1);
}

static void two_realms_in_turn(void **state)
{
	static char sees[2][CONF_REALM_SIZE] = {"east.example.com", "west.example.com"};
	struct fixture *f = *state;
	bool seen[CROWD] = {false};
	size_t replies = 0;

	crowd_realms[0].sees = sees;
	crowd_realms[0].n_sees = 2;
	for (uint32_t i = 0; i < CROWD; i++)
		crowd_routers[i].realm = i % 2;
	f->conf.home.advertisement_size = 400;
	fixture_start(f);
	for (uint32_t i = 0; i < CROWD; i++)
		crowd_ask(f, i, A);
	for (; crowd_count(seen) < CROWD - 1; replies++) {
		const struct told *told = crowd_ask(f, 98, A | R);

		/* It sees east first, as its realm says. */
		if (replies == 0)
			assert_int_equal(crowd_number(&told->routers[0]), 1);
		crowd_mark(told, seen);
	}
	assert_in_range(replies, 3, 4);
	/* East sees itself alone. */
	f->conf.home.advertisement_size = 1400;
	assert_int_equal(crowd_ask(f, 99, A | R)->n, CROWD / 2 - 1);
	assert_int_equal(crowd_ask(f, 98, A | R)->n, CROWD - 1);
}

/* Whole chunks of the list are empty, from the beginning or since somebody withdrew. */
static void few_in_wide_gaps(void **state)
{
	struct fixture *f = *state;

	crowd_ask(f, 0, A);
	crowd_ask(f, 40, A);
	crowd_ask(f, 99, A);
	for (uint32_t i = 0; i < 2; i++) {
		const struct told *told = crowd_ask(f, 0, A | R);

		assert_int_equal(told->n, 2 - i);
		assert_int_equal(crowd_number(&told->routers[told->n - 1]), 99);
		crowd_ask(f, 40, R);
	}
	crowd_ask(f, 70, A);
	assert_int_equal(crowd_number(&crowd_ask(f, 0, A | R)->routers[0]), 70);
}

static void solicitations_leave_the_window_alone(void **state)
{
	struct fixture *f = *state;
	struct registration_request request;
	struct registration_reply reply;
	uint32_t last;

	f->conf.home.advertisement_size = 500;
	{
		const struct told *told = crowd_ask(f, 99, A | R);

		last = crowd_number(&told->routers[told->n - 1]);
	}
	request = fixture_request(f, BRANCH_A);
	request.home_address = crowd_routers[99].home_address.v4;
	request.care_of = ip(CROWD_PLACE);
	request.capability.is_present = true;
	request.capability.flags = A | R | S;
	request.capability.solicited = crowd_routers[3].home_address.v4;
	assert_true(fixture_ask(f, BRANCH_A, &request, CROWD_PLACE, &reply));
	assert_true(reply.advertisement.is_present);
	assert_int_equal(crowd_number(&crowd_ask(f, 99, A | R)->routers[0]), last + 1);
}

/* --- anything ------------------------------------------------------------------------------------ */

/* Against the plainest model: whatever happened, a round of replies tells of who permits it. */
static void a_round_tells_of_all_and_of_nobody_else(void **state)
{
	struct fixture *f = *state;
	bool listed[CROWD];
	struct event event;

	f->conf.home.advertisement_size = 300;
	for (size_t i = 0; i < CROWD; i++)
		listed[i] = true;
	srandom(1);
	for (int round = 0; round < 60; round++) {
		uint32_t asks = (uint32_t)random() % CROWD;
		bool seen[CROWD] = {false};
		uint64_t before;

		for (int i = 0; i < round % 17; i++) {
			uint32_t router = (uint32_t)random() % CROWD;

			listed[router] = random() % 3 != 0;
			if (!listed[router] && random() % 2)
				home_clear_binding(f->home, &crowd_routers[router].home_address);
			else
				crowd_ask(f, router, listed[router] ? A : 0);
		}
		listed[asks] = random() % 2;
		crowd_ask(f, asks, listed[asks] ? A : R);
		before = chunks_encoded(f);
		for (int i = 0; i < 16; i++)
			crowd_mark(crowd_ask(f, asks, listed[asks] ? A | R : R), seen);
		for (uint32_t i = 0; i < CROWD; i++)
			assert_int_equal(seen[i], listed[i] && i != asks);
		assert_true(chunks_encoded(f) <= before + CHUNKS);
		while (event_take(&f->core.events, &event)) {
		}
	}
}

/* Started, and nobody is there. */
static int crowd_start(void **state)
{
	crowd_prepare(state);
	fixture_start(*state);
	return 0;
}

#define TEST(name)    cmocka_unit_test_setup_teardown(name, crowd_setup, fixture_teardown)
#define STARTED(name) cmocka_unit_test_setup_teardown(name, crowd_start, fixture_teardown)
#define STOPPED(name) cmocka_unit_test_setup_teardown(name, crowd_prepare, fixture_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(everybody_fits),
		TEST(a_cached_chunk_is_what_a_fresh_one_is),
		STOPPED(chunks_say_what_single_routers_say),
		TEST(a_refresh_of_an_unchanged_roster_encodes_nothing),
		TEST(a_change_costs_one_chunk),
		TEST(the_window_goes_round),
		TEST(the_window_goes_on),
		TEST(the_window_goes_on_after_a_reload),
		TEST(a_duplicate_is_told_the_same_part),
		TEST(less_room_than_a_chunk),
		STOPPED(two_realms_in_turn),
		STARTED(few_in_wide_gaps),
		TEST(solicitations_leave_the_window_alone),
		TEST(a_round_tells_of_all_and_of_nobody_else),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
