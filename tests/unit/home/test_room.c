/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Advertisements of many routers (haaro.md, section 9): what fits into a reply, and what comes first
 * in each.
 */
#include "crowd.h"
#include "home/advertise.h"
#include "home/listing.h"

/* --- room ---------------------------------------------------------------------------------------- */

/* To the octet: of routers told one by one, and of whole chunks. */
static void room_is_used_to_the_octet(void **state)
{
	struct fixture *f = *state;
	uint32_t whole;

	fixture_start(f);
	for (uint32_t i = 0; i < 30; i++)
		crowd_ask(f, i, A);
	whole = (uint32_t)crowd_ask(f, 99, R)->len + 4;
	assert_in_range(whole, 257, 1399);
	f->conf.home.advertisement_size = whole;
	assert_int_equal(crowd_ask(f, 99, R)->n, 30);
	f->conf.home.advertisement_size = whole - 1;
	assert_int_equal(crowd_ask(f, 99, R)->n, 29);
}

static void room_is_used_to_the_octet_by_chunks(void **state)
{
	struct fixture *f = *state;
	uint32_t whole;

	fixture_start(f);
	for (uint32_t i = 0; i < 64; i++)
		crowd_ask(f, i, A);
	whole = (uint32_t)crowd_ask(f, 99, R)->len + 4;
	f->conf.home.advertisement_size = whole;
	assert_int_equal(crowd_ask(f, 99, R)->n, 64);
	f->conf.home.advertisement_size = whole - 1;
	assert_int_equal(crowd_ask(f, 99, R)->n, 32);
	assert_int_equal(crowd_ask(f, 99, R)->n, 32);
}

/* The rest of the reply comes first: what it leaves is the room, whatever is configured. */
static void a_reply_fits_a_message(void **state)
{
	struct fixture *f = *state;
	size_t least = SIZE_MAX;

	f->conf.home.advertisement_size = 8192;
	f->conf.home.advertisement_compress = false;
	f->conf.home.subscribers.n_routers = 65;
	crowd_routers[64].networks_mode = CONF_NETWORKS_BOTH;
	crowd_give(64, TOLD_NETWORKS);
	fixture_start(f);
	for (uint32_t i = 0; i < 64; i++)
		crowd_ask(f, i, A);
	for (uint32_t n = 1; n <= TOLD_NETWORKS; n++) {
		struct registration_request request = fixture_request(f, BRANCH_A);
		struct registration_reply reply;
		size_t len;

		request.home_address = crowd_routers[64].home_address.v4;
		request.care_of = ip(CROWD_PLACE);
		request.capability.is_present = true;
		request.capability.flags = R;
		for (uint32_t k = 0; k < n; k++)
			request.networks[request.n_networks++] =
				(struct registration_network){crowd_networks[64][k].addr.v4, 24};
		assert_true(fixture_ask(f, BRANCH_A, &request, CROWD_PLACE, &reply));
		assert_int_equal(reply.code, 0);
		assert_int_equal(reply.n_acks, n);
		assert_true(reply.advertisement.is_present);
		len = fake_link_last(&f->link)->datagram.len;
		assert_true(len <= MESSAGE_SIZE);
		if (MESSAGE_SIZE - len < least)
			least = MESSAGE_SIZE - len;
	}
	assert_in_range(least, 0, 2); /* 64 replies come close in all their lengths */
}

/* What fits of a router with too many networks is told, and it does not keep the others out. */
static void a_router_larger_than_the_room(void **state)
{
	struct fixture *f = *state;
	const struct told *told;

	crowd_give(1, 60);
	crowd_routers[1].realm = crowd_routers[0].realm = crowd_routers[2].realm = UINT32_MAX;
	f->conf.home.advertisement_size = 256;
	fixture_start(f);
	crowd_ask(f, 0, A);
	crowd_ask(f, 1, A);
	crowd_ask(f, 2, A | R);
	/* Router 0 fits, and 1 not behind it; then as much of 1 as fits; then 0 again. */
	told = crowd_ask(f, 2, A | R);
	assert_int_equal(told->n, 1);
	assert_int_equal(crowd_networks_of(told, 1), (256 - 4 - 5) / 5);
	told = crowd_ask(f, 2, A | R);
	assert_int_equal(told->n, 1);
	assert_int_equal(crowd_networks_of(told, 0), 1);
	/* Solicited alone it has all the room too. */
	f->conf.home.advertisement_size = 1400;
	told = crowd_ask(f, 2, A | R);
	assert_int_equal(told->n, 2);
	assert_int_equal(crowd_networks_of(told, 1), 60);
}

/* It is not tried again at each reply: it would be as large again. */
static void a_chunk_larger_than_a_message(void **state)
{
	struct fixture *f = *state;
	uint32_t n = LISTING_CHUNK + 1;
	uint64_t encoded;

	f->conf.home.advertisement_compress = false;
	f->conf.home.subscribers.n_routers = n + 1;
	for (uint32_t i = 0; i < n; i++)
		crowd_give(i, 3);
	for (uint32_t i = 0; i < n; i++)
		for (uint32_t k = 0; k < 3; k++)
			crowd_networks[i][k].addr.v4 |= htonl(i << 8);
	fixture_start(f);
	for (uint32_t i = 0; i < n; i++)
		crowd_ask(f, i, A);
	encoded = home_counters(f->home)->chunks_encoded;
	for (int round = 0; round < 4; round++) {
		size_t networks[CROWD] = {0};
		size_t told_of = 0;

		for (int i = 0; i < 2; i++) {
			const struct told *told = crowd_ask(f, n, R);

			for (size_t k = 0; k < told->n; k++)
				networks[crowd_number(&told->routers[k])] =
					told->routers[k].n_networks;
		}
		for (uint32_t i = 0; i < n; i++)
			told_of += networks[i] == 3;
		assert_int_equal(told_of, n);
	}
	assert_in_range(home_counters(f->home)->chunks_encoded, encoded + 1, encoded + 2);
}

/* --- the front ----------------------------------------------------------------------------------- */

/* Those preferred are told in every reply, in their order, but take no more than half of it. */
static void the_front_is_in_every_reply(void **state)
{
	struct fixture *f = *state;
	bool seen[CROWD] = {false};

	for (uint32_t i = 0; i < 20; i++)
		crowd_routers[90 - i].priority = 1 + i / 6;
	f->conf.home.advertisement_size = 600;
	fixture_start(f);
	for (uint32_t i = 0; i < CROWD; i++)
		crowd_ask(f, i, A);
	for (size_t n = 0; n < 5; n++) {
		const struct told *told = crowd_ask(f, 5, A | R);

		/* 6 of each priority, by address: 85 to 90, 79 to 84, and 4 that are left. */
		for (uint32_t i = 0; i < ADVERTISE_PREFERRED; i++)
			assert_int_equal(crowd_number(&told->routers[i]), 85 - i / 6 * 6 + i % 6);
		crowd_mark(told, seen);
	}
	assert_int_equal(crowd_count(seen), CROWD - 1);
	/* Half of 252 octets, and then the rest goes on all the same. */
	memset(seen, 0, sizeof(seen));
	f->conf.home.advertisement_size = 256;
	for (size_t n = 0; crowd_count(seen) < CROWD - 1; n++) {
		const struct told *told = crowd_ask(f, 5, A | R);

		assert_int_equal(crowd_number(&told->routers[0]), 85);
		crowd_mark(told, seen);
		assert_true(n < 12);
	}
}

/* A preferred router that would fill the front waits for its turn like everybody. */
static void the_front_has_no_room_for_a_giant(void **state)
{
	struct fixture *f = *state;
	bool told_of_it = false;
	bool seen[CROWD] = {false};

	crowd_routers[0].priority = 0;
	crowd_give(0, 40);
	crowd_routers[1].priority = 1;
	f->conf.home.advertisement_size = 400;
	fixture_start(f);
	for (uint32_t i = 0; i < CROWD; i++)
		crowd_ask(f, i, A);
	for (size_t n = 0; n < 10; n++) {
		const struct told *told = crowd_ask(f, 99, A | R);

		assert_int_equal(crowd_number(&told->routers[0]), 1);
		for (size_t i = 0; i < told->n; i++)
			seen[crowd_number(&told->routers[i])] = true;
		told_of_it |= crowd_networks_of(told, 0) == 40;
	}
	assert_true(told_of_it);
	assert_int_equal(crowd_count(seen), CROWD - 1);
}

#define STOPPED(name) cmocka_unit_test_setup_teardown(name, crowd_prepare, fixture_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		STOPPED(room_is_used_to_the_octet),
		STOPPED(room_is_used_to_the_octet_by_chunks),
		STOPPED(a_reply_fits_a_message),
		STOPPED(a_router_larger_than_the_room),
		STOPPED(a_chunk_larger_than_a_message),
		STOPPED(the_front_is_in_every_reply),
		STOPPED(the_front_has_no_room_for_a_giant),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
