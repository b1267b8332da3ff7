/* SPDX-License-Identifier: BSD-3-Clause */
/* Every number has a name, and the classes of reply codes are those of the registry. */
#include <string.h>

#include "cmocka_all.h"
#include "wire/message.h"

static void test_reply_codes(void **state)
{
	unsigned int code;

	(void)state;
	for (code = 0; code < 256; code++)
		assert_true(strlen(reply_code_name(code)) > 0);
	assert_string_equal(reply_code_name(133), "identification mismatch");
	assert_string_equal(reply_code_name(116), "foreign agent: invalid home agent address");
	assert_string_equal(reply_code_name(73), "foreign agent: other refusal");
	assert_string_equal(reply_code_name(63), "unassigned code");
	assert_string_equal(reply_code_name(194), "unassigned code");
	assert_string_equal(reply_code_name(256), "unassigned code");
}

static void test_reply_classes(void **state)
{
	(void)state;
	assert_true(reply_code_is_success(0));
	assert_true(reply_code_is_success(8));
	assert_false(reply_code_is_success(9));
	assert_true(reply_code_is_home(8));
	assert_false(reply_code_is_home(9));
	assert_false(reply_code_is_home(127));
	assert_true(reply_code_is_home(128));
	assert_true(reply_code_is_home(192));
	assert_false(reply_code_is_home(193));
}

static void test_other_names(void **state)
{
	(void)state;
	assert_string_equal(network_code_name(NETWORK_UNASSIGNED), "no prefix to assign");
	assert_string_equal(network_code_name(5), "unassigned code");
	assert_string_equal(wire_result_name(WIRE_EXTENSION_UNKNOWN),
			    "unknown non-skippable extension");
	assert_string_equal(wire_result_name(WIRE_RESULT_MAX), "?");
}

/* RFC 6521, section 10 and tables 1 to 4, as the registry assigned them. */
/* Proves: H7-153 */
static void test_route_optimization(void **state)
{
	(void)state;
	assert_int_equal(MESSAGE_HOME_TEST_INIT, 24);
	assert_int_equal(MESSAGE_CARE_OF_TEST_INIT, 25);
	assert_int_equal(MESSAGE_HOME_TEST, 26);
	assert_int_equal(MESSAGE_CARE_OF_TEST, 27);
	assert_int_equal(EXTENSION_ROUTE_OPTIMIZATION, 49);
	assert_int_equal(EXTENSION_ROUTE_OPTIMIZATION_DATA, 50);
	assert_int_equal(EXTENSION_RO_CAPABILITY, 153);
	assert_int_equal(REPLY_CONCURRENT, 2);
	assert_int_equal(REPLY_HOME_NONCE_EXPIRED, 201);
	assert_int_equal(REPLY_CARE_OF_NONCE_EXPIRED, 202);
	assert_int_equal(REPLY_NONCES_EXPIRED, 203);
	assert_true(reply_code_is_success(REPLY_CONCURRENT));
	assert_false(reply_code_is_home(REPLY_HOME_NONCE_EXPIRED));
	assert_string_equal(reply_code_name(2), "concurrent registration");
	assert_string_equal(reply_code_name(201), "expired home nonce index");
	assert_string_equal(reply_code_name(204), "unassigned code");
}

static void test_type(void **state)
{
	(void)state;
	assert_int_equal(message_type((const uint8_t *)"\x0f", 1), MESSAGE_REVOCATION_ACK);
	assert_int_equal(message_type((const uint8_t *)"\x0f", 0), MESSAGE_NONE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_reply_codes), cmocka_unit_test(test_reply_classes),
		cmocka_unit_test(test_other_names), cmocka_unit_test(test_route_optimization),
		cmocka_unit_test(test_type),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
