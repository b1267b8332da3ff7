/* SPDX-License-Identifier: BSD-3-Clause */
/* Several bindings of one router at a time (mip4-base.md section 12.1, flag S). */
#include "fixture.h"

static const char *const places[] = {"203.0.113.31", "203.0.113.32", "203.0.113.33",
				     "203.0.113.34"};

static uint8_t register_at(struct fixture *f, const char *care_of, bool simultaneous)
{
	struct registration_request request = fixture_request(f, BRANCH_B);
	struct registration_reply reply;

	if (simultaneous)
		request.flags |= REQUEST_S;
	request.care_of = ip(care_of);
	assert_true(fixture_ask(f, BRANCH_B, &request, care_of, &reply));
	fixture_advance(f, time_seconds(1));
	return reply.code;
}

static void deregister(struct fixture *f, const char *care_of)
{
	struct registration_request request = fixture_request(f, BRANCH_B);
	struct registration_reply reply;

	request.lifetime = 0;
	request.care_of = ip(care_of);
	assert_true(fixture_ask(f, BRANCH_B, &request, places[0], &reply));
	assert_int_equal(reply.code, 0);
}

static const char *where(struct fixture *f)
{
	static char text[ADDR_TEXT_SIZE];
	const struct fwd_tunnel *tunnel = fixture_tunnel(f, "10.2.0.1");

	return tunnel ? addr_print(&tunnel->remote, text) : "nowhere";
}

static void one_at_a_time_says_code_1(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(register_at(f, places[0], true), 1);
	assert_int_equal(register_at(f, places[1], true), 1);
	assert_int_equal(fixture_bindings(f), 1);
	assert_string_equal(where(f), places[1]);
	assert_int_equal(register_at(f, places[1], false), 0);
}

static void as_many_as_configured_and_then_135(void **state)
{
	struct fixture *f = *state;
	struct registration_request request;

	f->conf.home.simultaneous_bindings = 3;
	for (size_t i = 0; i < 3; i++)
		assert_int_equal(register_at(f, places[i], true), 0);
	assert_int_equal(fixture_bindings(f), 3);
	assert_int_equal(f->link.open_tunnels, 3);
	assert_string_equal(where(f), places[2]); /* the newest carries the traffic */
	request = fixture_request(f, BRANCH_B);
	request.flags |= REQUEST_S;
	request.care_of = ip(places[3]);
	assert_denied(f, BRANCH_B, &request, places[3], 135);
	assert_int_equal(register_at(f, places[0], true), 0); /* a renewal is no fourth */
	assert_string_equal(where(f), places[2]);
	assert_int_equal(fixture_bindings(f), 3);
}

static void without_s_one_replaces_all(void **state)
{
	struct fixture *f = *state;

	f->conf.home.simultaneous_bindings = 3;
	for (size_t i = 0; i < 3; i++)
		register_at(f, places[i], true);
	assert_int_equal(register_at(f, places[1], false), 0);
	assert_int_equal(fixture_bindings(f), 1);
	assert_int_equal(f->link.open_tunnels, 1);
	assert_string_equal(where(f), places[1]);
	register_at(f, places[0], true);
	f->conf.home.max_bindings = 2;
	register_at(f, places[3], false); /* from somewhere new */
	assert_int_equal(fixture_bindings(f), 1);
	assert_string_equal(where(f), places[3]);
	fixture_register(f, BRANCH_C, CARE_OF); /* what was replaced has made room */
}

static void each_ends_by_itself(void **state)
{
	struct fixture *f = *state;

	f->conf.home.simultaneous_bindings = 3;
	for (size_t i = 0; i < 3; i++)
		register_at(f, places[i], true);
	deregister(f, places[2]);
	assert_int_equal(fixture_bindings(f), 2);
	assert_string_equal(where(f), places[1]);
	assert_string_equal(fixture_route(f, "10.2.0.0", 24), "path");
	fixture_advance(f, time_seconds(500));
	register_at(f, places[0], true);
	fixture_advance(f, time_seconds(200)); /* places[1] ran out */
	assert_int_equal(fixture_bindings(f), 1);
	assert_string_equal(where(f), places[0]);
	deregister(f, "192.0.2.2");
	assert_int_equal(fixture_bindings(f), 0);
	assert_string_equal(fixture_route(f, "10.2.0.0", 24), "unbound");
}

static void all_end_at_home(void **state)
{
	struct fixture *f = *state;

	f->conf.home.simultaneous_bindings = 3;
	for (size_t i = 0; i < 3; i++)
		register_at(f, places[i], true);
	deregister(f, "192.0.2.2");
	assert_int_equal(fixture_bindings(f), 0);
	assert_int_equal(f->link.open_tunnels, 0);
	assert_int_equal(home_counters(f->home)->deregistered, 1);
}

/* Two care-of addresses that a NAT maps to one endpoint are one tunnel, and one binding. */
static void one_endpoint_is_one_binding(void **state)
{
	struct fixture *f = *state;
	struct registration_request request;
	struct registration_reply reply;

	f->conf.home.simultaneous_bindings = 3;
	register_at(f, places[0], true);
	for (int i = 0; i < 2; i++) {
		request = fixture_request(f, BRANCH_B);
		request.flags |= REQUEST_S;
		request.care_of = htonl(0x0ac80005u + (uint32_t)i);
		ask_udp(&request, false);
		assert_true(fixture_ask(f, BRANCH_B, &request, NAT, &reply));
		assert_int_equal(reply.code, 0);
	}
	assert_int_equal(fixture_bindings(f), 2);
	assert_int_equal(f->link.open_tunnels, 2);
	/* The first one's field, the second one's endpoint: one takes over the other's tunnel. */
	request = fixture_request(f, BRANCH_B);
	request.flags |= REQUEST_S;
	request.care_of = ip(places[0]);
	ask_udp(&request, false);
	assert_true(fixture_ask(f, BRANCH_B, &request, NAT, &reply));
	assert_int_equal(reply.code, 0);
	assert_int_equal(fixture_bindings(f), 1);
	assert_int_equal(f->link.open_tunnels, 1);
	assert_string_equal(where(f), NAT);
}

static void the_second_is_the_backup(void **state)
{
	struct fixture *f = *state;
	struct fwd_nexthop nexthop;
	struct ip_addr inside = addr("10.2.0.1");

	f->conf.home.simultaneous_bindings = 2;
	register_at(f, places[0], true);
	register_at(f, places[1], true);
	f->core.ops->route_lookup(&f->fwd, REALM_MAIN, &inside, &nexthop);
	assert_int_equal(f->fwd.tunnels[f->fwd.paths[nexthop.id].backup].remote.v4, ip(places[0]));
	deregister(f, places[0]);
	assert_int_equal(f->fwd.paths[nexthop.id].backup, FWD_NONE);
}

static void ask_behind_nat(struct fixture *f, uint16_t port)
{
	struct registration_request request = fixture_request(f, BRANCH_B);
	struct registration_reply reply;
	struct message message;

	request.flags |= REQUEST_S;
	request.care_of = ip("10.200.0.5");
	ask_udp(&request, false);
	message = fixture_sign(f, BRANCH_B, 0, &request);
	fixture_deliver(f, &message, NAT, port);
	assert_true(fixture_reply(f, BRANCH_B, &reply));
	assert_int_equal(reply.code, 0);
}

/* A binding that moves carries the traffic from then on, whatever ends later. */
static void the_last_to_move_comes_first(void **state)
{
	struct fixture *f = *state;

	f->conf.home.simultaneous_bindings = 3;
	ask_behind_nat(f, 40000);
	register_at(f, places[1], true);
	register_at(f, places[2], true);
	assert_string_equal(where(f), places[2]);
	ask_behind_nat(f, 40001);
	assert_string_equal(where(f), NAT);
	deregister(f, places[1]);
	assert_string_equal(where(f), NAT);
	deregister(f, "10.200.0.5");
	assert_string_equal(where(f), places[2]);
}

/* The Identification of one binding's registration with the care-of address of another's. */
static void a_duplicate_is_of_one_binding(void **state)
{
	struct fixture *f = *state;
	struct registration_request request;
	uint64_t last;

	f->conf.home.simultaneous_bindings = 2;
	register_at(f, places[0], true);
	register_at(f, places[1], true);
	last = f->last_id;
	request = fixture_request(f, BRANCH_B);
	request.flags |= REQUEST_S;
	request.identification = last;
	request.care_of = ip(places[0]);
	assert_denied(f, BRANCH_B, &request, places[1], 133);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(one_at_a_time_says_code_1),
		TEST(as_many_as_configured_and_then_135),
		TEST(without_s_one_replaces_all),
		TEST(each_ends_by_itself),
		TEST(all_end_at_home),
		TEST(one_endpoint_is_one_binding),
		TEST(the_second_is_the_backup),
		TEST(the_last_to_move_comes_first),
		TEST(a_duplicate_is_of_one_binding),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
