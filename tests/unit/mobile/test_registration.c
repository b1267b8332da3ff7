/* SPDX-License-Identifier: BSD-3-Clause */
/* control/mobile: what a request says, and when it is sent. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "mobile/schedule.h"
#include "world.h"

static struct world *started(uint64_t seed)
{
	struct world *world = world_create(seed);

	world_start(world);
	return world;
}

static struct world *deaf(uint64_t seed)
{
	struct world *world = world_create(seed);

	world->hub.alive = false;
	world_start(world);
	return world;
}

static struct world *registered(uint64_t seed)
{
	struct world *world = started(seed);

	world_run_until(world, MOBILE_REGISTERED, time_seconds(1));
	return world;
}

static void a_request_says_all_that_it_must(void **state)
{
	struct world *world = registered(1);
	const struct world_sent *sent = &world->link.sent[0];
	const struct registration_request *request = &sent->request;

	(void)state;
	assert_int_equal(sent->ttl, 255);
	assert_int_equal(sent->datagram.port, 0);
	assert_int_equal(sent->datagram.source.v4, world_addr("203.0.113.30").v4);
	assert_int_equal(sent->datagram.destination.v4, world_addr("198.51.100.1").v4);
	assert_int_equal(sent->datagram.source_port, 434);
	assert_int_equal(sent->datagram.destination_port, 434);
	assert_int_equal(sent->datagram.tunnel.index, FWD_NONE);
	assert_int_equal(request->flags, REQUEST_D | REQUEST_T);
	assert_int_equal(request->lifetime, 600);
	assert_int_equal(request->home_address, world_addr("192.0.2.3").v4);
	assert_int_equal(request->home_agent, world_addr("198.51.100.1").v4);
	assert_int_equal(request->care_of, world_addr("203.0.113.30").v4);
	assert_int_equal(request->n_networks, 1);
	assert_int_equal(request->networks[0].prefix, world_addr("10.3.0.0").v4);
	assert_int_equal(request->networks[0].len, 24);
	assert_true(request->udp.is_present);
	assert_false(request->udp.force);
	assert_false(request->udp.by_foreign);
	assert_true(request->revocation.is_present);
	assert_int_equal(request->auth.count, 1);
	assert_int_equal(request->auth.spi, 1000);
	assert_int_equal(request->auth.ignored, 0);
	assert_int_equal(ntp_seconds(request->identification), 1800000000 + NTP_UNIX_OFFSET);
	world_destroy(world);
}

static void a_refresh_repeats_every_extension(void **state)
{
	struct world *world = registered(2);
	const struct registration_request *first, *second;

	(void)state;
	world_run(world, time_seconds(500));
	assert_int_equal(world->link.n_sent, 2);
	first = &world->link.sent[0].request;
	second = &world->link.sent[1].request;
	assert_int_equal(world->link.sent[1].datagram.source_port, 434);
	assert_int_equal(second->n_networks, first->n_networks);
	assert_int_equal(second->udp.is_present, first->udp.is_present);
	assert_int_equal(second->revocation.is_present, first->revocation.is_present);
	assert_int_equal(second->lifetime, first->lifetime);
	assert_int_equal(second->flags, first->flags);
	assert_true((int64_t)(second->identification - first->identification) > 0);
	world_destroy(world);
}

static void retransmissions_keep_their_schedule(void **state)
{
	static const unsigned int at[] = {0, 1, 3, 7, 15, 31, 63, 123, 183, 243};
	struct world *world = deaf(3);

	(void)state;
	world_run(world, time_seconds(250));
	assert_int_equal(world->link.n_sent, 10);
	for (size_t i = 0; i < 10; i++) {
		assert_int_equal(world->link.sent[i].mono - WORLD_START, time_seconds(at[i]));
		for (size_t j = 0; j < i; j++)
			assert_true(world->link.sent[i].request.identification !=
				    world->link.sent[j].request.identification);
	}
	assert_int_equal(mobile_counters(world->mobile)->requests, 10);
	assert_int_equal(mobile_counters(world->mobile)->retransmissions, 9);
	assert_int_equal(world_view(world).state, MOBILE_REGISTERING);
	world_destroy(world);
}

static void spacing_is_at_most_the_lifetime(void **state)
{
	struct world *world = world_create(4);

	(void)state;
	world->hub.alive = false;
	world->conf.mobile.lifetime = time_seconds(10);
	world_start(world);
	world_run(world, time_seconds(45));
	/* 0 1 3 7 15 25 35 45 */
	assert_int_equal(world->link.n_sent, 8);
	world_destroy(world);
}

static void without_probes_the_spacing_stays_under_twenty_seconds(void **state)
{
	struct world *world = world_create(5);

	(void)state;
	world->conf.mobile.watch_uplinks.interval = 0;
	world->hub.alive = false;
	world_start(world);
	world_run(world, time_seconds(600));
	for (size_t i = 1; i < world->link.n_sent; i++)
		assert_true(world->link.sent[i].mono - world->link.sent[i - 1].mono <=
			    time_seconds(15));
	world_destroy(world);
}

static void with_nonces_a_retransmission_is_the_same_request(void **state)
{
	struct world *world = world_create(6);
	uint64_t id;

	(void)state;
	world->conf.mobile.keys[0].replay = CONF_REPLAY_NONCES;
	world->hub.mute = true;
	world_start(world);
	world_run(world, time_seconds(2));
	assert_int_equal(world->link.n_sent, 2);
	assert_int_equal(world->link.sent[0].datagram.len, world->link.sent[1].datagram.len);
	assert_memory_equal(world->link.sent[0].bytes, world->link.sent[1].bytes,
			    world->link.sent[0].datagram.len);
	/* 133 with a nonce: the next request carries it, with a fresh low half. */
	struct registration_reply reply = world_answer(world);

	id = reply.identification;
	reply.code = REPLY_IDENTIFICATION;
	reply.identification = UINT64_C(0xabcd1234) << 32 | (uint32_t)id;
	world_reply(world, &reply);
	world_run(world, time_seconds(1));
	assert_int_equal(world_last(world)->request.identification >> 32, 0xabcd1234);
	assert_true((uint32_t)world_last(world)->request.identification != (uint32_t)id);
	/* Whichever transmission is answered, our lifetime ends before the hub's. */
	world_run(world, time_millis(2500));
	assert_int_equal(world->link.n_sent, 5);
	reply = world_answer(world);
	reply.lifetime = 600;
	world_reply(world, &reply);
	assert_int_equal(world_view(world).remaining,
			 time_seconds(600) - (world->core.now.mono - world->link.sent[2].mono));
	world_destroy(world);
}

/* Every transmission of the branch, whatever happens, is a second from the one before. */
static void check_spacing(const struct world *world)
{
	for (size_t i = 1; i < world->link.n_sent; i++)
		assert_true(world->link.sent[i].mono - world->link.sent[i - 1].mono >= NS_PER_S);
}

static void disturb(struct world *world, struct random *random)
{
	static const uint8_t codes[] = {0, 1, 128, 129, 130, 131, 133, 136, 139, 142, 147, 148};
	uint16_t port = (uint16_t)random_below(random, RANDOM_PACKET, 2);

	switch (random_below(random, RANDOM_PACKET, 9)) {
	case 0:
	case 1:
		world_port(world, port, LINK_PORT_UP);
		break;
	case 2:
		world_port(world, port, LINK_PORT_DOWN);
		break;
	case 3:
		world_port(world, port, LINK_PORT_GONE);
		break;
	case 4:
		world->hub.code = codes[random_below(random, RANDOM_PACKET, sizeof(codes))];
		break;
	case 5:
		world->hub.reaches[port] = !world->hub.reaches[port];
		break;
	case 6:
		world->hub.alive = !world->hub.alive;
		world->hub.bound = (struct ip_addr){0};
		break;
	case 7:
		world->next.mobile.lifetime =
			time_seconds(30 + random_below(random, RANDOM_PACKET, 600));
		world->next.mobile.n_networks = 1 + random_below(random, RANDOM_PACKET, 2);
		world_reload(world);
		break;
	default:
		world->hub.code = 0;
		break;
	}
}

static void never_two_requests_within_a_second(void **state)
{
	(void)state;
	for (uint64_t seed = 0; seed < 60; seed++) {
		struct random_seeded seeded;
		struct random random = {.fill = random_seeded_fill, .state = &seeded};
		struct world *world = started(seed);

		random_seed(&seeded, seed + 1000);
		for (int i = 0; i < 300; i++) {
			disturb(world, &random);
			world_run(world, random_below(&random, RANDOM_PACKET, 3 * NS_PER_S));
			world->n_events = 0;
			if (world->link.n_sent > WORLD_SENT_MAX - 8)
				break;
		}
		mobile_shutdown(world->mobile);
		world_run(world, time_seconds(5));
		assert_true(mobile_is_drained(world->mobile));
		check_spacing(world);
		assert_true(world->link.n_sent > 20);
		world_destroy(world);
	}
}

static void whatever_happened_it_registers_once_faults_stop(void **state)
{
	(void)state;
	for (uint64_t seed = 100; seed < 130; seed++) {
		struct random_seeded seeded;
		struct random random = {.fill = random_seeded_fill, .state = &seeded};
		struct world *world = started(seed);

		random_seed(&seeded, seed);
		for (int i = 0; i < 100; i++) {
			disturb(world, &random);
			world_run(world, random_below(&random, RANDOM_PACKET, 5 * NS_PER_S));
			world->n_events = 0;
		}
		world->hub.code = 0;
		world->hub.alive = true;
		for (uint16_t port = 0; port < 2; port++) {
			world->hub.reaches[port] = true;
			world_port(world, port, LINK_PORT_UP);
		}
		world_run(world, SCHEDULE_REFUSED + time_seconds(20));
		assert_int_equal(world_view(world).state, MOBILE_REGISTERED);
		assert_int_equal(world_path(world).tunnel, world_view(world).tunnel.index);
		world_destroy(world);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_request_says_all_that_it_must),
		cmocka_unit_test(a_refresh_repeats_every_extension),
		cmocka_unit_test(retransmissions_keep_their_schedule),
		cmocka_unit_test(spacing_is_at_most_the_lifetime),
		cmocka_unit_test(without_probes_the_spacing_stays_under_twenty_seconds),
		cmocka_unit_test(with_nonces_a_retransmission_is_the_same_request),
		cmocka_unit_test(never_two_requests_within_a_second),
		cmocka_unit_test(whatever_happened_it_registers_once_faults_stop),
	};

	return cmocka_run_group_tests_name("mobile_registration", tests, NULL, NULL);
}
