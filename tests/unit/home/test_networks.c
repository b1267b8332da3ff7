/* SPDX-License-Identifier: BSD-3-Clause */
/* Mobile networks (RFC 5177, nemo4.md section 3): explicit, implicit, both; every code. */
#include <errno.h>

#include "fixture.h"

static void explicit_each_with_its_code(void **state)
{
	struct fixture *f = *state;
	struct registration_request request = fixture_request(f, BRANCH_A);
	struct registration_reply reply;

	add_network(&request, "10.1.0.0", 24);
	add_network(&request, "10.1.0.0", 0);
	add_network(&request, "10.1.0.0", 33);
	add_network(&request, "10.1.0.0", 255);
	add_network(&request, "10.77.0.0", 24);   /* another's, or nobody's */
	add_network(&request, "10.1.0.0", 25);    /* a part is not authorized by itself */
	add_network(&request, "10.1.64.200", 24); /* host bits are masked */
	add_network(&request, "0.0.0.0", 24);     /* asks to be given one (RFC 6626) */
	assert_true(fixture_ask(f, BRANCH_A, &request, CARE_OF, &reply));
	assert_int_equal(reply.code, 0);
	assert_int_equal(reply.n_acks, 8);
	for (size_t i = 0; i < 8; i++) {
		static const uint8_t codes[] = {0, 1, 1, 1, 2, 2, 0, 4};

		assert_int_equal(reply.acks[i].code, codes[i]);
		assert_false(reply.acks[i].implicit);
		assert_int_equal(reply.acks[i].network.prefix, request.networks[i].prefix);
		assert_int_equal(reply.acks[i].network.len, request.networks[i].len);
	}
	assert_string_equal(fixture_route(f, "10.1.0.0", 24), "path");
	assert_string_equal(fixture_route(f, "10.1.64.0", 24), "path");
	assert_string_equal(fixture_route(f, "10.1.0.0", 25), "none");
	assert_string_equal(fixture_route(f, "10.77.0.0", 24), "none");
}

static void explicit_with_none_granted_is_147(void **state)
{
	struct fixture *f = *state;
	struct registration_request request = fixture_request(f, BRANCH_A);
	struct registration_reply reply;

	add_network(&request, "10.77.0.0", 24);
	add_network(&request, "10.1.0.0", 0);
	assert_denied(f, BRANCH_A, &request, CARE_OF, 147);
	assert_int_equal(fixture_bindings(f), 0);
	assert_string_equal(fixture_route(f, "192.0.2.1", 32), "none");
	request.identification++;
	assert_true(fixture_ask(f, BRANCH_A, &request, CARE_OF, &reply));
	assert_int_equal(reply.n_acks, 2); /* the acknowledgements explain */
	assert_int_equal(reply.acks[0].code, 2);
	assert_int_equal(reply.acks[1].code, 1);
}

static void a_147_leaves_the_old_registration(void **state)
{
	struct fixture *f = *state;
	struct registration_request request;

	fixture_register(f, BRANCH_A, CARE_OF);
	fixture_advance(f, time_seconds(2));
	request = fixture_request(f, BRANCH_A);
	request.care_of = ip(ELSEWHERE);
	add_network(&request, "10.77.0.0", 24);
	assert_denied(f, BRANCH_A, &request, ELSEWHERE, 147);
	assert_int_equal(fixture_tunnel(f, "10.1.0.1")->remote.v4, ip(CARE_OF));
	assert_int_equal(f->link.opened, 1);
}

/* The new request is the whole truth: what it leaves out is withdrawn (section 3.4). */
static void a_renewal_replaces_the_set(void **state)
{
	struct fixture *f = *state;
	struct registration_request request;
	struct registration_reply reply;

	fixture_register(f, BRANCH_A, CARE_OF);
	request = fixture_request(f, BRANCH_A);
	add_network(&request, "10.1.64.0", 24);
	assert_true(fixture_ask(f, BRANCH_A, &request, CARE_OF, &reply));
	assert_string_equal(fixture_route(f, "10.1.0.0", 24), "unbound");
	assert_string_equal(fixture_route(f, "10.1.64.0", 24), "path");
	assert_int_equal(fixture_binding(f, BRANCH_A)->n_networks, 1);
	request = fixture_request(f, BRANCH_A); /* none at all: a plain mobile node */
	assert_true(fixture_ask(f, BRANCH_A, &request, CARE_OF, &reply));
	assert_int_equal(reply.code, 0);
	assert_int_equal(reply.n_acks, 0);
	assert_string_equal(fixture_route(f, "10.1.64.0", 24), "unbound");
	assert_string_equal(fixture_route(f, "192.0.2.1", 32), "path");
}

static void the_same_network_twice(void **state)
{
	struct fixture *f = *state;
	struct registration_request request = fixture_request(f, BRANCH_A);
	struct registration_reply reply;

	add_network(&request, "10.1.0.0", 24);
	add_network(&request, "10.1.0.0", 24);
	assert_true(fixture_ask(f, BRANCH_A, &request, CARE_OF, &reply));
	assert_int_equal(reply.n_acks, 2);
	assert_int_equal(reply.acks[0].code, 0);
	assert_int_equal(reply.acks[1].code, 0);
	assert_int_equal(fixture_binding(f, BRANCH_A)->n_networks, 1);
}

static void implicit_from_the_table(void **state)
{
	struct fixture *f = *state;
	struct registration_reply reply = fixture_register(f, BRANCH_B, CARE_OF);

	assert_int_equal(reply.n_acks, 2);
	for (size_t i = 0; i < 2; i++) {
		assert_true(reply.acks[i].implicit);
		assert_int_equal(reply.acks[i].code, 0);
		assert_int_equal(reply.acks[i].network.prefix, f->networks[BRANCH_B][i].addr.v4);
	}
	assert_string_equal(fixture_route(f, "10.2.0.0", 24), "path");
	assert_string_equal(fixture_route(f, "10.2.64.0", 24), "path");
}

static void an_implicit_router_may_not_ask(void **state)
{
	struct fixture *f = *state;
	struct registration_request request = fixture_request(f, BRANCH_B);

	add_network(&request, "10.2.0.0", 24);
	assert_denied(f, BRANCH_B, &request, CARE_OF, 147);
}

static void either_way_where_both_are_allowed(void **state)
{
	struct fixture *f = *state;
	struct registration_request request;
	struct registration_reply reply = fixture_register(f, BRANCH_C, CARE_OF);

	assert_int_equal(reply.n_acks, 1);
	assert_true(reply.acks[0].implicit);
	request = fixture_request(f, BRANCH_C);
	add_network(&request, "10.3.0.0", 24);
	assert_true(fixture_ask(f, BRANCH_C, &request, CARE_OF, &reply));
	assert_int_equal(reply.n_acks, 1);
	assert_false(reply.acks[0].implicit);
}

/* shadow-f may hold 10.1.0.0/16 around branch-a's networks, and branch-b's 10.2.0.0/24 itself. */
static void what_another_holds_is_refused(void **state)
{
	struct fixture *f = *state;
	struct registration_request request;
	struct registration_reply reply;

	fixture_register(f, BRANCH_A, CARE_OF);
	request = fixture_request(f, SHADOW_F);
	request.care_of = ip(ELSEWHERE);
	add_network(&request, "10.1.0.0", 16);
	add_network(&request, "10.2.0.0", 24);
	assert_true(fixture_ask(f, SHADOW_F, &request, ELSEWHERE, &reply));
	assert_int_equal(reply.acks[0].code, 3);
	assert_int_equal(reply.acks[1].code, 0);
	assert_string_equal(fixture_route(f, "10.1.0.0", 16), "unbound");
	assert_int_equal(fixture_tunnel(f, "10.2.0.1")->remote.v4, ip(ELSEWHERE));

	/* Now branch-b finds one of its two taken. */
	reply = fixture_register(f, BRANCH_B, NAT);
	assert_int_equal(reply.acks[0].code, 3);
	assert_int_equal(reply.acks[1].code, 0);
	assert_int_equal(fixture_tunnel(f, "10.2.0.1")->remote.v4, ip(ELSEWHERE));
	assert_int_equal(fixture_tunnel(f, "10.2.64.1")->remote.v4, ip(NAT));

	/* And once branch-a is gone the wide one is free, and then branch-a's own are not. */
	fixture_advance(f, time_seconds(599));
	request.identification = fixture_request(f, SHADOW_F).identification;
	assert_true(fixture_ask(f, SHADOW_F, &request, ELSEWHERE, &reply));
	fixture_advance(f, time_seconds(2));
	assert_null(fixture_binding(f, BRANCH_A));
	request.identification = fixture_request(f, SHADOW_F).identification;
	assert_true(fixture_ask(f, SHADOW_F, &request, ELSEWHERE, &reply));
	assert_int_equal(reply.acks[0].code, 0);
	request = fixture_request(f, BRANCH_A);
	add_network(&request, "10.1.0.0", 24);
	assert_denied(f, BRANCH_A, &request, CARE_OF, 147);
}

static int no_room_for_networks(struct fwd *fwd, const struct fwd_route *route)
{
	if (route->nexthop.kind == NEXTHOP_PATH && route->prefix.len == 24 &&
	    route->prefix.addr.v4 == ip("10.1.64.0"))
		return -ENOSPC;
	return fake_fwd_ops.route_set(fwd, route);
}

static void code_3_when_the_route_cannot_be_set(void **state)
{
	struct fixture *f = *state;
	struct registration_request request;
	struct registration_reply reply;

	f->ops.route_set = no_room_for_networks;
	reply = fixture_register(f, BRANCH_A, CARE_OF);
	assert_int_equal(reply.acks[0].code, 0);
	assert_int_equal(reply.acks[1].code, 3);
	assert_string_equal(fixture_route(f, "10.1.0.0", 24), "path");
	assert_string_equal(fixture_route(f, "10.1.64.0", 24), "unbound");
	request = fixture_request(f, BRANCH_A);
	add_network(&request, "10.1.64.0", 24);
	assert_denied(f, BRANCH_A, &request, CARE_OF, 147);
	assert_string_equal(fixture_route(f, "10.1.0.0", 24), "path"); /* as before */
	/* The next renewal tries again. */
	f->ops.route_set = fake_fwd_ops.route_set;
	reply = fixture_register(f, BRANCH_A, CARE_OF);
	assert_int_equal(reply.acks[1].code, 0);
}

static void deregistrations_ignore_networks(void **state)
{
	struct fixture *f = *state;
	struct registration_request request;
	struct registration_reply reply;

	fixture_register(f, BRANCH_A, CARE_OF);
	request = fixture_request(f, BRANCH_A);
	request.lifetime = 0;
	add_network(&request, "10.77.0.0", 24);
	assert_true(fixture_ask(f, BRANCH_A, &request, CARE_OF, &reply));
	assert_int_equal(reply.code, 0);
	assert_int_equal(reply.n_acks, 0);
	assert_int_equal(fixture_bindings(f), 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(explicit_each_with_its_code),
		TEST(explicit_with_none_granted_is_147),
		TEST(a_147_leaves_the_old_registration),
		TEST(a_renewal_replaces_the_set),
		TEST(the_same_network_twice),
		TEST(implicit_from_the_table),
		TEST(an_implicit_router_may_not_ask),
		TEST(either_way_where_both_are_allowed),
		TEST(what_another_holds_is_refused),
		TEST(code_3_when_the_route_cannot_be_set),
		TEST(deregistrations_ignore_networks),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
