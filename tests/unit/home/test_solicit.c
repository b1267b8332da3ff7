/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Solicitations: the one router that is asked for, and nothing at all of whom the asker may not know
 * (RFC 6521, section 5.1, flag S; haaro.md, section 9, A15 and A16).
 */
#include "told.h"

static struct registration_reply solicit(struct fixture *f, int router, const char *home_address,
					 uint8_t flags)
{
	struct registration_request request = told_request(f, router, flags | S);
	struct registration_reply reply;
	char place[ADDR_TEXT_SIZE];

	request.capability.solicited = ip(home_address);
	inet_ntop(AF_INET, &request.care_of, place, sizeof(place));
	assert_true(fixture_ask(f, router, &request, place, &reply));
	assert_int_equal(reply.code, 0);
	assert_true(reply.optimization.solicited);
	return reply;
}

/* Proves: H7-124 */
static void a_solicited_router_alone_is_told_of(void **state)
{
	struct fixture *f = *state;
	struct registration_reply reply;
	struct told told;

	told_ask(f, BRANCH_A, A);
	told_ask(f, BRANCH_B, A | O);
	told_ask(f, NODE_D, A);
	reply = solicit(f, BRANCH_C, "192.0.2.2", R);
	told_read(&reply, &told);
	assert_told(&told, "192.0.2.2", NULL);
	assert_int_equal(told.routers[0].n_networks, 2);
	assert_int_equal(told.routers[0].info, 1);
	/* S implies R. */
	reply = solicit(f, BRANCH_C, "192.0.2.1", 0);
	told_read(&reply, &told);
	assert_told(&told, "192.0.2.1", NULL);
	assert_int_equal(home_counters(f->home)->solicitations_answered, 2);
	assert_int_equal(home_counters(f->home)->solicitations_empty, 0);
	/* All of it, as far as a message goes: what is left out counts as gone. */
	f->conf.home.advertisement_size = 12;
	reply = solicit(f, BRANCH_C, "192.0.2.2", R);
	told_read(&reply, &told);
	assert_int_equal(told.routers[0].n_networks, 2);
	f->conf.home.advertisement_size = 1400;
	/* It goes on with everybody at the next request. */
	assert_told(told_of(f, BRANCH_C, R), "192.0.2.1", "192.0.2.2", "192.0.2.4", NULL);
}

enum unknown { NOBODY, UNREGISTERED, PERMITS_NOT, KNOWS_NOT, POLICY, REALM, REFUSED, UNKNOWNS };

/* branch-a in each state in which nothing is to be known of it; the whole reply to branch-c. */
static size_t solicit_hidden(struct fixture *f, enum unknown why, uint8_t bytes[MESSAGE_SIZE])
{
	struct registration_request request;
	const struct fake_datagram *sent;
	struct registration_reply reply;

	f->core.now = (struct now){.mono = START_MONO, .wall = START_WALL};
	f->last_id = 0;
	f->routers[BRANCH_A].advertise = why != POLICY;
	f->routers[BRANCH_A].refuse_optimization = why == REFUSED;
	f->routers[BRANCH_A].realm = why == REALM ? 0 : UINT32_MAX;
	fixture_start(f);
	if (why == KNOWS_NOT)
		fixture_register(f, BRANCH_A, ELSEWHERE);
	else if (why != NOBODY && why != UNREGISTERED)
		told_ask(f, BRANCH_A, why == PERMITS_NOT ? R : A | R);
	told_ask(f, BRANCH_B, A);
	f->last_id = 0;
	fixture_advance(f, time_seconds(1));
	request = told_request(f, BRANCH_C, R | S);
	request.capability.solicited = ip(why == NOBODY ? "192.0.2.200" : "192.0.2.1");
	assert_true(fixture_ask(f, BRANCH_C, &request, "203.0.113.102", &reply));
	assert_false(reply.advertisement.is_present);
	assert_int_equal(home_counters(f->home)->solicitations_empty, 1);
	sent = fake_link_last(&f->link);
	memcpy(bytes, sent->bytes, sent->datagram.len);
	fixture_stop(f);
	return sent->datagram.len;
}

/* Octet by octet: who may not be told of does not exist (haaro.md, A16). */
static void what_is_hidden_does_not_exist(void **state)
{
	static struct conf_realm other = {.name = "other"};
	struct fixture *f = *state;
	uint8_t expected[MESSAGE_SIZE];
	uint8_t bytes[MESSAGE_SIZE];
	size_t len;

	f->conf.home.subscribers.realms = &other;
	f->conf.home.subscribers.n_realms = 1;
	len = solicit_hidden(f, NOBODY, expected);
	for (enum unknown why = NOBODY + 1; why < UNKNOWNS; why++) {
		assert_int_equal(solicit_hidden(f, why, bytes), len);
		assert_memory_equal(bytes, expected, len);
	}
}

static void oneself_is_nobody(void **state)
{
	struct fixture *f = *state;
	struct registration_reply reply;

	told_ask(f, BRANCH_A, A);
	told_ask(f, BRANCH_C, A);
	reply = solicit(f, BRANCH_C, "192.0.2.3", A | R);
	assert_false(reply.advertisement.is_present);
}

#define TEST(name)    cmocka_unit_test_setup_teardown(name, told_setup, fixture_teardown)
#define STOPPED(name) cmocka_unit_test_setup_teardown(name, told_prepare, fixture_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_solicited_router_alone_is_told_of),
		STOPPED(what_is_hidden_does_not_exist),
		TEST(oneself_is_nobody),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
