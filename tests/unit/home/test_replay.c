/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Row 9: requests out of their time, out of their order, and duplicates (mip4-base.md section 7).
 * The arithmetic is auth's and tested there; here is what the home agent makes of it.
 */
#include "fixture.h"

static uint32_t hub_seconds(const struct fixture *f)
{
	return ntp_seconds(ntp_from_unix(f->core.now.wall));
}

static void ask_at(struct fixture *f, uint64_t wall, struct registration_reply *reply)
{
	struct registration_request request = fixture_request(f, NODE_D);

	request.identification = ntp_from_unix(wall) | 0x12345;
	assert_true(fixture_ask(f, NODE_D, &request, CARE_OF, reply));
	if (reply->code == 133) {
		assert_int_equal(ntp_seconds(reply->identification), hub_seconds(f));
		assert_int_equal((uint32_t)reply->identification, (uint32_t)request.identification);
	} else {
		assert_int_equal(reply->identification, request.identification);
	}
	fixture_advance(f, time_seconds(2));
}

static void a_clock_may_differ_by_the_tolerance(void **state)
{
	struct fixture *f = *state;
	struct registration_reply reply;

	ask_at(f, f->core.now.wall - time_seconds(8), &reply);
	assert_int_equal(reply.code, 133);
	ask_at(f, f->core.now.wall + time_seconds(8), &reply);
	assert_int_equal(reply.code, 133);
	assert_int_equal(home_counters(f->home)->id_mismatch, 2);
	assert_int_equal(fixture_violations(f), 2);
	assert_int_equal(fixture_bindings(f), 0);
	ask_at(f, f->core.now.wall - time_seconds(7), &reply);
	assert_int_equal(reply.code, 0);
	ask_at(f, f->core.now.wall + time_seconds(7), &reply);
	assert_int_equal(reply.code, 0);
}

static void an_older_request_is_refused(void **state)
{
	struct fixture *f = *state;
	struct registration_request first = fixture_request(f, NODE_D);
	struct registration_request second = fixture_request(f, NODE_D);
	struct registration_reply reply;

	assert_true(fixture_ask(f, NODE_D, &second, CARE_OF, &reply));
	assert_denied(f, NODE_D, &first, CARE_OF, 133);
	/* The same Identification for another care-of address is no duplicate. */
	second.care_of = ip(ELSEWHERE);
	assert_denied(f, NODE_D, &second, ELSEWHERE, 133);
	assert_int_equal(fixture_binding(f, NODE_D)->care_of.v4, ip(CARE_OF));
}

/* One a second with a few at once, per router; the request is longer than the reply anyway. */
static void replies_133_are_limited(void **state)
{
	struct fixture *f = *state;
	struct registration_request request = fixture_request(f, NODE_D);
	struct message message;

	request.identification = ntp_from_unix(f->core.now.wall - time_seconds(100));
	message = fixture_sign(f, NODE_D, 0, &request);
	for (int i = 0; i < 10; i++)
		fixture_deliver(f, &message, CARE_OF, 434);
	assert_int_equal(home_counters(f->home)->denied_by_code[133], 3);
	assert_int_equal(home_counters(f->home)->discarded, 7);
	assert_int_equal(home_counters(f->home)->id_mismatch, 10);
	fixture_advance(f, time_seconds(1));
	fixture_deliver(f, &message, CARE_OF, 434);
	assert_int_equal(home_counters(f->home)->denied_by_code[133], 4);
}

/* What was captured before a crash is not accepted after it. */
static void after_a_start_nothing_older_is_accepted(void **state)
{
	struct fixture *f = *state;
	struct registration_request captured = fixture_request(f, NODE_D);
	struct registration_request request;
	struct registration_reply reply;
	struct error err;

	captured.identification = ntp_from_unix(f->core.now.wall - time_seconds(1));
	fixture_stop(f);
	assert_int_equal(home_create(&f->home, &f->core, &f->link, &f->conf, &err), 0);
	fixture_advance(f, time_seconds(3));
	assert_true(fixture_ask(f, NODE_D, &captured, CARE_OF, &reply));
	assert_int_equal(reply.code, 133);
	assert_int_equal(ntp_seconds(reply.identification), hub_seconds(f));
	request = fixture_request(f, NODE_D);
	assert_true(fixture_ask(f, NODE_D, &request, CARE_OF, &reply));
	assert_int_equal(reply.code, 0);
}

/* The operator sets the hub's clock back an hour: renewals go on as if nothing had happened. */
static void a_clock_set_back_harms_nobody(void **state)
{
	struct fixture *f = *state;
	uint64_t router_clock = f->core.now.wall;
	struct registration_request request;
	struct registration_reply reply;
	struct event event;

	fixture_register(f, NODE_D, CARE_OF);
	fixture_step_wall(f, -(int64_t)time_seconds(3600));
	fixture_advance(f, time_seconds(300));
	router_clock += time_seconds(300);
	request = fixture_request(f, NODE_D);
	request.identification = ntp_from_unix(router_clock);
	assert_true(fixture_ask(f, NODE_D, &request, CARE_OF, &reply));
	assert_int_equal(reply.code, 0);
	assert_true(fixture_event(f, EVENT_CLOCK_STEP, &event));
	assert_int_equal(event.value, 3600 * 1000);
}

static void a_clock_set_forward_is_taken_with_an_event(void **state)
{
	struct fixture *f = *state;
	struct registration_request request = fixture_request(f, NODE_D);
	struct registration_reply reply;
	struct event event;

	fixture_step_wall(f, (int64_t)time_seconds(3600));
	assert_true(fixture_ask(f, NODE_D, &request, CARE_OF, &reply));
	assert_int_equal(reply.code, 133);
	assert_int_equal(ntp_seconds(reply.identification), hub_seconds(f));
	assert_true(fixture_event(f, EVENT_CLOCK_STEP, &event));
	request.identification = reply.identification + UINT64_C(0x100000000);
	assert_true(fixture_ask(f, NODE_D, &request, CARE_OF, &reply));
	assert_int_equal(reply.code, 0);
}

static void a_duplicate_is_answered_with_what_remains(void **state)
{
	struct fixture *f = *state;
	struct registration_request request = fixture_request(f, BRANCH_A);
	struct registration_reply first;
	struct registration_reply again;
	struct event event;
	unsigned int changes;

	add_network(&request, "10.1.0.0", 24);
	add_network(&request, "10.77.0.0", 24);
	assert_true(fixture_ask(f, BRANCH_A, &request, CARE_OF, &first));
	changes = f->fwd.changes;
	fixture_advance(f, time_seconds(100));
	assert_true(fixture_ask(f, BRANCH_A, &request, CARE_OF, &again));
	assert_int_equal(again.code, 0);
	assert_int_equal(again.lifetime, 500);
	assert_int_equal(again.identification, first.identification);
	assert_int_equal(again.n_acks, 2);
	assert_int_equal(again.acks[0].code, 0);
	assert_int_equal(again.acks[1].code, NETWORK_UNAUTHORIZED);
	assert_int_equal(f->fwd.changes, changes);
	assert_int_equal(home_counters(f->home)->duplicates, 1);
	assert_true(fixture_event(f, EVENT_REGISTRATION_REPEATED, &event));
	assert_int_equal(event.lifetime, 500);
	assert_int_equal(fixture_binding(f, BRANCH_A)->remaining, time_seconds(500));
	assert_int_equal(fixture_binding(f, BRANCH_A)->renewals, 0);
	/* In its last second there is no answer: 0 would say deregistered. */
	fixture_advance(f, time_seconds(499) + 1);
	assert_false(fixture_ask(f, BRANCH_A, &request, CARE_OF, &again));
	assert_non_null(fixture_binding(f, BRANCH_A));
}

static void a_duplicate_counts_only_from_its_source_and_seldom(void **state)
{
	struct fixture *f = *state;
	struct registration_request request = fixture_request(f, NODE_D);
	struct message message = fixture_sign(f, NODE_D, 0, &request);
	const uint64_t *counter = &home_counters(f->home)->dup_source;

	fixture_deliver(f, &message, CARE_OF, 434);
	assert_discarded(f, &message, counter); /* too soon */
	fixture_advance(f, time_seconds(1));
	fixture_deliver(f, &message, CARE_OF, 435); /* another port */
	fixture_deliver(f, &message, ELSEWHERE, 434);
	assert_int_equal(*counter, 3);
	assert_int_equal(f->link.total_sent, 1);
	fixture_deliver(f, &message, CARE_OF, 434);
	assert_int_equal(f->link.total_sent, 2);
	assert_int_equal(fixture_tunnel(f, "192.0.2.4")->remote.v4, ip(CARE_OF));
}

/* Only a registration is answered again: a deregistration's equal is refused, at the hub's time. */
static void the_same_identification_for_something_else(void **state)
{
	struct fixture *f = *state;
	struct registration_request request = fixture_request(f, NODE_D);
	struct registration_reply reply;

	assert_true(fixture_ask(f, NODE_D, &request, CARE_OF, &reply));
	fixture_advance(f, time_seconds(3));
	request.lifetime = 0;
	assert_denied(f, NODE_D, &request, CARE_OF, 133);
	assert_int_equal(fixture_bindings(f), 1);
	request = fixture_request(f, NODE_D);
	request.lifetime = 0;
	assert_true(fixture_ask(f, NODE_D, &request, CARE_OF, &reply));
	assert_int_equal(reply.code, 0);
	fixture_advance(f, time_seconds(3));
	assert_true(fixture_ask(f, NODE_D, &request, CARE_OF, &reply));
	assert_int_equal(reply.code, 133);
	assert_int_equal(ntp_seconds(reply.identification), hub_seconds(f));
}

/* What was denied is not remembered: the same request, mended on our side, is good. */
static void a_denied_request_is_not_used_up(void **state)
{
	struct fixture *f = *state;
	struct registration_request request = fixture_request(f, NODE_D);
	struct registration_reply reply;

	f->conf.home.reverse_tunnel = CONF_REVERSE_REFUSED;
	assert_denied(f, NODE_D, &request, CARE_OF, 137);
	f->conf.home.reverse_tunnel = CONF_REVERSE_OPTIONAL;
	assert_true(fixture_ask(f, NODE_D, &request, CARE_OF, &reply));
	assert_int_equal(reply.code, 0);
}

static void nonces_synchronise_themselves(void **state)
{
	struct fixture *f = *state;
	struct registration_request request = fixture_request(f, NONCE_E);
	struct registration_reply reply;
	uint32_t nonce;

	request.identification = 0x1111;
	assert_true(fixture_ask(f, NONCE_E, &request, CARE_OF, &reply));
	assert_int_equal(reply.code, 133);
	assert_int_equal((uint32_t)reply.identification, 0x1111);
	nonce = ntp_seconds(reply.identification);
	request.identification = (uint64_t)nonce << 32 | 0x2222;
	assert_true(fixture_ask(f, NONCE_E, &request, CARE_OF, &reply));
	assert_int_equal(reply.code, 0);
	assert_int_not_equal(ntp_seconds(reply.identification), nonce);
	/* The retransmission of an answered request is the same bytes. */
	fixture_advance(f, time_seconds(2));
	nonce = ntp_seconds(reply.identification);
	assert_true(fixture_ask(f, NONCE_E, &request, CARE_OF, &reply));
	assert_int_equal(reply.code, 0);
	assert_int_equal(ntp_seconds(reply.identification), nonce);
	request.identification = (uint64_t)nonce << 32 | 0x3333;
	assert_true(fixture_ask(f, NONCE_E, &request, CARE_OF, &reply));
	assert_int_equal(reply.code, 0);
	/* Handing out another makes the last one worthless. */
	request.identification ^= 0x4444;
	assert_denied(f, NONCE_E, &request, CARE_OF, 133);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_clock_may_differ_by_the_tolerance),
		TEST(an_older_request_is_refused),
		TEST(replies_133_are_limited),
		TEST(after_a_start_nothing_older_is_accepted),
		TEST(a_clock_set_back_harms_nobody),
		TEST(a_clock_set_forward_is_taken_with_an_event),
		TEST(a_duplicate_is_answered_with_what_remains),
		TEST(a_duplicate_counts_only_from_its_source_and_seldom),
		TEST(the_same_identification_for_something_else),
		TEST(a_denied_request_is_not_used_up),
		TEST(nonces_synchronise_themselves),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
