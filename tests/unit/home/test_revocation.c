/* SPDX-License-Identifier: BSD-3-Clause */
/* haaroctl clear binding: revocation (RFC 3543, mip4-base.md section 17). */
#include <errno.h>

#include "fixture.h"
#include "wire/revocation.h"

static void register_revocable(struct fixture *f, int router, const char *source, uint16_t port,
			       bool support)
{
	struct registration_request request = fixture_request(f, router);
	struct registration_reply reply;
	struct message message;

	request.care_of = port == 434 ? ip(source) : ip("10.200.0.5");
	request.revocation.is_present = support;
	request.revocation.timestamp = 1;
	ask_udp(&request, false);
	message = fixture_sign(f, router, 0, &request);
	fixture_deliver(f, &message, source, port);
	assert_true(fixture_reply(f, router, &reply));
	assert_int_equal(reply.code, 0);
	assert_int_equal(reply.revocation.is_present, support && f->conf.home.revocation);
}

static int clear(struct fixture *f, int router)
{
	return home_clear_binding(f->home, &f->routers[router].home_address);
}

/* The one revocation sent since last asked for. */
static bool take_revocation(struct fixture *f, int router, struct revocation *revocation)
{
	const struct fake_datagram *sent = fake_link_last(&f->link);
	const struct sa_entry *entry;

	if (f->link.total_sent == f->seen)
		return false;
	assert_int_equal(f->link.total_sent, f->seen + 1);
	f->seen = f->link.total_sent;
	assert_int_equal(revocation_parse(sent->bytes, sent->datagram.len, revocation), WIRE_OK);
	assert_int_equal(sa_verify(&f->sa[router], sent->bytes, &revocation->auth, &entry), SA_OK);
	return true;
}

static struct message acknowledge(struct fixture *f, int router, uint32_t identifier)
{
	struct revocation_ack ack = {
		.home_address = f->routers[router].home_address.v4,
		.identifier = identifier,
	};
	struct message message;
	struct writer writer = writer_of(message.bytes, sizeof(message.bytes));

	assert_int_equal(revocation_ack_build(&ack, &writer), WIRE_OK);
	assert_int_equal(sa_sign(&f->sa[router].entries[0], &writer), 0);
	message.len = writer.len;
	return message;
}

static void nothing_to_clear(void **state)
{
	struct fixture *f = *state;
	struct ip_addr unknown = addr("192.0.2.99");
	struct ip_addr none = {0};

	assert_int_equal(clear(f, NODE_D), -ENOENT);
	assert_int_equal(home_clear_binding(f->home, &unknown), -ENOENT);
	assert_int_equal(home_clear_binding(f->home, &none), -ENOENT);
}

static void without_agreement_it_just_goes(void **state)
{
	struct fixture *f = *state;
	struct revocation revocation;
	struct event event;

	register_revocable(f, BRANCH_C, CARE_OF, 434, false);
	assert_int_equal(clear(f, BRANCH_C), 0);
	assert_int_equal(fixture_bindings(f), 0);
	assert_string_equal(fixture_route(f, "10.3.0.0", 24), "unbound");
	fixture_advance(f, time_seconds(1000));
	assert_false(take_revocation(f, BRANCH_C, &revocation));
	assert_int_equal(home_counters(f->home)->revoked, 1);
	assert_true(fixture_event(f, EVENT_BINDING_REVOKED, &event));
	assert_int_equal(home_counters(f->home)->expired, 0);
}

static void not_agreed_where_not_configured(void **state)
{
	struct fixture *f = *state;
	struct revocation revocation;

	f->conf.home.revocation = false;
	register_revocable(f, BRANCH_C, CARE_OF, 434, true);
	clear(f, BRANCH_C);
	fixture_advance(f, time_seconds(1000));
	assert_false(take_revocation(f, BRANCH_C, &revocation));
}

static void the_router_is_told_until_it_answers(void **state)
{
	struct fixture *f = *state;
	const struct datagram *sent;
	struct revocation revocation;
	struct message message;
	uint32_t last;

	register_revocable(f, BRANCH_C, CARE_OF, 434, true);
	fixture_advance(f, time_seconds(10));
	assert_int_equal(clear(f, BRANCH_C), 0);
	assert_int_equal(fixture_bindings(f), 0);
	fixture_advance(f, 0);
	assert_true(take_revocation(f, BRANCH_C, &revocation));
	assert_true(revocation.from_home);
	assert_true(revocation.inform);
	assert_int_equal(revocation.home_address, ip("192.0.2.3"));
	assert_int_equal(revocation.home_domain, ip(HUB));
	assert_int_equal(revocation.foreign_domain, ip(CARE_OF));
	assert_int_equal(revocation.identifier, ntp_seconds(ntp_from_unix(f->core.now.wall)));
	sent = &fake_link_last(&f->link)->datagram;
	assert_int_equal(sent->source.v4, ip(HUB));
	assert_int_equal(sent->destination.v4, ip(CARE_OF));
	assert_int_equal(sent->source_port, 434);
	assert_int_equal(sent->destination_port, 434);
	/* Spaced 1, 2, 4 … seconds, each newer than the one before. */
	for (uint64_t interval = 1; interval <= 8; interval *= 2) {
		last = revocation.identifier;
		fixture_advance(f, time_seconds(interval) - 1);
		assert_false(take_revocation(f, BRANCH_C, &revocation));
		fixture_advance(f, 1);
		assert_true(take_revocation(f, BRANCH_C, &revocation));
		assert_true(revocation_is_newer(revocation.identifier, last));
	}
	/* A wrong authenticator, a wrong identifier, and then the answer: to any of them. */
	message = acknowledge(f, BRANCH_C, last);
	message.bytes[message.len - 1] ^= 1;
	fixture_deliver(f, &message, CARE_OF, 434);
	assert_int_equal(home_counters(f->home)->auth_failed, 1);
	message = acknowledge(f, BRANCH_C, revocation.identifier + 1);
	fixture_deliver(f, &message, CARE_OF, 434);
	fixture_advance(f, time_seconds(16));
	assert_true(take_revocation(f, BRANCH_C, &revocation));
	message = acknowledge(f, BRANCH_C, last);
	fixture_deliver(f, &message, CARE_OF, 434);
	fixture_advance(f, time_seconds(1000));
	assert_false(take_revocation(f, BRANCH_C, &revocation));
}

static void it_stops_when_the_binding_would_have_expired(void **state)
{
	struct fixture *f = *state;
	struct revocation revocation;
	unsigned int sent = 0;

	register_revocable(f, BRANCH_C, CARE_OF, 434, true);
	fixture_advance(f, time_seconds(500));
	clear(f, BRANCH_C);
	for (int i = 0; i < 2000; i++) {
		fixture_advance(f, i ? time_seconds(1) : 0);
		sent += take_revocation(f, BRANCH_C, &revocation);
	}
	assert_int_equal(sent, 7); /* at 0, 1, 3, 7, 15, 31 and 63 of 100 seconds */
}

/* One message a second to a router, replies included; and newer than the registration's timestamp. */
static void not_in_the_same_second_as_a_reply(void **state)
{
	struct fixture *f = *state;
	struct revocation revocation;
	uint32_t registered;

	register_revocable(f, BRANCH_C, CARE_OF, 434, true);
	registered = ntp_seconds(ntp_from_unix(f->core.now.wall));
	clear(f, BRANCH_C);
	fixture_advance(f, NS_PER_S - 1);
	assert_false(take_revocation(f, BRANCH_C, &revocation));
	fixture_advance(f, 1);
	assert_true(take_revocation(f, BRANCH_C, &revocation));
	assert_true(revocation_is_newer(revocation.identifier, registered));
}

static void behind_a_nat_it_goes_to_the_mapping(void **state)
{
	struct fixture *f = *state;
	struct revocation revocation;

	register_revocable(f, BRANCH_C, NAT, 40112, true);
	clear(f, BRANCH_C);
	fixture_advance(f, time_seconds(1));
	assert_true(take_revocation(f, BRANCH_C, &revocation));
	assert_int_equal(revocation.foreign_domain, ip("10.200.0.5"));
	assert_int_equal(fake_link_last(&f->link)->datagram.destination.v4, ip(NAT));
	assert_int_equal(fake_link_last(&f->link)->datagram.destination_port, 40112);
}

/* It may register again: then there is nothing left to say. */
static void registering_anew_ends_it(void **state)
{
	struct fixture *f = *state;
	struct revocation revocation;

	register_revocable(f, BRANCH_C, CARE_OF, 434, true);
	clear(f, BRANCH_C);
	fixture_advance(f, time_seconds(1));
	assert_true(take_revocation(f, BRANCH_C, &revocation));
	register_revocable(f, BRANCH_C, CARE_OF, 434, true);
	fixture_advance(f, time_seconds(100));
	assert_false(take_revocation(f, BRANCH_C, &revocation));
	assert_int_equal(fixture_bindings(f), 1);
}

static void acknowledgments_of_nothing(void **state)
{
	struct fixture *f = *state;
	struct message message = acknowledge(f, NODE_D, 7);

	fixture_deliver(f, &message, CARE_OF, 434);
	message.bytes[7] ^= 0x40; /* of nobody */
	fixture_deliver(f, &message, CARE_OF, 434);
	assert_int_equal(home_counters(f->home)->malformed, 0);
	message.len = 11;
	fixture_deliver(f, &message, CARE_OF, 434);
	assert_int_equal(home_counters(f->home)->malformed, 1);
	assert_int_equal(f->link.total_sent, 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(nothing_to_clear),
		TEST(without_agreement_it_just_goes),
		TEST(not_agreed_where_not_configured),
		TEST(the_router_is_told_until_it_answers),
		TEST(it_stops_when_the_binding_would_have_expired),
		TEST(not_in_the_same_second_as_a_reply),
		TEST(behind_a_nat_it_goes_to_the_mapping),
		TEST(registering_anew_ends_it),
		TEST(acknowledgments_of_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
