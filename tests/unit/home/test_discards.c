/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Rows 1 to 8 of the processing table (mip4-base.md section 12): what is dropped in silence, each
 * with its counter and, where the page says so, its row among the violations.
 */
#include "fixture.h"

static void row_2_short_or_broken(void **state)
{
	struct fixture *f = *state;
	struct registration_request request = fixture_request(f, NODE_D);
	struct message message = fixture_sign(f, NODE_D, 0, &request);
	const uint64_t *malformed = &home_counters(f->home)->malformed;

	message.len = 23;
	assert_discarded(f, &message, malformed);
	message.len = 24 + 10; /* inside the authenticator */
	assert_discarded(f, &message, malformed);
	message.len = 1;
	assert_discarded(f, &message, malformed);
}

static void row_3_unknown_extension(void **state)
{
	struct fixture *f = *state;
	struct message message = {.len = 0};
	struct registration_request request = fixture_request(f, NODE_D);
	struct writer writer = writer_of(message.bytes, sizeof(message.bytes));

	assert_int_equal(registration_request_build(&request, &writer), WIRE_OK);
	write_bytes(&writer, "\x64\x02\x00\x00", 4); /* type 100: not to be skipped */
	assert_int_equal(sa_sign(&f->sa[NODE_D].entries[0], &writer), 0);
	message.len = writer.len;
	assert_discarded(f, &message, &home_counters(f->home)->malformed);
}

/* Rows 4 and 5: for a correspondent, or for nobody; without an authenticator there is no answer. */
/* Proves: H7-128 */
static void row_5_no_authenticator(void **state)
{
	struct fixture *f = *state;
	struct message message = {.len = 0};
	struct registration_request request = fixture_request(f, NODE_D);
	struct writer writer = writer_of(message.bytes, sizeof(message.bytes));

	assert_int_equal(registration_request_build(&request, &writer), WIRE_OK);
	message.len = writer.len;
	assert_discarded(f, &message, NULL);
	assert_int_equal(fixture_violations(f), 0);
	write_bytes(&writer, "\x31\x16\x02\0\0\1\0\1authenticator...", 24); /* 49/2 */
	message.len = writer.len;
	assert_discarded(f, &message, NULL);
	assert_int_equal(fixture_violations(f), 0);
}

static void row_6_no_association(void **state)
{
	struct fixture *f = *state;
	const uint64_t *counter = &home_counters(f->home)->no_association;
	struct registration_request request = fixture_request(f, NODE_D);
	struct message message;

	request.home_address = ip("192.0.2.200");
	message = fixture_sign(f, NODE_D, 0, &request);
	assert_discarded(f, &message, counter);
	assert_int_equal(fixture_violations(f), 1);
	assert_int_equal(fixture_last_violation(f)->home_address.v4, ip("192.0.2.200"));
	assert_int_equal(fixture_last_violation(f)->peer.v4, ip(CARE_OF));
	assert_int_equal(fixture_last_violation(f)->spi, 4000);
	request.home_address = 0; /* and no name */
	message = fixture_sign(f, NODE_D, 0, &request);
	assert_discarded(f, &message, counter);
}

static void row_7_two_authenticators(void **state)
{
	struct fixture *f = *state;
	struct registration_request request = fixture_request(f, NODE_D);
	struct message message = fixture_sign(f, NODE_D, 0, &request);
	struct writer writer = writer_of(message.bytes, sizeof(message.bytes));

	writer.len = message.len;
	assert_int_equal(sa_sign(&f->sa[NODE_D].entries[0], &writer), 0);
	message.len = writer.len;
	assert_discarded(f, &message, NULL);
	assert_int_equal(fixture_violations(f), 1);
	assert_int_equal(home_counters(f->home)->auth_failed, 0); /* row 8 was not reached */
}

static void row_7_foreign_agent_authenticator(void **state)
{
	struct fixture *f = *state;
	struct registration_request request = fixture_request(f, NODE_D);
	struct message message = fixture_sign(f, NODE_D, 0, &request);
	struct writer writer = writer_of(message.bytes, sizeof(message.bytes));

	writer.len = message.len;
	write_bytes(&writer, "\x22\x08\x00\x00\x10\x00\xde\xad\xbe\xef", 10);
	message.len = writer.len;
	assert_discarded(f, &message, NULL);
	assert_int_equal(fixture_violations(f), 1);
}

static void row_8_wrong_authenticator(void **state)
{
	struct fixture *f = *state;
	const uint64_t *counter = &home_counters(f->home)->auth_failed;
	struct registration_request request = fixture_request(f, NODE_D);
	struct message message = fixture_sign(f, NODE_D, 0, &request);

	message.bytes[message.len - 1] ^= 1;
	assert_discarded(f, &message, counter);
	message.bytes[message.len - 1] ^= 1;
	message.bytes[3] ^= 1; /* a protected octet: lifetime */
	assert_discarded(f, &message, counter);
	message = fixture_sign(f, NODE_D, 0, &request);
	message.bytes[28] ^= 1; /* the SPI */
	assert_discarded(f, &message, counter);
	assert_int_equal(fixture_violations(f), 3);
	/* Nothing of it is remembered: the genuine one is still good. */
	assert_int_equal(fixture_bindings(f), 0);
	message = fixture_sign(f, NODE_D, 0, &request);
	fixture_deliver(f, &message, CARE_OF, 434);
	assert_int_equal(fixture_bindings(f), 1);
}

/* Section 6.2: what stands behind the authenticator is nobody's word. */
static void extensions_behind_the_authenticator_are_ignored(void **state)
{
	struct fixture *f = *state;
	struct registration_request request = fixture_request(f, BRANCH_A);
	struct message message;
	struct writer writer;
	struct registration_reply reply;

	add_network(&request, "10.1.0.0", 24);
	message = fixture_sign(f, BRANCH_A, 0, &request);
	writer = writer_of(message.bytes, sizeof(message.bytes));
	writer.len = message.len;
	write_bytes(&writer, "\x94\x06\x00\x18\x0a\x01\x40\x00", 8); /* 10.1.64.0/24 */
	message.len = writer.len;
	fixture_deliver(f, &message, CARE_OF, 434);
	assert_true(fixture_reply(f, BRANCH_A, &reply));
	assert_int_equal(reply.n_acks, 1);
	assert_string_equal(fixture_route(f, "10.1.64.0", 24), "unbound");
	assert_int_equal(home_counters(f->home)->after_auth, 1);
}

static void extensions_passed_over_are_counted(void **state)
{
	struct fixture *f = *state;
	struct registration_request request = fixture_request(f, BRANCH_A);
	struct message message;
	struct registration_reply reply;
	struct writer writer = writer_of(message.bytes, sizeof(message.bytes));

	assert_int_equal(registration_request_build(&request, &writer), WIRE_OK);
	write_bytes(&writer, "\xc8\x02\x00\x00", 4);             /* type 200 */
	write_bytes(&writer, "\x94\x05\x00\x18\x0a\x01\x00", 7); /* 148/0, an octet short */
	assert_int_equal(sa_sign(&f->sa[BRANCH_A].entries[0], &writer), 0);
	message.len = writer.len;
	fixture_deliver(f, &message, CARE_OF, 434);
	assert_true(fixture_reply(f, BRANCH_A, &reply));
	assert_int_equal(reply.code, 0);
	assert_int_equal(reply.n_acks, 0);
	assert_int_equal(home_counters(f->home)->skipped, 2);
}

static void messages_for_others_draw_nothing(void **state)
{
	static const uint8_t types[] = {0, 2, 3, 7, 24, 255};
	struct fixture *f = *state;
	struct registration_request request = fixture_request(f, NODE_D);
	struct message message = fixture_sign(f, NODE_D, 0, &request);

	for (size_t i = 0; i < sizeof(types); i++) {
		message.bytes[0] = types[i];
		fixture_deliver(f, &message, CARE_OF, 434);
		assert_int_equal(home_counters(f->home)->malformed, i + 1);
	}
	message.len = 0;
	fixture_deliver(f, &message, CARE_OF, 434);
	assert_int_equal(f->link.total_sent, 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(row_2_short_or_broken),
		TEST(row_3_unknown_extension),
		TEST(row_5_no_authenticator),
		TEST(row_6_no_association),
		TEST(row_7_two_authenticators),
		TEST(row_7_foreign_agent_authenticator),
		TEST(row_8_wrong_authenticator),
		TEST(extensions_behind_the_authenticator_are_ignored),
		TEST(extensions_passed_over_are_counted),
		TEST(messages_for_others_draw_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
