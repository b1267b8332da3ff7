/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Every row of the processing table (mip4-base.md section 12) that denies, each with its code. Rows
 * 21 (135) and 23 (147) have further cases in test_simultaneous.c and test_networks.c, row 9 in
 * test_replay.c, rows 15 and 16 in test_nat.c; silent discards are in test_discards.c.
 */
#include <string.h>

#include "fixture.h"

static int insert_refused(struct fwd *fwd, const struct fwd_path *path, uint32_t *index)
{
	(void)fwd;
	(void)path;
	(void)index;
	return -5; /* an error that no contract names */
}

static void code_128_when_forwarding_fails_without_a_name(void **state)
{
	struct fixture *f = *state;
	struct registration_request request = fixture_request(f, NODE_D);

	f->ops.path_insert = insert_refused;
	assert_denied(f, NODE_D, &request, CARE_OF, 128);
	assert_int_equal(fixture_bindings(f), 0);
}

static void code_129_home_address_of_no_home_network(void **state)
{
	struct fixture *f = *state;
	struct registration_request request = fixture_request(f, STRAY_G);

	assert_denied(f, STRAY_G, &request, CARE_OF, 129);
}

static void code_129_foreign_agent_care_of_address(void **state)
{
	struct fixture *f = *state;
	struct registration_request request = fixture_request(f, NODE_D);

	request.flags = REQUEST_T;
	assert_denied(f, NODE_D, &request, CARE_OF, 129);
}

static void code_129_behind_a_nat_without_asking(void **state)
{
	struct fixture *f = *state;
	struct registration_request request = fixture_request(f, NODE_D);

	assert_denied(f, NODE_D, &request, NAT, 129);
}

static void code_130_when_enough_bindings_are_held(void **state)
{
	struct fixture *f = *state;
	struct registration_request request;

	f->conf.home.max_bindings = 1;
	fixture_register(f, BRANCH_A, CARE_OF);
	request = fixture_request(f, NODE_D);
	request.care_of = ip(ELSEWHERE);
	assert_denied(f, NODE_D, &request, ELSEWHERE, 130);
	assert_int_equal(home_counters(f->home)->no_resources, 1);
	fixture_advance(f, time_seconds(2));
	fixture_register(f, BRANCH_A, ELSEWHERE); /* who holds one may renew and move */
	home_clear_binding(f->home, &f->routers[BRANCH_A].home_address);
	fixture_register(f, NODE_D, CARE_OF); /* and who leaves makes room */
}

/* A second router at the same address: the first one's tunnel is not taken from it. */
static void code_130_when_the_endpoint_is_taken(void **state)
{
	struct fixture *f = *state;
	struct registration_request request;

	fixture_register(f, BRANCH_A, CARE_OF);
	request = fixture_request(f, NODE_D);
	assert_denied(f, NODE_D, &request, CARE_OF, 130);
	assert_int_equal(fixture_violations(f), 1);
	assert_int_equal(fixture_tunnel(f, "10.1.0.1")->remote.v4, ip(CARE_OF));
	assert_string_equal(fixture_route(f, "192.0.2.4", 32), "none");
}

static void code_131_only_by_the_knob_and_seldom(void **state)
{
	struct fixture *f = *state;
	struct registration_request request = fixture_request(f, NODE_D);
	struct message message = fixture_sign(f, NODE_D, 0, &request);
	struct registration_reply reply;

	message.bytes[message.len - 1] ^= 1;
	f->conf.home.reply_131 = true;
	fixture_deliver(f, &message, CARE_OF, 434);
	assert_true(fixture_reply(f, NODE_D, &reply));
	assert_int_equal(reply.code, 131);
	assert_in_range(fake_link_last(&f->link)->datagram.len, 1, message.len); /* no amplifier */
	assert_int_equal(reply.identification, request.identification);
	assert_int_equal(home_counters(f->home)->denied_by_code[131], 1);
	assert_int_equal(home_counters(f->home)->auth_failed, 1);
	assert_discarded(f, &message, &home_counters(f->home)->auth_failed); /* once a second */
	fixture_advance(f, time_seconds(1));
	message.bytes[28] ^= 1; /* an SPI that nobody knows: signed by the first key */
	fixture_deliver(f, &message, CARE_OF, 434);
	assert_true(fixture_reply(f, NODE_D, &reply));
	assert_int_equal(reply.auth.spi, 4000);
}

static void code_131_ten_a_second_in_all(void **state)
{
	struct fixture *f = *state;
	struct conf_router many[20];

	fixture_stop(f);
	memcpy(many, f->routers, sizeof(f->routers));
	for (int i = ROUTERS; i < 20; i++) {
		many[i] = f->routers[NODE_D];
		snprintf(many[i].name, sizeof(many[i].name), "node-%d", i);
		many[i].home_address.v4 = htonl(0xc0000264u + (uint32_t)i);
	}
	f->conf.home.subscribers.routers = many;
	f->conf.home.subscribers.n_routers = 20;
	f->conf.home.reply_131 = true;
	fixture_start(f);
	for (int i = ROUTERS; i < 20; i++) {
		struct registration_request request = fixture_request(f, NODE_D);
		struct message message;

		request.home_address = many[i].home_address.v4;
		message = fixture_sign(f, NODE_D, 0, &request);
		message.bytes[message.len - 1] ^= 1;
		fixture_deliver(f, &message, CARE_OF, 434);
	}
	assert_int_equal(home_counters(f->home)->denied_by_code[131], 10);
	assert_int_equal(home_counters(f->home)->discarded, 3);
	fixture_stop(f);
	f->conf.home.subscribers.routers = f->routers;
	f->conf.home.subscribers.n_routers = ROUTERS;
	fixture_start(f);
}

static void code_134_care_of_address_that_cannot_be(void **state)
{
	static const char *const bad[] = {"0.0.0.0",         "127.0.0.1", "224.0.0.5", "240.0.0.1",
					  "255.255.255.255", HUB,         "192.0.2.4"};
	struct fixture *f = *state;

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct registration_request request = fixture_request(f, NODE_D);

		request.care_of = ip(bad[i]);
		assert_denied(f, NODE_D, &request, CARE_OF, 134);
		fixture_advance(f, time_seconds(1));
	}
}

static void deliver_to(struct fixture *f, const struct registration_request *request,
		       const char *destination)
{
	struct message message = fixture_sign(f, NODE_D, 0, request);
	struct datagram datagram = {
		.source = addr(CARE_OF),
		.destination = addr(destination),
		.source_port = 434,
		.destination_port = 434,
		.tunnel = {.index = FWD_NONE},
		.payload = message.bytes,
		.len = message.len,
	};

	home_handle_datagram(f->home, &datagram);
}

static void code_136_to_a_broadcast_from_our_address(void **state)
{
	static const char *const broadcasts[] = {"198.51.100.255", "255.255.255.255"};
	struct fixture *f = *state;

	for (size_t i = 0; i < 2; i++) {
		struct registration_request request = fixture_request(f, NODE_D);
		struct registration_reply reply;

		request.home_agent = ip(broadcasts[i]);
		deliver_to(f, &request, broadcasts[i]);
		assert_true(fixture_reply(f, NODE_D, &reply));
		assert_int_equal(reply.code, 136);
		assert_int_equal(reply.home_agent, ip(HUB));
		assert_int_equal(fake_link_last(&f->link)->datagram.source.v4, ip(HUB));
	}
	assert_int_equal(fixture_bindings(f), 0);
}

static void code_136_to_a_broadcast_that_names_us(void **state)
{
	struct fixture *f = *state;
	struct registration_request request = fixture_request(f, NODE_D);
	struct registration_reply reply;

	deliver_to(f, &request, "198.51.100.255");
	assert_true(fixture_reply(f, NODE_D, &reply));
	assert_int_equal(reply.code, 136);
}

static void code_136_home_agent_field_not_ours(void **state)
{
	static const char *const fields[] = {"198.51.100.2", "0.0.0.0", "255.255.255.255"};
	struct fixture *f = *state;

	for (size_t i = 0; i < 3; i++) {
		struct registration_request request = fixture_request(f, NODE_D);
		struct registration_reply reply;

		request.home_agent = ip(fields[i]);
		assert_true(fixture_ask(f, NODE_D, &request, CARE_OF, &reply));
		assert_int_equal(reply.code, 136);
		assert_int_equal(reply.home_agent, ip(HUB));
		assert_int_equal(reply.identification, request.identification);
	}
}

/* A hub with several addresses serves each: the tunnel starts where the router registered. */
static void another_address_of_ours_is_good(void **state)
{
	struct fixture *f = *state;
	struct ip_addr second = addr("198.51.100.9");
	struct registration_request request = fixture_request(f, NODE_D);
	struct registration_reply reply;

	assert_int_equal(link_address_insert(&f->link, REALM_MAIN, &second), 0);
	request.home_agent = second.v4;
	assert_true(fixture_ask(f, NODE_D, &request, CARE_OF, &reply));
	assert_int_equal(reply.code, 0);
	assert_int_equal(reply.home_agent, second.v4);
	assert_int_equal(fixture_tunnel(f, "192.0.2.4")->local.v4, second.v4);
	link_address_remove(&f->link, REALM_MAIN, &second);
}

static void code_137_reverse_tunnel_refused(void **state)
{
	struct fixture *f = *state;
	struct registration_request request = fixture_request(f, NODE_D);
	struct registration_reply reply;

	f->conf.home.reverse_tunnel = CONF_REVERSE_REFUSED;
	assert_denied(f, NODE_D, &request, CARE_OF, 137);
	request = fixture_request(f, NODE_D);
	request.flags = REQUEST_D;
	assert_true(fixture_ask(f, NODE_D, &request, CARE_OF, &reply));
	assert_int_equal(reply.code, 0);
}

static void code_138_reverse_tunnel_mandatory(void **state)
{
	struct fixture *f = *state;
	struct registration_request request = fixture_request(f, NODE_D);
	struct registration_reply reply;

	request.flags = REQUEST_D;
	assert_true(fixture_ask(f, NODE_D, &request, CARE_OF, &reply));
	assert_int_equal(reply.code, 0); /* optional */
	f->conf.home.reverse_tunnel = CONF_REVERSE_MANDATORY;
	request = fixture_request(f, NODE_D);
	request.flags = REQUEST_D;
	assert_denied(f, NODE_D, &request, CARE_OF, 138);
	request = fixture_request(f, NODE_D);
	request.flags = REQUEST_D;
	request.lifetime = 0; /* a deregistration asks for no tunnel */
	assert_true(fixture_ask(f, NODE_D, &request, CARE_OF, &reply));
	assert_int_equal(reply.code, 0);
}

static void code_139_encapsulations_that_we_lack(void **state)
{
	static const uint8_t flags[] = {REQUEST_M, REQUEST_G, REQUEST_M | REQUEST_G};
	struct fixture *f = *state;
	struct registration_request request;

	for (size_t i = 0; i < sizeof(flags); i++) {
		request = fixture_request(f, NODE_D);
		request.flags |= flags[i];
		assert_denied(f, NODE_D, &request, CARE_OF, 139);
	}
	f->conf.home.encapsulations[ENCAP_IPIP] = false;
	request = fixture_request(f, NODE_D);
	assert_denied(f, NODE_D, &request, CARE_OF, 139);
}

static void code_142_encapsulation_inside_udp(void **state)
{
	struct fixture *f = *state;
	struct registration_request request = fixture_request(f, NODE_D);

	ask_udp(&request, true);
	request.udp.encapsulation = 47;
	assert_denied(f, NODE_D, &request, CARE_OF, 142);
}

static void code_148_not_a_mobile_router(void **state)
{
	struct fixture *f = *state;
	struct registration_request request = fixture_request(f, NODE_D);

	add_network(&request, "10.4.0.0", 24);
	assert_denied(f, NODE_D, &request, CARE_OF, 148);
}

/* The order of the table: of several faults the first row answers. */
static void rows_are_judged_in_their_order(void **state)
{
	struct fixture *f = *state;
	struct registration_request request = fixture_request(f, NODE_D);

	f->conf.home.reverse_tunnel = CONF_REVERSE_REFUSED;
	request.flags |= REQUEST_M;              /* 139 */
	request.care_of = ip("224.0.0.1");       /* 134 */
	request.home_agent = ip("198.51.100.2"); /* 136 */
	add_network(&request, "10.4.0.0", 24);   /* 148 */
	assert_denied(f, NODE_D, &request, CARE_OF, 136);
	request.home_agent = ip(HUB);
	assert_denied(f, NODE_D, &request, CARE_OF, 134);
	request.care_of = ip(CARE_OF);
	assert_denied(f, NODE_D, &request, NAT, 129);
	assert_denied(f, NODE_D, &request, CARE_OF, 139);
	request.flags &= (uint8_t)~REQUEST_M;
	assert_denied(f, NODE_D, &request, CARE_OF, 137);
	f->conf.home.reverse_tunnel = CONF_REVERSE_OPTIONAL;
	assert_denied(f, NODE_D, &request, CARE_OF, 148);
}

static void a_denial_leaves_a_binding_as_it_was(void **state)
{
	struct fixture *f = *state;
	struct registration_request request;
	unsigned int changes;

	fixture_register(f, BRANCH_A, CARE_OF);
	fixture_advance(f, time_seconds(100));
	changes = f->fwd.changes;
	request = fixture_request(f, BRANCH_A);
	request.care_of = ip(ELSEWHERE);
	request.flags |= REQUEST_G;
	assert_denied(f, BRANCH_A, &request, ELSEWHERE, 139);
	assert_int_equal(f->fwd.changes, changes);
	assert_int_equal(fixture_binding(f, BRANCH_A)->remaining, time_seconds(500));
	assert_int_equal(fixture_binding(f, BRANCH_A)->care_of.v4, ip(CARE_OF));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(code_128_when_forwarding_fails_without_a_name),
		TEST(code_129_home_address_of_no_home_network),
		TEST(code_129_foreign_agent_care_of_address),
		TEST(code_129_behind_a_nat_without_asking),
		TEST(code_130_when_enough_bindings_are_held),
		TEST(code_130_when_the_endpoint_is_taken),
		TEST(code_131_only_by_the_knob_and_seldom),
		TEST(code_131_ten_a_second_in_all),
		TEST(code_134_care_of_address_that_cannot_be),
		TEST(code_136_to_a_broadcast_from_our_address),
		TEST(code_136_to_a_broadcast_that_names_us),
		TEST(code_136_home_agent_field_not_ours),
		TEST(another_address_of_ours_is_good),
		TEST(code_137_reverse_tunnel_refused),
		TEST(code_138_reverse_tunnel_mandatory),
		TEST(code_139_encapsulations_that_we_lack),
		TEST(code_142_encapsulation_inside_udp),
		TEST(code_148_not_a_mobile_router),
		TEST(rows_are_judged_in_their_order),
		TEST(a_denial_leaves_a_binding_as_it_was),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
