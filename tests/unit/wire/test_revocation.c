/* SPDX-License-Identifier: BSD-3-Clause */
/* Registration Revocation and Acknowledgment (RFC 3543, sections 3.3 and 3.4). */
#include <arpa/inet.h>

#include "cmocka_all.h"
#include "hex.h"
#include "wire/revocation.h"

#define REVOCATION "07 00 c0 00 c0 00 02 03 c6 33 64 01 cb 00 71 1e 01 02 03 04 "
#define ACK        "0f 00 80 00 c0 00 02 03 01 02 03 04 "
#define AUTH       "20 14 00 00 01 00 fd 81 68 04 e9 b8 24 27 5d 6f 87 8e 50 89 a8 58 "

static uint8_t bytes[256];

static void test_parse(void **state)
{
	struct revocation revocation;
	size_t len = hex_read(REVOCATION "91 02 01 61 " AUTH "ff 00", bytes, sizeof(bytes));

	(void)state;
	assert_int_equal(revocation_parse(bytes, len, &revocation), WIRE_OK);
	assert_true(revocation.from_home);
	assert_true(revocation.inform);
	assert_int_equal(revocation.home_address, inet_addr("192.0.2.3"));
	assert_int_equal(revocation.home_domain, inet_addr("198.51.100.1"));
	assert_int_equal(revocation.foreign_domain, inet_addr("203.0.113.30"));
	assert_int_equal(revocation.identifier, 0x01020304);
	assert_int_equal(revocation.auth.count, 1);
	assert_int_equal(revocation.auth.covered, 20 + 4 + 6);
	assert_int_equal(revocation.auth.ignored, 1);
	for (len = 0; len < 20; len++)
		assert_int_equal(revocation_parse(bytes, len, &revocation), WIRE_SHORT);
	assert_int_equal(revocation_parse(bytes, 20, &revocation), WIRE_OK);
	assert_int_equal(revocation.auth.count, 0);
	assert_int_equal(revocation_parse(bytes, 21, &revocation), WIRE_EXTENSION_TRUNCATED);
	assert_int_equal(revocation.failed_type, 145);
	bytes[0] = MESSAGE_REVOCATION_ACK;
	assert_int_equal(revocation_parse(bytes, 20, &revocation), WIRE_TYPE);
}

/* Proves: R-09 */
static void test_parse_ack(void **state)
{
	struct revocation_ack ack;
	size_t len = hex_read(ACK AUTH AUTH, bytes, sizeof(bytes));

	(void)state;
	assert_int_equal(revocation_ack_parse(bytes, len, &ack), WIRE_OK);
	assert_true(ack.inform);
	assert_int_equal(ack.home_address, inet_addr("192.0.2.3"));
	assert_int_equal(ack.identifier, 0x01020304);
	assert_int_equal(ack.auth.count, 2);
	assert_int_equal(ack.auth.covered, 12 + 6);
	for (len = 0; len < 12; len++)
		assert_int_equal(revocation_ack_parse(bytes, len, &ack), WIRE_SHORT);
	assert_int_equal(revocation_ack_parse(bytes, 12, &ack), WIRE_OK);
	bytes[12] = 0x31;
	assert_int_equal(revocation_ack_parse(bytes, 13, &ack), WIRE_EXTENSION_UNKNOWN);
	assert_int_equal(ack.failed_type, 0x31);
	bytes[0] = MESSAGE_REVOCATION;
	assert_int_equal(revocation_ack_parse(bytes, 12, &ack), WIRE_TYPE);
}

static void test_flags(void **state)
{
	struct revocation revocation;
	struct revocation_ack ack;

	(void)state;
	hex_read(REVOCATION, bytes, sizeof(bytes));
	bytes[2] = 0x3f;
	bytes[3] = 0xff; /* reserved bits mean nothing */
	assert_int_equal(revocation_parse(bytes, 20, &revocation), WIRE_OK);
	assert_false(revocation.from_home || revocation.inform);
	hex_read(ACK, bytes, sizeof(bytes));
	bytes[2] = 0x7f;
	assert_int_equal(revocation_ack_parse(bytes, 12, &ack), WIRE_OK);
	assert_false(ack.inform);
}

static void test_build(void **state)
{
	struct revocation revocation;
	struct revocation_ack ack;
	struct writer writer;
	uint8_t room[32];
	size_t size;

	(void)state;
	hex_read(REVOCATION, bytes, sizeof(bytes));
	assert_int_equal(revocation_parse(bytes, 20, &revocation), WIRE_OK);
	for (size = 0; size < 20; size++) {
		writer = writer_of(room, size);
		assert_int_equal(revocation_build(&revocation, &writer), WIRE_SPACE);
	}
	writer = writer_of(room, 20);
	assert_int_equal(revocation_build(&revocation, &writer), WIRE_OK);
	assert_memory_equal(room, bytes, 20);
	hex_read(ACK, bytes, sizeof(bytes));
	assert_int_equal(revocation_ack_parse(bytes, 12, &ack), WIRE_OK);
	for (size = 0; size < 12; size++) {
		writer = writer_of(room, size);
		assert_int_equal(revocation_ack_build(&ack, &writer), WIRE_SPACE);
	}
	writer = writer_of(room, 12);
	assert_int_equal(revocation_ack_build(&ack, &writer), WIRE_OK);
	assert_memory_equal(room, bytes, 12);
}

static void test_newer(void **state)
{
	(void)state;
	assert_true(revocation_is_newer(1, 0));
	assert_false(revocation_is_newer(0, 0));
	assert_false(revocation_is_newer(0, 1));
	assert_true(revocation_is_newer(3, UINT32_MAX - 3)); /* 2036 */
	assert_false(revocation_is_newer(UINT32_MAX - 3, 3));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_parse), cmocka_unit_test(test_parse_ack),
		cmocka_unit_test(test_flags), cmocka_unit_test(test_build),
		cmocka_unit_test(test_newer),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
