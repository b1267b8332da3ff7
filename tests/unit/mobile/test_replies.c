/* SPDX-License-Identifier: BSD-3-Clause */
/* control/mobile: replies that don't count (mip4-base.md, section 10). */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "mobile/schedule.h"
#include "world.h"

struct bent {
	struct world *world;
	struct registration_reply reply;
	uint8_t bytes[MESSAGE_SIZE];
	struct datagram datagram;
};

static struct bent *bend(uint64_t seed)
{
	static struct bent bent;

	bent.world = world_create(seed);
	bent.world->hub.mute = true;
	world_start(bent.world);
	bent.reply = world_answer(bent.world);
	bent.datagram = world_signed(bent.world, &bent.reply, bent.bytes);
	return &bent;
}

enum { MALFORMED, UNEXPECTED, AUTH };

static void expect_drop(struct bent *bent, int counter)
{
	struct world *world = bent->world;
	const struct mobile_counters *counters = mobile_counters(world->mobile);

	world_deliver(world, &bent->datagram);
	assert_int_equal(counters->malformed, counter == MALFORMED);
	assert_int_equal(counters->unexpected, counter == UNEXPECTED);
	assert_int_equal(counters->auth_failed, counter == AUTH);
	assert_int_equal(counters->accepted, 0);
	assert_int_equal(world_view(world).state, MOBILE_REGISTERING);
	assert_int_equal(world_path(world).tunnel, FWD_NONE);
	/* The right reply still counts. */
	bent->reply = world_answer(world);
	world_reply(world, &bent->reply);
	assert_int_equal(world_view(world).state, MOBILE_REGISTERED);
	world_destroy(world);
}

static void truncated_replies_are_dropped(void **state)
{
	struct bent *bent = bend(1);

	(void)state;
	bent->datagram.len = 19;
	expect_drop(bent, MALFORMED);
	bent = bend(1);
	bent->datagram.len -= 1; /* inside of the authenticator */
	expect_drop(bent, MALFORMED);
}

static void replies_from_elsewhere_are_dropped(void **state)
{
	struct bent *bent = bend(1);

	(void)state;
	bent->datagram.source = world_addr("198.51.100.2");
	expect_drop(bent, UNEXPECTED);
	bent = bend(1);
	bent->datagram.source_port = 435;
	expect_drop(bent, UNEXPECTED);
	bent = bend(1);
	bent->datagram.destination = world_addr("198.18.2.20");
	expect_drop(bent, UNEXPECTED);
	bent = bend(1);
	bent->datagram.destination_port = 435;
	expect_drop(bent, UNEXPECTED);
	bent = bend(1);
	bent->datagram.tunnel.index = 0;
	expect_drop(bent, UNEXPECTED);
}

static void replies_to_another_request_are_dropped(void **state)
{
	struct bent *bent = bend(1);

	(void)state;
	bent->reply.identification ^= 1;
	bent->datagram = world_signed(bent->world, &bent->reply, bent->bytes);
	expect_drop(bent, UNEXPECTED);
	/* The answer to the transmission before the last: overtaken. */
	bent = bend(1);
	world_run(bent->world, time_seconds(1));
	assert_int_equal(bent->world->link.n_sent, 2);
	expect_drop(bent, UNEXPECTED);
}

static void unauthentic_replies_are_dropped(void **state)
{
	struct bent *bent = bend(1);

	(void)state;
	bent->bytes[bent->datagram.len - 1] ^= 1; /* authenticator */
	expect_drop(bent, AUTH);
	bent = bend(1);
	bent->bytes[3] ^= 1; /* lifetime */
	expect_drop(bent, AUTH);
	bent = bend(1);
	bent->bytes[1] = REPLY_IDENTIFICATION; /* an unauthentic 133 changes nothing */
	expect_drop(bent, AUTH);
	bent = bend(1);
	bent->datagram.len -= 22; /* no authenticator at all */
	expect_drop(bent, AUTH);
	/* A foreign agent's code would need none, but there are no foreign agents here. */
	bent = bend(1);
	bent->bytes[1] = 65;
	bent->datagram.len -= 22;
	expect_drop(bent, AUTH);
}

/* No octet of a reply can be changed by anybody without its being dropped. */
static void no_bit_can_be_flipped(void **state)
{
	struct bent *bent = bend(1);

	(void)state;
	for (size_t bit = 0; bit < 8 * bent->datagram.len; bit++) {
		bent->bytes[bit / 8] ^= (uint8_t)(1 << bit % 8);
		world_deliver(bent->world, &bent->datagram);
		bent->bytes[bit / 8] ^= (uint8_t)(1 << bit % 8);
		assert_int_equal(world_view(bent->world).state, MOBILE_REGISTERING);
	}
	assert_int_equal(bent->world->link.n_sent, 1);
	assert_int_equal(mobile_counters(bent->world->mobile)->accepted, 0);
	world_deliver(bent->world, &bent->datagram);
	assert_int_equal(world_view(bent->world).state, MOBILE_REGISTERED);
	world_destroy(bent->world);
}

static void replies_about_another_router_are_dropped(void **state)
{
	struct bent *bent = bend(1);

	(void)state;
	bent->reply.home_address = world_addr("192.0.2.4").v4;
	bent->datagram = world_signed(bent->world, &bent->reply, bent->bytes);
	expect_drop(bent, UNEXPECTED);
}

static void a_repeated_reply_counts_once(void **state)
{
	struct bent *bent = bend(1);

	(void)state;
	world_deliver(bent->world, &bent->datagram);
	world_deliver(bent->world, &bent->datagram);
	assert_int_equal(mobile_counters(bent->world->mobile)->accepted, 1);
	assert_int_equal(mobile_counters(bent->world->mobile)->unexpected, 1);
	world_destroy(bent->world);
}

static void other_messages_are_counted(void **state)
{
	struct bent *bent = bend(1);

	(void)state;
	bent->bytes[0] = 200;
	expect_drop(bent, UNEXPECTED);
	bent = bend(1);
	bent->datagram.len = 0;
	expect_drop(bent, UNEXPECTED);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(truncated_replies_are_dropped),
		cmocka_unit_test(replies_from_elsewhere_are_dropped),
		cmocka_unit_test(replies_to_another_request_are_dropped),
		cmocka_unit_test(unauthentic_replies_are_dropped),
		cmocka_unit_test(no_bit_can_be_flipped),
		cmocka_unit_test(replies_about_another_router_are_dropped),
		cmocka_unit_test(a_repeated_reply_counts_once),
		cmocka_unit_test(other_messages_are_counted),
	};

	return cmocka_run_group_tests_name("mobile_replies", tests, NULL, NULL);
}
