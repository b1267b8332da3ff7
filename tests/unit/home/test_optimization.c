/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What a router is told about route optimization itself: the Route Optimization Reply 49/1 (RFC 6521,
 * section 5.2; haaro.md, sections 4.2 and 9), and what its capability permits.
 */
#include "told.h"
#include "wire/message.h"

/* The only thing that differs in bytes is what is asked about. */
static void assert_answer(const struct registration_reply *reply, uint8_t octet)
{
	const struct registration_optimization *answer = &reply->optimization;

	assert_true(answer->is_present);
	assert_int_equal(answer->outbound, (octet & 0x80) != 0);
	assert_int_equal(answer->nat, (octet & 0x40) != 0);
	assert_int_equal(answer->solicited, (octet & 0x20) != 0);
	assert_int_equal(answer->code, octet & 0x1f);
}

/* Proves: H7-007, H7-126 */
static void a_capability_is_answered(void **state)
{
	struct fixture *f = *state;
	struct registration_reply reply = told_ask(f, BRANCH_A, A | R);

	assert_answer(&reply, 0);
	assert_false(reply.advertisement.is_present); /* there is nobody else */
	assert_int_equal(home_counters(f->home)->ro_granted, 1);
	assert_int_equal(home_counters(f->home)->ro_refused, 0);
	reply = told_ask(f, BRANCH_B, 0); /* present, but asks for nothing */
	assert_answer(&reply, 0);
	assert_false(reply.advertisement.is_present);
	reply = told_ask(f, BRANCH_B, A); /* nor does this */
	assert_answer(&reply, 0);
	assert_false(reply.advertisement.is_present);
	assert_int_equal(home_counters(f->home)->ro_granted, 3);
}

static void no_capability_no_answer(void **state)
{
	struct fixture *f = *state;
	struct registration_reply reply = told_ask(f, BRANCH_A, A | R);

	reply = fixture_register(f, BRANCH_B, CARE_OF);
	assert_false(reply.optimization.is_present);
	assert_false(reply.advertisement.is_present);
	assert_int_equal(home_counters(f->home)->ro_granted, 1);
}

/* Proves: H7-008, H7-124, H7-125 */
static void flags_are_echoed(void **state)
{
	struct fixture *f = *state;
	struct registration_request request;
	struct registration_reply reply = told_ask(f, BRANCH_C, A | R | O);

	assert_answer(&reply, 0x80);
	reply = told_ask(f, BRANCH_C, A | R);
	assert_answer(&reply, 0);

	request = told_request(f, BRANCH_C, A | R | S);
	request.capability.solicited = ip("192.0.2.1");
	assert_true(fixture_ask(f, BRANCH_C, &request, "203.0.113.102", &reply));
	assert_answer(&reply, 0x20);

	/* Seen from elsewhere than it says. */
	request = told_request(f, BRANCH_C, A | R | O);
	ask_udp(&request, false);
	assert_true(fixture_ask(f, BRANCH_C, &request, NAT, &reply));
	assert_int_equal(reply.code, 0);
	assert_answer(&reply, 0xc0);
	/* UDP without a NAT is none. */
	request = told_request(f, BRANCH_C, A | R);
	ask_udp(&request, true);
	assert_true(fixture_ask(f, BRANCH_C, &request, "203.0.113.102", &reply));
	assert_true(reply.udp.is_present);
	assert_answer(&reply, 0);
}

/* The reply to S without an address is that to no S; the codec's clears it, whoever sends it. */
static void a_solicitation_needs_an_address(void **state)
{
	struct fixture *f = *state;
	static const uint8_t short_one[] = {EXTENSION_RO_CAPABILITY, 2, 1, A | R | S};
	struct registration_request request = fixture_request(f, BRANCH_B);
	struct writer writer;
	struct message message;
	struct registration_reply reply;

	told_ask(f, BRANCH_A, A);
	writer = writer_of(message.bytes, sizeof(message.bytes));
	assert_int_equal(registration_request_build(&request, &writer), WIRE_OK);
	write_bytes(&writer, short_one, sizeof(short_one));
	assert_int_equal(sa_sign(&f->sa[BRANCH_B].entries[0], &writer), 0);
	message.len = writer.len;
	fixture_deliver(f, &message, CARE_OF, MESSAGE_UDP_PORT);
	assert_true(fixture_reply(f, BRANCH_B, &reply));
	assert_answer(&reply, 0);
	assert_true(reply.advertisement.is_present);
}

/* Proves: H7-127 */
static void policy_refuses(void **state)
{
	struct fixture *f = *state;
	struct registration_reply reply;

	f->routers[BRANCH_A].refuse_optimization = true;
	fixture_start(f);
	told_ask(f, BRANCH_B, A | R);
	reply = told_ask(f, BRANCH_A, A | R | O);
	assert_answer(&reply, 0x80 | OPTIMIZATION_REFUSED);
	assert_false(reply.advertisement.is_present);
	assert_int_equal(home_counters(f->home)->ro_granted, 1);
	assert_int_equal(home_counters(f->home)->ro_refused, 1);
	assert_int_equal(fixture_binding(f, BRANCH_A)->optimization_code, OPTIMIZATION_REFUSED);
	assert_false(fixture_binding(f, BRANCH_A)->listed);
	/* It does no route optimization: nobody is sent to it. */
	assert_int_equal(told_of(f, BRANCH_B, A | R)->n, 0);
}

/* Proves: H7-120 */
static void a_hub_without_it_is_silent(void **state)
{
	struct fixture *f = *state;
	struct registration_reply reply;

	f->conf.home.route_optimization = false;
	fixture_start(f);
	told_ask(f, BRANCH_A, A | R);
	reply = told_ask(f, BRANCH_B, A | R | O);
	assert_false(reply.optimization.is_present);
	assert_false(reply.advertisement.is_present);
	assert_int_equal(home_counters(f->home)->ro_granted, 0);
	assert_int_equal(home_counters(f->home)->advertisements, 0);
	assert_int_equal(fixture_binding(f, BRANCH_B)->optimization_code, -1);
	assert_true(fixture_binding(f, BRANCH_B)->advertises); /* what it said is known */
}

static void no_answer_without_a_binding(void **state)
{
	struct fixture *f = *state;
	struct registration_request request;
	struct registration_reply reply;

	told_ask(f, BRANCH_A, A | R);
	told_ask(f, BRANCH_B, A | R);
	request = told_request(f, BRANCH_B, A | R);
	request.lifetime = 0;
	assert_true(fixture_ask(f, BRANCH_B, &request, "203.0.113.101", &reply));
	assert_int_equal(reply.code, 0);
	assert_false(reply.optimization.is_present);
	assert_false(reply.advertisement.is_present);
	request = told_request(f, BRANCH_B, A | R);
	request.flags &= (uint8_t)~REQUEST_D;
	assert_true(fixture_ask(f, BRANCH_B, &request, CARE_OF, &reply));
	assert_int_equal(reply.code, REPLY_PROHIBITED);
	assert_false(reply.optimization.is_present);
	assert_int_equal(home_counters(f->home)->ro_granted, 2);
}

/* Only what is before it was said by the router (haaro.md, section 21.14). */
static void behind_the_authenticator_it_means_nothing(void **state)
{
	struct fixture *f = *state;
	static const uint8_t capability[] = {EXTENSION_RO_CAPABILITY, 2, 1, A | R};
	struct registration_request request = fixture_request(f, BRANCH_B);
	struct message message = fixture_sign(f, BRANCH_B, 0, &request);
	struct registration_reply reply;

	told_ask(f, BRANCH_A, A);
	memcpy(message.bytes + message.len, capability, sizeof(capability));
	message.len += sizeof(capability);
	fixture_deliver(f, &message, CARE_OF, MESSAGE_UDP_PORT);
	assert_true(fixture_reply(f, BRANCH_B, &reply));
	assert_int_equal(reply.code, 0);
	assert_false(reply.optimization.is_present);
	assert_false(reply.advertisement.is_present);
	assert_false(fixture_binding(f, BRANCH_B)->optimizes);
}

static void a_request_replaces_what_the_last_one_said(void **state)
{
	struct fixture *f = *state;
	const struct home_binding_view *view;

	told_ask(f, BRANCH_B, A | R | O);
	view = fixture_binding(f, BRANCH_B);
	assert_true(view->optimizes && view->advertises && view->outbound && view->listed);
	assert_int_equal(view->optimization_code, 0);
	told_ask(f, BRANCH_B, R);
	view = fixture_binding(f, BRANCH_B);
	assert_true(view->optimizes);
	assert_false(view->advertises || view->outbound || view->listed);
	assert_int_equal(view->optimization_code, 0);
	told_ask(f, BRANCH_B, A);
	fixture_register(f, BRANCH_B, "203.0.113.101");
	view = fixture_binding(f, BRANCH_B);
	assert_false(view->optimizes || view->advertises || view->outbound || view->listed);
	assert_int_equal(view->optimization_code, -1);
}

static bool none_advertises(void *arg, const struct home_binding_view *view)
{
	size_t *n = arg;

	assert_false(view->advertises);
	(*n)++;
	return true;
}

/* With two bindings the last request speaks for both, whichever of them it renews. */
static void simultaneous_bindings_have_one_voice(void **state)
{
	struct fixture *f = *state;
	struct registration_request request;
	struct registration_reply reply;
	size_t n = 0;

	f->conf.home.simultaneous_bindings = 2;
	fixture_start(f);
	told_ask(f, BRANCH_B, A);
	request = told_request(f, BRANCH_B, A);
	request.flags |= REQUEST_S;
	request.care_of = ip(ELSEWHERE);
	assert_true(fixture_ask(f, BRANCH_B, &request, ELSEWHERE, &reply));
	assert_int_equal(told_of(f, BRANCH_A, R)->n, 1);
	/* The older of the two is renewed, and permits nothing. */
	request = told_request(f, BRANCH_B, R);
	request.flags |= REQUEST_S;
	assert_true(fixture_ask(f, BRANCH_B, &request, "203.0.113.101", &reply));
	home_walk_bindings(f->home, none_advertises, &n);
	assert_int_equal(n, 2 + 1);
	assert_int_equal(told_of(f, BRANCH_A, R)->n, 0);
	/* One of two ends: what was permitted last still is. */
	request = told_request(f, BRANCH_B, A);
	request.flags |= REQUEST_S;
	assert_true(fixture_ask(f, BRANCH_B, &request, "203.0.113.101", &reply));
	request = told_request(f, BRANCH_B, 0);
	request.lifetime = 0;
	request.care_of = ip(ELSEWHERE);
	assert_true(fixture_ask(f, BRANCH_B, &request, ELSEWHERE, &reply));
	assert_int_equal(told_of(f, BRANCH_A, R)->n, 1);
}

/* All but what is left of the lifetime, and with it the authenticator. */
static void a_duplicate_is_answered_alike(void **state)
{
	struct fixture *f = *state;
	struct registration_request request;
	struct registration_reply first;
	struct registration_reply again;
	struct message message;
	struct told told[2];

	told_ask(f, BRANCH_A, A | R);
	request = told_request(f, BRANCH_C, A | R | O);
	ask_udp(&request, false);
	message = fixture_sign(f, BRANCH_C, 0, &request);
	fixture_deliver(f, &message, NAT, MESSAGE_UDP_PORT);
	assert_true(fixture_reply(f, BRANCH_C, &first));
	told_read(&first, &told[0]);
	fixture_advance(f, time_seconds(2));
	fixture_deliver(f, &message, NAT, MESSAGE_UDP_PORT);
	assert_true(fixture_reply(f, BRANCH_C, &again));
	assert_int_equal(home_counters(f->home)->duplicates, 1);
	assert_answer(&first, 0xc0);
	assert_answer(&again, 0xc0);
	told_read(&again, &told[1]);
	assert_told(&told[0], "192.0.2.1", NULL);
	assert_told(&told[1], "192.0.2.1", NULL);
	assert_int_equal(told[0].len, told[1].len);
}

#define TEST(name)    cmocka_unit_test_setup_teardown(name, told_setup, fixture_teardown)
#define STOPPED(name) cmocka_unit_test_setup_teardown(name, told_prepare, fixture_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_capability_is_answered),
		TEST(no_capability_no_answer),
		TEST(flags_are_echoed),
		TEST(a_solicitation_needs_an_address),
		STOPPED(policy_refuses),
		STOPPED(a_hub_without_it_is_silent),
		TEST(no_answer_without_a_binding),
		TEST(behind_the_authenticator_it_means_nothing),
		TEST(a_request_replaces_what_the_last_one_said),
		STOPPED(simultaneous_bindings_have_one_voice),
		TEST(a_duplicate_is_answered_alike),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
