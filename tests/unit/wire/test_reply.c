/* SPDX-License-Identifier: BSD-3-Clause */
/* Registration Reply: vector V2, the acknowledgements of nemo4 section 6, tunnels.md section 4.2. */
#include "cmocka_all.h"
#include "hex.h"
#include "vectors.h"
#include "wire/registration.h"

#define FIXED "03 00 01 2c c0 00 02 03 c6 33 64 01 d2 f1 a3 c4 9b 3e 77 10 "
#define AUTH  "20 14 00 00 01 00 7f 1a c3 cd 45 85 98 1f 42 e0 21 bb 71 03 13 c0 "

#define AUTH_SIZE 22

static uint8_t bytes[4096];
static struct registration_reply reply;

static enum wire_result parse(const char *hex)
{
	size_t len = hex_read(hex, bytes, sizeof(bytes));

	memset(&reply, 0xa5, sizeof(reply));
	return registration_reply_parse(bytes, len, &reply);
}

static void test_vector(void **state)
{
	(void)state;
	assert_int_equal(parse(VECTOR_REPLY), WIRE_OK);
	assert_int_equal(reply.code, REPLY_ACCEPTED);
	assert_int_equal(reply.lifetime, 300);
	assert_int_equal(reply.home_address, inet_addr("192.0.2.3"));
	assert_int_equal(reply.home_agent, inet_addr("198.51.100.1"));
	assert_true(reply.identification == UINT64_C(0xd2f1a3c49b3e7710));
	assert_int_equal(reply.n_acks, 1);
	assert_false(reply.acks[0].implicit);
	assert_int_equal(reply.acks[0].code, NETWORK_SUCCESS);
	assert_int_equal(reply.acks[0].network.len, 24);
	assert_int_equal(reply.acks[0].network.prefix, inet_addr("10.3.0.0"));
	assert_true(reply.udp.is_present);
	assert_int_equal(reply.udp.code, UDP_REPLY_DECLINED);
	assert_false(reply.udp.force);
	assert_int_equal(reply.udp.keepalive, 0);
	assert_int_equal(reply.auth.count, 1);
	assert_int_equal(reply.auth.covered, 103 - 16);
	assert_true(reply.optimization.is_present);
	assert_int_equal(reply.optimization.code, 0);
	assert_false(reply.optimization.outbound || reply.optimization.nat ||
		     reply.optimization.solicited);
	assert_true(reply.advertisement.is_present);
	assert_ptr_equal(reply.advertisement.data, bytes + 46);
	assert_int_equal(reply.advertisement.len, 0x23);
	assert_int_equal(reply.care_ofs.n, 0);
	assert_int_equal(reply.correspondent.count, 0);
	assert_int_equal(reply.text.len, 0);
	assert_int_equal(reply.nai.len, 0);
}

static void test_truncated(void **state)
{
	size_t whole = hex_read(VECTOR_REPLY, bytes, sizeof(bytes));
	enum wire_result result;
	size_t len;

	(void)state;
	for (len = 0; len < whole; len++) {
		result = registration_reply_parse(bytes, len, &reply);
		if (len < 20)
			assert_int_equal(result, WIRE_SHORT);
		else if (len == 20 || len == 30 || len == 34 || len == 42 || len == 81)
			assert_int_equal(result, WIRE_OK);
		else
			assert_int_equal(result, WIRE_EXTENSION_TRUNCATED);
	}
	bytes[0] = MESSAGE_REQUEST;
	assert_int_equal(registration_reply_parse(bytes, whole, &reply), WIRE_TYPE);
}

static void test_ack(void **state)
{
	(void)state;
	assert_int_equal(parse(FIXED "94 08 01 02 18 00 0a 03 00 00 94 08 02 ff 00 ff 0a 04 00 00"),
			 WIRE_OK);
	assert_int_equal(reply.n_acks, 2);
	assert_int_equal(reply.acks[0].code, NETWORK_UNAUTHORIZED);
	assert_true(reply.acks[1].implicit);
	assert_int_equal(reply.acks[1].code, 255);
	assert_int_equal(reply.acks[1].network.len, 0);
	/* wrong length, or a subtype that is not an acknowledgement */
	assert_int_equal(parse(FIXED "94 07 01 02 18 00 0a 03 00 94 09 01 02 18 00 0a 03 00 00 00 "
				     "94 06 00 18 0a 03 00 00 94 08 03 00 18 00 0a 03 00 00"),
			 WIRE_OK);
	assert_int_equal(reply.n_acks, 0);
	assert_int_equal(reply.skipped.malformed, 2);
	assert_int_equal(reply.skipped.unknown, 2);
}

static void test_ack_count(void **state)
{
	size_t len = hex_read(FIXED, bytes, sizeof(bytes));
	size_t i;

	(void)state;
	for (i = 0; i < REGISTRATION_NETWORKS_MAX + 1; i++)
		len += hex_read("94 08 02 00 18 00 0a 03 00 00", bytes + len, 10);
	assert_int_equal(registration_reply_parse(bytes, len, &reply), WIRE_OK);
	assert_int_equal(reply.n_acks, REGISTRATION_NETWORKS_MAX);
	assert_int_equal(reply.skipped.networks, 1);
}

/* 44 is not skippable: what is not understood discards the reply. */
static void test_udp(void **state)
{
	(void)state;
	assert_int_equal(parse(FIXED "2c 06 00 00 80 00 00 19"), WIRE_OK);
	assert_true(reply.udp.is_present);
	assert_int_equal(reply.udp.code, UDP_REPLY_WILL_TUNNEL);
	assert_true(reply.udp.force);
	assert_int_equal(reply.udp.keepalive, 25);
	assert_int_equal(parse(FIXED "2c 05 00 00 80 00 00"), WIRE_EXTENSION_LENGTH);
	assert_int_equal(reply.failed_type, 44);
	assert_int_equal(parse(FIXED "2c 07 00 00 80 00 00 00 00"), WIRE_EXTENSION_LENGTH);
	assert_int_equal(parse(FIXED "2c 06 01 00 80 00 00 19"), WIRE_EXTENSION_UNKNOWN);
	assert_int_equal(parse(FIXED "2c 06 00 40 00 00 00 00 2c 06 00 00 80 00 00 19"), WIRE_OK);
	assert_int_equal(reply.udp.code, UDP_REPLY_DECLINED);
	assert_int_equal(reply.skipped.repeated, 1);
}

static void test_others(void **state)
{
	(void)state;
	assert_int_equal(parse(FIXED "91 04 01 66 75 6c 83 01 61 89 06 00 00 01 02 03 04 "
				     "8b 05 02 c6 33 64 02 90 06 00 00 80 00 00 00"),
			 WIRE_OK);
	assert_int_equal(reply.text.len, 3);
	assert_memory_equal(reply.text.text, "ful", 3);
	assert_int_equal(reply.nai.len, 1);
	assert_true(reply.revocation.is_present);
	assert_int_equal(reply.revocation.timestamp, 0x01020304);
	assert_int_equal(reply.agent.kind, AGENT_REDIRECTED);
	assert_int_equal(reply.skipped.unknown, 1); /* 144 is of requests */
	assert_int_equal(parse(FIXED "91 01 01"), WIRE_OK);
	assert_int_equal(reply.text.len, 0);
	assert_int_equal(reply.skipped.malformed, 1);
}

static void test_after_auth(void **state)
{
	(void)state;
	assert_int_equal(parse(FIXED AUTH "94 08 01 00 18 00 0a 03 00 00 2c 06 00 00 80 00 00 19 "
					  "91 02 01 66 ff 00 22 00"),
			 WIRE_OK);
	assert_int_equal(reply.auth.ignored, 4);
	assert_int_equal(reply.foreign_home, 1);
	assert_int_equal(reply.n_acks, 0);
	assert_false(reply.udp.is_present);
	assert_int_equal(reply.text.len, 0);
	assert_int_equal(parse(FIXED AUTH AUTH), WIRE_OK);
	assert_int_equal(reply.auth.count, 2);
}

/* V2 up to its authenticator. */
static void test_build(void **state)
{
	uint8_t expected[103], room[103];
	size_t len = hex_read(VECTOR_REPLY, expected, sizeof(expected)) - AUTH_SIZE;
	struct writer writer;
	size_t size;

	(void)state;
	reply = (struct registration_reply){
		.lifetime = 300,
		.home_address = inet_addr("192.0.2.3"),
		.home_agent = inet_addr("198.51.100.1"),
		.identification = UINT64_C(0xd2f1a3c49b3e7710),
		.udp = {.is_present = true, .code = UDP_REPLY_DECLINED},
		.optimization = {.is_present = true},
		.advertisement = {true, expected + 46, 0x23},
		.n_acks = 1,
		.acks = {{{inet_addr("10.3.0.0"), 24}, false, NETWORK_SUCCESS}},
	};
	for (size = 0; size < len; size++) {
		writer = writer_of(room, size);
		assert_int_equal(registration_reply_build(&reply, &writer), WIRE_SPACE);
	}
	writer = writer_of(room, len);
	assert_int_equal(registration_reply_build(&reply, &writer), WIRE_OK);
	assert_memory_equal(room, expected, len);
	reply.nai.len = 256;
	assert_int_equal(registration_reply_build(&reply, &writer), WIRE_VALUE);
	reply.nai.len = 0;
	reply.n_acks = REGISTRATION_NETWORKS_MAX + 1;
	assert_int_equal(registration_reply_build(&reply, &writer), WIRE_VALUE);
}

/* The largest that we can be asked to build fits into a buffer of MESSAGE_SIZE, MHAE included. */
static void test_build_largest(void **state)
{
	static const uint8_t nai[255] = {'a'};
	uint8_t room[MESSAGE_SIZE];
	struct writer writer = writer_of(room, sizeof(room));

	(void)state;
	reply = (struct registration_reply){
		.nai = {nai, sizeof(nai)},
		.udp = {.is_present = true},
		.revocation = {.is_present = true},
		.agent = {.kind = AGENT_REDIRECTED},
		.n_acks = REGISTRATION_NETWORKS_MAX,
	};
	assert_int_equal(registration_reply_build(&reply, &writer), WIRE_OK);
	assert_true(writer.len + 2 + 4 + 20 <= MESSAGE_SIZE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_vector),        cmocka_unit_test(test_truncated),
		cmocka_unit_test(test_ack),           cmocka_unit_test(test_ack_count),
		cmocka_unit_test(test_udp),           cmocka_unit_test(test_others),
		cmocka_unit_test(test_after_auth),    cmocka_unit_test(test_build),
		cmocka_unit_test(test_build_largest),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
