/* SPDX-License-Identifier: BSD-3-Clause */
/* Registration Request: vector V1, each extension at its bounds, what is ignored and what is not. */
#include "cmocka_all.h"
#include "hex.h"
#include "vectors.h"
#include "wire/registration.h"

#define FIXED "01 22 02 58 c0 00 02 03 c6 33 64 01 cb 00 71 1e d2 f1 a3 c4 9b 3e 77 10 "
#define AUTH  "20 14 00 00 01 00 fd 81 68 04 e9 b8 24 27 5d 6f 87 8e 50 89 a8 58 "

#define AUTH_SIZE 22

static uint8_t bytes[4096];
static struct registration_request request;

static enum wire_result parse(const char *hex)
{
	size_t len = hex_read(hex, bytes, sizeof(bytes));

	memset(&request, 0xa5, sizeof(request)); /* nothing may be left as it was */
	return registration_request_parse(bytes, len, &request);
}

static void test_vector(void **state)
{
	(void)state;
	assert_int_equal(parse(VECTOR_REQUEST), WIRE_OK);
	assert_int_equal(request.flags, REQUEST_D | REQUEST_T);
	assert_int_equal(request.lifetime, 600);
	assert_int_equal(request.home_address, inet_addr("192.0.2.3"));
	assert_int_equal(request.home_agent, inet_addr("198.51.100.1"));
	assert_int_equal(request.care_of, inet_addr("203.0.113.30"));
	assert_true(request.identification == UINT64_C(0xd2f1a3c49b3e7710));
	assert_int_equal(request.n_networks, 1);
	assert_int_equal(request.networks[0].prefix, inet_addr("10.3.0.0"));
	assert_int_equal(request.networks[0].len, 24);
	assert_true(request.udp.is_present);
	assert_false(request.udp.force);
	assert_false(request.udp.by_foreign);
	assert_int_equal(request.udp.encapsulation, 4);
	assert_true(request.capability.is_present);
	assert_int_equal(request.capability.flags, CAPABILITY_ADVERTISE | CAPABILITY_REQUEST);
	assert_int_equal(request.capability.solicited, 0);
	assert_int_equal(request.skipped.unknown, 0);
	assert_int_equal(request.skipped.malformed, 0);
	assert_int_equal(request.correspondent.count, 0);
	assert_int_equal(request.auth.count, 1);
	assert_int_equal(request.auth.spi, VECTOR_SPI);
	assert_int_equal(request.auth.offset, 44);
	assert_int_equal(request.auth.covered, 50);
	assert_int_equal(request.auth.authenticator_len, 16);
	assert_ptr_equal(request.auth.authenticator, bytes + 50);
	assert_int_equal(request.auth.ignored, 0);
	assert_int_equal(request.nai.len, 0);
	assert_false(request.revocation.is_present);
	assert_int_equal(request.agent.kind, AGENT_NONE);
}

/* Every length of V1 but the whole one: too short, cut inside an extension, or without MHAE. */
static void test_truncated(void **state)
{
	size_t whole = hex_read(VECTOR_REQUEST, bytes, sizeof(bytes));
	enum wire_result result;
	size_t len;

	(void)state;
	for (len = 0; len < whole; len++) {
		result = registration_request_parse(bytes, len, &request);
		if (len < 24)
			assert_int_equal(result, WIRE_SHORT);
		else if (len == 24 || len == 32 || len == 36 || len == 44)
			assert_int_equal(result, WIRE_OK);
		else
			assert_int_equal(result, WIRE_EXTENSION_TRUNCATED);
	}
	hex_read("03", bytes, 1);
	assert_int_equal(registration_request_parse(bytes, whole, &request), WIRE_TYPE);
}

static void test_reserved_flags_are_ignored(void **state)
{
	(void)state;
	hex_read(FIXED, bytes, sizeof(bytes));
	bytes[1] = 0xff;
	assert_int_equal(registration_request_parse(bytes, 24, &request), WIRE_OK);
	assert_int_equal(request.flags, 0xfa);
}

static void test_network(void **state)
{
	(void)state;
	assert_int_equal(parse(FIXED "94 06 00 00 0a 03 00 01 94 06 00 ff ff ff ff ff"), WIRE_OK);
	assert_int_equal(request.n_networks, 2);
	assert_false(registration_network_is_valid(&request.networks[0]));
	assert_false(registration_network_is_valid(&request.networks[1]));
	assert_int_equal(request.networks[1].len, 255);
	/* wrong length or subtype: skipped and counted */
	assert_int_equal(parse(FIXED "94 05 00 18 0a 03 00 94 07 00 18 0a 03 00 00 00 "
				     "94 06 03 18 0a 03 00 00"),
			 WIRE_OK);
	assert_int_equal(request.n_networks, 0);
	assert_int_equal(request.skipped.malformed, 2);
	assert_int_equal(request.skipped.unknown, 1);
}

static void test_network_prefix(void **state)
{
	struct registration_network network = {.prefix = inet_addr("10.3.255.255"), .len = 1};
	struct ip_prefix prefix;

	(void)state;
	assert_true(registration_network_is_valid(&network));
	prefix = registration_network_prefix(&network);
	assert_int_equal(prefix.addr.v4, 0);
	network.len = 32;
	assert_true(registration_network_is_valid(&network));
	prefix = registration_network_prefix(&network);
	assert_int_equal(prefix.addr.v4, network.prefix);
	network.len = 33;
	assert_false(registration_network_is_valid(&network));
}

static void test_network_count(void **state)
{
	size_t len = hex_read(FIXED, bytes, sizeof(bytes));
	size_t i;

	(void)state;
	for (i = 0; i < REGISTRATION_NETWORKS_MAX; i++)
		len += hex_read("94 06 00 18 0a 03 00 00", bytes + len, 8);
	assert_int_equal(registration_request_parse(bytes, len, &request), WIRE_OK);
	assert_int_equal(request.n_networks, REGISTRATION_NETWORKS_MAX);
	assert_int_equal(request.skipped.networks, 0);
	len += hex_read("94 06 00 18 0a 03 00 00", bytes + len, 8);
	assert_int_equal(registration_request_parse(bytes, len, &request), WIRE_OK);
	assert_int_equal(request.n_networks, REGISTRATION_NETWORKS_MAX);
	assert_int_equal(request.skipped.networks, 1);
}

static void test_udp(void **state)
{
	(void)state;
	assert_int_equal(parse(FIXED "90 06 00 ff ff 37 00 00"), WIRE_OK);
	assert_true(request.udp.is_present && request.udp.force && request.udp.by_foreign);
	assert_int_equal(request.udp.encapsulation, 55);
	/* Reserved 3 not zero, a wrong length: as if it were not there */
	assert_int_equal(parse(FIXED "90 06 00 00 80 00 00 01"), WIRE_OK);
	assert_false(request.udp.is_present);
	assert_int_equal(request.skipped.malformed, 1);
	assert_int_equal(parse(FIXED "90 05 00 00 80 00 00 90 07 00 00 80 00 00 00 00"), WIRE_OK);
	assert_false(request.udp.is_present);
	assert_int_equal(request.skipped.malformed, 2);
	assert_int_equal(parse(FIXED "90 06 01 00 80 00 00 00"), WIRE_OK);
	assert_false(request.udp.is_present);
	assert_int_equal(request.skipped.unknown, 1);
	/* the first of two counts */
	assert_int_equal(parse(FIXED "90 06 00 00 80 00 00 00 90 06 00 00 00 04 00 00"), WIRE_OK);
	assert_true(request.udp.force);
	assert_int_equal(request.skipped.repeated, 1);
}

static void test_nai(void **state)
{
	(void)state;
	assert_int_equal(parse(FIXED "83 00"), WIRE_OK);
	assert_int_equal(request.nai.len, 0);
	assert_int_equal(request.skipped.malformed, 1);
	assert_int_equal(parse(FIXED "83 03 61 40 62 83 01 63"), WIRE_OK);
	assert_int_equal(request.nai.len, 3);
	assert_memory_equal(request.nai.text, "a@b", 3);
	assert_int_equal(request.skipped.repeated, 1);
}

static void test_revocation_support(void **state)
{
	(void)state;
	assert_int_equal(parse(FIXED "89 05 00 00 01 02 03 89 07 00 00 01 02 03 04 05"), WIRE_OK);
	assert_false(request.revocation.is_present);
	assert_int_equal(request.skipped.malformed, 2);
	assert_int_equal(parse(FIXED "89 06 ff ff 01 02 03 04 89 06 00 00 00 00 00 00"), WIRE_OK);
	assert_true(request.revocation.is_present);
	assert_true(request.revocation.inform);
	assert_int_equal(request.revocation.timestamp, 0x01020304);
	assert_int_equal(request.skipped.repeated, 1);
}

static void test_agent(void **state)
{
	(void)state;
	assert_int_equal(parse(FIXED "8b 05 01 c6 33 64 01"), WIRE_OK);
	assert_int_equal(request.agent.kind, AGENT_REQUESTED);
	assert_int_equal(request.agent.address, inet_addr("198.51.100.1"));
	assert_int_equal(parse(FIXED "8b 02 00 04 c6 33 64 02 8b 05 01 c6 33 64 01"), WIRE_OK);
	assert_int_equal(request.agent.kind, AGENT_REDIRECTED);
	assert_int_equal(request.agent.address, inet_addr("198.51.100.2"));
	assert_int_equal(request.skipped.repeated, 1);
	assert_int_equal(parse(FIXED "8b 04 01 c6 33 64"), WIRE_OK);
	assert_int_equal(request.agent.kind, AGENT_NONE);
	assert_int_equal(request.skipped.malformed, 1);
}

static void test_unknown(void **state)
{
	(void)state;
	assert_int_equal(parse(FIXED "31 02 01 00"), WIRE_EXTENSION_UNKNOWN);
	assert_int_equal(request.failed_type, 49);
	assert_int_equal(parse(FIXED "2c 06 00 00 00 00 00 00"), WIRE_EXTENSION_UNKNOWN);
	assert_int_equal(request.failed_type, 44); /* of replies only */
	/* behind the authenticator too: what can't be walked can't be trusted */
	assert_int_equal(parse(FIXED AUTH "24 01 00 00"), WIRE_EXTENSION_UNKNOWN);
	assert_int_equal(request.failed_type, 36);
	assert_int_equal(parse(FIXED "81 00 86 01 00"), WIRE_OK);
	assert_int_equal(request.skipped.unknown, 2);
}

/* Nothing behind the authenticator gets into the struct. */
static void test_after_auth(void **state)
{
	(void)state;
	assert_int_equal(parse(FIXED AUTH
			       "94 06 00 18 0a 03 00 00 83 01 61 90 06 00 00 80 00 00 00 "
			       "89 06 00 00 01 02 03 04 8b 05 01 c6 33 64 01 ff 00 "
			       "21 04 00 00 01 00"),
			 WIRE_OK);
	assert_int_equal(request.auth.count, 1);
	assert_int_equal(request.auth.ignored, 7);
	assert_int_equal(request.n_networks, 0);
	assert_int_equal(request.nai.len, 0);
	assert_false(request.udp.is_present);
	assert_false(request.revocation.is_present);
	assert_int_equal(request.agent.kind, AGENT_NONE);
}

static void test_authenticators(void **state)
{
	(void)state;
	assert_int_equal(parse(FIXED), WIRE_OK);
	assert_int_equal(request.auth.count, 0);
	assert_int_equal(parse(FIXED AUTH AUTH), WIRE_OK);
	assert_int_equal(request.auth.count, 2);
	assert_int_equal(request.auth.covered, 30);
	assert_int_equal(parse(FIXED "20 03 00 00 01"), WIRE_EXTENSION_LENGTH);
	assert_int_equal(request.failed_type, 32);
	assert_int_equal(parse(FIXED "21 04 00 00 01 00 22 04 00 00 01 00" AUTH "22 00"), WIRE_OK);
	assert_int_equal(request.skipped.foreign, 1);
	assert_int_equal(request.foreign_home, 2);
	assert_int_equal(request.auth.count, 1);
}

/* V1 up to its authenticator. */
static void test_build(void **state)
{
	static const struct registration_request v1 = {
		.flags = REQUEST_D | REQUEST_T,
		.lifetime = 600,
		.identification = UINT64_C(0xd2f1a3c49b3e7710),
		.udp = {.is_present = true, .encapsulation = 4},
		.capability = {true, CAPABILITY_ADVERTISE | CAPABILITY_REQUEST, 0},
		.n_networks = 1,
	};
	uint8_t expected[66], room[66];
	size_t len = hex_read(VECTOR_REQUEST, expected, sizeof(expected)) - AUTH_SIZE;
	struct writer writer;
	size_t size;

	(void)state;
	request = v1;
	request.home_address = inet_addr("192.0.2.3");
	request.home_agent = inet_addr("198.51.100.1");
	request.care_of = inet_addr("203.0.113.30");
	request.networks[0] =
		(struct registration_network){.prefix = inet_addr("10.3.0.0"), .len = 24};
	for (size = 0; size < len; size++) {
		writer = writer_of(room, size);
		assert_int_equal(registration_request_build(&request, &writer), WIRE_SPACE);
		assert_true(writer.len <= size);
	}
	writer = writer_of(room, len);
	assert_int_equal(registration_request_build(&request, &writer), WIRE_OK);
	assert_int_equal(writer.len, len);
	assert_memory_equal(room, expected, len);
}

static void test_build_bounds(void **state)
{
	static const uint8_t nai[256] = {'a'};
	uint8_t room[MESSAGE_SIZE];
	struct writer writer = writer_of(room, sizeof(room));

	(void)state;
	request = (struct registration_request){.nai = {nai, 255}};
	assert_int_equal(registration_request_build(&request, &writer), WIRE_OK);
	assert_int_equal(writer.len, 24 + 257);
	request.nai.len = 256;
	assert_int_equal(registration_request_build(&request, &writer), WIRE_VALUE);
	request = (struct registration_request){.n_networks = REGISTRATION_NETWORKS_MAX};
	writer = writer_of(room, sizeof(room));
	assert_int_equal(registration_request_build(&request, &writer), WIRE_OK);
	request.n_networks++;
	assert_int_equal(registration_request_build(&request, &writer), WIRE_VALUE);
	request = (struct registration_request){.flags = 0x01};
	assert_int_equal(registration_request_build(&request, &writer), WIRE_VALUE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_vector),
		cmocka_unit_test(test_truncated),
		cmocka_unit_test(test_reserved_flags_are_ignored),
		cmocka_unit_test(test_network),
		cmocka_unit_test(test_network_prefix),
		cmocka_unit_test(test_network_count),
		cmocka_unit_test(test_udp),
		cmocka_unit_test(test_nai),
		cmocka_unit_test(test_revocation_support),
		cmocka_unit_test(test_agent),
		cmocka_unit_test(test_unknown),
		cmocka_unit_test(test_after_auth),
		cmocka_unit_test(test_authenticators),
		cmocka_unit_test(test_build),
		cmocka_unit_test(test_build_bounds),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
